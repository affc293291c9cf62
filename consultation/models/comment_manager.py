"""Named questions about comments, and how one is posted."""

import uuid
from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import Count, Exists, Max, OuterRef, Q
from django.utils import timezone
from treebeard.mp_tree import MP_NodeManager

from consultation import text

from .forest import ForestManager, ForestQuerySet, lock_forest
from .question import GENERAL
from .roundtable import Roundtable

# Replies below this level stand beside what they answer; whom they answer is kept in `in_reply_to`.
DEEPEST = 40


class PostingLimitReached(Exception):
    """A person posted more often than the limits allow; `retry_after` says in how many seconds they may again."""

    def __init__(self, retry_after):
        super().__init__(f"again in {retry_after} s")
        self.retry_after = retry_after


class NoLongerAnswerable(Exception):
    """What somebody answers was taken down while they wrote."""


class CommentQuerySet(ForestQuerySet):
    """Named questions about comments."""

    def public(self):
        """Return what every reader may see: approved comments, and the tombstones of once public ones."""
        return self.filter(published_at__isnull=False, status__in=self.model.PUBLIC_STATUSES)

    def visible_to(self, user, *, moderates=False):
        """Return public comments and, for a person, their own that wait; for a moderator all that wait."""
        if not user.is_authenticated:
            return self.public()
        public = Q(published_at__isnull=False, status__in=self.model.PUBLIC_STATUSES)
        waiting = Q(status__in=self.model.WAITING_STATUSES)
        return self.filter(public | waiting if moderates else public | waiting & Q(author=user.pk))

    def awaiting(self, moderator):
        """Return what waits for a decision in this moderator's roundtables, the oldest first."""
        roundtables = Roundtable.objects.moderated_by(moderator)
        return self.filter(status=self.model.Status.PENDING, roundtable__in=roundtables).order_by("submitted_at", "pk")

    def update_author(self, user):
        """Show a person's name and affiliation, as they are now, beside all of their comments."""
        with transaction.atomic(using=self.db):
            lock_forest(self.db)
            own = self.filter(author=user)
            comments = list(own.only("pk", "body", *self.model.AUTHOR_FIELDS))
            for comment in comments:
                comment.set_author(user)
                comment.set_search_text()
            self.bulk_update(comments, [*self.model.AUTHOR_FIELDS, "search_text"], batch_size=100)
            public = Roundtable.objects.filter(pk__in=own.public().order_by().values("roundtable"))
            others = Roundtable.objects.filter(pk__in=own.order_by().values("roundtable")).exclude(pk__in=public)
            others.record_change(public=False)
            # Where the person moderates, the page names them without any comment of theirs.
            moderated = user.moderated_roundtables.values("pk")
            Roundtable.objects.filter(Q(pk__in=public) | Q(pk__in=moderated)).record_change(public=True)


class CommentManager(ForestManager.from_queryset(CommentQuerySet)):
    """Creates comments, each under the lock of the forest."""

    def get_queryset(self):
        """Return rows in the order of the tree."""
        return CommentQuerySet(self.model, using=self._db).order_by("path")

    def post(self, *, author, roundtable, body, language, key, role, question=None, answers=None, objective_numbers=()):
        """Store a contribution and return (comment, whether it is new).

        The same form (same `key`) with the same text sent twice gives the same comment. Raises PostingLimitReached,
        and NoLongerAnswerable where what it answers was taken down meanwhile.
        """
        with transaction.atomic(using=self.db):
            lock_forest(self.db)
            record = self._record_of(author, key)
            if record["same"]:
                same = self.get(pk=record["same"])
                if same.revisions.filter(number=1, body=body).exists():
                    return same, False
                # Sent, gone back to and sent with another text: that is another contribution.
                key = uuid.uuid4()
            question = self._place_now(question, answers)
            if role == self.model.Role.PARTICIPANT:
                self._hold_to_limits(record)
            rendered = text.render(body)
            is_published = self._is_published_at_once(roundtable, role, record, rendered)
            now = timezone.now()
            comment = self.model(
                roundtable=roundtable,
                question=question,
                question_number=question.number if question else GENERAL,
                in_reply_to=answers,
                author_role=role,
                language=language,
                objective_numbers=objective_numbers,
                submission_key=key,
                posted_at=now,
                submitted_at=now,
                last_activity_at=now,
                status=self.model.Status.APPROVED if is_published else self.model.Status.PENDING,
                published_at=now if is_published else None,
            )
            comment.set_author(author)
            comment.set_body(body, rendered)
            self._plant(comment, answers)
            comment.revisions.create(number=1, body=body, language=language, created_at=now)
            comment.record_change(public=is_published, count=int(is_published))
        return comment, True

    def _plant(self, comment, answers):
        """Give an unsaved comment its place below what it answers, or at the end.

        The lock is held and the transaction open, so treebeard's own functions are called without theirs.
        """
        if answers is None:
            return MP_NodeManager.add_root.__wrapped__(self, instance=comment)
        parent = answers if answers.depth < DEEPEST else self.get_parent(answers)
        return MP_NodeManager.add_child.__wrapped__(self, parent, instance=comment)

    def _place_now(self, question, answers):
        """Return the question as it is under the lock: a thread may have been filed elsewhere meanwhile."""
        if answers is not None:
            answers = self.select_related("question").only("status", "question").get(pk=answers.pk)
            if answers.status != self.model.Status.APPROVED:
                raise NoLongerAnswerable
            return answers.question
        if question is not None:
            question.refresh_from_db(fields=["number"])
        return question

    def _record_of(self, author, key):
        now = timezone.now()
        decided = self.model.events.rel.related_model.objects.filter(comment=OuterRef("pk"), action="approve")
        return (
            self.filter(author=author)
            .annotate(is_decided=Exists(decided))
            .aggregate(
                same=Max("pk", filter=Q(submission_key=key)),
                last_minute=Count("pk", filter=Q(posted_at__gt=now - timedelta(minutes=1))),
                last_hour=Count("pk", filter=Q(posted_at__gt=now - timedelta(hours=1))),
                # What was published without anybody's decision makes nobody trusted.
                approved=Count("pk", filter=Q(status=self.model.Status.APPROVED, is_decided=True)),
            )
        )

    def _hold_to_limits(self, record):
        if settings.POSTING_LIMITS_OFF:
            return
        if record["last_minute"] >= settings.POSTS_PER_MINUTE:
            raise PostingLimitReached(60)
        if record["last_hour"] >= settings.POSTS_PER_HOUR:
            raise PostingLimitReached(600)

    def _is_published_at_once(self, roundtable, role, record, rendered):
        if role != self.model.Role.PARTICIPANT:
            return True
        if roundtable.moderation == Roundtable.Moderation.AFTER:
            # Links of people whom no moderator has approved yet wait for one, in every mode.
            return bool(record["approved"]) or not rendered.has_links
        return roundtable.moderation == Roundtable.Moderation.TRUSTED and bool(record["approved"])
