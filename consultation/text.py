"""Safe HTML from what people write; excerpts; terms that carry a footnote."""

import re
from collections.abc import Callable, Iterable, Iterator
from functools import cache, partial
from html import escape
from types import SimpleNamespace
from typing import NamedTuple

import nh3
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from linkify_it import LinkifyIt
from markdown_it import MarkdownIt
from markdown_it.rules_block import blockquote, list_block
from markdown_it.rules_inline import link, linkify
from markdown_it.token import Token

from .documents import find_documents

RENDERER_VERSION = 2  # raised when a source comes out differently, so that stored HTML is made again
FOLD_AT, LEAD, LEAST = 1400, 1000, 400  # visible characters: folded from; shown first; least on either side
MAX_LEVEL = 6  # of nested quotes and lists (a list counts two); deeper markers show as typed
BY_RULE = "by rule"  # what marks a link that nobody wrote
MAX_ADDRESS = 2000  # longer words are searched for no address: the search takes quadratic time

# The second of two layers: the first makes no other elements than these, whatever is written.
CLEANER = nh3.Cleaner(
    tags={"p", "br", "strong", "em", "ul", "ol", "li", "blockquote", "a", "span"},
    attributes={"a": {"href"}, "ol": {"start"}},
    allowed_classes={"span": {"mention"}},
    url_schemes={"http", "https", "mailto"},
    url_relative="deny",
    link_rel="nofollow noopener ugc",
)
REFUSED = {
    "nul": ("\0", _("The text contains an invisible character that cannot be stored. Please remove it.")),
    "surrogate": ("[\ud800-\udfff]", _("The text contains a broken character. Please remove it.")),
}

# What tells where in a text a name ends that starts at a place; None where no name does.
EndOfName = Callable[[str, int], int | None]


def clean_source(raw: str) -> str:
    """Return the text as typed but for line ends, blanks at its end and invisible control characters."""
    for code, (pattern, message) in REFUSED.items():
        if re.search(pattern, raw):
            raise ValidationError(message, code=code)
    # Vertical tab and form feed are Word's line and page breaks: without them words would run together.
    lines = re.sub("\r\n?|[\x0b\x0c]", "\n", raw)
    return re.sub("[\x01-\x08\x0e-\x1f]", "", lines).rstrip()


BLOCK_END, SENTENCE_END, BLANK, UNFIT = range(4)  # places for the fold, the better ones first
_PIECE = re.compile(
    r"""<(?P<end>/?)(?P<tag>\w+)(?: start="(?P<start>\d+)")?[^>]*>|&\#?\w+;|(?P<blank>[ \t]+)|[^<&.!?…؟。！？\s]+"""
    r"""|(?P<stop>[.!?…؟]["'»”’)\]]*[ \t]+|[。！？]["'”’）」』]*(?=[^<]))|."""
)

# Lists as they arrive from a word processor. A dash or an "o" counts only before a tab: "o bien" is Spanish,
# and "– Oui" is somebody speaking.
_PASTED_ITEM = re.compile(
    r"([ \t\xa0]*)(?:([•‣◦●▪■·\uf0b7\uf0a7\uf0d8])[ \t\xa0]+|([-–—o§]|\d{1,9}[.)])[ \xa0]*\t[ \t\xa0]*)(?=\S)"
)
_TYPED_ITEM = re.compile(r"\s*(?:[-*]|\d{1,9}[.)])[ \t]|\s*$")
_DEEPER = {"o": 1, "◦": 1, "–": 1, "—": 1, "▪": 2, "■": 2, "§": 2, "\uf0a7": 2, "\uf0d8": 2}

_NO_EMPHASIS = re.compile(
    r"""(?<=[^\W_])\*(?=[^\W_])|(?<=[^\w\s*_])[*_](?=[^\w\s*_])|(?<!\S)[*_](?=[^\w\s*_«“"‘'(\[¿¡])"""
)
_AT_SIGN = re.compile(r"(?<![\w@/.])@(?=\w)")  # the one of an e-mail address stands behind a letter
_LABEL = re.compile(r"(?<!!)\[(?!\s*\])")
_ADDRESS = re.compile(rf"://(?!\S{{{MAX_ADDRESS}}})")


def _with_lists(source: str) -> str:
    """Write lists pasted from a word processor as Markdown lists, of two levels at most."""
    lines, outer = [], None
    for line in source.split("\n"):
        is_after_text = bool(lines and lines[-1].strip())
        if item := _PASTED_ITEM.match(line):
            bullet = item[2] or item[3]
            marker = bullet if bullet[0].isdigit() else "-"
            column, depth = len(item[1].expandtabs(4)), _DEEPER.get(bullet, 0)
            is_nested = outer and (column > outer[0] + 1 or depth > outer[1])
            if is_after_text and not outer:
                lines.append("")
            outer = outer if is_nested else (column, depth, len(marker) + 1)
            line = " " * outer[2] * bool(is_nested) + f"{marker} {line[item.end() :]}"
        # Word puts a paragraph on one line, so the line after an item begins another one. Text copied from
        # a PDF is broken into lines: there an item goes on with a small letter.
        elif outer and not _TYPED_ITEM.match(line) and not (is_after_text and line.lstrip()[0].islower()):
            lines.append("")
            outer = None
        lines.append(line)
    return "\n".join(lines)


def _block(rule: Callable, markers: tuple[str, ...], as_typed: re.Pattern, state, start, end, silent) -> bool:
    """Apply a block rule, but for markers with nothing behind them and those that stand too deep."""
    first = state.bMarks[start] + state.tShift[start]
    if not state.src.startswith(markers, first) or as_typed.fullmatch(state.src, first, state.eMarks[start]):
        return False
    # Beyond its own limit the library drops what people wrote; a paragraph does not.
    return (silent or state.level < MAX_LEVEL) and rule(state, start, end, silent)


def _asterisk(state, silent: bool) -> bool:
    """Leave as typed what people seldom mean as emphasis: "tod*s", "2*3", ":*:", "{ _; }"."""
    found = _NO_EMPHASIS.match(state.src, state.pos)
    if found and not silent:
        state.append_pending(found[0])
    state.pos += bool(found)
    return bool(found)


def _link(state, silent: bool) -> bool:
    """Read [text](address), but no image, and no link of which nothing would be seen."""
    return bool(_LABEL.match(state.src, state.pos)) and link(state, silent)


def _address(state, silent: bool) -> bool:
    """Read an address as one piece, so that its underscores and asterisks are no emphasis."""
    if silent or not _ADDRESS.match(state.src, state.pos):
        return False
    scheme = re.search(r"(?<![\w.+-])https?\Z", state.src[max(state.pos - 6, 0) : state.pos], re.IGNORECASE)
    if scheme and len(state.pending) > len(scheme[0]):
        # The library searches all text that is not yet a token for the scheme, at each "://" anew.
        state.pending = state.pending[: -len(scheme[0])]
        state.pushPending()
        state.pending = scheme[0]
    return bool(scheme) and linkify(state, silent)


def _mention(state, silent: bool) -> bool:
    """Read @Name as one piece, where whoever asked for the HTML says that somebody is called so."""
    start, end_of_name = state.pos, state.env.get("end_of_name")
    if not end_of_name or state.linkLevel or not _AT_SIGN.match(state.src, start):
        return False
    end = end_of_name(state.src, start + 1)
    if not end or end > state.posMax:
        return False
    if not silent:
        state.push("mention_open", "span", 1).attrs = {"class": "mention"}
        state.push("text", "", 0).content = state.src[start:end]
        state.push("mention_close", "span", -1)
    state.pos = end
    return True


class _Addresses(LinkifyIt):
    """Finds addresses word by word: over a whole text the library takes quadratic time."""

    def test(self, text: str) -> bool:
        # Not "un.org": a blank forgotten after a full stop ("migrants.In") makes no address.
        return bool(re.search("https?://|www[.]|mailto:|@", text, re.IGNORECASE))

    def match(self, text: str) -> list:
        found = []
        for word in re.finditer(r"\S+", text):
            is_worth_it = len(word[0]) <= MAX_ADDRESS and self.test(word[0])
            for hit in (is_worth_it and super().match(word[0])) or ():
                hit.index, hit.last_index = hit.index + word.start(), hit.last_index + word.start()
                found.append(hit)
        return found


def _is_safe(url: str) -> bool:
    # Asking the second layer keeps both of one mind: a link that it would empty is shown as typed.
    is_absolute = re.match(r"https?://[^/?#\s]|mailto:[^\s@]+@", url, re.IGNORECASE)
    return bool(is_absolute) and " href=" in CLEANER.clean(f'<a href="{escape(url)}">')


def _link_documents(state) -> None:
    """Link the United Nations documents that a text names, but not inside a link that somebody wrote."""
    for token in state.tokens:
        children, level = [], 0
        for child in token.children or ():
            level += child.nesting if child.type in ("link_open", "link_close") else 0
            children += [child] if level or child.type != "text" else _with_documents(child)
        if token.children:
            token.children = children


def _with_documents(token: Token) -> Iterator[Token]:
    at = 0
    for found in find_documents(token.content):
        yield token.copy(content=token.content[at : found.start])
        yield Token("link_open", "a", 1, attrs={"href": found.address}, info=BY_RULE)
        yield token.copy(content=token.content[found.start : found.end])
        yield Token("link_close", "a", -1, info=BY_RULE)
        at = found.end
    yield token.copy(content=token.content[at:]) if at else token


@cache
def _markdown() -> MarkdownIt:
    markdown = MarkdownIt("zero", {"html": False, "breaks": True, "linkify": True})
    markdown.enable(["blockquote", "list", "newline", "emphasis", "link", "linkify"])
    # A list with "+" would lose the difference between "+ for" and "- against".
    items = partial(_block, list_block, tuple("-*0123456789"), re.compile(r"(?:[-*]|\d+[.)])[-*+>\s]*|0\d.*"))
    quotes = partial(_block, blockquote, (">",), re.compile(r">[>\s]*|>+[^>\s].*"))
    markdown.block.ruler.at("list", items, {"alt": ["paragraph", "blockquote"]})
    markdown.block.ruler.at("blockquote", quotes, {"alt": ["paragraph", "blockquote", "list"]})
    markdown.inline.ruler.at("link", _link)
    markdown.inline.ruler.before("emphasis", "asterisk", _asterisk)
    markdown.inline.ruler.before("emphasis", "mention", _mention)
    markdown.inline.ruler.at("linkify", _address)
    markdown.core.ruler.push("documents", _link_documents)
    markdown.linkify, markdown.validateLink, markdown.normalizeLinkText = _Addresses(), _is_safe, str
    # A title would end in an attribute that nobody sees: such a link is shown as typed.
    without_titles = {"parseLinkTitle": lambda *args: SimpleNamespace(ok=False)}
    markdown.helpers = SimpleNamespace(**vars(markdown.helpers) | without_titles)
    return markdown


def _parse(source: str, end_of_name: EndOfName | None = None) -> Iterator[Token]:
    """Read the source; a list begins anew where its numbers do not follow, as HTML would count on."""
    lists = []
    typed = _with_lists(re.sub("[\ud800-\udfff]", "\ufffd", source))
    for token in _markdown().parse(typed, {"end_of_name": end_of_name}):
        if token.type == "ordered_list_open":
            lists.append([token, token.attrs.get("start", 1)])
        elif token.type == "ordered_list_close":
            lists.pop()
        elif token.type == "list_item_open" and token.info:
            if int(token.info) != lists[-1][1]:
                yield Token("ordered_list_close", "ol", -1, level=token.level - 1, block=True)
                yield lists[-1][0].copy(attrs={"start": int(token.info)})
            lists[-1][1] = int(token.info) + 1
        yield token


class RenderedText(NamedTuple):
    """A text as HTML: the part shown first, and the one behind "read more", each well-formed."""

    lead: str
    rest: str
    has_links: bool  # of the author's own, not counting those to documents that are recognised

    @property
    def html(self) -> str:
        """The whole text, with what the fold closed and opened again joined."""
        opened = re.match(r'(?:<\w+ class="continued"(?: start="\d+")?>)*', self.rest)[0]
        end = re.search(rf"(?:</\w+>){{{opened.count('<')}}}\Z", self.lead).start()
        return self.lead[:end] + self.rest[len(opened) :]


def render(source: str, end_of_name: EndOfName | None = None) -> RenderedText:
    """Return the source as safe HTML, folded where it is long; whatever the source, it does not fail.

    `end_of_name(text, start)` says where a name ends that somebody has and that starts there; such a name behind
    an "@" is marked as a mention.
    """
    markdown = _markdown()
    tokens = list(_parse(source, end_of_name))
    html = CLEANER.clean(markdown.renderer.render(tokens, markdown.options, {}))
    by_rule = sum(child.info == BY_RULE for token in tokens for child in token.children or () if child.nesting == 1)
    return RenderedText(*_fold(html), has_links=html.count("<a ") > by_rule)


def _fold(html: str) -> tuple[str, str]:
    """Divide cleaned HTML; what is open at the fold is closed, and opened again as "continued"."""
    opened, places, seen = [], [], 0  # of each open element: tag, number of its next item
    for piece in _PIECE.finditer(html) if len(html) >= FOLD_AT else ():
        tag, kind = piece["tag"], None
        if piece["end"]:
            opened.pop()
            if not opened or (len(opened) == 1 and html.startswith("\n<li", piece.end())):
                kind = BLOCK_END
        elif tag and tag != "br":
            if tag == "li":
                opened[-1][1] += 1
            opened.append([tag, int(piece["start"] or 1)])
        else:
            seen += 0 if tag else 1 if piece[0][0] == "&" else len(piece[0])
            if opened[-1][0] in ("p", "li"):  # no bold type, no link
                kind = SENTENCE_END if tag or piece["stop"] else BLANK if piece["blank"] else None
        if kind is not None:
            places.append((seen, kind, piece.end(), [tuple(element) for element in opened]))
    ranked = [
        (kind if LEAST <= shown <= min(FOLD_AT, seen - LEAST) else UNFIT, shown > LEAD, abs(shown - LEAD), at, inside)
        for shown, kind, at, inside in places
        if 0 < shown < seen
    ]
    if seen < FOLD_AT or not ranked:
        return html, ""
    *_rank, at, inside = min(ranked)
    closed = "".join(f"</{tag}>" for tag, number in reversed(inside))
    again = ""
    for depth, (tag, number) in enumerate(inside, start=1):
        # An item that goes on keeps its number; between two items the list begins at the next one.
        start = f' start="{number - (depth < len(inside))}"' if tag == "ol" else ""
        again += f'<{tag} class="continued"{start}>'
    return html[:at] + closed, again + html[at:]


def excerpt(source: str, length: int = 200) -> str:
    """Return the beginning of a text on one line, without markers, in at most so many characters."""
    parts = []
    for token in _parse(source):
        parts.append(f"{token.info}{token.markup}" if token.type == "list_item_open" and token.info else "")
        parts.append("".join(child.content or " " * (child.tag == "br") for child in token.children or ()))
    line = " ".join(" ".join(parts).split())
    if len(line) <= length:
        return line
    end = line.rfind(" ", 0, length)
    return line[: end if end > 0 else length - 1].rstrip(" ,;:–—-") + "…"


class Term(NamedTuple):
    """A word that carries a footnote, with its mark; the footnote stands at #footnote-<anchor>."""

    word: str
    mark: str
    footnote: str
    anchor: str


def mark_terms(html: str, terms: Iterable[Term], is_html: bool = True) -> tuple[str, list[Term]]:
    """Return the HTML with each term's mark linked to its footnote, and the terms that occur in it."""
    spelled = {escape(term.word, quote=False) if is_html else term.word: term for term in terms}
    words = sorted((word for word in spelled if word in html), key=len, reverse=True)
    if not words:
        return html, []
    pattern = rf"(?<!\w)(?:{'|'.join(map(re.escape, words))})(?!\w)|(?:https?://|www\.)[^\s<]+"
    pattern += r"""|<(?:[^"'>]++|"[^"]*"|'[^']*')*+>|&\#?\w+;""" if is_html else ""
    used, parts, in_link, end = {}, [], False, 0
    for found in re.finditer(pattern, html):
        if term := spelled.get(found[0]):
            used[term] = True
            mark = escape(term.mark) if is_html else term.mark
            # The mark may stand there already, typed or put by us, perhaps behind the end of bold type.
            if re.compile((r"(?:<[^>]*>)*" if is_html else "") + re.escape(mark)).match(html, found.end()):
                continue
            if is_html:
                opening = f'<a class="footnote-mark" href="#footnote-{escape(term.anchor)}" role="doc-noteref">'
                mark = f"<sup>{mark}</sup>" if in_link else f"{opening}{mark}</a>"
            parts += [html[end : found.end()], mark]
            end = found.end()
        elif re.match(r"</?a[\s>]", found[0]):
            in_link = found[0][1] != "/"
    return ("".join([*parts, html[end:]]) if parts else html), list(used)


def plain_terms(text: str, terms: Iterable[Term]) -> tuple[str, list[Term]]:
    """Return the plain text with the marks put behind the terms, and the terms that occur in it."""
    return mark_terms(text, terms, is_html=False)
