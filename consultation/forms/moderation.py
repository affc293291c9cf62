"""What a moderator decides."""

from django import forms
from django.utils.translation import gettext_lazy as _

from consultation.models import Comment

APPROVE, APPROVE_AND_REPLY, RETURN, REJECT = "approve", "reply", "return", "reject"


class DecisionForm(forms.Form):
    """A decision about one comment; `revision` and `status` say what was seen of it."""

    decision = forms.ChoiceField(
        label=_("Decision"),
        choices=[
            (APPROVE, _("Approve")),
            (APPROVE_AND_REPLY, _("Approve and reply")),
            (RETURN, _("Return for revision")),
            (REJECT, _("Reject")),
        ],
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose a decision.")},
    )
    reason = forms.ChoiceField(
        label=_("Reason"),
        required=False,
        choices=[("", _("Choose a reason")), *Comment.Reason.choices],
        help_text=_("Needed to reject. The author sees it, and the public register counts it."),
    )
    message = forms.CharField(
        label=_("Message to the author"),
        required=False,
        max_length=5000,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text=_("Needed to return a text: say what should be changed. Write in the author’s language if you can."),
    )
    revision = forms.IntegerField(label=_("Revision"), widget=forms.HiddenInput)
    status = forms.CharField(required=False, widget=forms.HiddenInput)

    def clean_status(self):
        """A form that does not name the status, such as the one in the queue, is about what waits."""
        return self.cleaned_data["status"] or Comment.Status.PENDING

    def clean(self):
        """Hold a decision to what it needs; one complaint a field is enough."""
        cleaned = super().clean()
        decision = cleaned.get("decision")
        if decision == REJECT and cleaned.get("reason") == "":
            self.add_error("reason", _("Choose the reason why this text is not published."))
        if decision == RETURN and cleaned.get("message", "?").strip() == "":
            self.add_error("message", _("Tell the author what should be changed."))
        return cleaned


class RefileForm(forms.Form):
    """Under which question of its roundtable a thread belongs."""

    question = forms.ModelChoiceField(
        label=_("File under"), queryset=None, required=False, empty_label=_("General contributions")
    )

    def __init__(self, *args, roundtable, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["question"].queryset = roundtable.questions.all()
