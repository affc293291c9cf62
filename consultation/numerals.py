"""Numbers in words, from 1 to 29, and ordinals, as people write them in English, French and Spanish."""

import re

LANGUAGES = ("en", "fr", "es")
# Letters one by one, so that places in a text stay what they are.
_FOLDED = str.maketrans("áàâéèêíîóôúûü‐‑–’\xa0\u202f\n", "aaaeeeiioouuu---'   ")


def _counted(words, *, first=1):
    return dict(enumerate(words.split(), first))


_TO_TWENTY = {
    "en": _counted(
        "one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen "
        "eighteen nineteen twenty"
    ),
    "fr": _counted(
        "un deux trois quatre cinq six sept huit neuf dix onze douze treize quatorze quinze seize dix-sept dix-huit "
        "dix-neuf vingt"
    ),
    "es": _counted(
        "uno dos tres cuatro cinco seis siete ocho nueve diez once doce trece catorce quince dieciseis diecisiete "
        "dieciocho diecinueve veinte"
    ),
}
_TWENTIES = {"en": "twenty-", "fr": "vingt-", "es": "veinti"}
_ORDINALS = {
    "en": _counted(
        "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth fourteenth "
        "fifteenth sixteenth seventeenth eighteenth nineteenth twentieth twenty-first twenty-second twenty-third"
    ),
    "fr": _counted(
        "premier deuxieme troisieme quatrieme cinquieme sixieme septieme huitieme neuvieme dixieme onzieme douzieme "
        "treizieme quatorzieme quinzieme seizieme dix-septieme dix-huitieme dix-neuvieme vingtieme vingt-et-unieme "
        "vingt-deuxieme vingt-troisieme"
    ),
    "es": _counted(
        "primer segundo tercer cuarto quinto sexto septimo octavo noveno decimo undecimo duodecimo decimotercer "
        "decimocuarto decimoquinto decimosexto decimoseptimo decimoctavo decimonoveno vigesimo vigesimoprimer "
        "vigesimosegundo vigesimotercer"
    ),
}
_OTHER_ORDINALS = {
    "en": {},
    "fr": {"premiers": 1, "second": 2},
    "es": {"primero": 1, "tercero": 3, "decimoprimer": 11, "decimosegundo": 12}
    | {"vigesimo-primer": 21, "vigesimo-segundo": 22, "vigesimo-tercer": 23},
}
_MARKS = {"en": "st|nd|rd|th", "fr": "ers?|emes?|es?|nd", "es": "[.]?[ºª°]|[.](?:er|o)"}


def fold(text: str) -> str:
    """Return a text in small letters without accents and with plain hyphens, every character at its place."""
    small = text.lower()
    return (small if len(small) == len(text) else text).translate(_FOLDED)


def _cardinals(language):
    numbers = {word: number for number, word in _TO_TWENTY[language].items()}
    numbers |= {f"{_TWENTIES[language]}{_TO_TWENTY[language][unit]}": 20 + unit for unit in range(1, 10)}
    return numbers | ({"vingt-et-un": 21} if language == "fr" else {})


def _pattern(words):
    longest_first = sorted(words, key=len, reverse=True)
    return "|".join(re.escape(word).replace(r"\-", "[- ]") for word in longest_first)


_CARDINALS = {language: _cardinals(language) for language in LANGUAGES}
_IN_WORDS = {
    # Not "two-fold", "deux cents" or "dos mil".
    language: re.compile(rf"(?:{_pattern(words)})(?!\w|-\w|[ ](?:hundred|thousand|cents?|mille|cient|mil\b))")
    for language, words in _CARDINALS.items()
}
_NUMBERED = {
    language: {word: number for number, word in words.items()} | _OTHER_ORDINALS[language]
    for language, words in _ORDINALS.items()
}
LONGEST = 24  # characters of a number in words


def read_cardinal(text: str, at: int, language: str) -> tuple[int, int] | None:
    """Return the number that stands in words at a place, and where it ends; None where there is none."""
    found = _IN_WORDS[language].match(fold(text[at : at + LONGEST]))
    return (_CARDINALS[language][found[0].replace(" ", "-")], at + found.end()) if found else None


def _ordinal_pattern(language):
    return rf"(?:{_pattern(_NUMBERED[language])}|\d{{1,2}}(?:{_MARKS[language]}))(?![^\W_])"


_AND = {"en": "and|or|as[ ]well[ ]as", "fr": "et|ou|ainsi[ ]que", "es": "y|e|o|u|asi[ ]como"}
_THE = {"en": "the[ ]", "fr": "(?:les?|aux?|du|des)[ ]|l'", "es": "(?:el|los|del|al)[ ]"}
_BEFORE = {
    language: re.compile(
        rf"(?:(?<!\w)(?P<the>{_THE[language]})|(?<!\w)(?P<ours>(?:gcm|pmm|compact)(?:'s)?[ ]))"
        rf"(?P<list>{_ordinal_pattern(language)}(?:(?:,[ ](?:(?:{_AND[language]})[ ])?|[ ](?:{_AND[language]})[ ])"
        rf"(?:{_THE[language]})?{_ordinal_pattern(language)}){{0,4}})[ ](?:(?P<gcm>gcm|pmm)[ ])?\Z"
    )
    for language in LANGUAGES
}
_ENDS_LIKE_ONE = re.compile(r"(?:st|nd|rd|th|er|ers|eme|emes|e|o|[ºª°])[ ](?:(?:gcm|pmm)[ ])?\Z")
_ONE = {language: re.compile(_ordinal_pattern(language)) for language in LANGUAGES}
WINDOW = 90  # characters in which ordinals are looked for


def ordinals_before(text: str, at: int, language: str) -> tuple[int, tuple[int, ...], bool] | None:
    """Read "the first and third " right before a place: where it begins, its numbers, whether it names the Compact."""
    window = fold(text[max(at - WINDOW, 0) : at])
    if not _ENDS_LIKE_ONE.search(window[-12:]):
        return None
    found = _BEFORE[language].search(window)
    if not found:
        return None
    known = _NUMBERED[language]
    words = [one[0].replace(" ", "-") for one in _ONE[language].finditer(found["list"])]
    numbers = [known.get(word) or int(re.match(r"\d*", word)[0]) for word in words]
    start = max(at - WINDOW, 0) + found.start()
    return start, tuple(sorted(set(numbers))), bool(found["ours"] or found["gcm"])
