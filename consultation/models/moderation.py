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
        IMPORT = "import", _("Imported")

    comment = models.ForeignKey(Comment, models.CASCADE, related_name="events", verbose_name=_("comment"))
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+", verbose_name=_("by")
    )
    actor_name = models.CharField(_("name"), max_length=150, blank=True)
    action = models.CharField(_("decision"), max_length=10, choices=Action)
    reason = models.CharField(_("reason"), max_length=20, choices=Comment.Reason, blank=True)
    message = models.TextField(_("message to the author"), blank=True)
    note = models.CharField(_("note"), max_length=100, blank=True)
    status_before = models.CharField(_("status before"), max_length=10, choices=Comment.Status, blank=True)
    status_after = models.CharField(_("status after"), max_length=10, choices=Comment.Status)
    revision_number = models.PositiveIntegerField(_("revision"), default=1)
    created_at = models.DateTimeField(_("on"), auto_now_add=True)

    class Meta:
        verbose_name = _("moderation event")
        verbose_name_plural = _("moderation register")
        ordering = ["created_at", "pk"]

    def __str__(self):
        return f"{self.get_action_display()} · {self.comment_id}"
