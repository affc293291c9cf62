"""Making one text of the paragraphs of an interchange file."""

import re

from consultation import text

_EDGES = re.compile(r"^[\s\u200b\u2060\ufeff]+|[\s\u200b\u2060\ufeff]+$")
_LIST_ITEM = re.compile(r"[•‣▪·*–-]\s*[^\s•‣▪·*–-]")


def trimmed(line):
    """Return a line as it is displayed: without blanks at its ends, no-break ones included."""
    return _EDGES.sub("", text.clean_source(line))


def joined(lines):
    """Return one text: paragraphs apart by a blank line, items of a list on lines of their own."""
    result, was_item = "", False
    for line in filter(None, map(trimmed, lines)):
        is_item = bool(_LIST_ITEM.match(line))
        if result:
            result += "\n" if was_item and is_item else "\n\n"
        result, was_item = result + line, is_item
    return result
