"""What was recognised in a text: documents it cites, roundtables it concerns, and what it looks like."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from consultation.documents import document_address

from .comment import Comment
from .objective import listed
from .roundtable import Roundtable


class DocumentCitation(models.Model):
    """A document that a comment names by its symbol, such as A/HRC/44/42."""

    comment = models.ForeignKey(Comment, models.CASCADE, related_name="documents", verbose_name=_("comment"))
    symbol = models.CharField(_("symbol"), max_length=100)
    paragraph = models.CharField(_("paragraph"), max_length=30, blank=True)

    class Meta:
        verbose_name = _("document cited")
        verbose_name_plural = _("documents cited")
        ordering = ["symbol", "pk"]
        constraints = [models.UniqueConstraint(fields=["comment", "symbol", "paragraph"], name="document_cited_once")]

    def __str__(self):
        return self.symbol

    @property
    def address(self):
        """Where the document is found."""
        return document_address(self.symbol)


class ConcernQuerySet(models.QuerySet):
    """Named questions about comments that concern another roundtable."""

    def open(self):
        """Return suggestions that nobody has settled, about texts that are published or may yet be."""
        alive = (Comment.Status.APPROVED, *Comment.WAITING_STATUSES)
        return self.filter(status=Concern.Status.SUGGESTED, comment__status__in=alive).exclude(
            roundtable=models.F("comment__roundtable")
        )

    def shared(self):
        """Return what is shared and published, and stands in another roundtable still."""
        return self.filter(status=Concern.Status.SHARED, comment__status=Comment.Status.APPROVED).exclude(
            roundtable=models.F("comment__roundtable")
        )


class Concern(models.Model):
    """A comment that concerns another roundtable too: found in its text or named by staff, and perhaps shared there."""

    class Status(models.TextChoices):
        SUGGESTED = "suggested", _("Suggested")
        SHARED = "shared", _("Shared")
        DISMISSED = "dismissed", _("Dismissed")

    comment = models.ForeignKey(Comment, models.CASCADE, related_name="concerns", verbose_name=_("comment"))
    roundtable = models.ForeignKey(Roundtable, models.CASCADE, related_name="concerns", verbose_name=_("roundtable"))
    why = models.CharField(_("why"), max_length=200, blank=True)
    status = models.CharField(_("status"), max_length=9, choices=Status, default=Status.SUGGESTED)

    objects = ConcernQuerySet.as_manager()

    class Meta:
        verbose_name = _("contribution for another roundtable")
        verbose_name_plural = _("contributions for other roundtables")
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["comment", "roundtable"], name="concern_once")]

    def __str__(self):
        return f"{self.comment_id} → {self.roundtable_id}"

    @property
    def objective_numbers(self):
        """The objectives for which the other roundtable was suggested, as a sentence lists them."""
        return listed([part for part in self.why.split(",") if part.isdigit()])

    @property
    def is_named(self):
        """Whether the text names the other roundtable."""
        return "named" in self.why.split(",")


class TextPrint(models.Model):
    """One of the numbers by which nearly equal texts are found without comparing all of them."""

    comment = models.ForeignKey(Comment, models.CASCADE, related_name="prints", verbose_name=_("comment"))
    value = models.BigIntegerField()

    class Meta:
        verbose_name = _("text print")
        verbose_name_plural = _("text prints")
        indexes = [models.Index(fields=["value"], name="text_print_value")]

    def __str__(self):
        return f"{self.comment_id} · {self.value}"
