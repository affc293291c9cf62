"""Covering a part of a text: the public text carries a mark instead, the original stays in its revision."""

from django.conf import settings
from django.db import models
from django.db.models import F, Manager, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from .comment import Revision
from .status import Reason


class CoversNow(Manager):
    """Passages that are covered at the moment: what reads a text needs to know no others."""

    def get_queryset(self):
        """Leave out what is shown again."""
        return super().get_queryset().filter(shown_again_at=None)


class Redaction(models.Model):
    """One covered passage: characters `start` to `end` (excluded) of a revision's text."""

    revision = models.ForeignKey(Revision, models.CASCADE, related_name="redactions", verbose_name=_("revision"))
    start = models.PositiveIntegerField(_("from character"))
    end = models.PositiveIntegerField(_("to character"))
    reason = models.CharField(_("reason"), max_length=20, choices=Reason)
    redacted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+", verbose_name=_("by")
    )
    redacted_at = models.DateTimeField(_("on"), default=timezone.now)
    # The moment of the event that showed it again; kept so that this can be undone.
    shown_again_at = models.DateTimeField(_("shown again on"), null=True, blank=True)

    objects = CoversNow()
    all_objects = Manager()  # noqa: DJ012 -- it is no field

    class Meta:
        verbose_name = _("covered passage")
        verbose_name_plural = _("covered passages")
        ordering = ["revision", "start"]
        constraints = [models.CheckConstraint(condition=Q(end__gt=F("start")), name="redaction_covers_something")]

    def __str__(self):
        return f"{self.revision_id} · {self.start}–{self.end}"
