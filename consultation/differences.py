"""What changed between two texts, word by word."""

import re

from rapidfuzz.distance import Indel

SAME, ADDED, TAKEN_OUT = "same", "added", "taken_out"
# Above this many pairs of words a text is shown as replaced whole: comparing takes a bit of memory for each pair.
MOST_PAIRS = 200_000_000
# As few words as these between two changes are shown as part of one change, which reads more easily.
SHORT = 2
_WORDS = re.compile(r"\S+\s*|\s+")


def differences(before, after):
    """Return [(kind, words)] in the order of the text; a kind is SAME, ADDED or TAKEN_OUT."""
    old, new = _WORDS.findall(before), _WORDS.findall(after)
    if len(old) * len(new) > MOST_PAIRS:
        return [(kind, words) for kind, words in ((TAKEN_OUT, before), (ADDED, after)) if words]
    parts = []
    for is_same, taken_out, added in _merged(_changes(old, new)):
        if is_same:
            parts.append((SAME, "".join(added)))
        else:
            parts += [(kind, "".join(words)) for kind, words in ((TAKEN_OUT, taken_out), (ADDED, added)) if words]
    return parts


def shortened(parts, kept=120):
    """Return the parts with what stays the same cut down to so many characters before and after each change."""
    short = []
    for place, (kind, words) in enumerate(parts):
        if kind == SAME:
            before = words[:kept].rsplit(None, 1)[0] + " " if place else ""
            after = words[-kept:].split(None, 1)[-1] if place < len(parts) - 1 else ""
            words = f"{before}… {after}" if len(words) > len(before) + len(after) + kept else words
        short.append((kind, words))
    return short


def _changes(old, new):
    """Yield (whether it is the same, words before, words after) in the order of the text."""
    for operation in Indel.opcodes(old, new):
        before = old[operation.src_start : operation.src_end]
        after = new[operation.dest_start : operation.dest_end]
        yield operation.tag == "equal", before, after


def _merged(changes):
    """Put changes that stand next to each other together, and those with only a few words between them."""
    merged = []
    for is_same, before, after in changes:
        if is_same or not merged or merged[-1][0]:
            merged.append([is_same, before, after])
        else:
            merged[-1][1] += before
            merged[-1][2] += after
        is_bridge = len(merged) >= 3 and not merged[-1][0] and merged[-2][0] and len(merged[-2][1]) <= SHORT
        if is_bridge:
            (_, first_out, first_in), (_, between, _same), (_, last_out, last_in) = merged[-3:]
            merged[-3:] = [[False, first_out + between + last_out, first_in + between + last_in]]
    return merged
