"""What stands beside a contribution, asked once: at sign-up, or on the profile page."""

from functools import cache

from django import forms
from django.conf import settings
from django.urls import reverse
from django.utils.functional import lazy
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _
from django_countries import countries

from accounts.countries import in_order
from accounts.models import StakeholderGroup, User
from accounts.validators import validate_one_line, validate_visible

NOTHING_CHOSEN = ("", _("Please choose"))


def _countries():
    return [NOTHING_CHOSEN, *_countries_in(get_language())]


@cache
def _countries_in(language):
    return in_order((code, str(name)) for code, name in countries)


def _links_to_texts():
    return format_html(
        '<a href="{}" target="_blank">{}</a><br><a href="{}" target="_blank">{}</a>',
        reverse("page_detail", args=["terms"]),
        gettext("Read the terms of use (opens in a new tab)"),
        reverse("page_detail", args=["privacy"]),
        gettext("Read the privacy notice (opens in a new tab)"),
    )


class ConsentField(forms.BooleanField):
    """The box to tick before one may contribute; the texts open beside the form, so that nothing typed is lost."""

    def __init__(self, **kwargs):
        super().__init__(
            label=_("I accept the terms of use and the privacy notice"),
            help_text=lazy(_links_to_texts, SafeString)(),
            error_messages={"required": _("Please accept the terms of use and the privacy notice to go on.")},
            **kwargs,
        )


class PersonForm(forms.Form):
    """The fields about a person."""

    name = forms.CharField(
        label=_("Name"),
        help_text=_("As it is to be shown beside your contributions."),
        max_length=User._meta.get_field("name").max_length,
        validators=[validate_one_line, validate_visible],
        widget=forms.TextInput({"autocomplete": "name", "dir": "auto"}),
    )
    organisation = forms.CharField(
        label=_("Organisation"),
        required=False,
        max_length=User._meta.get_field("organisation").max_length,
        validators=[validate_one_line, validate_visible],
        widget=forms.TextInput({"autocomplete": "organization", "dir": "auto"}),
    )
    group = forms.ModelChoiceField(
        label=_("Stakeholder group"),
        queryset=StakeholderGroup.objects.all(),
        empty_label=NOTHING_CHOSEN[1],
        widget=forms.Select({"autocomplete": "off"}),
    )
    country = forms.ChoiceField(
        label=_("Country"),
        help_text=_("Where you work, or where the office is for which you write."),
        choices=_countries,
        widget=forms.Select({"autocomplete": "country"}),
    )
    capacity = forms.ChoiceField(
        label=_("Capacity"),
        help_text=_("In official capacity, what you write is the position of your State or organisation."),
        choices=User.Capacity.choices,
        widget=forms.RadioSelect,
    )
    language = forms.ChoiceField(
        label=_("Language of e-mails to you"),
        choices=settings.LANGUAGES,
        widget=forms.Select({"autocomplete": "language"}),
    )

    FIELDS = ("name", "organisation", "group", "country", "capacity", "language")

    def fill(self, user):
        """Write the answers into a person, without saving."""
        for field in self.FIELDS:
            setattr(user, field, self.cleaned_data[field])
