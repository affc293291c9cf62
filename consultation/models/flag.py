"""What readers report about a comment."""

from datetime import timedelta

from django.conf import settings
from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from .comment import Comment
from .status import Reason


class ReportingLimitReached(Exception):
    """A person reported more often than the limit allows; `retry_after` says in how many seconds they may again."""

    def __init__(self, retry_after):
        super().__init__(f"again in {retry_after} s")
        self.retry_after = retry_after


class FlagManager(models.Manager):
    """Takes reports, each under the lock that decisions take."""

    def report(self, *, comment, reporter, reason, message=""):
        """Store a person's report of a published comment and return (report, whether it is new).

        A second one of the same comment gives the first. Raises ReportingLimitReached, and AlreadyDecided where the
        comment is no longer shown.
        """
        with transaction.atomic(using=self.db):
            comment = comment._locked(by=reporter, allowed=(Comment.Status.APPROVED,))
            known = self.filter(comment=comment, reporter=reporter).first()
            if known:
                return known, False
            self._hold_to_limit(reporter)
            flag = self.create(comment=comment, reporter=reporter, reason=reason, message=message)
            comment.count_flags()
            comment.record_change(public=False)
        return flag, True

    def _hold_to_limit(self, reporter):
        hour = timedelta(hours=1)
        recent = self.filter(reporter=reporter, created_at__gt=timezone.now() - hour).order_by("-created_at")
        # Whether there are as many is told by the last of them: until it is an hour old, none more.
        last = recent[settings.FLAGS_PER_HOUR - 1 : settings.FLAGS_PER_HOUR].first()
        if last is not None and not settings.POSTING_LIMITS_OFF:
            raise ReportingLimitReached(max(int((last.created_at + hour - timezone.now()).total_seconds()), 1))


class Flag(models.Model):
    """One person's report of one comment; moderators settle it."""

    class Status(models.TextChoices):
        OPEN = "open", _("Open")
        UPHELD = "upheld", _("Upheld")
        DISMISSED = "dismissed", _("Dismissed")

    comment = models.ForeignKey(Comment, models.CASCADE, related_name="flags", verbose_name=_("comment"))
    reporter = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="flags", verbose_name=_("reported by")
    )
    reason = models.CharField(_("reason"), max_length=20, choices=Reason)
    message = models.TextField(_("explanation"), blank=True, max_length=2000)
    status = models.CharField(_("status"), max_length=9, choices=Status, default=Status.OPEN)
    created_at = models.DateTimeField(_("reported on"), default=timezone.now)
    settled_at = models.DateTimeField(_("settled on"), null=True, blank=True)
    settled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("settled by")
    )

    objects = FlagManager()

    class Meta:
        verbose_name = _("report")
        verbose_name_plural = _("reports")
        ordering = ["created_at", "pk"]
        constraints = [models.UniqueConstraint(fields=["comment", "reporter"], name="flag_one_a_person")]
        indexes = [models.Index(fields=["reporter", "created_at"], name="flag_reporter")]

    def __str__(self):
        return f"{self.comment_id} · {self.get_reason_display()}"
