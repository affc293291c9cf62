"""What the secretariat says of a person: whether their affiliation was checked, and whether they may contribute."""

import datetime

from django.conf import settings
from django.db import models, transaction
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

# Until when somebody is suspended without an end: no calendar fails to print it in any time zone.
FOREVER = datetime.datetime(9000, 1, 1, tzinfo=datetime.UTC)


class Standing:
    """The standing of a person; mixed into `User`, which keeps its outcome in two columns."""

    # What a check of an affiliation is about: where one of them changes, nobody has checked the new one.
    AFFILIATION_FIELDS = ("name", "organisation", "group", "country", "capacity")

    @property
    def is_affiliation_verified(self):
        """Whether the secretariat checked the affiliation as it is now."""
        return self.affiliation_verified_at is not None

    @property
    def is_suspended(self):
        """Whether the secretariat keeps this person from contributing and moderating at the moment."""
        return self.suspended_until is not None and self.suspended_until > timezone.now()

    @property
    def suspension(self):
        """The suspension that runs at the moment, or None; asks the database only where one does."""
        return self.suspensions.filter(lifted_at=None).first() if self.is_suspended else None

    def verify_affiliation(self, *, by, note=""):
        """Record that the secretariat checked the affiliation."""
        self._record_check(by=by, note=note, is_verified=True)

    def take_back_verification(self, *, by, note=""):
        """Record that the affiliation is no longer taken for checked; `by` may be the person, who changed it."""
        self._record_check(by=by, note=note, is_verified=False)

    @transaction.atomic
    def suspend(self, *, by, reason, ends_at=None):
        """Keep the person from contributing until then, or until it is lifted; takes the place of a running one."""
        self._end_suspensions(by=by)
        made = self.suspensions.create(reason=reason, ends_at=ends_at, suspended_by=by)
        self.suspended_until = ends_at or FOREVER
        self.save(update_fields=["suspended_until"])
        return made

    @transaction.atomic
    def lift_suspension(self, *, by):
        """Let the person contribute again at once."""
        self._end_suspensions(by=by)
        self.suspended_until = None
        self.save(update_fields=["suspended_until"])

    @transaction.atomic
    def _record_check(self, *, by, note, is_verified):
        self.affiliation_checks.create(
            organisation=self.organisation,
            capacity=self.capacity,
            is_verified=is_verified,
            note=note,
            checked_by=by,
            checked_by_name=by.name,
        )
        self.affiliation_verified_at = timezone.now() if is_verified else None
        self.save(update_fields=["affiliation_verified_at"])

    def _end_suspensions(self, *, by):
        now = timezone.now()
        running = self.suspensions.filter(lifted_at=None).filter(Q(ends_at=None) | Q(ends_at__gt=now))
        running.update(lifted_at=now, lifted_by=by)


class AffiliationCheck(models.Model):
    """One check of a person's affiliation: who confirmed it, or took the confirmation back, and what it said then."""

    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="affiliation_checks", verbose_name=_("person")
    )
    organisation = models.CharField(_("organisation"), max_length=200, blank=True)
    capacity = models.CharField(_("capacity"), max_length=10, blank=True)
    is_verified = models.BooleanField(_("verified"))
    note = models.CharField(_("note"), max_length=300, blank=True)
    checked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+", verbose_name=_("by")
    )
    checked_by_name = models.CharField(_("name"), max_length=150, blank=True)
    checked_at = models.DateTimeField(_("on"), default=timezone.now)

    class Meta:
        verbose_name = _("check of an affiliation")
        verbose_name_plural = _("checks of affiliations")
        ordering = ["-checked_at", "-pk"]

    def __str__(self):
        return f"{self.person_id} · {self.organisation}"


class Suspension(models.Model):
    """A time in which a person may not contribute; without an end it lasts until it is lifted."""

    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="suspensions", verbose_name=_("person")
    )
    reason = models.TextField(_("reason"), max_length=2000, help_text=_("The person is told."))
    begins_at = models.DateTimeField(_("begins"), default=timezone.now)
    ends_at = models.DateTimeField(_("ends"), null=True, blank=True)
    suspended_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+", verbose_name=_("by")
    )
    lifted_at = models.DateTimeField(_("lifted on"), null=True, blank=True)
    lifted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("lifted by")
    )

    class Meta:
        verbose_name = _("suspension")
        verbose_name_plural = _("suspensions")
        ordering = ["-begins_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_at__isnull=True) | Q(ends_at__gt=F("begins_at")),
                name="suspension_ends_after_beginning",
                violation_error_message=_("The end must come after the beginning."),
            ),
        ]

    def __str__(self):
        return f"{self.person_id} · {self.begins_at:%Y-%m-%d}"
