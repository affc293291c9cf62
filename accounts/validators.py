"""What a name may not be: it stands beside contributions, in headers of mails and in exports."""

import unicodedata

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

# Control characters, ends of lines and paragraphs, halves of characters.
BREAKING = {"Cc", "Cs", "Zl", "Zp"}
INVISIBLE = BREAKING | {"Cf", "Cn", "Mn", "Zs"}
# Letters and signs by name, but nothing is drawn for them: Hangul fillers and the empty Braille pattern.
FILLERS = set("\u115f\u1160\u2800\u3164\uffa0")


def validate_one_line(text):
    """Refuse control characters and line ends; NUL has a sentence of its own in Django."""
    if any(unicodedata.category(character) in BREAKING and character != "\0" for character in text):
        raise ValidationError(_("Please write this on one line, without control characters."), code="not_one_line")


def validate_visible(text):
    """Refuse a text of which nothing is seen."""
    if all(character in FILLERS or unicodedata.category(character) in INVISIBLE for character in text):
        raise ValidationError(_("Please write something that can be read."), code="invisible")


def as_one_line(text):
    """Return a text from elsewhere without what would be refused in a form."""
    return " ".join("".join(" " if unicodedata.category(c) in BREAKING else c for c in text).split())
