"""Texts that stand on many pages, and terms that carry a footnote wherever they occur."""

from django.conf import settings
from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _


class ReferenceStamp(models.Model):
    """One row that counts changes to objectives, groups, site texts and terms, so that copies of them can be kept."""

    value = models.PositiveBigIntegerField(default=1)

    class Meta:
        constraints = [models.CheckConstraint(condition=models.Q(pk=1), name="reference_stamp_is_one_row")]

    def __str__(self):
        return str(self.value)


class TextBlock(models.Model):
    """A text of the site that the secretariat edits once for all pages, such as the disclaimer."""

    key = models.SlugField(_("key"), unique=True)
    title = models.CharField(_("title"), max_length=200)
    body = models.TextField(_("text"), blank=True)
    is_page = models.BooleanField(_("has a page of its own"), default=False)

    class Meta:
        verbose_name = _("site text")
        verbose_name_plural = _("site texts")
        ordering = ["key"]

    def __str__(self):
        return self.title or self.key

    def get_absolute_url(self):
        """Return the page of this text."""
        return reverse("page_detail", args=[self.key])


class TextBlockVersion(models.Model):
    """What a site text said after one change: the history that row 62 of the features promises."""

    block = models.ForeignKey(TextBlock, models.CASCADE, related_name="versions", verbose_name=_("site text"))
    texts = models.JSONField(_("texts"))
    saved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+", verbose_name=_("saved by")
    )
    saved_at = models.DateTimeField(_("saved on"), auto_now_add=True)

    class Meta:
        verbose_name = _("version of a site text")
        verbose_name_plural = _("versions of site texts")
        ordering = ["-saved_at", "-pk"]

    def __str__(self):
        return f"{self.block} {self.saved_at:%Y-%m-%d %H:%M}"


class Term(models.Model):
    """A word that carries a footnote on every page and in every export, such as Kosovo*."""

    code = models.SlugField(_("code"), unique=True)
    word = models.CharField(_("word"), max_length=100)
    mark = models.CharField(_("mark"), max_length=5, default="*")
    footnote = models.TextField(_("footnote"))

    class Meta:
        verbose_name = _("term with a footnote")
        verbose_name_plural = _("terms with a footnote")
        ordering = ["code"]

    def __str__(self):
        return f"{self.word}{self.mark}"
