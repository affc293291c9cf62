"""Where a contribution belongs: what a moderator names for it."""

import re

from django import forms
from django.core.exceptions import ValidationError
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from consultation import text
from consultation.models import Comment, Question

_NUMBER = re.compile(r"(?:.*/comments/)?([0-9]{1,18})/?(?:[?#].*)?", re.ASCII | re.S)


class CommentField(forms.CharField):
    """Another contribution, named by its number or its address."""

    def __init__(self, **kwargs):
        self.comments = Comment.objects.none()
        super().__init__(max_length=300, **kwargs)

    def clean(self, value):
        """Return the comment, or None where nothing is asked for."""
        value = super().clean(value)
        if not value:
            return None
        match = _NUMBER.fullmatch(value.strip())
        found = match and self.comments.filter(pk=int(match[1])).first()
        if not found:
            raise ValidationError(_("There is no such contribution in your roundtables."), code="unknown")
        return found


class RefileForm(forms.Form):
    """Under which question of its roundtable a thread belongs."""

    question = forms.ModelChoiceField(
        label=_("File under"), queryset=None, required=False, empty_label=_("General contributions")
    )

    def __init__(self, *args, comment, **kwargs):
        kwargs.setdefault("initial", {"question": comment.question})
        super().__init__(*args, **kwargs)
        self.fields["question"].queryset = comment.roundtable.questions.all()


class MoveForm(forms.Form):
    """To which other roundtable a thread belongs, and there under which question."""

    nothing = ""  # what is said in the place of the form where there is nothing to choose

    place = forms.ChoiceField(label=_("Move to"), error_messages={"required": _("Choose where it belongs.")})

    def __init__(self, *args, comment, moderated, **kwargs):
        super().__init__(*args, **kwargs)
        self.roundtables = {each.pk: each for each in moderated if each.pk != comment.roundtable_id}
        self.questions = {}
        for question in Question.objects.filter(roundtable__in=list(self.roundtables)):
            self.questions.setdefault(question.roundtable_id, {})[question.number] = question
        if not self.roundtables:
            self.nothing = _("You moderate no other roundtable to which it could be moved.")
        self.fields["place"].choices = [("", _("Choose a place"))] + [
            (str(roundtable), self._places(roundtable)) for roundtable in self.roundtables.values()
        ]

    def _places(self, roundtable):
        questions = self.questions.get(roundtable.pk, {})
        named = [(f"{roundtable.pk}:{number}", str(question)) for number, question in questions.items()]
        return [*named, (f"{roundtable.pk}:0", _("General contributions"))]

    def clean_place(self):
        """Return the roundtable, and the question or None."""
        roundtable, _colon, number = self.cleaned_data["place"].partition(":")
        return self.roundtables[int(roundtable)], self.questions.get(int(roundtable), {}).get(int(number))


class AttachForm(forms.Form):
    """Below which contribution another one belongs; below none, it stands by itself."""

    below = CommentField(
        label=_("Contribution that it answers"),
        required=False,
        help_text=_("Its number or its address. Leave it empty to make this a thread of its own."),
    )

    def __init__(self, *args, comment, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["below"].comments = Comment.objects.filter(roundtable=comment.roundtable_id)


class DuplicateForm(forms.Form):
    """Which earlier contribution says the same."""

    of = CommentField(
        label=_("Contribution that says the same"),
        help_text=_("Its number or its address. The address of this one will lead there."),
    )

    def __init__(self, *args, comment, moderated, **kwargs):
        kwargs.setdefault("initial", {"of": comment.similar_to_id or ""})
        super().__init__(*args, **kwargs)
        self.fields["of"].comments = Comment.objects.filter(roundtable__in=[each.pk for each in moderated])


class JoinForm(forms.Form):
    """Which other contributions of the same person belong to this one."""

    nothing = ""  # what is said in the place of the form where there is nothing to choose

    parts = forms.ModelMultipleChoiceField(
        label=_("Parts of the same submission"),
        queryset=None,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Their texts are put below each other, the earliest first. Each address leads to the whole."),
        error_messages={"required": _("Choose at least one other contribution.")},
    )
    revision = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args, comment, **kwargs):
        kwargs.setdefault("initial", {"revision": comment.revision_number})
        super().__init__(*args, **kwargs)
        own = Comment.objects.filter(
            roundtable=comment.roundtable_id, author=comment.author_id, status=comment.status
        ).exclude(pk=comment.pk)
        if comment.author_id is None:
            own = own.filter(author_name=comment.author_name).exclude(author_name="")
        # The latest are the likeliest; a ModelChoiceField takes no sliced queryset.
        latest = list(own.order_by("-pk").values_list("pk", flat=True)[:50])
        if not latest:
            self.nothing = _("Here is no other contribution of this person that could be joined.")
        self.fields["parts"].queryset = Comment.objects.filter(pk__in=latest).order_by("posted_at", "pk")
        self.fields["parts"].label_from_instance = lambda each: in_language(
            f"{each.pk} · {text.excerpt(each.body, 120)}", each.language
        )


class SplitForm(forms.Form):
    """Where a text is cut in two."""

    nothing = ""  # what is said in the place of the form where there is nothing to choose

    at = forms.TypedChoiceField(
        label=_("The second contribution begins with"),
        coerce=int,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose the paragraph with which the second contribution begins.")},
    )
    revision = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args, comment, **kwargs):
        kwargs.setdefault("initial", {"revision": comment.revision_number})
        super().__init__(*args, **kwargs)
        self.fields["at"].choices = [
            (start, in_language(words, comment.language)) for start, words in list(paragraphs(comment.body))[1:]
        ]
        if not self.fields["at"].choices:
            self.nothing = _("The text is a single paragraph: there is no place at which it could be split.")


def in_language(words, language):
    """Return what somebody wrote with its language, for the label of a choice."""
    return format_html('<span lang="{}" dir="auto">{}</span>', language, words)


def paragraphs(body):
    """Yield (where it begins, its beginning) for each paragraph of a text."""
    for found in re.finditer(r"\S[^\n]*(?:\n(?!\s*\n)[^\n]*)*", body):
        yield found.start(), text.excerpt(found[0], 120)
