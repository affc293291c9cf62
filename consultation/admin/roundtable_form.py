"""The form of a roundtable: dates as on the clocks of its own place, objectives to tick."""

from django import forms
from django.contrib.admin.widgets import FilteredSelectMultiple
from django.core.exceptions import ValidationError
from django.utils.functional import cached_property
from django.utils.html import format_html
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from consultation.models import Roundtable
from consultation.models.roundtable import validate_time_zone

from .fields import LocalDateTimeField, ObjectivesField, time_zone_choices, to_local, to_utc

MOMENTS = ("opens_at", "closes_at")


class TwoLists(FilteredSelectMultiple):
    """Choices to the left, chosen ones to the right; the script that draws them needs a place of its own."""

    def render(self, name, value, attrs=None, renderer=None):
        """Return the widget in a box."""
        return format_html('<div class="two-lists">{}</div>', super().render(name, value, attrs, renderer))


class RoundtableForm(forms.ModelForm):
    """A roundtable as the secretariat edits it."""

    objective_numbers = ObjectivesField(
        label=_("Objectives under review"), help_text=_("Contributors may name any of the 23; these head the page.")
    )
    time_zone = forms.ChoiceField(
        label=_("Time zone"),
        validators=[validate_time_zone],
        help_text=_("Opening and closing are read, and shown to everybody, in this zone."),
    )
    opens_at = LocalDateTimeField(label=_("Opens"))
    closes_at = LocalDateTimeField(label=_("Closes"))

    class Meta:
        model = Roundtable
        fields = ["objective_numbers", "time_zone", *MOMENTS]  # the admin's fieldsets name the others
        help_texts = {
            "slug": _("The part of the address that names this roundtable. It stays as it is once published."),
            "position": _("Smaller numbers come first."),
            "moderation": _(
                "Before publication: every contribution waits for a moderator. After publication: contributions appear "
                "at once, but links from people without an approved contribution wait. Until a person’s first "
                "approval: only newcomers wait."
            ),
            "comment_limit": _("Longer contributions are refused, with their text kept in the form."),
            "moderators": _("They approve and answer here, and only here. The secretariat may do so everywhere."),
            "note_status": _("“Published” moves a closed roundtable to “Reported”."),
            "co_chairs": _("Leave empty as long as they are to be announced."),
        }

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        fields = self.fields
        fields["objective_numbers"].load_choices()
        zone = self.instance.time_zone
        fields["time_zone"].choices = time_zone_choices(zone)
        self.initial["time_zone"] = zone
        place = zone if self.instance.pk else _("the time zone above")
        fields["opens_at"].help_text = format_lazy(_("Local time in {zone}. Empty: open from the start."), zone=place)
        fields["closes_at"].help_text = format_lazy(
            _("Local time in {zone}: the last moment at which contributions are taken. Empty: no closing date."),
            zone=place,
        )
        for name in MOMENTS:
            self.initial[name] = to_local(getattr(self.instance, name), zone)
        self._countries_in_two_lists()

    def _countries_in_two_lists(self):
        field = self.fields["co_chairs"]
        widget = TwoLists(field.label, is_stacked=False)
        widget.choices = field.choices
        field.widget = widget

    @cached_property
    def changed_data(self):
        """Name the changed fields; another time zone also changes which moments the dates mean."""
        names = [name for name, bound in self._bound_items() if bound._has_changed()]
        if "time_zone" in names:
            names += [name for name in MOMENTS if name not in names]
        return names

    def clean(self):
        """Turn the dates into moments; untouched ones stay as exact as they are stored."""
        cleaned = super().clean()
        zone = cleaned.get("time_zone")
        for name in MOMENTS:
            if zone is None:
                cleaned.pop(name, None)
            elif name not in self.changed_data:
                cleaned[name] = getattr(self.instance, name)
            elif name in cleaned:
                try:
                    cleaned[name] = to_utc(self._reading(name, cleaned[name]), zone)
                except ValidationError as error:
                    self.add_error(name, error)
        return cleaned

    def _reading(self, name, typed):
        """Return what was typed, or to its last microsecond what stands there if only the zone is another."""
        return typed if self[name]._has_changed() else to_local(getattr(self.instance, name), self.initial["time_zone"])
