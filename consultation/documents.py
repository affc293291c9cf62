"""Documents of the United Nations that a text names: by symbol, by number of a resolution, by paragraph of the Compact.

Every pattern is anchored at a rare word and bounded in length, so that the time is linear in the text.
"""

import re
from typing import NamedTuple
from urllib.parse import quote

COMPACT = "A/RES/73/195"  # the resolution that endorses the Global Compact for Migration
COMPACT_PARAGRAPHS = 54
DOCUMENTS = "https://undocs.org/"
MAX_SYMBOL = 80
FIRST_UNAMBIGUOUS = 70  # a session of the General Assembly that other organs have not reached


class Document(NamedTuple):
    """A document by its symbol, perhaps one of its paragraphs, and where in the text it is named."""

    start: int
    end: int
    symbol: str
    paragraph: str = ""

    @property
    def address(self) -> str:
        """Where the document is found in all official languages."""
        return document_address(self.symbol)


def document_address(symbol: str) -> str:
    """Return the permanent address of a document of the United Nations."""
    return DOCUMENTS + quote(symbol.replace(" ", ""), safe="/()")


def may_hold(text: str, *words: str) -> bool:
    """Whether a search is worth it: most texts name nothing, and looking for a plain word costs next to nothing."""
    small = text.lower()
    return any(word in small for word in words)


_I, _V = re.IGNORECASE, re.VERBOSE
_BLANK = r"[ \t\xa0\u202f*_]{0,4}"
_SLASHED = re.compile("[A-Za-z0-9]/[A-Za-z0-9]")
_ADDRESS = r"(?:undocs\.org|docs\.un\.org)/(?:[a-z]{2}/)?"
_PART = r"(?:/[A-Z0-9][A-Za-z0-9.]{0,20}(?:\([A-Z0-9.]{1,8}\))?(?:-(?=[A-Z]{2,6}/|[A-Z0-9]{1,6}\b)[A-Z0-9]{1,8})?)"
_SYMBOL = re.compile(
    rf"""(?:{_ADDRESS}|(?<![^\W_])(?<![/.:@\-&=?%]))
    (?P<symbol>(?:(?:A|S|E)(?={_PART}{{2}})|ST|DP|TD|HRI|CEDAW|CRC|CMW|CAT|CCPR|CERD|CRPD|CED|SPT|ICCPR|FCCC|UNEP|HSP
    |UNW|IDB|CTOC|CAC|LOS){_PART}{{2,8}}(?:[ \xa0]\((?:19|20)\d\d\))?)(?![^\W_]|/\w)
    |(?<![^\W_])(?<![/.:@\-&=?%])(?P<small>(?:a/hrc|a/res|s/res|e/cn\.\d)(?:/[a-z0-9][a-z0-9.]{{0,20}}){{1,6}})(?![^\W_]|/)""",
    _V,
)
_PARAGRAPH = (
    rf"(?:paragraphs?|paragraphes?|párrafos?|parrafos?|paras?\.?|pars?\.|párrs?\.?|parrs?\.|§{{1,2}}){_BLANK}"
    r"(?P<paragraph>\d{1,3}(?:[ ]?\([a-z]{1,4}\))?"
    r"(?:(?:[ ]?[-–,][ ]?|[ ](?:and|et|y|to|à|a|al)[ ])\d{1,3}(?:[ ]?\([a-z]{1,4}\))?){0,4})"
)
_THEN_PARAGRAPH = re.compile(rf"[, \xa0(]{{0,3}}(?:at[ ]|au[ ]|en[ ]el[ ])?{_PARAGRAPH}", _I | _V)
_COMPACT = r"""(?:GCM|(?:Global[ ])?Compact(?![ ]on[ ]Ref)|(?:PMM|Pacte(?:[ ]mondial)?(?![ ](?:sur|pour)[ ]les[ ]réf)
    |Pacto(?:[ ]Mundial)?(?![ ](?:sobre|para)[ ]los[ ]Ref))(?![ ]para[ ]\d))"""
_IN_COMPACT = re.compile(
    rf"""(?<![^\W_]){_COMPACT}\b(?:[ ](?:for|pour|sur|para|sobre)[ ]
    (?:[\w’',]{{1,15}}[ ]){{0,6}}?(?:migrations?|migración))?
    (?:[ ]\((?:GCM|PMM|A/RES/73/195)\))?,?{_BLANK}(?:[(\[,:–-]|in|at|au|dans|en[ ]su|en[ ]el|dans[ ]son)?[ ]?
    {_PARAGRAPH}
    |(?<![^\W_]){_PARAGRAPH.replace("<paragraph>", "<before>")}[ ](?:of|du|del)[ ](?:the[ ])?{_COMPACT}\b""",
    _I | _V,
)
_RESOLUTION = re.compile(
    r"""(?<![^\W_])(?:(?P<by>General[ ]Assembly|GA|Security[ ]Council|SC|Human[ ]Rights[ ]Council|HRC)[ ])?
    (?:resolutions?|résolutions?|resolución|resoluciones)[ \xa0]
    (?P<number>\d{1,3}/\d{1,3}|\d{3,4}[ ]?\((?:19|20)\d\d\))(?![\d/])
    (?:[ ](?:of[ ]the|de[ ]l[’']|de[ ]la|du|del)[ ]?(?P<of>General[ ]Assembly|Assemblée[ ]générale|Asamblea[ ]General
    |Security[ ]Council|Conseil[ ]de[ ]sécurité|Consejo[ ]de[ ]Seguridad
    |Human[ ]Rights[ ]Council|Conseil[ ]des[ ]droits|Consejo[ ]de[ ]Derechos))?""",
    _I | _V,
)


def find_documents(text: str) -> list[Document]:
    """Return the United Nations documents that a text names, in the order of the text, none inside another."""
    found = sorted([*_symbols(text), *_compact_paragraphs(text), *_resolutions(text)], key=lambda one: one.start)
    apart = []
    for one in found:
        if not apart or one.start >= apart[-1].end:
            apart.append(one)
    return apart


def _symbols(text):
    if not _SLASHED.search(text):
        return
    for found in _SYMBOL.finditer(text):
        kind = "symbol" if found["symbol"] else "small"
        symbol = found[kind].replace("\xa0", " ")
        if not symbol.startswith("S/RES/"):
            symbol = symbol.partition(" ")[0]  # only the Security Council's resolutions carry their year
        symbol = symbol.rstrip(".-")
        end = found.start(kind) + len(symbol)
        if kind == "small":
            symbol = re.sub(r"/(ADD|CORR|REV)\b", lambda part: part[0].title(), symbol.upper())
        if len(symbol) > MAX_SYMBOL or not re.search(r"\d", symbol):
            continue
        paragraph = _THEN_PARAGRAPH.match(text, end)
        yield Document(found.start(kind), end, symbol, _tidy(paragraph["paragraph"]) if paragraph else "")


def _compact_paragraphs(text):
    if not may_hold(text, "gcm", "pmm", "compact", "pact"):
        return
    for found in _IN_COMPACT.finditer(text):
        paragraph = found["paragraph"] or found["before"]
        if all(1 <= int(number) <= COMPACT_PARAGRAPHS for number in re.findall(r"\d+", paragraph)):
            yield Document(found.start(), found.end(), COMPACT, _tidy(paragraph))


def _resolutions(text):
    if not may_hold(text, "solution", "solucion", "solución"):
        return
    for found in _RESOLUTION.finditer(text):
        number, body = found["number"].replace(" ", ""), (found["by"] or found["of"] or "").lower()
        if "(" in number:
            organ = "S/RES"
        elif body.startswith(("human", "hrc", "conseil des", "consejo de d")):
            organ = "A/HRC/RES"
        elif body.startswith(("general", "ga", "assem", "asam")) or int(number.split("/")[0]) >= FIRST_UNAMBIGUOUS:
            organ = "A/RES"
        else:
            continue
        symbol = f"{organ}/{number}".replace("(", " (")
        paragraph = _THEN_PARAGRAPH.match(text, found.end())
        yield Document(found.start(), found.end(), symbol, _tidy(paragraph["paragraph"]) if paragraph else "")


def _tidy(paragraph):
    """Write a number of paragraphs in one way: "16–18", "16, 32", "23 (c)"."""
    one_way = re.sub(r"[ ]?[-–][ ]?|[ ](?:to|à|al?)[ ]", "–", paragraph)
    one_way = re.sub(r",[ ]?|[ ](?:and|et|y)[ ]", ", ", one_way)
    return re.sub(r"(?<=\d)\(", " (", one_way)[:30].rstrip(" ,–(")
