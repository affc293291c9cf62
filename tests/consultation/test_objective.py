"""How objectives are named in sentences."""

import pytest
from django.utils import translation
from django.utils.translation import gettext

from consultation.models.objective import listed


@pytest.mark.parametrize(
    ("numbers", "words"),
    [((), ""), ((3,), "3"), ((3, 7), "3 and 7"), ((3, 7, 17), "3, 7 and 17"), (["3", "7"], "3 and 7")],
)
def test_a_sentence_lists_numbers_with_the_word_before_the_last(numbers, words):
    assert listed(numbers) == words


@pytest.mark.parametrize("language", ["fr", "es"])
def test_the_word_is_that_of_the_language(language):
    with translation.override(language):
        expected = gettext("%(first)s and %(last)s") % {"first": "3, 7", "last": "17"}

        assert listed((3, 7, 17)) == expected
