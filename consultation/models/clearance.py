"""For whom a paper speaks, and whether they agree."""

import uuid

from django.conf import settings
from django.db import models, transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from .comment import Comment
from .forest import lock_forest


class NoLongerAsked(Exception):
    """It was decided already, or the paper was changed, withdrawn or decided about meanwhile."""


class Clearance(models.Model):
    """One organisation's part in a paper: its focal point clears the paper before it can be published."""

    class Status(models.TextChoices):
        WAITING = "waiting", _("Awaiting clearance")
        CLEARED = "cleared", _("Cleared")
        DECLINED = "declined", _("Declined")

    paper = models.ForeignKey(Comment, models.CASCADE, related_name="clearances", verbose_name=_("paper"))
    organisation = models.CharField(_("organisation"), max_length=200)
    focal_point_email = models.EmailField(_("e-mail address of the focal point"), max_length=254, blank=True)
    focal_point = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="clearances"
    )
    focal_point_name = models.CharField(_("focal point"), max_length=150, blank=True)
    key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    status = models.CharField(_("status"), max_length=8, choices=Status, default=Status.WAITING)
    # The text that is cleared: a later one is cleared anew, one that was published keeps its clearances.
    revision_number = models.PositiveIntegerField(_("revision"), default=1)
    message = models.TextField(_("message"), blank=True, max_length=2000)
    is_asked = models.BooleanField(default=False, editable=False)
    created_at = models.DateTimeField(_("asked on"), default=timezone.now)
    decided_at = models.DateTimeField(_("decided on"), null=True, blank=True)

    class Meta:
        verbose_name = _("clearance")
        verbose_name_plural = _("clearances")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["paper", "organisation", "revision_number"], name="clearance_one_a_version")
        ]

    def __str__(self):
        return f"{self.paper_id} · {self.organisation}"

    def get_absolute_url(self):
        """Return where the focal point reads the paper and decides."""
        return reverse("clearance_detail", args=[self.key])

    @property
    def is_open(self):
        """Whether the focal point can decide now, or change their mind; the paper is read with it.

        Once the last organisation has cleared it, the paper is with the moderators.
        """
        paper = self.paper
        waits = paper.status == Comment.Status.PENDING or paper.proposed_revision is not None
        return waits and not paper.is_cleared and self.revision_number == paper.revision_to_clear

    def settle(self, *, by, status, message="", seen_revision):
        """Clear or decline the paper; once all have cleared it, it waits for moderators. Raises NoLongerAsked.

        The same decision taken twice is one.
        """
        with transaction.atomic():
            lock_forest("default")
            clearance = type(self).objects.select_related("paper__author", "paper__roundtable").get(pk=self.pk)
            paper = clearance.paper
            if not clearance.is_open or clearance.revision_number != seen_revision:
                raise NoLongerAsked
            if (clearance.status, clearance.message) == (status, message):
                return clearance
            clearance.status, clearance.message = status, message
            clearance.focal_point, clearance.focal_point_name = by, by.name
            clearance.decided_at = timezone.now()
            clearance.save()
            if all(each.status == self.Status.CLEARED for each in paper.clearances_asked):
                paper.finish_clearing()
            paper.record_change(public=False)
        return clearance

    def clear_by_submitting(self, paper):
        """The focal point submits the paper: nobody has to be asked."""
        self.status, self.decided_at = self.Status.CLEARED, timezone.now()
        self.focal_point, self.focal_point_name = paper.author, paper.author_name
        self.save()
