"""What moderators keep among themselves: notes, and what is to be followed up. Never public."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from .comment import Comment


class InternalNote(models.Model):
    """A note on a comment or on a person."""

    comment = models.ForeignKey(
        Comment, models.CASCADE, null=True, blank=True, related_name="internal_notes", verbose_name=_("comment")
    )
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.CASCADE,
        null=True,
        blank=True,
        related_name="internal_notes",
        verbose_name=_("person"),
    )
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+", verbose_name=_("by")
    )
    author_name = models.CharField(_("name"), max_length=150, blank=True)
    body = models.TextField(_("note"), max_length=5000)
    created_at = models.DateTimeField(_("on"), default=timezone.now)

    class Meta:
        verbose_name = _("internal note")
        verbose_name_plural = _("internal notes")
        ordering = ["created_at", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(comment__isnull=False, person__isnull=True) | Q(comment__isnull=True, person__isnull=False),
                name="note_on_one_thing",
            ),
        ]

    def __str__(self):
        return self.body[:60]


class FollowUp(models.Model):
    """A contribution that asks for more than an answer: somebody is to see to it."""

    comment = models.OneToOneField(Comment, models.CASCADE, related_name="follow_up", verbose_name=_("comment"))
    what = models.TextField(_("what is to be done"), max_length=2000, blank=True)
    assigned_to = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("assigned to"),
    )
    opened_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+", verbose_name=_("opened by")
    )
    opened_at = models.DateTimeField(_("opened on"), default=timezone.now)
    closed_at = models.DateTimeField(_("closed on"), null=True, blank=True)

    class Meta:
        verbose_name = _("follow-up")
        verbose_name_plural = _("follow-ups")
        ordering = ["opened_at", "pk"]

    def __str__(self):
        return f"{self.comment_id} · {self.what[:60]}"
