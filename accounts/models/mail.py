"""The outbox: mail that is a row before it is sent."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class MailQuerySet(models.QuerySet):
    """Named questions about mail."""

    def due(self, now=None):
        """Return what may be sent now, the oldest first."""
        return self.filter(status=Mail.Status.WAITING, due_at__lte=now or timezone.now()).order_by("due_at", "pk")

    def dead(self):
        """Return what was given up after the last try."""
        return self.filter(status=Mail.Status.DEAD)


class Mail(models.Model):
    """One mail to one person, in their language; written in the transaction of what it tells."""

    class Status(models.TextChoices):
        WAITING = "waiting", _("Waiting")
        SENT = "sent", _("Sent")
        DEAD = "dead", _("Given up")
        DROPPED = "dropped", _("No longer wanted")

    # The same key is never written twice, so that what writes mail may itself be run twice.
    key = models.CharField(_("key"), max_length=150, unique=True)
    kind = models.CharField(_("kind"), max_length=30)
    recipient = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, null=True, blank=True, related_name="mails", verbose_name=_("person")
    )
    to = models.EmailField(_("to"), max_length=254)
    language = models.CharField(_("language"), max_length=2, choices=settings.LANGUAGES)
    subject = models.CharField(_("subject"), max_length=250)
    text = models.TextField(_("text"))
    html = models.TextField(_("HTML"), blank=True)
    headers = models.JSONField(_("headers"), default=dict, blank=True)

    status = models.CharField(_("status"), max_length=8, choices=Status, default=Status.WAITING)
    attempts = models.PositiveSmallIntegerField(_("tries"), default=0)
    last_error = models.CharField(_("last error"), max_length=300, blank=True)
    created_at = models.DateTimeField(_("written on"), default=timezone.now)
    due_at = models.DateTimeField(_("due on"), default=timezone.now)
    sent_at = models.DateTimeField(_("sent on"), null=True, blank=True)

    objects = MailQuerySet.as_manager()

    class Meta:
        verbose_name = _("mail")
        verbose_name_plural = _("outbox")
        ordering = ["-created_at", "-pk"]
        indexes = [models.Index(fields=["due_at"], condition=Q(status="waiting"), name="mail_due")]

    def __str__(self):
        # Not the subject: this stands in the admin and its log, where nobody's mail is read.
        return f"{self.kind} #{self.pk}"
