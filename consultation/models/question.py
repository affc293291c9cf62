"""What the secretariat asks."""

from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from .roundtable import Roundtable

# Comments under no question stand after those under questions: their "question number" in the order of a page.
GENERAL = 999


class Question(models.Model):
    """A numbered question of a roundtable."""

    roundtable = models.ForeignKey(Roundtable, models.CASCADE, related_name="questions", verbose_name=_("roundtable"))
    number = models.PositiveSmallIntegerField(_("number"))
    text = models.TextField(_("question"), max_length=1000)
    body = models.TextField(_("guidance"), blank=True, max_length=5000)
    visible_count = models.PositiveIntegerField(_("published comments"), default=0, editable=False)
    external_id = models.CharField(max_length=100, blank=True, editable=False)

    class Meta:
        verbose_name = _("question")
        verbose_name_plural = _("questions")
        ordering = ["roundtable", "number"]
        constraints = [
            models.UniqueConstraint(
                fields=["roundtable", "number"],
                name="question_number_unique",
                violation_error_message=_("This roundtable already has a question with this number."),
            ),
            models.CheckConstraint(
                condition=models.Q(number__gte=1, number__lt=GENERAL),
                name="question_number_in_range",
                violation_error_message=_("A question's number is between 1 and 998."),
            ),
        ]

    def __str__(self):
        return f"{self.number}. {self.text}"[:120]

    def get_absolute_url(self):
        """Return the question's own page."""
        return reverse("question_detail", args=[self.roundtable.slug, self.number])
