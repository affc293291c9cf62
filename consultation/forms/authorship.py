"""What authors write about their own comments after they were posted."""

from django import forms
from django.utils.translation import gettext_lazy as _

from consultation import text
from consultation.models import NewText

from .comment import CommentForm


class RevisionForm(CommentForm):
    """A new text of a comment; `seen` says which of its texts was there to be changed."""

    seen = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args, comment, initial=None, **kwargs):
        current_text = comment.proposed or comment
        current = {
            "body": current_text.body,
            "language": current_text.language,
            "objectives": current_text.objective_numbers,
            "asks": comment.asks,
            "seen": comment.latest_revision,
        }
        super().__init__(*args, initial=current | (initial or {}), **kwargs)
        if comment.status == comment.Status.APPROVED:
            del self.fields["asks"]  # others may have answered by now

    def new_text(self, role):
        """Return what the author sends with a valid form, in which role."""
        sent = {"role": role, "seen_revision": self.cleaned_data["seen"]}
        return NewText(**self.contribution, **self.file_changes, **sent)

    def tell_of_other_text(self, comment):
        """Say that another text took the place of the one that was changed; sending again replaces that one."""
        self.data = self.data.copy()
        self.data["seen"] = comment.latest_revision
        self.add_error(
            "body",
            _(
                "This text was changed in another window while you were writing. Yours is kept here: "
                "send it again to put it in the place of the other one."
            ),
        )


class LateForm(CommentForm):
    """A contribution that comes after closing: why, and to which question."""

    late_reason = forms.CharField(
        label=_("Why it comes after the deadline"),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3, "dir": "auto"}),
        help_text=_("Only the moderators read it. They decide whether the contribution is still taken."),
        error_messages={"required": _("Say why your contribution comes after the deadline.")},
    )
    question = forms.ModelChoiceField(
        label=_("Question it answers"), queryset=None, required=False, empty_label=_("General contributions")
    )

    def __init__(self, *args, roundtable, **kwargs):
        super().__init__(*args, roundtable=roundtable, **kwargs)
        self.fields["question"].queryset = roundtable.questions.order_by("number")

    def clean_late_reason(self):
        """Refuse what cannot be stored; keep everything else as written."""
        return text.clean_source(self.cleaned_data["late_reason"])

    @property
    def contribution(self):
        """What is stored of a valid form."""
        data = self.cleaned_data
        return super().contribution | {"late_reason": data["late_reason"], "question": data["question"]}
