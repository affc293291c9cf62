"""What moderators keep among themselves: notes, and what is to be followed up."""

from urllib.parse import urlencode

from django import forms
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from consultation import text

COMMENT, PERSON = "comment", "person"


class PlainTextField(forms.CharField):
    """A text that can be stored, kept as typed."""

    def clean(self, value):
        """Refuse what no database stores."""
        return text.clean_source(super().clean(value))


class NoteForm(forms.Form):
    """A note that only moderators see."""

    about = forms.ChoiceField(
        label=_("The note is about"),
        choices=[(COMMENT, _("this contribution")), (PERSON, _("its author"))],
        widget=forms.RadioSelect,
        initial=COMMENT,
    )
    note = PlainTextField(label=_("Note"), max_length=5000, widget=forms.Textarea(attrs={"rows": 3}))

    def __init__(self, data=None, **kwargs):
        super().__init__(data, auto_id="note_%s", **kwargs)


class FollowUpForm(forms.Form):
    """What is to be done about a contribution, and by whom."""

    what = PlainTextField(
        label=_("What is to be done"), max_length=2000, required=False, widget=forms.Textarea(attrs={"rows": 3})
    )
    assigned_to = forms.ModelChoiceField(
        label=_("Assigned to"), queryset=None, required=False, empty_label=_("Nobody yet")
    )

    def __init__(self, data=None, *, roundtable, follow_up=None, **kwargs):
        initial = {"what": follow_up.what, "assigned_to": follow_up.assigned_to_id} if follow_up else {}
        super().__init__(data, auto_id="follow_%s", initial=initial, **kwargs)
        moderating = roundtable.moderators.values("pk")
        people = User.objects.filter(Q(is_staff=True) | Q(pk__in=moderating), is_active=True)
        self.fields["assigned_to"].queryset = people.order_by("name", "pk")


class FollowUpFilterForm(forms.Form):
    """Which follow-ups a moderator looks at."""

    roundtable = forms.ChoiceField(label=_("Roundtable"), required=False)
    state = forms.ChoiceField(
        label=_("State"),
        required=False,
        choices=[("", _("To be done")), ("mine", _("To be done by me")), ("closed", _("Closed follow-ups"))],
    )

    def __init__(self, data, *, roundtables):
        super().__init__(data, auto_id="filter_%s")
        self.fields["roundtable"].choices = [
            ("", _("All roundtables")),
            *((each.slug, str(each)) for each in roundtables),
        ]

    @property
    def query(self):
        """The filters that are set and make sense, as the query of an address."""
        self.is_valid()
        return urlencode({name: value for name, value in self.cleaned_data.items() if value})

    def narrow(self, follow_ups, user):
        """Leave what the filters ask for."""
        self.is_valid()
        chosen = self.cleaned_data
        if chosen.get("roundtable"):
            follow_ups = follow_ups.filter(comment__roundtable__slug=chosen["roundtable"])
        if chosen.get("state") == "mine":
            follow_ups = follow_ups.filter(assigned_to=user)
        return follow_ups.filter(closed_at__isnull=chosen.get("state") != "closed")
