"""Who decided what about a comment, and why. Append-only."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from .comment import Comment


class ModerationEvent(models.Model):
    """One decision about a comment: the register row that every change of status leaves."""

    class Action(models.TextChoices):
        SUBMIT = "submit", _("Submitted")
        APPROVE = "approve", _("Approved")
        RETURN = "return", _("Returned for revision")
        REJECT = "reject", _("Rejected")
        WITHDRAW = "withdraw", _("Withdrawn by the author")
        REMOVE = "remove", _("Removed")
        REFILE = "refile", _("Filed under another question")
        MOVE = "move", _("Moved")
        SPLIT = "split", _("Split")
        JOIN = "join", _("Joined with another contribution")
        DUPLICATE = "duplicate", _("Marked as a duplicate")
        EDIT = "edit", _("Changed by the author")
        APPROVE_EDIT = "approve_edit", _("Change approved")
        REJECT_EDIT = "reject_edit", _("Change not published")
        DROP_EDIT = "drop_edit", _("Change withdrawn by the author")
        REDACT = "redact", _("Part of the text covered")
        COVER_TITLE = "cover_title", _("Title covered")
        SHOW_TITLE = "show_title", _("Covered title shown again")
        REMOVE_FILE = "remove_file", _("File removed")
        COVER_FILE = "cover_file", _("Covered copy put in the place of a file")
        UNCOVER = "uncover", _("Covered text shown again")
        SETTLE_FLAGS = "settle", _("Reports settled")
        RESTORE = "restore", _("Shown again")
        SHARE = "share", _("Shared with another roundtable")
        UNSHARE = "unshare", _("Not shared with another roundtable")
        ANSWER = "answer", _("Marked as answered")
        UNANSWER = "unanswer", _("Marked as awaiting an answer")
        UNDO = "undo", _("Decision undone")
        IMPORT = "import", _("Imported")

    # What only says how a comment stands to others.
    ANSWERS = (Action.ANSWER, Action.UNANSWER)
    RELATIONS = (Action.SHARE, Action.UNSHARE, *ANSWERS)

    comment = models.ForeignKey(Comment, models.CASCADE, related_name="events", verbose_name=_("comment"))
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+", verbose_name=_("by")
    )
    actor_name = models.CharField(_("name"), max_length=150, blank=True)
    action = models.CharField(_("decision"), max_length=12, choices=Action)
    reason = models.CharField(_("reason"), max_length=20, choices=Comment.Reason, blank=True)
    message = models.TextField(_("message to the author"), blank=True)
    note = models.CharField(_("note"), max_length=100, blank=True)
    status_before = models.CharField(_("status before"), max_length=10, choices=Comment.Status, blank=True)
    status_after = models.CharField(_("status after"), max_length=10, choices=Comment.Status)
    revision_number = models.PositiveIntegerField(_("revision"), default=1)
    undoes = models.OneToOneField(
        "self", models.SET_NULL, null=True, blank=True, related_name="undone_by", verbose_name=_("undoes")
    )
    # Whether those who follow it have got their notices (`notifications.announce`).
    is_announced = models.BooleanField(default=False, editable=False)
    created_at = models.DateTimeField(_("on"), auto_now_add=True)

    class Meta:
        verbose_name = _("moderation event")
        verbose_name_plural = _("moderation events")
        ordering = ["created_at", "pk"]
        indexes = [models.Index(fields=["id"], condition=models.Q(is_announced=False), name="event_unannounced")]

    def __str__(self):
        return f"{self.get_action_display()} · {self.comment_id}"

    @property
    def reply_key(self):
        """The key of the form of the reply that was posted with this approval, or nothing."""
        is_with_reply = self.action == self.Action.APPROVE and self.note.startswith(Comment.WITH_REPLY)
        return self.note.removeprefix(Comment.WITH_REPLY) if is_with_reply else ""

    @property
    def is_undoable(self):
        """Whether it is of a kind that can be undone, and was not yet."""
        return self.action in Comment.UNDOABLE and not hasattr(self, "undone_by")
