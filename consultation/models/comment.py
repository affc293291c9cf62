"""Any contribution: an answer, a reply (a comment with a parent) or a general contribution."""

from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.safestring import mark_safe
from django.utils.translation import gettext_lazy as _
from django_countries.fields import CountryField
from treebeard.mp_tree import MP_Node

from accounts.models import StakeholderGroup, User
from consultation import search, text

from .asking import Asking
from .authorship import Authorship
from .clearing import Clearing
from .comment_manager import CommentManager
from .covering import Covering, covered, places_of
from .enclosing import Enclosing
from .filing import Filing
from .mention import names_in
from .noticing import Noticing
from .objective import ObjectiveNumbersField
from .question import Question
from .reports import Reports
from .roundtable import Roundtable
from .status import Reason, Status
from .titling import Titling
from .transitions import Transitions
from .undoing import Undoing


class Comment(
    Asking, Authorship, Clearing, Covering, Enclosing, Filing, Noticing, Reports, Titling, Undoing, Transitions, MP_Node
):
    """One contribution, in its place in the tree; decisions change its status, never its place."""

    Status, Reason = Status, Reason

    class Asks(models.TextChoices):
        MODERATORS = "moderators", _("The moderators")
        ALL = "all", _("Everybody")

    class Role(models.TextChoices):
        PARTICIPANT = "participant", _("Participant")
        MODERATOR = "moderator", _("Moderator")
        SECRETARIAT = "secretariat", _("Secretariat")
        FORMER = "former", _("Former participant")

    # What is shown of the author, taken over by `set_author`.
    AUTHOR_FIELDS = (
        "author_name",
        "author_organisation",
        "author_group",
        "author_country",
        "author_capacity",
        "is_author_verified",
    )
    PUBLIC_STATUSES = (Status.APPROVED, Status.WITHDRAWN, Status.REMOVED)
    WAITING_STATUSES = (Status.PENDING, Status.RETURNED)
    # Of what its author may change the text.
    CHANGEABLE_STATUSES = (*WAITING_STATUSES, Status.APPROVED)
    # Events in which somebody decided what becomes of the text; others only say where it stands or what it says.
    TEXT_DECISIONS = (
        "approve",
        "return",
        "reject",
        "withdraw",
        "remove",
        "restore",
        "duplicate",
        "approve_edit",
        "reject_edit",
        "drop_edit",
    )

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
    is_author_verified = models.BooleanField(_("affiliation verified by the secretariat"), default=False)
    author_role = models.CharField(_("role"), max_length=11, choices=Role, default=Role.PARTICIPANT)

    language = models.CharField(_("language"), max_length=10, blank=True)
    body = models.TextField(_("text"), blank=True)
    lead_html = models.TextField(editable=False, blank=True)
    rest_html = models.TextField(editable=False, blank=True)
    # Set with the HTML; a row that did not come by `set_body` counts as old.
    renderer_version = models.PositiveSmallIntegerField(editable=False, default=1)
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
    # What waits for a moderator, since when: a new text, a changed one, a report. One index makes the queue of it.
    waiting_since = models.DateTimeField(null=True, blank=True, editable=False)
    # The number of a changed text of a published comment that nobody has decided about yet.
    proposed_revision = models.PositiveIntegerField(null=True, blank=True, editable=False)
    edited_at = models.DateTimeField(_("edited on"), null=True, blank=True, editable=False)
    open_flags = models.PositiveSmallIntegerField(_("open reports"), default=0, editable=False)
    # Why passages of it are covered: codes of reasons with commas, so that a page needs no join.
    covered_for = models.CharField(_("passages covered for"), max_length=120, blank=True, editable=False)
    # Where this text went, or which earlier one it repeats; old links lead there.
    merged_into = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="merged", verbose_name=_("merged into")
    )
    # What nearly the same text was found at posting, and how near, in per cent.
    similar_to = models.ForeignKey(
        "self", models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("similar to")
    )
    similarity = models.PositiveSmallIntegerField(_("similarity"), default=0, editable=False)

    asks = models.CharField(_("asks"), max_length=10, choices=Asks, blank=True)
    answered_by = models.ForeignKey(
        "self", models.SET_NULL, null=True, blank=True, related_name="answered", verbose_name=_("answered by")
    )
    answered_at = models.DateTimeField(_("answered on"), null=True, blank=True, editable=False)
    # What is shown of the files, as `Attachment.shown` says; kept so that a page needs no join.
    files = models.JSONField(_("attachments"), default=list, blank=True, editable=False)
    late_reason = models.TextField(_("why it is late"), blank=True, max_length=2000)

    # A paper: a document handed in for one or several organisations.
    title = models.CharField(_("title"), max_length=300, blank=True)
    mandate = models.TextField(_("mandate"), blank=True, max_length=2000)
    is_paper = models.BooleanField(_("paper"), default=False, editable=False)
    # What its author sent last: the first text, or the version that waits beside the published one.
    is_cleared = models.BooleanField(_("cleared by its organisations"), default=True, editable=False)

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
                condition=~Q(status="pending") | Q(waiting_since__isnull=False) | Q(is_cleared=False),
                name="comment_pending_waits",
            ),
            models.CheckConstraint(
                condition=~Q(status="approved") | Q(published_at__isnull=False), name="comment_approved_is_published"
            ),
        ]
        indexes = [
            models.Index(fields=["roundtable", "question_number", "path"], name="comment_page"),
            models.Index(fields=["roundtable", "-last_activity_at"], condition=Q(depth=1), name="comment_activity"),
            models.Index(fields=["roundtable", "path"], condition=Q(depth=1), name="comment_roots"),
            models.Index(
                fields=["roundtable", "waiting_since"],
                condition=Q(waiting_since__isnull=False),
                name="comment_waiting",
            ),
            models.Index(fields=["roundtable", "path"], condition=~Q(asks=""), name="comment_asking"),
            models.Index(fields=["roundtable", "path"], condition=Q(is_paper=True), name="comment_papers"),
            models.Index(fields=["author", "posted_at"], name="comment_author"),
            models.Index(fields=["roundtable", "-published_at"], condition=Q(status="approved"), name="comment_latest"),
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
        """The latest moderation event in which somebody decided about the text, or None; none that was undone."""
        decisions = self.events.filter(action__in=self.TEXT_DECISIONS, undone_by__isnull=True)
        return decisions.exclude(undoes__isnull=False).last()

    @property
    def root_path(self):
        """The path of the top-level comment of the thread."""
        return self.path[: self.steplen]

    @property
    def html(self):
        """The whole text as safe HTML, unfolded."""
        return mark_safe(text.RenderedText(self.lead_html, self.rest_html, False).html)

    @property
    def lead(self):
        """The part of the text that is shown first, as safe HTML."""
        return mark_safe(self.lead_html)

    @property
    def rest(self):
        """The part of the text behind “read more”, as safe HTML."""
        return mark_safe(self.rest_html)

    def set_author(self, user):
        """Take over what is shown of the author."""
        self.author = user
        self.author_name = user.name
        self.author_group_id = user.group_id
        self.author_country = user.country
        if not self.is_paper:  # that speaks for the organisations it names
            self.author_organisation = user.organisation
            self.author_capacity = user.capacity
            self.is_author_verified = user.affiliation_verified_at is not None

    def set_body(self, body, rendered=None):
        """Set the source and all that is made of it: HTML and the text that search looks into."""
        rendered = rendered or text.render(body, names_in(self.roundtable_id, body, type(self).objects).end_of_name)
        self.body = body
        self.lead_html, self.rest_html = rendered.lead, rendered.rest
        self.renderer_version = text.RENDERER_VERSION
        self.set_search_text()

    def set_search_text(self):
        """Make the text that search looks into: title, author, organisation, the source, titles of files."""
        titles = " ".join(file["title"] for file in self.files)
        self.search_text = search.normalise(
            f"{self.title} {self.author_name} {self.author_organisation} {self.body} {titles}"
        )


class Revision(models.Model):
    """One immutable text of a comment."""

    comment = models.ForeignKey(Comment, models.CASCADE, related_name="revisions", verbose_name=_("comment"))
    number = models.PositiveIntegerField(_("number"))
    body = models.TextField(_("text"), blank=True)
    language = models.CharField(_("language"), max_length=10, blank=True)
    objective_numbers = ObjectiveNumbersField(_("objectives"))
    # Of a paper, what it said then beside its text.
    title = models.CharField(_("title"), max_length=300, blank=True)
    mandate = models.TextField(_("mandate"), blank=True, max_length=2000)
    created_at = models.DateTimeField(_("on"), default=timezone.now)
    # Every reader could see it until then; None where it never was published, or still is.
    replaced_at = models.DateTimeField(_("replaced on"), null=True, blank=True, editable=False)
    # With which files readers saw it when it was replaced, as `Attachment.shown` says; of older ones nobody knows.
    files = models.JSONField(_("attachments"), null=True, blank=True, editable=False)

    class Meta:
        verbose_name = _("revision")
        verbose_name_plural = _("revisions")
        ordering = ["comment", "number"]
        constraints = [models.UniqueConstraint(fields=["comment", "number"], name="revision_number_unique")]

    def __str__(self):
        return f"{self.comment_id} · {self.number}"

    @property
    def public_body(self):
        """The text as everybody may read it: covered passages carry a mark."""
        return covered(self.body, self.redactions.all(), self.language)

    def cover_file(self, one, is_covered):
        """Put the one title of a file in the place of the other, where it came with this text; say whether it did."""
        original = one.attachment.copy_of_id or one.attachment_id  # another copy of it may have stood there, or itself
        found = [file for file in self.files or () if original in (file["id"], file.get("copy_of"))]
        for file in found:
            if is_covered:
                file.setdefault("written", file["title"])
                file["title"] = one.shown
            else:
                file["title"] = file.pop("written", file["title"])
        return bool(found)

    def uncovered(self, texts):
        """Return the places where one of some passages stands and is not covered."""
        places = {place for passage in texts for place in places_of(passage, self.body)}
        return sorted(places - set(self.redactions.values_list("start", "end")))

    def cover(self, texts, *, reason, by, at):
        """Cover every place where one of some passages stands."""
        about = {"revision": self, "reason": reason, "redacted_by": by, "redacted_at": at}
        made = [self.redactions.model(start=start, end=end, **about) for start, end in self.uncovered(texts)]
        self.redactions.bulk_create(made, batch_size=500)
