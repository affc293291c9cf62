"""What changed between two texts, word by word."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from consultation.differences import ADDED, SAME, TAKEN_OUT, differences


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ("", "", []),
        ("The same text.", "The same text.", [(SAME, "The same text.")]),
        ("", "New.", [(ADDED, "New.")]),
        ("Old.", "", [(TAKEN_OUT, "Old.")]),
        (
            "We ask for three safe paths now.",
            "We ask for four safe paths now.",
            [(SAME, "We ask for "), (TAKEN_OUT, "three "), (ADDED, "four "), (SAME, "safe paths now.")],
        ),
        (
            "One two three. A word between. Four.",
            "One two three. Another word besides. Four.",
            [
                (SAME, "One two three. "),
                (TAKEN_OUT, "A word between. "),
                (ADDED, "Another word besides. "),
                (SAME, "Four."),
            ],
        ),
    ],
)
def test_words_that_were_added_and_taken_out_are_told(before, after, expected):
    assert differences(before, after) == expected


WORDS = st.text(alphabet="ab \n", max_size=60)


@given(WORDS, WORDS)
def test_the_parts_spell_both_texts(before, after):
    parts = differences(before, after)

    assert "".join(words for kind, words in parts if kind != ADDED) == before
    assert "".join(words for kind, words in parts if kind != TAKEN_OUT) == after
    assert all(words for _kind, words in parts)
    assert not any(first == second for (first, _), (second, _) in pairwise(parts))


def test_texts_made_to_be_hard_to_compare_are_compared():
    before = " ".join("abcdefghij"[number * 7 % 10] for number in range(10_000))
    after = " ".join("abcdefghij"[number * number % 10] for number in range(10_000))

    parts = differences(before, after)

    assert "".join(words for kind, words in parts if kind != TAKEN_OUT) == after
    assert differences("a " * 100_000, "b " * 100_000) == [(TAKEN_OUT, "a " * 100_000), (ADDED, "b " * 100_000)]
