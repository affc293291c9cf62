"""What a name may be."""

import pytest
from django.core.exceptions import ValidationError

from accounts.validators import as_one_line, validate_one_line, validate_visible


@pytest.mark.parametrize("text", ["a\nb", "a\rb", "a\tb", "\x1b[31m", "a\x7fb", "a\u2028b", "a\u2029b", "a\ud800b"])
def test_what_breaks_a_line_or_a_character_is_refused(text):
    with pytest.raises(ValidationError):
        validate_one_line(text)


@pytest.mark.parametrize("text", ["Amina", "\u202bأمينة\u202c", "क्षि", "👩🏽‍🌾", "\u200f", "a\u00a0b", "A\0B"])
def test_what_stands_on_one_line_is_taken(text):
    validate_one_line(text)


@pytest.mark.parametrize("text", ["", " ", "\u200b", "\u3164\u115f", "\u2800", "\u0301", "\u202e\u202c"])
def test_what_cannot_be_seen_is_refused(text):
    with pytest.raises(ValidationError):
        validate_visible(text)


@pytest.mark.parametrize("text", ["X", "李", "é", "🙂", "42", "!"])
def test_what_can_be_seen_is_taken(text):
    validate_visible(text)


@pytest.mark.parametrize(("text", "line"), [("a\r\nb", "a b"), ("  a  b ", "a b"), ("a\0b\ud800", "a b"), ("", "")])
def test_a_text_from_elsewhere_is_made_one_line(text, line):
    assert as_one_line(text) == line
    validate_one_line(line)
