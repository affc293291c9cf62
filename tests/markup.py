"""The elements of a page, as a browser reads them, for tests to ask about."""

from html.parser import HTMLParser

# Words on both sides of these are not one word.
BLOCKS = {"article", "blockquote", "br", "dd", "div", "dl", "dt", "footer", "form", "h1", "h2", "h3", "header", "li"}
BLOCKS |= {"main", "nav", "ol", "p", "section", "summary", "table", "td", "th", "tr", "ul"}
VOID = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}


class Element:
    """One element with its attributes and what stands in it: elements and texts."""

    def __init__(self, tag, attrs, parent=None):
        self.tag, self.attrs, self.parent = tag, dict(attrs), parent
        self.children = []

    def __iter__(self):
        """Go through all elements inside, in the order of the source."""
        for child in self.children:
            if isinstance(child, Element):
                yield child
                yield from child

    @property
    def text(self):
        """All text inside, blanks as they are."""
        return "".join(child if isinstance(child, str) else child.text for child in self.children)

    @property
    def words(self):
        """All text inside as it is read: with single blanks, also between paragraphs and the like."""
        return " ".join("".join(self._spaced()).split())

    def _spaced(self):
        for child in self.children:
            if isinstance(child, str):
                yield child
            else:
                gap = " " if child.tag in BLOCKS else ""
                yield from (gap, *child._spaced(), gap)

    @property
    def classes(self):
        """The classes as a list."""
        return self.attrs.get("class", "").split()

    def all(self, tag=None, class_=None, **attrs):
        """Return the elements inside that are all of this."""
        return [
            element
            for element in self
            if (tag is None or element.tag == tag)
            and (class_ is None or class_ in element.classes)
            and all(element.attrs.get(name) == value for name, value in attrs.items())
        ]

    def one(self, tag=None, class_=None, **attrs):
        """Return the only element inside that is all of this."""
        found = self.all(tag, class_, **attrs)
        assert len(found) == 1, f"{len(found)} × {tag} .{class_} {attrs}"
        return found[0]

    def ancestors(self, tag):
        """Return the elements of this tag that this one stands in, the nearest first."""
        found, element = [], self.parent
        while element is not None:
            if element.tag == tag:
                found.append(element)
            element = element.parent
        return found


class _Reader(HTMLParser):
    def __init__(self):
        super().__init__()
        self.top = self.open = Element("", ())

    def handle_starttag(self, tag, attrs):
        element = Element(tag, attrs, self.open)
        self.open.children.append(element)
        if tag not in VOID:
            self.open = element

    def handle_endtag(self, tag):
        assert self.open.tag == tag, f"</{tag}> closes <{self.open.tag} {self.open.attrs}>"
        self.open = self.open.parent

    def handle_data(self, data):
        self.open.children.append(data)


def parse(html):
    """Return an element that holds what the HTML says; complain of tags that do not match."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    assert reader.open is reader.top, f"<{reader.open.tag} {reader.open.attrs}> stays open"
    return reader.top


def page(response):
    """Return the elements of an answer."""
    return parse(response.content.decode())


def comment_ids(response):
    """Return the numbers of the comments on a page, in its order."""
    articles = page(response).all("article", class_="comment")
    return [int(article.attrs["id"].removeprefix("comment-")) for article in articles]


def outline(element):
    """Return tags with the names of their attributes, in the order of the source: what script can hide in."""
    return [(each.tag, sorted(each.attrs)) for each in element]
