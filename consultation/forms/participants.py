"""Whom to look for in the directory. What makes no sense is passed over, never an error."""

from django import forms
from django.utils.translation import gettext_lazy as _
from django_countries import countries

from accounts.countries import in_order

ANYTHING = ("", _("All"))
LAST_PAGE = 1000


class DirectoryForm(forms.Form):
    """A name or an organisation, a stakeholder group, a country, and which page."""

    q = forms.CharField(
        label=_("Name or organisation"),
        required=False,
        max_length=200,
        widget=forms.TextInput(attrs={"type": "search"}),
    )
    group = forms.TypedChoiceField(label=_("Stakeholder group"), required=False, coerce=int, empty_value=None)
    country = forms.ChoiceField(label=_("Country"), required=False)
    page = forms.IntegerField(required=False, min_value=1, max_value=LAST_PAGE, widget=forms.HiddenInput)

    def __init__(self, data, *, groups, codes):
        super().__init__(data, auto_id="filter_%s")
        named = in_order((code, str(countries.name(code))) for code in codes)
        self.fields["group"].choices = [ANYTHING, *groups.items()]
        self.fields["country"].choices = [ANYTHING, *named]

    @property
    def chosen(self):
        """Return what was chosen, leaving out what is not a choice."""
        self.is_valid()
        return {name: value for name, value in self.cleaned_data.items() if value}
