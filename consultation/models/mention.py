"""Whom a text can mention with @Name: who published something in its roundtable, or moderates it."""

import re
import unicodedata
from collections import defaultdict
from itertools import islice

from accounts.models import User
from consultation import search

MOST_WORDS = 12  # of a name
MOST_CHARACTERS = 220  # of a name; a comment keeps up to 200
MOST_MENTIONS = 50  # of one text: beyond that nobody is meant
MAY_MENTION = re.compile(r"(?<!\w)@\w")


class Names:
    """The names that can be mentioned in one roundtable, and the people who have them."""

    def __init__(self, named):
        """Take (name, number of the person or None) of everybody who is named in public."""
        self._people, self._first_words = defaultdict(set), set()
        for name, person in named:
            key = _key(name)
            if key:
                self._people[key].add(person)
                self._first_words.add(key.split(" ", 1)[0])
        self.found = {}  # what was found so far: the name as it is looked for -> the people called so

    def end_of_name(self, text, start):
        """Return where the longest name ends that starts at a place of a text, None where no name does."""
        if len(self.found) >= MOST_MENTIONS:
            return None
        longest, piece = None, text[start : start + MOST_CHARACTERS]
        for end in islice(_ends(piece), MOST_WORDS):
            key = _key(piece[:end])
            if longest is None and key.split(" ", 1)[0] not in self._first_words:
                return None
            if key in self._people:
                longest = (key, start + end)
        if longest is None:
            return None
        self.found[longest[0]] = self._people[longest[0]]
        return longest[1]


def names_in(roundtable, body, comments):
    """Return the names that a text of a roundtable may mention; asks nothing where it mentions nobody.

    Only names that every reader of the roundtable sees: `comments` are all, of which the published ones count.
    """
    if not MAY_MENTION.search(body):
        return Names([])
    return Names(named_in_public(roundtable, comments))


def named_in_public(roundtable, comments):
    """Return (name, number of the person or None) of everybody whom a roundtable names in public; two queries."""
    published = comments.filter(roundtable=roundtable, status="approved", published_at__isnull=False)
    authors = published.exclude(author_name="").order_by().values_list("author_name", "author").distinct()
    moderators = User.objects.filter(moderated_roundtables=roundtable, is_active=True).exclude(name="")
    return {*authors, *moderators.order_by().values_list("name", "pk")}


def _key(name):
    return search.normalise(name).strip()


def _ends(piece):
    """Yield where words end; accents that are characters of their own belong to the letter before them."""
    for word in re.finditer(r"\w+", piece):
        end = word.end()
        while end < len(piece) and unicodedata.category(piece[end])[0] == "M":
            end += 1
        if end == len(piece) or not re.match(r"\w", piece[end]):
            yield end
