"""Any contribution: an answer, a reply (a comment with a parent) or a general contribution."""

from django.db import models, transaction
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.safestring import mark_safe
from django.utils.translation import gettext_lazy as _
from django_countries.fields import CountryField
from treebeard.mp_tree import MP_Node

from accounts.models import StakeholderGroup, User
from consultation import search, text

from .comment_manager import CommentManager
from .forest import lock_forest
from .objective import ObjectiveNumbersField
from .question import GENERAL, Question
from .roundtable import Roundtable


class AlreadyDecided(Exception):
    """Somebody else was quicker: the status no longer allows the decision. `comment` is as it is now."""

    def __init__(self, comment):
        super().__init__(f"comment {comment.pk} is {comment.status}")
        self.comment = comment


class TextChanged(AlreadyDecided):
    """The text was revised after the moderator opened it."""


class Comment(MP_Node):
    """One contribution, in its place in the tree; decisions change its status, never its place."""

    class Status(models.TextChoices):
        PENDING = "pending", _("Awaiting moderation")
        APPROVED = "approved", _("Published")
        RETURNED = "returned", _("Returned for revision")
        REJECTED = "rejected", _("Not published")
        WITHDRAWN = "withdrawn", _("Withdrawn by the author")
        REMOVED = "removed", _("Removed")

    class Reason(models.TextChoices):
        OFF_TOPIC = "off_topic", _("Does not concern this roundtable")
        UNCLEAR = "unclear", _("Cannot be understood as it stands")
        DUPLICATE = "duplicate", _("Says the same as an earlier contribution")
        PERSONAL_DATA = "personal_data", _("Names or exposes a private person")
        OFFENSIVE = "offensive", _("Offends or attacks people")
        ADVERTISING = "advertising", _("Advertising")
        LANGUAGE = "language", _("Is not in a language of this consultation")
        OTHER = "other", _("Other reason")

    class Role(models.TextChoices):
        PARTICIPANT = "participant", _("Participant")
        MODERATOR = "moderator", _("Moderator")
        SECRETARIAT = "secretariat", _("Secretariat")
        FORMER = "former", _("Former participant")

    # What is shown of the author, taken over by `set_author`.
    AUTHOR_FIELDS = ("author_name", "author_organisation", "author_group", "author_country", "author_capacity")
    PUBLIC_STATUSES = (Status.APPROVED, Status.WITHDRAWN, Status.REMOVED)
    WAITING_STATUSES = (Status.PENDING, Status.RETURNED)

    roundtable = models.ForeignKey(Roundtable, models.PROTECT, related_name="comments", verbose_name=_("roundtable"))
    question = models.ForeignKey(
        Question, models.PROTECT, null=True, blank=True, related_name="comments", verbose_name=_("question")
    )
    # The question's number, or GENERAL: what a page is sorted by, kept here so that it needs no join.
    question_number = models.PositiveSmallIntegerField(editable=False)
    in_reply_to = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="replies", verbose_name=_("in reply to")
    )

    author = models.ForeignKey(
        User, models.SET_NULL, null=True, blank=True, related_name="comments", verbose_name=_("author")
    )
    # As shown beside the comment, so that a page needs no join; `set_author` keeps them.
    author_name = models.CharField(_("name"), max_length=200, blank=True)
    author_organisation = models.CharField(_("organisation"), max_length=300, blank=True)
    author_group = models.ForeignKey(
        StakeholderGroup, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("stakeholder group")
    )
    author_country = CountryField(_("country"), blank=True)
    author_capacity = models.CharField(_("capacity"), max_length=10, choices=User.Capacity, blank=True)
    author_role = models.CharField(_("role"), max_length=11, choices=Role, default=Role.PARTICIPANT)

    language = models.CharField(_("language"), max_length=10, blank=True)
    body = models.TextField(_("text"), blank=True)
    lead_html = models.TextField(editable=False, blank=True)
    rest_html = models.TextField(editable=False, blank=True)
    renderer_version = models.PositiveSmallIntegerField(editable=False, default=text.RENDERER_VERSION)
    search_text = models.TextField(editable=False, blank=True)
    revision_number = models.PositiveIntegerField(_("revision"), default=1, editable=False)
    objective_numbers = ObjectiveNumbersField(_("objectives"))

    status = models.CharField(_("status"), max_length=10, choices=Status, default=Status.PENDING)
    removal_reason = models.CharField(_("reason"), max_length=20, choices=Reason, blank=True)
    posted_at = models.DateTimeField(_("posted on"), null=True, blank=True)
    submitted_at = models.DateTimeField(_("submitted on"), null=True, blank=True)
    published_at = models.DateTimeField(_("published on"), null=True, blank=True)
    removed_at = models.DateTimeField(_("removed on"), null=True, blank=True)
    # Kept on top-level comments only, for sorting threads and for saying how long one is.
    last_activity_at = models.DateTimeField(default=timezone.now, editable=False)
    thread_count = models.PositiveIntegerField(_("published replies"), default=0, editable=False)

    submission_key = models.UUIDField(null=True, blank=True, editable=False)
    external_id = models.CharField(max_length=100, null=True, blank=True, editable=False)
    is_truncated = models.BooleanField(_("cut off on the old site"), default=False, editable=False)
    import_notes = models.JSONField(
        _("inferred at import"), default=dict, blank=True, editable=False, help_text=_("For the secretariat only.")
    )

    objects = CommentManager()

    class Meta:
        verbose_name = _("comment")
        verbose_name_plural = _("comments")
        constraints = [
            models.UniqueConstraint(fields=["author", "submission_key"], name="comment_sent_once"),
            models.UniqueConstraint(fields=["roundtable", "external_id"], name="comment_imported_once"),
            models.CheckConstraint(
                condition=~Q(status="approved") | Q(published_at__isnull=False), name="comment_approved_is_published"
            ),
        ]
        indexes = [
            models.Index(fields=["roundtable", "question_number", "path"], name="comment_page"),
            models.Index(fields=["roundtable", "-last_activity_at"], condition=Q(depth=1), name="comment_activity"),
            models.Index(fields=["roundtable", "path"], condition=Q(depth=1), name="comment_roots"),
            models.Index(fields=["roundtable", "submitted_at"], condition=Q(status="pending"), name="comment_queue"),
            models.Index(fields=["author", "posted_at"], name="comment_author"),
        ]

    def __str__(self):
        return f"{self.pk} · {self.shown_name}"

    def get_absolute_url(self):
        """Return the permalink: the comment in its whole thread."""
        return reverse("comment_detail", args=[self.pk])

    @property
    def is_public(self):
        """Whether every reader may see it, be it as a tombstone."""
        return self.published_at is not None and self.status in self.PUBLIC_STATUSES

    @property
    def is_tombstone(self):
        """Whether only a date and a class of reason are left to show."""
        return self.status in (self.Status.WITHDRAWN, self.Status.REMOVED)

    @property
    def shown_name(self):
        """The author's name as it is shown, also where it is not known or no longer kept."""
        if self.author_role == self.Role.FORMER:
            return self.Role.FORMER.label
        return self.author_name or _("Author not recorded")

    @property
    def last_decision(self):
        """The latest moderation event in which somebody decided about the text, or None."""
        return self.events.exclude(action__in=("submit", "refile", "import")).last()

    @property
    def root_path(self):
        """The path of the top-level comment of the thread."""
        return self.path[: self.steplen]

    @property
    def html(self):
        """The whole text as safe HTML, unfolded."""
        return mark_safe(text.RenderedText(self.lead_html, self.rest_html, False).html)

    def set_author(self, user):
        """Take over what is shown of the author."""
        self.author = user
        self.author_name = user.name
        self.author_organisation = user.organisation
        self.author_group_id = user.group_id
        self.author_country = user.country
        self.author_capacity = user.capacity

    def set_body(self, body, rendered=None):
        """Set the source and all that is made of it: HTML and the text that search looks into."""
        rendered = rendered or text.render(body)
        self.body = body
        self.lead_html, self.rest_html = rendered.lead, rendered.rest
        self.renderer_version = text.RENDERER_VERSION
        self.set_search_text()

    def set_search_text(self):
        """Make the text that search looks into from the author's name, the organisation and the source."""
        self.search_text = search.normalise(f"{self.author_name} {self.author_organisation} {self.body}")

    def approve(self, *, by, **seen):
        """Publish the comment. Raises AlreadyDecided, or TextChanged where another text was seen."""
        return self._decide("approve", by=by, **seen)

    def return_for_revision(self, *, by, message, **seen):
        """Give the text back to its author with a message. Raises AlreadyDecided or TextChanged."""
        return self._decide("return", by=by, message=message, **seen)

    def reject(self, *, by, reason, message="", **seen):
        """Decide not to publish. Raises AlreadyDecided or TextChanged."""
        return self._decide("reject", by=by, reason=reason, message=message, **seen)

    def remove(self, *, by, reason, message=""):
        """Take a published comment down; a tombstone with date and reason stays. Raises AlreadyDecided."""
        return self._decide("remove", by=by, reason=reason, message=message)

    def revise(self, *, by, body, language, objective_numbers):
        """Store a new text of one's own waiting comment and submit it again. Raises AlreadyDecided."""
        with transaction.atomic(using=self._state.db):
            comment = self._locked(by=by, allowed=self.WAITING_STATUSES)
            before = comment.status
            comment.set_body(body)
            comment.language, comment.objective_numbers = language, objective_numbers
            comment.revision_number += 1
            comment.status, comment.submitted_at = self.Status.PENDING, timezone.now()
            comment.save()
            comment.revisions.create(
                number=comment.revision_number, body=body, language=language, created_at=comment.submitted_at
            )
            comment.record_event("submit", by=by, before=before)
            comment.record_change(public=False)
        return comment

    def refile(self, *, by, question):
        """Put a top-level comment with its thread under another question of its roundtable, or under none.

        Its place in the tree and its address stay, so every link to it still works.
        """
        with transaction.atomic(using=self._state.db):
            comment = self._locked(by=by, allowed=self.Status.values)
            if comment.depth != 1:
                raise ValueError("Only a whole thread can be filed under another question.")
            if question is not None and question.roundtable_id != comment.roundtable_id:
                raise ValueError("The question belongs to another roundtable.")
            thread = Comment.objects.filter(path__gte=comment.path, path__lt=f"{comment.path}ZZZZZ")
            moved = thread.filter(status=self.Status.APPROVED).count()
            before = comment.question
            thread.update(question=question, question_number=question.number if question else GENERAL)
            for changed, count in ((before, -moved), (question, moved)):
                if changed:
                    Question.objects.filter(pk=changed.pk).update(visible_count=F("visible_count") + count)
            label = f"{before.number if before else '–'} → {question.number if question else '–'}"
            comment.record_event("refile", by=by, before=comment.status, message="", note=label)
            comment.record_change(public=comment.is_public)
        return Comment.objects.get(pk=self.pk)

    # From which status each decision may be taken, and to which it leads.
    DECISIONS = {
        "approve": ((Status.PENDING, Status.RETURNED, Status.REJECTED), Status.APPROVED),
        "return": ((Status.PENDING,), Status.RETURNED),
        "reject": ((Status.PENDING, Status.RETURNED), Status.REJECTED),
        "remove": ((Status.APPROVED,), Status.REMOVED),
    }

    def _locked(self, *, by, allowed, seen_revision=None):
        """Return this comment as it is now, held until the transaction ends."""
        lock_forest(self._state.db)
        comment = (
            Comment.objects.select_for_update(of=("self",)).select_related("roundtable", "question").get(pk=self.pk)
        )
        if seen_revision is not None and comment.revision_number != seen_revision:
            raise TextChanged(comment)
        if comment.status not in allowed:
            raise AlreadyDecided(comment)
        return comment

    def _decide(self, action, *, by, reason="", message="", seen_revision=None, seen_status=None):
        allowed, after = self.DECISIONS[action]
        with transaction.atomic(using=self._state.db):
            comment = self._locked(by=by, allowed=allowed, seen_revision=seen_revision)
            # An approval that is meant for a waiting text does not undo somebody's rejection a moment ago.
            if seen_status is not None and comment.status != seen_status:
                raise AlreadyDecided(comment)
            before, was_counted = comment.status, comment.status == self.Status.APPROVED
            now = timezone.now()
            comment.status = after
            if after == self.Status.APPROVED:
                comment.published_at = comment.published_at or now
            if after == self.Status.REMOVED:
                comment.removed_at, comment.removal_reason = now, reason
            comment.save(update_fields=["status", "published_at", "removed_at", "removal_reason"])
            comment.record_event(action, by=by, before=before, reason=reason, message=message)
            is_counted = after == self.Status.APPROVED
            comment.record_change(public=is_counted or was_counted, count=int(is_counted) - int(was_counted))
        return comment

    def record_event(self, action, *, by, before, reason="", message="", note=""):
        """Write the moderation event of a change of status."""
        return self.events.create(
            actor=by,
            actor_name=by.name,
            action=action,
            reason=reason,
            message=message,
            note=note,
            status_before=before,
            status_after=self.status,
            revision_number=self.revision_number,
        )

    def record_change(self, *, public, count=0):
        """Raise the counters of thread, question and roundtable; the roundtable's row last, as it is the busiest."""
        if count:
            changes = {"thread_count": F("thread_count") + (count if self.depth > 1 else 0)}
            if count > 0:  # nobody is active in a thread by taking something down
                changes["last_activity_at"] = timezone.now()
            Comment.objects.filter(path=self.root_path).update(**changes)
        if count and self.question_id:
            Question.objects.filter(pk=self.question_id).update(visible_count=F("visible_count") + count)
        Roundtable.objects.filter(pk=self.roundtable_id).record_change(public=public, count=count)


class Revision(models.Model):
    """One immutable text of a comment."""

    comment = models.ForeignKey(Comment, models.CASCADE, related_name="revisions", verbose_name=_("comment"))
    number = models.PositiveIntegerField(_("number"))
    body = models.TextField(_("text"), blank=True)
    language = models.CharField(_("language"), max_length=10, blank=True)
    created_at = models.DateTimeField(_("on"), default=timezone.now)

    class Meta:
        verbose_name = _("revision")
        verbose_name_plural = _("revisions")
        ordering = ["comment", "number"]
        constraints = [models.UniqueConstraint(fields=["comment", "number"], name="revision_number_unique")]

    def __str__(self):
        return f"{self.comment_id} · {self.number}"
