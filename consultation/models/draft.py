"""What somebody is writing, kept on the server until they send it."""

import uuid
from typing import NamedTuple

from django.conf import settings
from django.db import IntegrityError, models, transaction
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from .attachment import Attachment
from .comment import Comment
from .objective import ObjectiveNumbersField
from .question import Question
from .roundtable import Roundtable

MOST_DRAFTS = 50  # of one person


class NewerDraft(Exception):
    """The draft was saved elsewhere, with another text, after this form last saw it. `draft` is as it is now."""

    def __init__(self, draft):
        super().__init__(f"draft {draft.pk} was saved at {draft.saved_at}")
        self.draft = draft


class TooManyDrafts(Exception):
    """A person has as many drafts as one may have."""


class AlreadySent(Exception):
    """The very text has been sent from this form; there is nothing left to keep."""


class Seen(NamedTuple):
    """Which state of a draft a form knows, and which form it is: what tells an old text from a new one."""

    form: str
    saved_at: object = None
    has_tried: bool = False  # to save one, and did not hear what became of it

    @classmethod
    def read(cls, value):
        """Read what a form sent back; what makes no sense is a form that knows no draft."""
        form, _slash, moment = value[:100].partition("/")
        try:
            saved_at = parse_datetime(moment)
        except ValueError:
            saved_at = None
        return cls(form, saved_at, bool(moment) and saved_at is None)

    def __str__(self):
        return f"{self.form}/{self.saved_at.isoformat() if self.saved_at else 'tried' if self.has_tried else ''}"

    def covers(self, draft):
        """Whether the form knows the draft as it is, be it that it wrote it and never heard so."""
        return draft.saved_at == self.saved_at or (bool(self.form) and draft.rest.get("form") == self.form)


class DraftQuerySet(models.QuerySet):
    """Named questions about drafts."""

    def at(self, author, place):
        """Return a person's draft for one place, or None."""
        return self.filter(author=author, place=place).first()

    def listed_for(self, author):
        """Return all drafts of a person with what they belong to and how many files wait, the latest first."""
        files = Attachment.objects.filter(uploader=author, comment=None, form_key=models.OuterRef("key"))
        count = files.order_by().values("form_key").annotate(count=models.Count("pk")).values("count")
        drafts = self.filter(author=author).annotate(file_count=Coalesce(models.Subquery(count), 0))
        return drafts.select_related("roundtable", "question", "answers", "revises")


class DraftManager(models.Manager.from_queryset(DraftQuerySet)):
    """Saves drafts, and lets go of them once they are sent."""

    def save_for(self, author, place, *, key, seen, texts, **about):
        """Keep a text as a person's draft for a place and return the draft.

        `texts` are body, language, objective_numbers and rest; without any the draft is deleted and None returned.
        `about` says to what the text belongs. Raises NewerDraft, TooManyDrafts and AlreadySent.
        """
        try:
            with transaction.atomic(using=self.db):
                return self._save_for(author, place, key, seen, texts, about)
        except IntegrityError:
            # Saved for the first time by two tabs at once: the second one finds the draft of the first.
            with transaction.atomic(using=self.db):
                return self._save_for(author, place, uuid.uuid4(), seen, texts, about)

    def _save_for(self, author, place, key, seen, texts, about):
        draft = self.select_for_update().at(author, place)
        if draft is None:
            if not texts:
                return None
            draft = self.model(author=author, place=place, key=self._key_of_a_new_one(author, key, texts), **about)
        elif texts and draft.says(texts):
            return draft
        elif not seen.covers(draft):
            raise NewerDraft(draft)
        elif not texts:
            draft.delete()
            return None
        for field, value in texts.items():
            setattr(draft, field, value)
        draft.rest = {**texts["rest"], "form": seen.form}
        draft.saved_at = timezone.now()
        draft.save()
        return draft

    def _key_of_a_new_one(self, author, key, texts):
        """Return the key of the form, or another one where that has been used up."""
        if self.filter(author=author).count() >= MOST_DRAFTS:
            raise TooManyDrafts
        sent = Comment.objects.filter(author=author, submission_key=key).first()
        if sent is not None and sent.revisions.filter(number=1, body=texts["body"]).exists():
            raise AlreadySent
        return uuid.uuid4() if sent is not None or self.filter(key=key).exists() else key

    def let_go(self, author, place, *, key, body, seen):
        """Delete the draft of a text that is sent, in the transaction of the sending.

        What was saved elsewhere meanwhile and says something else stays, as a draft of its own. Asks nothing where
        the form knows of no draft.
        """
        if not (seen.saved_at or seen.has_tried):
            return
        draft = self.select_for_update().at(author, place)
        if draft is None:
            return
        if draft.body == body or seen.covers(draft):
            draft.delete()
        elif draft.key == key:
            self.filter(pk=draft.pk).update(key=uuid.uuid4())


class Draft(models.Model):
    """One person's unsent text for one place: an answer, a reply, a general contribution, a paper or a change."""

    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="drafts", verbose_name=_("author")
    )
    # The address of the form without its language: one draft a place.
    place = models.CharField(max_length=200)
    roundtable = models.ForeignKey(Roundtable, models.CASCADE, related_name="+", verbose_name=_("roundtable"))
    question = models.ForeignKey(Question, models.CASCADE, null=True, blank=True, related_name="+")
    answers = models.ForeignKey(Comment, models.CASCADE, null=True, blank=True, related_name="+")
    revises = models.ForeignKey(Comment, models.CASCADE, null=True, blank=True, related_name="+")
    # That of the form: the comment made of this draft carries it, and files sent ahead wait under it.
    key = models.UUIDField(default=uuid.uuid4, unique=True)
    body = models.TextField(_("text"), blank=True)
    language = models.CharField(_("language"), max_length=10, blank=True)
    objective_numbers = ObjectiveNumbersField(_("objectives"))
    # What else the form holds, as it was sent: whom it asks, a paper's title and mandate; and which form it was.
    rest = models.JSONField(default=dict, blank=True)
    created_at = models.DateTimeField(_("begun on"), default=timezone.now)
    saved_at = models.DateTimeField(_("saved on"), default=timezone.now)

    objects = DraftManager()

    class Meta:
        verbose_name = _("draft")
        verbose_name_plural = _("drafts")
        ordering = ["-saved_at"]
        constraints = [models.UniqueConstraint(fields=["author", "place"], name="draft_one_a_place")]

    def __str__(self):
        return self.place

    def get_absolute_url(self):
        """Return the form in which the draft goes on, in the language of the moment."""
        return f"/{get_language()}{self.place}"

    @property
    def filled(self):
        """The draft as values of its form."""
        others = {name: value for name, value in self.rest.items() if name != "form"}
        return others | {
            "body": self.body,
            "language": self.language,
            "objectives": self.objective_numbers,
            "key": self.key,
        }

    @property
    def files(self):
        """The files that wait with it."""
        return Attachment.objects.filter(uploader=self.author_id, comment=None, form_key=self.key)

    @property
    def organisations(self):
        """For whom a paper is to speak, as typed so far: (name, address of the focal point)."""
        numbers = [name.removeprefix("organisation_") for name in self.rest if name.startswith("organisation_")]
        rows = ((self.rest[f"organisation_{each}"], self.rest.get(f"focal_point_{each}")) for each in numbers)
        return [(name or "", address or "") for name, address in rows if name or address]

    @property
    def answered_name(self):
        """Whom the text answers, as far as readers see it now."""
        return self.answers.author_name if self.answers and self.answers.status == Comment.Status.APPROVED else ""

    @property
    def is_late(self):
        """Whether it is for the late box, which opens when the roundtable closes."""
        return self.place.endswith("/late/")

    @property
    def is_still_taken(self):
        """Whether its place takes anything now, from whomever."""
        return self.roundtable.is_late_open if self.is_late else self.roundtable.is_open

    def can_go_on(self, rights):
        """Whether its author may still send it."""
        if self.revises:
            return rights.can_revise(self.revises)
        may_post = rights.can_post_late if self.is_late else rights.can_post
        return may_post and (self.answers is None or self.answers.status == Comment.Status.APPROVED)

    def says(self, texts):
        """Whether the draft holds this very text."""
        rest = {name: value for name, value in self.rest.items() if name != "form"}
        said = (self.body, self.language, sorted(self.objective_numbers), rest)
        return said == (texts["body"], texts["language"], sorted(texts["objective_numbers"]), texts["rest"])
