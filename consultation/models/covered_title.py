"""A title of a paper or of a file that readers do not see: another one stands in its place, the original is kept."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from .attachment import Attachment
from .comment import Comment
from .status import Reason


class CoveredTitleQuerySet(models.QuerySet):
    """Named questions about covered titles."""

    def of(self, comment):
        """Return those of a comment and its files that are covered now.

        What was given another title since is not, nor what was removed or left out.
        """
        comes = Q(attachment__comes_with=F("attachment__comment__proposed_revision"))
        is_in_play = Q(attachment__hidden_since=None) | comes
        is_shown = Q(comment__title=F("shown")) | Q(attachment__title=F("shown")) & is_in_play
        ones = self.ever_of(comment).filter(is_shown, shown_again_at=None)
        return ones.select_related("attachment").order_by("pk")

    def ever_of(self, comment):
        """Return those of a comment and its files that are or were covered."""
        return self.filter(Q(comment=comment) | Q(attachment__comment=comment))


class CoveredTitle(models.Model):
    """The title as it was written, with the file's name, and what is shown instead."""

    comment = models.OneToOneField(
        Comment, models.CASCADE, null=True, blank=True, related_name="covered_title", verbose_name=_("comment")
    )
    attachment = models.OneToOneField(
        Attachment, models.CASCADE, null=True, blank=True, related_name="covered_title", verbose_name=_("attachment")
    )
    title = models.CharField(_("title"), max_length=300, blank=True)
    name = models.CharField(_("file name"), max_length=200, blank=True)
    shown = models.CharField(_("shown instead"), max_length=200)
    reason = models.CharField(_("reason"), max_length=20, choices=Reason)
    covered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+", verbose_name=_("by")
    )
    # The moments of the events that covered it and showed it again, by which undoing finds it.
    covered_at = models.DateTimeField(_("on"))
    shown_again_at = models.DateTimeField(_("shown again on"), null=True, blank=True)

    objects = CoveredTitleQuerySet.as_manager()

    class Meta:
        verbose_name = _("covered title")
        verbose_name_plural = _("covered titles")
        constraints = [
            models.CheckConstraint(
                condition=Q(comment__isnull=False, attachment__isnull=True)
                | Q(comment__isnull=True, attachment__isnull=False),
                name="covered_title_of_one_thing",
            ),
        ]

    def __str__(self):
        return self.shown
