"""Measure what recognition takes of a text: `python -m tests.benchmarks.recognition [FILE…]`.

With files of the interchange format, of their texts; and always of texts of a megabyte that try again and again.
Before that, how much of what is named in the sentences of `tests/consultation/test_recognition.py` is found.
"""

import json
import statistics
import sys
import time
from pathlib import Path

from tests import environment  # noqa: F401  (sets the environment before Django is loaded)

LENGTH = 1_000_000
HOSTILE = [
    "objective 1, ",
    "objective 1 (",
    "objective ",
    "objectives of the ",
    "1, ",
    "objective" + " " * 40,
    " ",
    "\n",
    "*",
    "GCM ",
    "GCM, para ",
    "Global Compact for a a a a a a ",
    "para. 1, 2, 3 and 4 ",
    "A/",
    "A/HRC/",
    "A/1(1)",
    "A/1-",
    "a/hrc/1",
    "resolution 73/",
    "Roundtable no. ",
    "RT 1,",
    "objective five, ",
    "objectif vingt-et-",
    "the first objective ",
    "first and second, third objective",
]
DEMO = sorted(Path(__file__).parents[2].glob("consultation/demo/roundtable-*.json"))


def took(function, value):
    """Return milliseconds of process time."""
    start = time.process_time()
    function(value)
    return (time.process_time() - start) * 1000


def texts_of(paths):
    """Return the texts of files in the interchange format, or of the demonstration."""
    rows = [row for path in paths for row in json.loads(Path(path).read_text("utf-8"))["comments"]]
    return ["\n\n".join([row["body"]] if isinstance(row["body"], str) else row["body"]) for row in rows]


def per_text(texts):
    """Return the median and the longest time, in milliseconds, of all that is noticed in a text when it is posted."""
    from consultation.likeness import prints_of, words_of
    from consultation.recognition import recognise

    times = [took(lambda body: (recognise(body), prints_of(words_of(body))), body) for body in [texts[0], *texts]][1:]
    return statistics.median(times), max(times)


def found_of(texts):
    """Return how many objectives labelled sentences name, how many of those are found, and how many they do not."""
    from consultation.recognition import find_objectives

    named = right = wrong = 0
    for text, expected in texts:
        wanted = {number for numbers in expected for number in numbers}
        found = {number for mention in find_objectives(text) for number in mention.numbers}
        named, right, wrong = named + len(wanted), right + len(wanted & found), wrong + len(found - wanted)
    return named, right, wrong


def main(paths):
    """Measure all of it, and print it."""
    import django

    django.setup()
    from consultation.recognition import find_objectives, recognise
    from tests.consultation import test_recognition as labelled

    for how, naming, others in (
        ("in figures", labelled.OBJECTIVES, labelled.NO_OBJECTIVES),
        ("in words", labelled.IN_WORDS, labelled.NOT_IN_WORDS),
    ):
        named, right, wrong = found_of([*naming, *((text, []) for text in others)])
        print(f"objectives {how}: precision {right / max(right + wrong, 1):.2f}, recall {right / named:.2f} of {named}")
    texts = texts_of(paths or DEMO)
    print(f"mentions in the texts: {sum(len(list(find_objectives(text))) for text in texts)}")
    median, longest = per_text(texts)
    length = statistics.median(map(len, texts))
    print(f"recognition and prints of a text: median {median:.2f} ms, longest {longest:.2f} ms")
    print(f"({len(texts)} texts, median {length:.0f} characters)\n\na megabyte of")
    for piece in HOSTILE:
        whole, eighth = ((piece * size)[:size] for size in (LENGTH, LENGTH // 8))
        times = took(recognise, whole), took(recognise, eighth)
        print(f"{piece[:30]!a:36} {times[0]:7.0f} ms, {times[0] / times[1]:5.1f} × an eighth of it")


if __name__ == "__main__":
    main(sys.argv[1:])
