"""What is asked once before a text is stored: whether to tag it with the objectives it names, and its language."""

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from consultation.models.objective import NUMBERS, listed

AS_IT_IS = "as_it_is"  # the button that leaves tags and language alone
# Whole sentences, since the name of a language is written in its own way inside each.
READS = {
    "en": _("Your text reads as English."),
    "fr": _("Your text reads as French."),
    "es": _("Your text reads as Spanish."),
}
CHANGES = {
    "en": _("Write it down as English"),
    "fr": _("Write it down as French"),
    "es": _("Write it down as Spanish"),
}
KEEPS = {"en": _("It is in English"), "fr": _("It is in French"), "es": _("It is in Spanish")}


class CheckForm(forms.Form):
    """The author's answer: which of the objectives found are to be tags, which language, and for which text."""

    found = forms.TypedMultipleChoiceField(
        choices=[(number, number) for number in NUMBERS],
        coerce=int,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    as_read = forms.MultipleChoiceField(required=False, widget=forms.CheckboxSelectMultiple)
    checked = forms.CharField(required=False, widget=forms.HiddenInput, max_length=64)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        codes = settings.LANGUAGE_CODES
        self.fields["as_read"].choices = [(f"{old}-{new}", new) for old in codes for new in codes if old != new]

    def offer(self, numbers, reference):
        """Offer these objectives, all of them chosen."""
        field = self.fields["found"]
        field.choices = [(number, f"{number}. {reference.objectives[number].title}") for number in numbers]
        field.label = ngettext(
            "Your text names objective %(numbers)s. Add the tag?",
            "Your text names objectives %(numbers)s. Add these tags?",
            len(numbers),
        ) % {"numbers": listed(numbers)}
        self.initial["found"] = numbers

    def offer_language(self, chosen, language):
        """Offer the language in which the text reads in the place of the one that was chosen."""
        if language:
            field = self.fields["as_read"]
            field.label, field.choices = READS[language], [(f"{chosen}-{language}", CHANGES[language])]
            self.initial["as_read"] = [f"{chosen}-{language}"]

    def apply(self, data):
        """Change what a form was sent with as the author agreed; what they chose by hand since stays."""
        data["objectives"] = sorted({*data["objectives"], *self.cleaned_data["found"]})
        for change in self.cleaned_data["as_read"]:
            chosen, language = change.split("-")
            if data["language"] == chosen:
                data["language"] = language
