"""Which passages of a text are covered, and why."""

import re

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from accounts.validators import validate_one_line
from consultation import text
from consultation.models.covering import places_of

from .filing import in_language
from .moderation import ReasonField

_SENTENCE = re.compile(r"\S(?:[^\n]*?[.!?…؟。！？]+[\"'»”’)\]]*(?=\s|$)|[^\n]*)")
MOST_SENTENCES = 400


def sentences(body):
    """Yield (start, end) of each sentence of a text; one that is broken into lines counts by line."""
    for found in _SENTENCE.finditer(body):
        yield found.start(), found.start() + len(found[0].rstrip())


class CoverForm(forms.Form):
    """Sentences to tick and an exact passage to paste: both work without a mouse and without JavaScript."""

    passages = forms.MultipleChoiceField(
        label=_("Sentences to cover"), required=False, widget=forms.CheckboxSelectMultiple
    )
    passage = forms.CharField(
        label=_("Or an exact passage"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Copy it from the text above. It is covered wherever it stands, also in earlier texts."),
    )
    reason = ReasonField(
        required=True,
        help_text=_("Everybody sees it in the place of the passage, and the public register counts it."),
        error_messages={"required": _("Choose the reason why it is covered.")},
    )
    revision = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args, written, **kwargs):
        self.written = written
        kwargs.setdefault("initial", {"revision": written.number})
        super().__init__(*args, **kwargs)
        places = list(sentences(written.body))[:MOST_SENTENCES]
        self.fields["passages"].choices = [
            (f"{start}-{end}", in_language(written.body[start:end], written.language)) for start, end in places
        ]

    def clean_passage(self):
        """Return the places where the passage stands."""
        passage = text.clean_source(self.cleaned_data["passage"])
        places = list(places_of(passage, self.written.body)) or list(places_of(passage.strip(), self.written.body))
        if passage.strip() and not places:
            raise ValidationError(_("This passage is not in the text. Copy it exactly as it is written."))
        return places if passage.strip() else []

    def clean(self):
        """Ask for at least one passage."""
        cleaned = super().clean()
        ticked = [tuple(map(int, each.split("-"))) for each in cleaned.get("passages", ())]
        cleaned["places"] = [*ticked, *cleaned.get("passage", ())]
        if not cleaned["places"] and not self.errors:
            self.add_error("passages", _("Tick a sentence, or paste the passage that is to be covered."))
        return cleaned


class UncoverForm(forms.Form):
    """Which covered passage is shown again."""

    passage = forms.CharField(strip=False)
    reason = forms.CharField(max_length=20)


class CoverTitleForm(forms.Form):
    """Which title of a contribution is covered, what is shown instead, and why."""

    which = forms.ChoiceField(label=_("Title to cover"), widget=forms.RadioSelect)
    shown = forms.CharField(
        label=_("What readers see instead"),
        required=False,
        max_length=150,
        validators=[validate_one_line],
        help_text=_(
            "For instance the title with ▒▒▒ in the place of some words. Empty: that a moderator covered the title. "
            "The name of a file is replaced by its number."
        ),
    )
    reason = ReasonField(
        required=True,
        help_text=_("Everybody sees it below the contribution, and the public register counts it."),
        error_messages={"required": _("Choose the reason why it is covered.")},
    )

    def __init__(self, *args, comment, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["which"].choices = titles_of(comment)
        if len(self.fields["which"].choices) == 1:
            self.initial["which"] = self.fields["which"].choices[0][0]


class ShowTitleForm(forms.Form):
    """Which covered title is shown again: that of the contribution, or of a file by its number."""

    which = forms.RegexField(r"\A(?:own|[0-9]{1,18})\Z")


def titles_of(comment):
    """Return [(value, words)] of the titles that can be covered: the contribution's own, and those of its files."""
    covered = {(one.comment_id, one.attachment_id) for one in comment.covered_titles}
    own = [("own", comment.title)] if comment.title and (comment.pk, None) not in covered else []
    files = [(str(each.pk), f"{each} ({each.name})") for each in comment.files_as_left]
    return own + [(value, words) for value, words in files if (None, int(value)) not in covered]
