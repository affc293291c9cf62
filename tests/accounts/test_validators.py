"""What a name may be."""

import pytest
from django.core.exceptions import ValidationError

from accounts.validators import as_one_line, validate_one_line, validate_visible


@pytest.mark.parametrize("text", ["a\nb", "a\rb", "a\tb", "\x1b[31m", "a\x7fb", "a\u2028b", "a\u2029b", "a\ud800b"])
def test_what_breaks_a_line_or_a_character_is_refused(text):
    with pytest.raises(ValidationError):
        validate_one_line(text)


@pytest.mark.parametrize(
    "text", ["Amina", "أمينة (WHO)\u200f", "רות\u200e 5", "می\u200cخواهم", "क्\u200dषि", "👩🏽‍🌾", "a\u00a0b", "A\0B"]
)
def test_what_stands_on_one_line_is_taken(text):
    validate_one_line(text)


@pytest.mark.parametrize("code", [*range(0x202A, 0x202F), *range(0x2066, 0x206A)])
def test_what_turns_the_direction_of_reading_is_refused_and_taken_out_of_what_comes_from_elsewhere(code):
    with pytest.raises(ValidationError) as refused:
        validate_one_line(f"Amina{chr(code)}gnp.exe")

    assert refused.value.code == "turning"
    assert as_one_line(f"Amina{chr(code)}gnp.exe") == "Amina gnp.exe"


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
