"""What a text names: objectives of the Compact, roundtables, documents of the United Nations, each with its place.

In English, French and Spanish alike, since people quote one language in another. Every pattern is anchored at a
rare word and bounded in length, so that the time is linear in the text, whatever the text.
"""

import re
from collections.abc import Iterator
from typing import NamedTuple

from .documents import find_documents, may_hold
from .numerals import ordinals_before, read_cardinal

LAST_OBJECTIVE = 23
LAST_ROUNDTABLE = 20


class Mention(NamedTuple):
    """Objectives or roundtables by number, and where in the text they are named."""

    start: int
    end: int
    numbers: tuple[int, ...]


class Recognised(NamedTuple):
    """All that a text names, without repetition: sorted numbers, and documents as (symbol, paragraph)."""

    objectives: tuple[int, ...]
    roundtables: tuple[int, ...]
    documents: tuple[tuple[str, str], ...]


def recognise(text: str) -> Recognised:
    """Return what a text names."""
    return Recognised(
        tuple(sorted({number for mention in find_objectives(text) for number in mention.numbers})),
        tuple(sorted({number for mention in find_roundtables(text) for number in mention.numbers})),
        tuple(dict.fromkeys((found.symbol, found.paragraph) for found in find_documents(text))),
    )


# --- Lists of numbers: "3, 7 and 17", "3-5", "8 et 9", "no. 4 (legal identity) y 7"

_I, _V = re.IGNORECASE, re.VERBOSE
_BLANK = r"[ \t\xa0\u202f*_]{0,4}"
# A line may end inside a list of numbers, but "1. " begins an item.
_GAP = rf"{_BLANK}(?:\n(?!\d{{1,2}}[.)][ \t]))?{_BLANK}"
_SIGN = (
    rf"(?:(?:numbers?|num(?:é|e)ros?|n(?:ú|u)meros?|n(?:ú|u)ms?\.?|nos?\.|nos?(?=[ \xa0])|n\.?[°ºᵒ]s?\.?|\#){_GAP})?"
)
# Not 2030, 8.7, 20 000, 7th or 50%.
_WORD_SIGN = re.compile(rf"(?:numbers?|num(?:é|e)ros?|n(?:ú|u)meros?|n(?:o|ú?m)?\.|n[°º]){_GAP}", _I)
_NUMBER = re.compile(rf"{_SIGN}(\d{{1,2}})(?![\d%°ºª]|[.,’'\u202f\xa0 ]\d{{3}}|\.\d|\.?[ºª°]|[^\W\d_]{{2}})", _I)
_OBJECTIVE_WORD = r"obj(?:ecti(?:ves?|fs?)|etivos?|s?\.|s?\b)"
_JOINT = re.compile(
    rf"""{_GAP}(?:[,;/&+]{_GAP}(?:(?P<and>and|or|et|ou|y|e|o|u|as[ ]well[ ]as|ainsi[ ]que|así[ ]como)\b{_GAP})?
    |(?P<and_>and|or|et|ou|y|e|o|u|as[ ]well[ ]as|ainsi[ ]que|así[ ]como)\b{_GAP})
    (?:(?:the|les?|l[’']|el|los|to|aux?|al?)(?:\b|(?<=[’'])){_GAP})?(?P<again>{_OBJECTIVE_WORD}{_GAP})?""",
    _I | _V,
)
_RANGE = re.compile(rf"{_GAP}(?:[-‐‑–—−]|(?:to|through|thru|à|al?|hasta(?:[ ]el)?)\b){_GAP}", _I | _V)
_ASIDE = re.compile(r"[ \t\xa0*_]{0,4}\([^()\n]{0,160}\)")
_LIST_END = re.compile(r"[ \t\xa0*_]{0,4}(?:[.;:,()\]/&+\n–—-]|(?:and|or|et|ou|y|e|o|u)\b|\Z)", _I)
_UNIT = r"""[ \xa0\u202f-]{1,2}(?:%|(?:per|pour|por)[ ]?(?:cent|ciento)|years?|ans?\b|années?|años?|months?|mois\b
    |days?\b|jours?\b|días?\b|hours?\b|heures?\b|horas?\b|weeks?\b|semaines?|semanas?|thousand|mill?e?\b|(?:m|b)illions?
    |millones|milliards?|euros?\b|dollars?|degrees\b|degrés?\b|grados?\b|times\b|fois\b|veces\b|km\b"""
# A number before one of these measures something; behind a comma, it may also count people or name a day.
_MEASURED = re.compile(f"{_UNIT})", _I | _V)
_COUNTED = re.compile(
    rf"""{_UNIT}|people|persons?|personnes?|personas?|migrants?\b|migrantes\b|states?\b|countries|country|pays\b
    |país(?:es)?\b|points?\b|puntos?\b|may[ ]\d|(?:de[ ])?(?:january|february|march|april|june|july|august|september
    |october|november|december|janvier|février|mars|avril|mai|juin|juillet|août|septembre|octobre|novembre|décembre
    |enero|febrero|marzo|abril|mayo|junio|julio|agosto|septiembre|octubre|noviembre|diciembre)\b)""",
    _I | _V,
)


def _number(text, at, language):
    """Return the number that stands at a place, in figures or in the words of a language, and where it ends."""
    if found := _NUMBER.match(text, at):
        return int(found[1]), found.end()
    if not language:
        return None
    sign = _WORD_SIGN.match(text, at)
    return read_cardinal(text, sign.end() if sign else at, language)


def _numbers(text: str, at: int, last: int, is_plural: bool, language: str = "") -> tuple[tuple[int, ...], int]:
    """Read a list of numbers from 1 to `last`, also in the words of a language; return them and where it ends."""
    found, end, joint = [], at, None
    while number := _number(text, at, language):
        value, after = number
        if not 1 <= value <= last or (_COUNTED if joint else _MEASURED).match(text, after):
            break
        # "Under objective 7, 12 were helped": one objective, unless the list goes on like one.
        is_list = joint is None or is_plural or joint["again"] or (not language and (joint["and"] or joint["and_"]))
        if not is_list and not _LIST_END.match(text, after):
            break
        upper = (span := _RANGE.match(text, after)) and _number(text, span.end(), language)
        is_span = bool(upper) and value < upper[0] <= last
        if is_span and _MEASURED.match(text, upper[1]):  # "objective 7 to 12 months"
            break
        found.append(value)
        end = after
        if is_span and not _COUNTED.match(text, upper[1]):
            found += range(value + 1, upper[0] + 1)
            end = upper[1]
        aside = _ASIDE.match(text, end)
        joint = _JOINT.match(text, aside.end() if aside else end)
        if not joint:
            break
        at = joint.end()
    return tuple(sorted(set(found))), end


# --- Objectives of the Compact

_OBJECTIVE = re.compile(
    rf"""(?<![^\W_])(?:GCM|PMM)[ \xa0-]\#?(?=\d{{1,2}}\b)
    |(?<![^\W_])(?P<word>{_OBJECTIVE_WORD})
    (?:{_GAP}(?:under[ ]review|of[ ]the[ ](?:gcm|(?:global[ ])?compact(?:[ ]for[ ]migration)?)
    |du[ ](?:pmm|pacte(?:[ ]mondial)?(?:[ ](?:sur|pour)[ ]les[ ]migrations)?)
    |del[ ](?:pmm|pacto(?:[ ]mundial)?(?:[ ](?:para|sobre)[ ]la[ ]migración)?)
    |(?:à|en[ ]cours[ ]d|soumis[ ]à)[ ]?(?:l?[’'])examen|examinés|examinados|en[ ]examen))?
    (?P<mark>{_BLANK}[:(\[]){{0,2}}{_GAP}(?P<span>(?:from|del)[ ](?=\d))?(?=[\dn\#otfseducqhv])""",
    _I | _V,
)
_OBJECTIVE_AFTER = re.compile(r"(?<=[ \xa0\n])obj(?:ecti(?:ves?|fs?)|etivos?)\b", _I)
_OF_COMPACT = re.compile(
    r"""[ \xa0\n](?:of[ ](?:the[ ])?|du[ ]|del[ ])(?:gcm|pmm|(?:global[ ])?compact\b(?![ ]on)
    |pacte\b(?:[ ]mondial)?(?![ ](?:sur|pour)[ ]les[ ]r)|pacto\b(?:[ ]mundial)?(?![ ](?:sobre|para)[ ]los))""",
    _I | _V,
)
_CLOSE = re.compile(r"[ \t\xa0*_]{0,4}(?:[.;:,()\]/&\n–—]|\Z)")
_ARTICLE = re.compile(r"(?<!\w)(?:(?:the|les?|des|du|aux?|el|los|del|al)[ \xa0*_]{1,4}|[ld][’'][*_]{0,3})\Z", _I)
_SOMEBODYS = re.compile(
    r"""(?<!\w)(?:an?|this|that|these|those|our|their|its|your|my|his|her|no|any|each|every|some|one|two|other|another
    |same|main|common|shared|single|une?|deux|notre|nos|votre|vos|leurs?|son|ses|mon|mes|cet|ces|chaque|aucun|autres?
    |seul|même|quels?|un|uno|nuestr[oa]s?|sus?|mis?|este|estos|ese|esos|cada|ningún|otros?|mismos?|único|d[’']un)
    [ \xa0]\Z""",
    _I | _V,
)
# "The first objective is to …", "the second objective of our work": somebody's own.
_OWN_AFTER = re.compile(
    r"""[ \xa0\n]{0,2}(?::|,?[ ](?:is|was|are|were|be|would|will|to|of|for|est|était|sont|sera|serait|de|d[’']|du|des
    |del|es|era|son|fue|sería|será|consiste|consists?|that|que|which|qui)(?:\b|(?<=[’'])))""",
    _I | _V,
)
_OWN_BEFORE = re.compile(
    r"""(?<!\w)(?:our|my|its|their|notre|nos|leurs?|nuestr[oa]s?|sus?|projects?|projets?|proyectos?|programmes?|programs?
    |programas?|plan|strategy|stratégie|estrategia|two|three|four|deux|trois|quatre|dos|tres|cuatro)[ ,.:]""",
    _I | _V,
)
# Other bodies number objectives too: the Sustainable Development Goals, the Compact on Refugees, projects.
_OTHERS = r"""(?:sdgs?|odds?|ods|mdgs?|omds?|odms?|gcr|sustainable|millenn?ium|millénaire|milenio
    |développement[ ]durable|desarrollo[ ]sostenible|(?:2030|2063)[ ]agenda|agenda[ ](?:de[ ])?(?:2030|2063)
    |refugees|réfugiés|refugiados|projects?|projets?|proyectos?|programmes?|programa|plan|strategy|stratégie|estrategia)\b"""
_OF_OTHERS_BEFORE = re.compile(
    rf"(?:(?<![^\W_]){_OTHERS}(?:[ ](?:goals?|development))?[’'s]{{0,2}}[,:( \xa0]{{1,2}}(?:l[’']|el[ ]|the[ ])?"
    r"|(?<![^\W_])(?:strategic|specific|policy|general|overall)[ ])\Z",
    _I | _V,
)
_OF_OTHERS_AFTER = re.compile(
    rf"""[ \xa0]{{1,2}}(?:\([^()\n]{{0,60}}\)[ ])?(?:of|de|du|des|del|d[’']|from|in|dans|en|sur|under)[ ]?
    (?:(?:the|las?|los?|les?|l[’']|el|our|this|its|notre|nuestr[oa])[ ]?)?(?:(?:un|united[ ]nations|u\.n\.)[ ])?
    (?:(?:global[ ]compact[ ]on|pacte[ ]mondial[ ](?:sur|pour)[ ]les|pacto[ ]mundial[ ](?:sobre|para)[ ]los)[ ]
    |(?:objectifs?|objetivos?)[ ]d[eu][ ])?{_OTHERS}""",
    _I | _V,
)


def find_objectives(text: str) -> list[Mention]:
    """Return the Compact's objectives where a text names them by number, by ordinal or in words, as they stand."""
    if not may_hold(text, "obj", "gcm", "pmm"):
        return []
    found = sorted([*_numbered(text), *_by_ordinal(text)])
    # "The first objective 5": the one that begins first.
    return [one for at, one in enumerate(found) if at == 0 or one.start >= found[at - 1].end]


def _numbered(text):
    at = 0
    for found in _OBJECTIVE.finditer(text):
        if found.start() < at:
            continue
        word = (found["word"] or "objs").rstrip(".").lower()
        is_plural = word.endswith("s") or word == "obj"
        is_in_words = not _NUMBER.match(text, found.end())
        language = _language_of(word) if is_in_words else ""
        numbers, end = _numbers(text, found.end(), LAST_OBJECTIVE, is_plural, language)
        at = end
        if not numbers or not _is_list(text, found, numbers, end):
            continue
        if is_in_words and not _is_name(text, found, numbers, end, is_plural):
            continue
        # Who names all of them means the Compact.
        if not _is_of_others(text, found.start(), end) and len(numbers) < LAST_OBJECTIVE:
            yield Mention(found.start(), end, numbers)


def _by_ordinal(text):
    """Find "the first and third objectives", unless somebody counts objectives of their own."""
    for found in _OBJECTIVE_AFTER.finditer(text):
        before = ordinals_before(text, found.start(), _language_of(found[0].lower()))
        if not before:
            continue
        start, numbers, is_ours = before
        if not all(1 <= number <= LAST_OBJECTIVE for number in numbers) or _is_of_others(text, start, found.end()):
            continue
        if is_ours or _OF_COMPACT.match(text, found.end()) or not _is_own(text, start, found.end()):
            yield Mention(start, found.end(), numbers)


def _is_of_others(text, start, end):
    return _OF_OTHERS_BEFORE.search(text[max(start - 40, 0) : start]) or _OF_OTHERS_AFTER.match(text, end)


def _is_own(text, start, end):
    return _OWN_AFTER.match(text, end) or _OWN_BEFORE.search(text[max(start - 100, 0) : start])


def _language_of(word):
    """In which language the word "objective" is; an abbreviation is in none."""
    return {"objecti": {"v": "en", "f": "fr"}.get(word[7:8], ""), "objetiv": "es"}.get(word[:7], "")


def _is_name(text, found, numbers, end, is_plural):
    """Whether numbers in words name: "Objective five" and "l’objectif cinq" do, "an objective one can share" does not.

    Words count more often than figures do, so the plural wants a list or an end, and so do 1 and 9, which may be an
    article or "new".
    """
    if found["mark"] or found["span"] or _COUNTED.match(text, end):
        return False
    if _OF_COMPACT.match(text, end):
        return True
    before = text[max(found.start() - 16, 0) : found.start()]
    if _SOMEBODYS.search(before):
        return False
    # Names have an article in French and Spanish, and none in English.
    is_odd = bool(_ARTICLE.search(before)) is (_language_of(found["word"].lower()) == "en")
    is_doubtful = is_odd or (is_plural and len(numbers) == 1) or numbers in ((1,), (9,))
    return not is_doubtful or bool(_CLOSE.match(text, end))


def _is_list(text, found, numbers, end):
    """Whether numbers after a colon or the like name: "Objectives: 5, 6." does, "Our objectives: 5 centres" counts."""
    if found["span"] and len(numbers) < 2:
        return False
    mark = (found["mark"] or "").strip()
    return not mark or (bool(_LIST_END.match(text, end)) and not (mark == ":" and text.startswith(")", end)))


# --- Roundtables

_ROUNDTABLE = re.compile(
    rf"""(?<![^\W_])(?:round[ -]?table(?P<en>s)?|table(?P<fr>s)?[ -]rondes?|mesa(?P<es>s)?[ -]redondas?)
    {_GAP}(?=[\dn\#])|(?<![^\W_])(?-i:RTs?)[ -]?(?=\d{{1,2}}\b)""",
    _I | _V,
)


def find_roundtables(text: str) -> Iterator[Mention]:
    """Find roundtables where a text names them by number."""
    if not may_hold(text, "table", "mesa", "rt"):
        return
    at = 0
    for found in _ROUNDTABLE.finditer(text):
        if found.start() < at:
            continue
        is_plural = bool(found["en"] or found["fr"] or found["es"])
        numbers, at = _numbers(text, found.end(), LAST_ROUNDTABLE, is_plural)
        if numbers:
            yield Mention(found.start(), at, numbers)
