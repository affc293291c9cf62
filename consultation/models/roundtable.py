"""One consultation."""

import datetime
import zoneinfo

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django_countries.fields import CountryField

from accounts.models import Organisation

from .event import Event
from .objective import ObjectiveNumbersField


def validate_time_zone(name):
    """Refuse a name that the time zone database does not know."""
    if name not in zoneinfo.available_timezones():
        raise ValidationError(_("“%(name)s” is not a time zone. Write it like Europe/Zurich."), params={"name": name})


class RoundtableQuerySet(models.QuerySet):
    """Named questions about roundtables."""

    def visible_to(self, user):
        """Return published roundtables; the secretariat and a roundtable's moderators also see unpublished ones."""
        if not user.is_authenticated:
            return self.filter(is_published=True)
        if user.is_staff:
            return self
        return self.filter(Q(is_published=True) | Q(pk__in=user.moderated_roundtables.values("pk")))

    def moderated_by(self, user):
        """Return the roundtables that this person may moderate; a suspension stops that, too."""
        return self.none() if user.is_authenticated and user.is_suspended else self.entrusted_to(user)

    def entrusted_to(self, user):
        """Return the roundtables that this person moderates, or would if they were not suspended."""
        if not user.is_authenticated or not user.is_active:
            return self.none()
        return self if user.is_staff else self.filter(moderators=user)

    def with_role_of(self, user):
        """Annotate `user_moderates` and `user_moderates_any`, so that a page learns the role with the roundtable."""
        if not user.is_authenticated:
            return self.annotate(user_moderates=models.Value(False), user_moderates_any=models.Value(False))
        moderating = Roundtable.moderators.through.objects.filter(user=user.pk)
        return self.annotate(
            user_moderates=models.Exists(moderating.filter(roundtable=models.OuterRef("pk"))),
            user_moderates_any=models.Exists(moderating),
        )

    def record_change(self, *, public, count=0):
        """Raise the counters that ETags are made of, inside the transaction of the change itself."""
        changes = {"activity": F("activity") + 1}
        if public:
            changes |= {"version": F("version") + 1, "visible_count": F("visible_count") + count}
        self.update(**changes)


class Roundtable(models.Model):
    """One consultation: some questions about some objectives, open for some weeks."""

    class Phase(models.TextChoices):
        UPCOMING = "upcoming", _("Upcoming")
        OPEN = "open", _("Open")
        CLOSED = "closed", _("Closed")
        REPORTED = "reported", _("Reported")

    class Moderation(models.TextChoices):
        BEFORE = "before", _("Before publication")
        AFTER = "after", _("After publication")
        TRUSTED = "trusted", _("Before publication, until a person’s first approval")

    class NoteStatus(models.TextChoices):
        NOT_STARTED = "not_started", _("Not started")
        DRAFTING = "drafting", _("Being drafted")
        PUBLISHED = "published", _("Published")

    event = models.ForeignKey(
        Event, models.PROTECT, null=True, blank=True, related_name="roundtables", verbose_name=_("event")
    )
    slug = models.SlugField(_("address"), unique=True, max_length=80)
    position = models.PositiveSmallIntegerField(_("position"), default=0)
    title = models.CharField(_("title"), max_length=200)
    purpose = models.TextField(_("purpose"), blank=True)
    how_to = models.TextField(_("how to take part"), blank=True)
    objective_numbers = ObjectiveNumbersField(_("objectives under review"))
    is_published = models.BooleanField(_("published"), default=False, help_text=_("Readers see it from then on."))
    time_zone = models.CharField(
        _("time zone"), max_length=60, default="Europe/Zurich", validators=[validate_time_zone]
    )
    opens_at = models.DateTimeField(_("opens"), null=True, blank=True)
    closes_at = models.DateTimeField(
        _("closes"), null=True, blank=True, help_text=_("The last moment at which contributions are taken.")
    )
    note_due_on = models.DateField(_("background note due on"), null=True, blank=True)
    note_status = models.CharField(
        _("background note"), max_length=12, choices=NoteStatus, default=NoteStatus.NOT_STARTED
    )
    co_chairs = CountryField(_("co-chairs"), multiple=True, blank=True)
    moderation = models.CharField(_("moderation"), max_length=8, choices=Moderation, default=Moderation.BEFORE)
    comment_limit = models.PositiveIntegerField(_("characters per contribution"), default=settings.COMMENT_LIMIT)
    takes_late = models.BooleanField(
        _("late box"),
        default=False,
        help_text=_("After closing, a contribution can still be handed in with a reason; moderators decide about it."),
    )
    moderators = models.ManyToManyField(
        settings.AUTH_USER_MODEL, blank=True, related_name="moderated_roundtables", verbose_name=_("moderators")
    )

    # Kept by the transitions of comments; a page never counts.
    visible_count = models.PositiveIntegerField(_("published comments"), default=0, editable=False)
    version = models.PositiveBigIntegerField(default=0, editable=False)
    activity = models.PositiveBigIntegerField(default=0, editable=False)
    import_key = models.CharField(max_length=100, null=True, blank=True, unique=True, editable=False)

    objects = RoundtableQuerySet.as_manager()

    class Meta:
        verbose_name = _("roundtable")
        verbose_name_plural = _("roundtables")
        ordering = ["position", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(opens_at__isnull=True) | Q(closes_at__isnull=True) | Q(closes_at__gt=F("opens_at")),
                name="roundtable_closes_after_opening",
                violation_error_message=_("The closing date must come after the opening date."),
            ),
        ]

    def __str__(self):
        return self.title or self.slug

    def get_absolute_url(self):
        """Return the discussion page."""
        return reverse("roundtable_detail", args=[self.slug])

    @property
    def tz(self):
        """The roundtable's own time zone, in which its dates are decided and shown."""
        return zoneinfo.ZoneInfo(self.time_zone)

    @property
    def is_open(self):
        """Whether a contribution that arrives now is taken; the closing moment itself still counts."""
        now = timezone.now()
        has_opened = self.opens_at is None or self.opens_at <= now
        return has_opened and (self.closes_at is None or now <= self.closes_at)

    @property
    def phase(self):
        """Upcoming, open, closed, or reported once the background note is out."""
        if self.is_open:
            return self.Phase.OPEN
        if self.opens_at and timezone.now() < self.opens_at:
            return self.Phase.UPCOMING
        return self.Phase.REPORTED if self.note_status == self.NoteStatus.PUBLISHED else self.Phase.CLOSED

    @property
    def is_late_open(self):
        """Whether something can still be handed in now that it is closed."""
        return self.takes_late and self.closes_at is not None and timezone.now() > self.closes_at

    @property
    def days_left(self):
        """Whole calendar days until the closing day in the roundtable's time zone; None without a closing date."""
        if self.closes_at is None:
            return None
        today = timezone.now().astimezone(self.tz).date()
        return max((self.closes_at.astimezone(self.tz).date() - today).days, 0)

    def end_of(self, day):
        """Return the last moment of a day in the roundtable's time zone."""
        return datetime.datetime.combine(day, datetime.time.max, self.tz)


class Organiser(models.Model):
    """An organisation's part in a roundtable."""

    class Role(models.TextChoices):
        MODERATOR = "moderator", _("Moderates the discussion")
        BACKGROUND_NOTE = "background_note", _("Drafts the background note")
        ON_BEHALF_OF = "on_behalf_of", _("On behalf of")

    roundtable = models.ForeignKey(Roundtable, models.CASCADE, related_name="organisers", verbose_name=_("roundtable"))
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+", verbose_name=_("organisation"))
    role = models.CharField(_("role"), max_length=16, choices=Role)

    class Meta:
        verbose_name = _("organiser")
        verbose_name_plural = _("organisers")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["roundtable", "organisation", "role"], name="organiser_role_unique"),
        ]

    def __str__(self):
        return f"{self.organisation}: {self.get_role_display()}"
