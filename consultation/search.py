"""Search without accents or exact endings, the same on every database: one normalised column, words in it."""

import re
import unicodedata
from collections.abc import Iterable, Iterator

from django.db.models import Q
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

MAX_TERMS = 8
MAX_TERM = 40
MAX_QUERY = 1000  # characters that are read of a query at all
SHORT_STEM = 3  # letters up to which a term must be the whole word: "pays" is not to find "payment"

_STOP_WORDS = {
    "en": """a about after all also an and any are as at be been but by can could did do does for from had has have he
        her his how if in into is it its may more most no not of on or other our over shall she should so some such
        than that the their them then there these they this those through to under was we were what when where
        which who why will with would you your""",
    "fr": """a ai ainsi au aux avec c ce ces cet cette comme d dans de des donc du elle elles en est et ete etre eux il
        ils j je l la le les leur leurs lui m ma mais me meme mes moi mon n ne nos notre nous on ont ou par pas plus
        pour qu que quel quelle quelles quels qui s sa sans se ses si son sont sur t ta te tes toi ton tu un une vos
        votre vous y""",
    "es": """a al como con cual cuales cuando de del desde donde e el ella ellas ellos en entre es esa ese eso esta
        estan este esto estos fue ha han hasta hay la las le les lo los mas me mi mis muy no nos o para pero por
        porque que quien se ser si sin sobre son su sus tambien te tu u un una unas unos y ya""",
}
STOP_WORDS = frozenset(word for words in _STOP_WORDS.values() for word in words.split())

# Letters that Unicode does not take apart, the Arabic lengthening stroke, and the blank of no width.
_SPELLED = {"œ": "oe", "æ": "ae", "ø": "o", "đ": "d", "ł": "l", "ı": "i", "ð": "d", "þ": "th", "ـ": "", "\u200b": " "}
# Of a word that ends like this, the other number ends like that; a blank means that the word ends there.
_OTHER_ENDINGS = {
    "y": ["ie"],
    "al": ["au"],
    "ail": ["au"],
    "au": ["al", "ail"],
    "e": [" "],
    "ce": ["z "],
    "z": ["ce"],
}


class _Spelling(dict):
    """What each character is searched as: letters and digits without accents, a blank, or nothing."""

    def __missing__(self, code: int) -> str:
        spelled = ""
        for char in unicodedata.normalize("NFKD", chr(code)).casefold():
            category = unicodedata.category(char)
            if char in _SPELLED:
                spelled += _SPELLED[char]
            elif char.isalnum() or (category[0] == "M" and not unicodedata.combining(char)):
                spelled += char
            elif category[0] != "M" and category != "Cf":
                spelled += " "
        if len(self) < 10_000:  # a text may not fill the memory with all of Unicode
            self[code] = spelled
        return spelled


_spelling = _Spelling()


def normalise(text: str) -> str:
    """Return the words of a text without accents, in small letters, each between single blanks."""
    words = text.translate(_spelling).split()
    return f" {' '.join(words)} " if words else " "


def search_terms(query: str) -> list[str]:
    """Return the words to look for, at most eight, in the singular; no stop words if there are others."""
    words = normalise(query[:MAX_QUERY]).split()
    telling = [word for word in words if word not in STOP_WORDS]
    return list(dict.fromkeys(_singular(word)[:MAX_TERM] for word in telling or words))[:MAX_TERMS]


def _singular(word: str) -> str:
    if len(word) > SHORT_STEM + 2 and word.endswith("ies"):
        return word[:-3] + "y"
    if len(word) > SHORT_STEM and word.endswith(("s", "ux")) and not word.endswith("ss"):
        return word[:-1]
    return word


def _forms(term: str) -> list[str]:
    """Return how a normalised text may hold the term: from the start of a word, or as a whole word."""
    if len(term) <= SHORT_STEM:
        return [f" {term}{ending} " for ending in ("", "s", "x", "es")]
    others = (
        f" {term.removesuffix(ending)}{other}"
        for ending, replaced in _OTHER_ENDINGS.items()
        if term.endswith(ending)
        for other in replaced
    )
    return [f" {term}", *others]


def matches_filter(terms: Iterable[str], field: str = "search_text") -> Q:
    """Return the condition that a normalised column holds every term; without terms nothing matches."""
    condition = Q()
    for term in terms:
        any_form = Q()
        for form in _forms(term):
            any_form |= Q(**{f"{field}__contains": form})
        condition &= any_form
    return condition or Q(pk__in=[])


def highlight(text: str, terms: Iterable[str], length: int = 240) -> SafeString:
    """Return the text around the first hit, escaped but for <mark> around each word that was found."""
    forms = [form for term in terms for form in _forms(term)]
    text = re.sub(r"[ \t\r\n]+", " ", text)
    hits = [(start, end) for start, end, word in _words(text) if any(form in f" {word} " for form in forms)]
    first = hits[0][0] if hits else 0
    start, end = _window(text, first, length)
    parts, at = ["…" if start else ""], start
    for hit_start, hit_end in hits:
        if start <= hit_start < end:
            inside = text[hit_start : min(hit_end, end)]
            parts += [escape(text[at:hit_start]), "<mark>", escape(inside), "</mark>"]
            at = min(hit_end, end)
    parts += [escape(text[at:end]), "…" if end < len(text) else ""]
    return mark_safe("".join(parts))  # every piece of the text is escaped above


def _words(text: str) -> Iterator[tuple[int, int, str]]:
    """Find each word of the original: where it starts and ends, and how it is searched."""
    start = end = -1
    word = ""
    for at, char in enumerate(text + " "):
        spelled = _spelling[ord(char)]
        if spelled.isspace():
            if word:
                yield start, end, word
            word = ""
        elif word or spelled:
            start, end = start if word else at, at + 1
            word += spelled


def _window(text: str, first: int, length: int) -> tuple[int, int]:
    """Choose what is shown of a text: a third before the first hit, whole words at both ends."""
    if len(text) <= length:
        return 0, len(text)
    start = max(0, min(first - length // 3, len(text) - length))
    if start and (blank := text.find(" ", start, first + 1)) >= 0:
        start = blank + 1
    end = start + length
    if end < len(text) and (blank := text.rfind(" ", first, end)) > first:
        end = blank
    return start, end
