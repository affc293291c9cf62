"""What people write: contributions and replies."""

import re
import uuid

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.formats import number_format
from django.utils.safestring import mark_safe
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext_lazy as _

from consultation import mentions, text
from consultation.models import Comment
from consultation.models.draft import Seen

from .attachment import TITLE, FilesMixin

MOST_DECLINED = 200
MOST_OF_REST = 10_000  # characters of each further field of a draft


class CountedField(forms.BoundField):
    """A field whose count of characters belongs to what describes it."""

    @property
    def aria_describedby(self):
        """Return what describes the field: hint, complaint and count."""
        return f"{super().aria_describedby or ''} {self.auto_id}_left".strip()


class CommentForm(FilesMixin, forms.Form):
    """A contribution: its text, its language, the objectives it concerns, and a token that is good for one posting."""

    body = forms.CharField(
        label=_("Your contribution"),
        strip=False,
        widget=forms.Textarea(attrs={"rows": 14, "dir": "auto", "spellcheck": "true"}),
        error_messages={"required": _("Write your contribution before you send it.")},
        bound_field_class=CountedField,
    )
    language = forms.ChoiceField(
        label=_("Language of your text"), help_text=_("The language you write in, whatever the language of this page.")
    )
    objectives = forms.TypedMultipleChoiceField(
        label=_("Objectives it concerns"), required=False, coerce=int, widget=forms.CheckboxSelectMultiple
    )
    asks = forms.ChoiceField(
        label=_("Does it ask a question?"),
        required=False,
        choices=[
            ("", _("No")),
            (Comment.Asks.MODERATORS, _("Yes, to the moderators")),
            (Comment.Asks.ALL, _("Yes, to everybody")),
        ],
        widget=forms.RadioSelect,
        help_text=_("Questions are listed on a page of their own until a reply has answered them."),
    )
    key = forms.UUIDField(widget=forms.HiddenInput, required=False)
    draft_seen = forms.CharField(widget=forms.HiddenInput, required=False)
    # What the author declined while writing: objectives ("o7"), a language ("lfr"), alike texts ("c123").
    declined = forms.CharField(widget=forms.HiddenInput, required=False)
    # What is stored under a name of its own, or not at all; whatever else a form asks is `rest` of its draft.
    NO_REST = ("body", "language", "objectives", "key", "draft_seen")

    def __init__(self, *args, roundtable, reference, **kwargs):
        self.roundtable, self.limit = roundtable, roundtable.comment_limit
        super().__init__(*args, **kwargs)
        # A key that was given is that of a form with which files may have come already.
        self.is_begun = self.is_bound or "key" in self.initial
        self.initial.setdefault("language", get_language())
        self.initial.setdefault("key", uuid.uuid4())
        self.fields["language"].choices = list(settings.LANGUAGE_NAMES.items())
        self.fields["objectives"].choices = self._objectives(roundtable, reference)
        body = self.fields["body"]
        body.help_text = _(
            "Up to %(limit)s characters: you need not split a long text. Paragraphs, lists (a line starting with “- ” "
            "or “1. ”), **bold**, *italic* and links are kept, also when you paste from a word processor."
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

    def clean_declined(self):
        """Return what was declined as a set."""
        return frozenset(self.cleaned_data["declined"].split()[:MOST_DECLINED])

    def clean_draft_seen(self):
        """Return which state of the draft the form knows."""
        return Seen.read(self.cleaned_data["draft_seen"])

    @property
    def begun(self):
        """What a form begins with before it is sent, as far as something may be noticed in it."""
        declined = self.initial.get("declined") or ""
        return self.initial | {"declined": frozenset(declined.split()[:MOST_DECLINED])}

    @property
    def known_draft(self):
        """Which state of the draft the form knows, and which form it is."""
        return self.cleaned_data.get("draft_seen") or Seen("")

    def check_draft(self):
        """Whether what was typed can be kept as a draft: it need not be finished, but it has to be storable."""
        found = self.errors.as_data()
        self.errors.clear()
        for name in ("body", "attachments"):
            for complaint in found.get(name, ()):
                if complaint.code != "required":
                    self.add_error(name, complaint)
        return not self.errors

    @property
    def draft(self):
        """What is stored of a draft; what makes no sense yet is left out."""
        data = self.cleaned_data
        return {
            "body": data.get("body", ""),
            "language": data.get("language", ""),
            "objective_numbers": data.get("objectives", []),
            "rest": {
                name: _storable(self[name].data)
                for name, field in self.fields.items()
                if name not in self.NO_REST and not field.widget.needs_multipart_form
            },
        }

    @property
    def is_blank(self):
        """Whether nothing was written, neither a text nor any further field by hand, and no file waits."""
        rest = self.draft["rest"]
        written = (
            rest[name]
            for name in rest
            if isinstance(self.fields[name].widget, (forms.Textarea, forms.TextInput)) and not name.startswith(TITLE)
        )
        return not self.draft["body"].strip() and not any(written) and not self.waiting

    def fill_again(self, **changes):
        """Change what the form was sent with, to print it so."""
        self.data = self.data.copy()
        for name, value in changes.items():
            self.data[self.add_prefix(name)] = value

    @property
    def contribution(self):
        """What is stored of a valid form."""
        data = self.cleaned_data
        found = {"body": data["body"], "language": data["language"], "objective_numbers": data["objectives"]}
        return found | {name: data[name] for name in ("asks",) if name in self.fields}

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
        return mark_safe(mentions.render(self.roundtable, self.cleaned_data["body"]).html)


def _storable(value):
    """Return what a widget was sent as a database takes it."""
    if isinstance(value, list):
        return [_storable(each) for each in value[:100]]
    return re.sub("[\0\ud800-\udfff]", "", value)[:MOST_OF_REST] if isinstance(value, str) else value
