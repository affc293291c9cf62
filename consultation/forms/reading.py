"""How somebody reads a discussion: order, filters, page. What makes no sense is passed over, never an error."""

import datetime
from html import escape

from django import forms
from django.conf import settings
from django.utils.dateparse import parse_date, parse_datetime
from django.utils.safestring import mark_safe
from django.utils.timezone import is_naive, make_aware
from django.utils.translation import gettext_lazy as _

from consultation.threads import ACTIVITY, NEWEST, OLDEST, Choice

ANYTHING = ("", _("All"))
SORTS = (
    (OLDEST, _("By question, oldest first")),
    (NEWEST, _("Newest thread first")),
    (ACTIVITY, _("Latest activity first")),
)


class SinceField(forms.CharField):
    """A day, or a moment to the second, in the time zone of the roundtable."""

    widget = forms.DateInput(attrs={"type": "date"})

    def __init__(self, *args, tz=None, **kwargs):
        self.tz = tz
        super().__init__(*args, **kwargs)

    def clean(self, value):
        """Return an aware moment, or None."""
        value = super().clean(value)
        try:
            day = parse_date(value)
            moment = parse_datetime(f"{day.isoformat()}T00:00") if day else parse_datetime(value)
            moment = make_aware(moment, self.tz) if moment and is_naive(moment) else moment
            # A moment that UTC cannot tell would be refused by the database only.
            return moment and moment.astimezone(datetime.UTC)
        except (ValueError, OverflowError):
            return None


class ReadingForm(forms.Form):
    """The filters above a discussion; all of them stand in the address, so that it can be shared."""

    sort = forms.ChoiceField(label=_("Order"), required=False, choices=SORTS)
    objective = forms.TypedChoiceField(label=_("Objective"), required=False, coerce=int, empty_value=None)
    group = forms.TypedChoiceField(label=_("Stakeholder group"), required=False, coerce=int, empty_value=None)
    language = forms.ChoiceField(label=_("Written in"), required=False)
    since = SinceField(label=_("Published since"), required=False)
    organisers = forms.BooleanField(label=_("Only moderators and secretariat"), required=False)
    after = forms.CharField(required=False, max_length=300, widget=forms.HiddenInput)

    def __init__(self, data, *, reference, tz):
        super().__init__(data, auto_id="filter_%s")
        self.fields["objective"].choices = [ANYTHING, *reference.objective_choices]
        self.fields["group"].choices = [ANYTHING, *reference.groups.items()]
        self.fields["language"].choices = [ANYTHING, *settings.LANGUAGE_NAMES.items()]
        self.fields["since"].tz = tz

    def options(self, name):
        """Print the options of a select by hand: a widget would render a template for each of 45."""
        chosen = self.data.get(name, "")
        return mark_safe(
            "".join(
                f'<option value="{value}"{" selected" if str(value) == chosen else ""}>{escape(str(label))}</option>'
                for value, label in self.fields[name].choices
            )
        )

    @property
    def objectives(self):
        """Options of the filter by objective."""
        return self.options("objective")

    @property
    def groups(self):
        """Options of the filter by stakeholder group."""
        return self.options("group")

    @property
    def languages(self):
        """Options of the filter by language."""
        return self.options("language")

    @property
    def choice(self):
        """What was chosen, leaving out what is not a choice."""
        if not self.data:
            return Choice()
        self.is_valid()
        chosen = {name: value for name, value in self.cleaned_data.items() if value}
        return Choice(**chosen)
