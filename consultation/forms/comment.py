"""What people write: contributions and replies."""

import uuid

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.formats import number_format
from django.utils.safestring import mark_safe
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext_lazy as _

from consultation import text


class CommentForm(forms.Form):
    """A contribution: its text, its language, the objectives it concerns, and a token that is good for one posting."""

    body = forms.CharField(
        label=_("Your contribution"),
        strip=False,
        widget=forms.Textarea(attrs={"rows": 14, "dir": "auto", "spellcheck": "true"}),
        error_messages={"required": _("Write your contribution before you send it.")},
    )
    language = forms.ChoiceField(
        label=_("Language of your text"), help_text=_("The language you write in, whatever the language of this page.")
    )
    objectives = forms.TypedMultipleChoiceField(
        label=_("Objectives it concerns"), required=False, coerce=int, widget=forms.CheckboxSelectMultiple
    )
    key = forms.UUIDField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args, roundtable, reference, **kwargs):
        self.limit = roundtable.comment_limit
        super().__init__(*args, **kwargs)
        self.initial.setdefault("language", get_language())
        self.initial.setdefault("key", uuid.uuid4())
        self.fields["language"].choices = list(settings.LANGUAGE_NAMES.items())
        self.fields["objectives"].choices = self._objectives(roundtable, reference)
        body = self.fields["body"]
        body.help_text = _(
            "Up to %(limit)s characters. Paragraphs, lists (a line starting with “- ” or “1. ”), **bold**, *italic* "
            "and links are kept, also when you paste from a word processor."
        ) % {"limit": number_format(self.limit, use_l10n=True, force_grouping=True)}
        body.widget.attrs |= {"data-limit": self.limit, "data-count": f"{self['body'].auto_id}_left"}

    @staticmethod
    def _objectives(roundtable, reference):
        """List the objectives under review first, then the others of the 23."""
        first = [number for number in reference.objectives if number in roundtable.objective_numbers]
        others = [number for number in reference.objectives if number not in roundtable.objective_numbers]

        def options(numbers):
            return [(number, f"{number}. {reference.objectives[number].title}") for number in numbers]

        if not first:
            return options(others)
        return [(_("Under review in this roundtable"), options(first)), (_("Other objectives"), options(others))]

    def clean_body(self):
        """Refuse what cannot be stored or is too long; keep everything else exactly as written."""
        body = text.clean_source(self.cleaned_data["body"])
        if not body.strip():
            raise ValidationError(self.fields["body"].error_messages["required"], code="required")
        too_many = len(body) - self.limit
        if too_many > 0:
            raise ValidationError(
                ngettext(
                    "Your text is %(count)s character too long. Shorten it or post the rest in another contribution.",
                    "Your text is %(count)s characters too long. Shorten it or post the rest in another contribution.",
                    too_many,
                ),
                code="too_long",
                params={"count": number_format(too_many, force_grouping=True)},
            )
        return body

    def clean_key(self):
        """A form that lost its token gets a new one: it is then simply not held to be sent twice."""
        return self.cleaned_data["key"] or uuid.uuid4()

    @property
    def contribution(self):
        """What is stored of a valid form."""
        data = self.cleaned_data
        return {"body": data["body"], "language": data["language"], "objective_numbers": data["objectives"]}

    def refuse_for_now(self):
        """Say that the person has reached a limit; the text stays in the form."""
        self.add_error(
            None,
            _(
                "You have posted many contributions in a short time. Your text is kept here: "
                "please send it again in a few minutes."
            ),
        )

    @property
    def preview(self):
        """The text as it would be shown, from the same renderer; empty where there is nothing to show."""
        if not self.is_bound or "body" in self.errors:
            return ""
        return mark_safe(text.render(self.cleaned_data["body"]).html)
