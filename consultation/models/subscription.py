"""What people want to be told: what they follow, how, and what there is to tell them."""

from django.conf import settings
from django.contrib.auth import get_user_model
from django.db import models, transaction
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Mail

from .comment import Comment
from .moderation import ModerationEvent
from .question import Question
from .roundtable import Roundtable


class Kind(models.TextChoices):
    """What a notice is about."""

    REPLY = "reply", _("A reply to me")
    DECISION = "decision", _("A decision about my contribution")
    FOLLOWED = "followed", _("Something new in what I follow")
    MENTION = "mention", _("Somebody mentions me")
    CLOSING = "closing", _("A roundtable I take part in closes soon")
    NOTE = "note", _("A background note is published")
    WAITING = "waiting", _("What waits for my decision as a moderator")


class Pace(models.TextChoices):
    """How soon a notice becomes a mail."""

    AT_ONCE = "at_once", _("At once")
    DAILY = "daily", _("Daily")
    WEEKLY = "weekly", _("Weekly")
    NEVER = "never", _("Never")


# What holds for people who chose nothing: at once what is about themselves, the rest in one mail a day.
DEFAULT_PACES = {
    Kind.REPLY: Pace.AT_ONCE,
    Kind.DECISION: Pace.AT_ONCE,
    Kind.FOLLOWED: Pace.DAILY,
    Kind.MENTION: Pace.AT_ONCE,
    Kind.CLOSING: Pace.AT_ONCE,
    Kind.NOTE: Pace.AT_ONCE,
    Kind.WAITING: Pace.DAILY,
}


class SubscriptionQuerySet(models.QuerySet):
    """Named questions about subscriptions."""

    def covering(self, comments):
        """Return who follows the roundtable, the question or the thread of some comments."""
        return self.filter(
            Q(roundtable__in={comment.roundtable_id for comment in comments})
            | Q(question__in={comment.question_id for comment in comments} - {None})
            | Q(thread__path__in={comment.root_path for comment in comments})
        )

    def of(self, person, **place):
        """Return an expression for whether a person follows a place, to be annotated to a query that runs anyway."""
        if not person.is_authenticated:
            return models.Value(False)
        return models.Exists(self.filter(person=person.pk, **place))


class Subscription(models.Model):
    """A person follows a roundtable, a question or a thread (named by its top-level comment)."""

    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="subscriptions", verbose_name=_("person")
    )
    roundtable = models.ForeignKey(Roundtable, models.CASCADE, null=True, blank=True, related_name="subscriptions")
    question = models.ForeignKey(Question, models.CASCADE, null=True, blank=True, related_name="subscriptions")
    thread = models.ForeignKey(Comment, models.CASCADE, null=True, blank=True, related_name="subscriptions")
    created_at = models.DateTimeField(_("since"), default=timezone.now)

    objects = SubscriptionQuerySet.as_manager()

    class Meta:
        verbose_name = _("subscription")
        verbose_name_plural = _("subscriptions")
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(roundtable__isnull=False, question__isnull=True, thread__isnull=True)
                | Q(roundtable__isnull=True, question__isnull=False, thread__isnull=True)
                | Q(roundtable__isnull=True, question__isnull=True, thread__isnull=False),
                name="subscription_to_one_thing",
            ),
            models.UniqueConstraint(fields=["person", "roundtable"], name="subscription_roundtable_once"),
            models.UniqueConstraint(fields=["person", "question"], name="subscription_question_once"),
            models.UniqueConstraint(fields=["person", "thread"], name="subscription_thread_once"),
        ]

    def __str__(self):
        return f"{self.person_id} → {self.roundtable_id or self.question_id or self.thread_id}"

    @property
    def place(self):
        """The roundtable, question or comment that is followed."""
        return self.roundtable or self.question or self.thread

    @property
    def roundtable_of(self):
        """The roundtable in which that stands."""
        return self.roundtable or self.place.roundtable

    @property
    def address(self):
        """Where the button stands that takes it up and ends it."""
        if self.roundtable:
            return reverse("follow_roundtable", args=[self.roundtable.slug])
        if self.question:
            return reverse("follow_question", args=[self.roundtable_of.slug, self.question.number])
        return reverse("follow_thread", args=[self.thread_id])


class MailPreferenceQuerySet(models.QuerySet):
    """Named questions about preferences."""

    def paces(self, people):
        """Return {person: {kind: pace}} for people by number, with what holds where they chose nothing."""
        found = {person: dict(DEFAULT_PACES) for person in people}
        for person, kind, pace in self.filter(person__in=found).values_list("person", "kind", "pace"):
            found[person][kind] = pace
        return found

    def choose(self, person, paces):
        """Set how soon a person wants each kind; what waits to be told follows."""
        with transaction.atomic(using=self.db):
            for kind, pace in paces.items():
                self.update_or_create(person=person, kind=kind, defaults={"pace": pace})
                waiting = Notice.objects.filter(person=person, kind=kind, is_done=False)
                waiting.update(is_done=True) if pace == Pace.NEVER else waiting.update(pace=pace)


class MailPreference(models.Model):
    """How soon one person wants mail of one kind; without a row, `DEFAULT_PACES` says."""

    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="mail_preferences", verbose_name=_("person")
    )
    kind = models.CharField(_("kind"), max_length=10, choices=Kind)
    pace = models.CharField(_("pace"), max_length=8, choices=Pace)

    objects = MailPreferenceQuerySet.as_manager()

    class Meta:
        verbose_name = _("mail preference")
        verbose_name_plural = _("mail preferences")
        constraints = [models.UniqueConstraint(fields=["person", "kind"], name="mail_preference_one_a_kind")]

    def __str__(self):
        return f"{self.person_id} · {self.kind}"


class NoticeQuerySet(models.QuerySet):
    """Named questions about notices."""

    def waiting(self, pace):
        """Return what is still to be mailed at a pace."""
        return self.filter(pace=pace, is_done=False, read_at__isnull=True).order_by("pk")

    def with_all(self):
        """Return notices with all that a mail tells of them."""
        return self.select_related(
            "person", "roundtable", "comment__roundtable", "comment__question", "event__undone_by"
        ).order_by("pk")

    def whole(self):
        """Return a list of notices with all that mails tell of them, each thing read once however many are told."""
        notices = list(self)
        people = get_user_model().objects.in_bulk({notice.person_id for notice in notices})
        comments = Comment.objects.select_related("roundtable", "question").in_bulk(
            {notice.comment_id for notice in notices} - {None}
        )
        roundtables = {comment.roundtable_id: comment.roundtable for comment in comments.values()}
        roundtables |= Roundtable.objects.in_bulk({notice.roundtable_id for notice in notices} - {None, *roundtables})
        events = ModerationEvent.objects.select_related("undone_by", "undoes").in_bulk(
            {notice.event_id for notice in notices if notice.kind in (Kind.DECISION, Kind.MENTION)} - {None}
        )
        found = {"person": people, "comment": comments, "roundtable": roundtables, "event": events}
        # Not by setting the attributes, which looks into each thing anew.
        fields = [(Notice._meta.get_field(name), things) for name, things in found.items()]
        return [notice for notice in notices if all(_hand(notice, field, things) for field, things in fields)]

    def mark_read(self):
        """Note that people have seen these; they are not mailed any more."""
        return self.filter(read_at__isnull=True).update(read_at=timezone.now())


def _hand(notice, field, things):
    """Give a notice what a field of it names; return whether that is still there."""
    number = getattr(notice, field.attname)
    if number is None:
        return True
    if number in things:
        field.set_cached_value(notice, things[number])
    # Of what else is told the event does not matter.
    return number in things or field.name == "event"


class Notice(models.Model):
    """Something to tell one person; mailed alone or in a digest, or not at all where it was read before."""

    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="notices", verbose_name=_("person")
    )
    kind = models.CharField(_("kind"), max_length=10, choices=Kind)
    pace = models.CharField(_("pace"), max_length=8, choices=Pace)
    comment = models.ForeignKey(Comment, models.CASCADE, null=True, blank=True, related_name="notices")
    event = models.ForeignKey(ModerationEvent, models.CASCADE, null=True, blank=True, related_name="notices")
    roundtable = models.ForeignKey(Roundtable, models.CASCADE, null=True, blank=True, related_name="notices")
    # The same key is never written twice for a person.
    key = models.CharField(max_length=100)
    created_at = models.DateTimeField(_("on"), default=timezone.now)
    read_at = models.DateTimeField(_("read on"), null=True, blank=True)
    mail = models.ForeignKey(Mail, models.SET_NULL, null=True, blank=True, related_name="notices")
    # Settled: mailed, or found to be read or no longer readable.
    is_done = models.BooleanField(default=False)

    objects = NoticeQuerySet.as_manager()

    class Meta:
        verbose_name = _("notice")
        verbose_name_plural = _("notices")
        ordering = ["created_at", "pk"]
        constraints = [models.UniqueConstraint(fields=["person", "key"], name="notice_once")]
        indexes = [
            models.Index(fields=["pace", "person"], condition=Q(is_done=False), name="notice_open"),
            models.Index(fields=["person", "comment"], name="notice_reading"),
        ]

    def __str__(self):
        return f"{self.person_id} · {self.key}"
