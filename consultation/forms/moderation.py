"""What a moderator decides."""

import re
import uuid

from django import forms
from django.conf import settings
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from consultation import text
from consultation.models import Comment

APPROVE, APPROVE_AND_REPLY, RETURN, REJECT = "approve", "reply", "return", "reject"
REMOVE, RESTORE, APPROVE_EDIT, REJECT_EDIT = "remove", "restore", "approve_edit", "reject_edit"
DISMISS = "dismiss"
LABELS = {
    APPROVE: _("Approve"),
    APPROVE_AND_REPLY: _("Approve and reply"),
    RETURN: _("Return for revision"),
    REJECT: _("Reject"),
    APPROVE_EDIT: _("Publish the changed text"),
    REJECT_EDIT: _("Keep the published text"),
    REMOVE: _("Remove"),
    RESTORE: _("Show again"),
}
NEEDS_REASON, NEEDS_MESSAGE = (REJECT, REJECT_EDIT, REMOVE), (RETURN,)
Status = Comment.Status
# What may be decided about a text of each status; a changed text that waits comes first.
POSSIBLE = {
    Status.PENDING: (APPROVE, APPROVE_AND_REPLY, RETURN, REJECT),
    Status.RETURNED: (APPROVE, APPROVE_AND_REPLY, REJECT),
    Status.REJECTED: (APPROVE, APPROVE_AND_REPLY),
    Status.APPROVED: (REMOVE,),
}
AT_ONCE = 100
_SEEN = re.compile(r"([0-9]{1,18}):([0-9]{1,9}):([a-z]{1,10}):([0-9]{0,9})", re.ASCII)


def possible(comment):
    """Return the decisions that may be taken about a comment now."""
    if not comment.is_cleared and comment.status != Status.APPROVED:
        return ()
    if comment.status == Status.REMOVED:
        return (RESTORE,) if comment.can_be_restored else ()
    changes = (APPROVE_EDIT, REJECT_EDIT) if comment.proposed_revision is not None and comment.is_cleared else ()
    return (*changes, *POSSIBLE.get(comment.status, ()))


def seen_of(comment):
    """Return what a form says was seen of a comment."""
    return {"revision": comment.revision_number, "status": comment.status, "proposed": comment.proposed_revision}


class MessageField(forms.CharField):
    """What the author is told."""

    def __init__(self, **kwargs):
        kwargs.setdefault("label", _("Message to the author"))
        super().__init__(required=False, max_length=5000, widget=forms.Textarea(attrs={"rows": 5}), **kwargs)


class ReasonField(forms.ChoiceField):
    """Why, for the author and the register."""

    def __init__(self, **kwargs):
        kwargs.setdefault("label", _("Reason"))
        kwargs.setdefault("required", False)
        super().__init__(choices=[("", _("Choose a reason")), *Comment.Reason.choices], **kwargs)


class ExplainedForm(forms.Form):
    """Holds a decision to what it needs; one complaint a field is enough."""

    def clean(self):
        """Refuse a decision that lacks its reason or its message."""
        cleaned = super().clean()
        decision = cleaned.get("decision")
        if decision in NEEDS_REASON and cleaned.get("reason") == "":
            complaints = {
                REMOVE: _("Choose the reason why this contribution is removed."),
                REJECT_EDIT: _("Choose the reason why the changed text is not published."),
            }
            self.add_error("reason", complaints.get(decision, _("Choose the reason why this text is not published.")))
        if decision in NEEDS_MESSAGE and cleaned.get("message", "?").strip() == "":
            self.add_error("message", _("Tell the author what should be changed."))
        return cleaned


class DecisionForm(ExplainedForm):
    """A decision about one comment; `revision`, `status` and `proposed` say what was seen of it."""

    decision = forms.ChoiceField(
        label=_("Decision"), widget=forms.RadioSelect, error_messages={"required": _("Choose a decision.")}
    )
    reason = ReasonField(
        help_text=_("Needed to reject or remove. The author sees it, and the public register counts it.")
    )
    message = MessageField(
        help_text=_("Needed to return a text: say what should be changed. Write in the author’s language if you can.")
    )
    reply = forms.CharField(
        label=_("Your reply"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text=_("Posted below it if you choose “Approve and reply”. Left empty, the form of the reply comes next."),
    )
    language = forms.ChoiceField(label=_("Language of your reply"), required=False)
    revision = forms.IntegerField(label=_("Revision"), widget=forms.HiddenInput)
    status = forms.CharField(required=False, widget=forms.HiddenInput)
    proposed = forms.IntegerField(required=False, widget=forms.HiddenInput)
    key = forms.UUIDField(required=False, widget=forms.HiddenInput)

    def __init__(self, data=None, *, comment, can_reply, **kwargs):
        initial = {"language": get_language(), "key": uuid.uuid4()} | kwargs.pop("initial", {})
        super().__init__(data, initial=initial, **kwargs)
        self.limit = comment.roundtable.comment_limit
        offered = self._offered(comment, data)
        self.fields["decision"].choices = [(name, LABELS[name]) for name in offered]
        self.fields["language"].choices = list(settings.LANGUAGE_NAMES.items())
        if APPROVE_AND_REPLY not in offered or not can_reply:
            del self.fields["reply"], self.fields["language"]
            if not can_reply:
                without = [choice for choice in self.fields["decision"].choices if choice[0] != APPROVE_AND_REPLY]
                self.fields["decision"].choices = without
        if not {*NEEDS_REASON} & {*offered}:
            del self.fields["reason"]

    @staticmethod
    def _offered(comment, data):
        """What was offered for what was seen: somebody who is late is told so, not that they chose wrongly."""
        if not data:
            return possible(comment)
        seen = data.get("status") or Status.PENDING
        offered = (RESTORE,) if seen == Status.REMOVED else POSSIBLE.get(seen, ())
        if str(data.get("proposed", "")).isdigit():
            offered = dict.fromkeys((APPROVE_EDIT, REJECT_EDIT, *offered))
        return tuple(offered)

    def clean_status(self):
        """A form that does not name the status, such as the one in the queue, is about what waits."""
        return self.cleaned_data["status"] or Status.PENDING

    def clean_key(self):
        """Every reply has a key, by which it is found with the approval."""
        return self.cleaned_data["key"] or uuid.uuid4()

    def clean_reply(self):
        """Hold a reply to what a contribution is held to."""
        reply = text.clean_source(self.cleaned_data["reply"])
        if len(reply) > self.limit:
            raise forms.ValidationError(
                _("Your reply is too long: it may have up to %(limit)s characters."), params={"limit": self.limit}
            )
        return reply


class BulkForm(ExplainedForm):
    """One decision about many comments; `chosen` says of each what was seen of it."""

    decision = forms.ChoiceField(
        label=_("Decision"),
        choices=[(name, LABELS[name]) for name in (APPROVE, RETURN, REJECT)],
        error_messages={"required": _("Choose a decision.")},
    )
    reason = ReasonField(help_text=_("Needed to reject. The authors see it, and the public register counts it."))
    message = MessageField(
        label=_("Message to the authors"), help_text=_("Needed to return texts: say what should be changed.")
    )
    chosen = forms.MultipleChoiceField(widget=forms.MultipleHiddenInput, required=False)

    def __init__(self, data=None, **kwargs):
        super().__init__(data, auto_id="bulk_%s", **kwargs)
        given = data.getlist("chosen")[:AT_ONCE] if data else ()
        self.fields["chosen"].choices = [(each, each) for each in given if _SEEN.fullmatch(each)]

    def clean_chosen(self):
        """Return {number of the comment: what was seen of it}."""
        seen = {}
        for each in self.cleaned_data["chosen"]:
            pk, revision, status, proposed = _SEEN.fullmatch(each).groups()
            seen[int(pk)] = {
                "revision": int(revision),
                "status": status,
                "proposed": int(proposed) if proposed else None,
            }
        if not seen:
            raise forms.ValidationError(_("Tick the contributions that you decide about."))
        return seen


class SettleForm(ExplainedForm):
    """What becomes of all reports of a comment; `flag` and `revision` say what was seen."""

    decision = forms.ChoiceField(
        label=_("What becomes of the reports"),
        choices=[
            (DISMISS, _("Unfounded: leave the contribution as it is")),
            (REMOVE, _("Founded: remove the contribution")),
            (RETURN, _("Founded: take it down and return it to its author")),
        ],
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose a decision.")},
    )
    reason = ReasonField(help_text=_("Needed to remove. The author sees it, and the public register counts it."))
    message = MessageField(help_text=_("Needed to return a text: say what should be changed."))
    flag = forms.IntegerField(widget=forms.HiddenInput)
    revision = forms.IntegerField(widget=forms.HiddenInput)
