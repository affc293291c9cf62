"""The kinds of stakeholders that people choose from when they sign up."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class StakeholderGroup(models.Model):
    """A kind of stakeholder, after paragraph 44 of the Compact."""

    code = models.SlugField(_("code"), unique=True)
    label = models.CharField(_("label"), max_length=120)
    position = models.PositiveSmallIntegerField(_("position"), default=0)

    class Meta:
        verbose_name = _("stakeholder group")
        verbose_name_plural = _("stakeholder groups")
        ordering = ["position", "pk"]

    def __str__(self):
        return self.label or self.code
