"""Which part of what waits a moderator looks at. What makes no sense is passed over, never an error."""

import datetime
import re
from urllib.parse import urlencode

from django import forms
from django.utils.translation import gettext_lazy as _

NEW, CHANGED, REPORTED = "new", "changed", "reported"
_PLACE = re.compile(r"([0-9]{1,17})-([0-9]{1,18})", re.ASCII)
EPOCH = datetime.datetime(1970, 1, 1, tzinfo=datetime.UTC)


class QueueForm(forms.Form):
    """The filters above the queue; they stand in the address."""

    roundtable = forms.ChoiceField(label=_("Roundtable"), required=False)
    kind = forms.ChoiceField(
        label=_("What waits"),
        required=False,
        choices=[
            ("", _("Everything")),
            (NEW, _("New contributions")),
            (CHANGED, _("Changed texts")),
            (REPORTED, _("Reports")),
        ],
    )

    def __init__(self, data, *, roundtables):
        super().__init__(data, auto_id="filter_%s")
        self.fields["roundtable"].choices = [
            ("", _("All roundtables")),
            *((each.slug, str(each)) for each in roundtables),
        ]

    @property
    def chosen(self):
        """The filters that are set and make sense."""
        self.is_valid()
        return {name: value for name, value in self.cleaned_data.items() if value}

    @property
    def query(self):
        """The filters as the query of an address."""
        return urlencode(self.chosen)

    @property
    def suffix(self):
        """What keeps the filters when it is put behind an address."""
        return f"?{self.query}" if self.query else ""

    def narrow(self, waiting):
        """Leave of what waits what the filters ask for."""
        chosen = self.chosen
        if "roundtable" in chosen:
            waiting = waiting.filter(roundtable__slug=chosen["roundtable"])
        kinds = {
            NEW: {"status": "pending"},
            CHANGED: {"proposed_revision__isnull": False, "is_cleared": True},
            REPORTED: {"open_flags__gt": 0},
        }
        return waiting.filter(**kinds.get(chosen.get("kind"), {}))


def place_of(comment):
    """Return the place of a comment in the queue as it stands in addresses."""
    return write_place(comment.waiting_since, comment.pk) if comment.waiting_since else ""


def write_place(moment, number):
    """Return a place in a list that is sorted by moments, as it stands in addresses."""
    return f"{(moment - EPOCH) // datetime.timedelta(microseconds=1)}-{number}"


def read_place(text):
    """Return (moment, number) of a place in such a list, or None."""
    match = _PLACE.fullmatch(text or "")
    if not match:
        return None
    try:
        return EPOCH + datetime.timedelta(microseconds=int(match[1])), int(match[2])
    except OverflowError:
        return None
