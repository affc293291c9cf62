"""The Compact's 23 objectives, and how other rows name several of them."""

from django.core.exceptions import ValidationError
from django.db import models
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

NUMBERS = range(1, 24)


class Objective(models.Model):
    """One of the 23 objectives of the Global Compact for Migration; its number is its identity."""

    number = models.PositiveSmallIntegerField(_("number"), primary_key=True)
    short = models.CharField(_("short title"), max_length=120)
    title = models.CharField(_("title"), max_length=300)

    class Meta:
        verbose_name = _("objective")
        verbose_name_plural = _("objectives")
        ordering = ["number"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(number__range=(NUMBERS[0], NUMBERS[-1])), name="objective_number_1_to_23"
            ),
        ]

    def __str__(self):
        return f"{self.number}. {self.short}"

    def get_absolute_url(self):
        """Return the page of what was said about this objective."""
        return reverse("objective_detail", args=[self.number])


class ObjectiveNumbersField(models.CharField):
    """Objectives by number, as a sorted tuple such as (3, 7, 17); stored as ",3,7,17,".

    Numbers are the objectives' identity, so a page of comments needs no join to show them, and
    `contains=",7,"` finds them on every database.
    """

    description = _("Numbers of objectives")

    def __init__(self, *args, **kwargs):
        kwargs.setdefault("max_length", 80)
        kwargs.setdefault("blank", True)
        kwargs.setdefault("default", ())
        super().__init__(*args, **kwargs)

    def deconstruct(self):
        """Leave out what __init__ sets by itself."""
        name, _path, args, kwargs = super().deconstruct()
        for key in ("max_length", "blank", "default"):
            kwargs.pop(key, None)
        return name, "consultation.models.objective.ObjectiveNumbersField", args, kwargs

    def from_db_value(self, value, expression, connection):
        """Read the stored text as a tuple of numbers."""
        return parse_numbers(value)

    def to_python(self, value):
        """Take a tuple, a list or the stored text; refuse what is not 1 to 23."""
        try:
            numbers = parse_numbers(value)
        except (TypeError, ValueError):
            numbers = (0,)
        if any(number not in NUMBERS for number in numbers):
            raise ValidationError(_("Objectives are numbered 1 to 23."), code="invalid")
        return numbers

    def get_prep_value(self, value):
        """Write numbers as ",3,7,17,"; none as the empty text."""
        numbers = parse_numbers(value)
        return f",{','.join(map(str, numbers))}," if numbers else ""

    def value_to_string(self, obj):
        """Serialise as stored."""
        return self.get_prep_value(self.value_from_object(obj))

    def clean(self, value, model_instance):
        """Validate numbers instead of text."""
        return self.to_python(value)


def parse_numbers(value):
    """Return a sorted tuple of distinct numbers from a stored text or any iterable of numbers."""
    if not value:
        return ()
    if isinstance(value, str):
        value = [part for part in value.split(",") if part]
    return tuple(sorted({int(number) for number in value}))


def listed(numbers):
    """Return numbers as a sentence lists them: "3", "3 and 7", "3, 7 and 17"."""
    *others, last = map(str, numbers) if numbers else [""]
    return gettext("%(first)s and %(last)s") % {"first": ", ".join(others), "last": last} if others else last
