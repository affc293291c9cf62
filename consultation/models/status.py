"""Where a comment stands, and why."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Status(models.TextChoices):
    """What became of a comment so far."""

    PENDING = "pending", _("Awaiting moderation")
    APPROVED = "approved", _("Published")
    RETURNED = "returned", _("Returned for revision")
    REJECTED = "rejected", _("Not published")
    WITHDRAWN = "withdrawn", _("Withdrawn by the author")
    REMOVED = "removed", _("Removed")


class Reason(models.TextChoices):
    """Why a text is not, or no longer, shown."""

    OFF_TOPIC = "off_topic", _("Does not concern this roundtable")
    UNCLEAR = "unclear", _("Cannot be understood as it stands")
    DUPLICATE = "duplicate", _("Says the same as an earlier contribution")
    PERSONAL_DATA = "personal_data", _("Names or exposes a private person")
    OFFENSIVE = "offensive", _("Offends or attacks people")
    ADVERTISING = "advertising", _("Advertising")
    LANGUAGE = "language", _("Is not in a language of this consultation")
    OTHER = "other", _("Other reason")
