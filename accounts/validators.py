"""What a name may not be: it stands beside contributions, in headers of mails and in exports."""

import unicodedata

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

# Control characters, ends of lines and paragraphs, halves of characters.
BREAKING = {"Cc", "Cs", "Zl", "Zp"}
INVISIBLE = BREAKING | {"Cf", "Cn", "Mn", "Zs"}
# What sets the direction of all that follows: embeddings, overrides, isolates. The marks that Arabic and Hebrew use
# (U+061C, U+200E, U+200F) change nothing but their neighbours.
TURNING = set("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
# Letters and signs by name, but nothing is drawn for them: Hangul fillers and the empty Braille pattern.
FILLERS = set("\u115f\u1160\u2800\u3164\uffa0")


def validate_one_line(text):
    """Refuse what breaks a line or turns the reading round; NUL has a sentence of its own in Django."""
    if any(unicodedata.category(character) in BREAKING and character != "\0" for character in text):
        raise ValidationError(_("Please write this on one line, without control characters."), code="not_one_line")
    if not TURNING.isdisjoint(text):
        raise ValidationError(
            _("Please type this anew: it holds invisible characters that turn the direction of reading."),
            code="turning",
        )


def validate_visible(text):
    """Refuse a text of which nothing is seen."""
    if not is_visible(text):
        raise ValidationError(_("Please write something that can be read."), code="invisible")


def is_visible(text):
    """Whether anything of a text is seen."""
    return any(each not in FILLERS and unicodedata.category(each) not in INVISIBLE for each in text)


def as_one_line(text):
    """Return a text from elsewhere without what would be refused in a form."""
    return " ".join(without_refused(text).split())


def without_refused(text):
    """Return a text with a blank in the place of each character that would be refused in a form."""
    return "".join(" " if each in TURNING or unicodedata.category(each) in BREAKING else each for each in text)
