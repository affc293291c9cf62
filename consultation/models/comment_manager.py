"""Named questions about comments, and how one is posted."""

import uuid
from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import Count, Exists, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce
from django.utils import timezone

from accounts.models import User
from accounts.statements import statement
from consultation import text

from .forest import ForestManager, ForestQuerySet, lock_forest
from .mention import names_in
from .noticing import Noticed, store
from .question import GENERAL, Question
from .roundtable import Roundtable

# Replies below this level stand beside what they answer; whom they answer is kept in `in_reply_to`.
DEEPEST = 40
ANSWERED = ("status", "roundtable", "question", "path", "depth")  # of what somebody answers, as it is under the lock


class PostingLimitReached(Exception):
    """A person posted more often than the limits allow; `retry_after` says in how many seconds they may again."""

    def __init__(self, retry_after):
        super().__init__(f"again in {retry_after} s")
        self.retry_after = retry_after


class NoLongerAnswerable(Exception):
    """What somebody answers was taken down, or moved to another roundtable, while they wrote."""


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
        return self.filter(waiting_since__isnull=False, roundtable__in=roundtables).order_by("waiting_since", "pk")

    def asking(self, *, answered):
        """Return published participant questions that still wait for an answer, or those that have one."""
        asking = self.filter(status=self.model.Status.APPROVED).exclude(asks="")
        is_answered = Q(answered_by__status=self.model.Status.APPROVED)
        return asking.filter(is_answered if answered else Q(answered_by=None) | ~is_answered)

    def update_author(self, user, save=None):
        """Show a person's name and affiliation, as they are now, beside all of their comments.

        What changes the person goes in as `save`: whoever writes takes the forest first, and rows of people after it.
        """
        with transaction.atomic(using=self.db):
            lock_forest(self.db)
            if save:
                save()
            own = self.filter(author=user)
            comments = list(own.only("pk", "body", "title", "files", "is_paper", *self.model.AUTHOR_FIELDS))
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

    def post(
        self,
        *,
        author,
        roundtable,
        body,
        language,
        key,
        role,
        question=None,
        answers=None,
        objective_numbers=(),
        attachments=(),
        noticed=None,
        **fields,
    ):
        """Store a contribution with its files and return (comment, whether it is new); `fields` are further columns.

        The same form (same `key`) with the same text sent twice gives the same comment. Raises PostingLimitReached,
        and NoLongerAnswerable where what it answers was taken down meanwhile. `noticed` is what the caller has
        noticed in the text already.
        """
        noticed = noticed or Noticed(body)
        alike = noticed.alike(self.all())  # compared before anybody has to wait for it
        rendered = text.render(body, names_in(roundtable, body, self).end_of_name)
        with transaction.atomic(using=self.db, savepoint=False):
            lock_forest(self.db)
            above = path_below(answers)
            record = self.record_of(author, key, question=question, answers=answers, above=above)
            if record["same"]:
                same = self.get(pk=record["same"])
                if same.revisions.filter(number=1, body=body).exists():
                    return same, False
                # Sent, gone back to and sent with another text: that is another contribution.
                key = uuid.uuid4()
            question = self._place_now(record, roundtable, question, answers)
            if role == self.model.Role.PARTICIPANT:
                self.hold_to_limits(record)
            is_cleared = fields.get("is_cleared", True)
            # What comes after the deadline is decided about by somebody, whoever wrote it.
            may_be_public = is_cleared and not fields.get("late_reason")
            is_published = may_be_public and self.is_published_at_once(roundtable, role, record, rendered)
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
                waiting_since=None if is_published or not is_cleared else now,
                files=[attachment.shown for attachment in attachments],
                **fields,
            )
            comment.set_author(author)
            comment.set_body(body, rendered)
            comment.compare(alike)
            # A thread that was moved meanwhile has another path, and there the last one is not known.
            self.plant(comment, answers, known={above: record["last"]})
            if attachments:
                comment.take_files(attachments)
                comment.save(update_fields=["files"])
            comment.store_text(comment, 1, now)
            store([(comment, noticed)])
            if is_published:
                # What waits is told of once it is decided about; this is decided about by nobody.
                comment.record_event("submit", by=author, before="")
            comment.record_change(public=is_published, count=int(is_published))
        return comment, True

    def plant(self, comment, answers, known=None):
        """Store an unsaved comment at the end, or below what it answers (which is as it is under the lock).

        `known` holds by the path above them the last path of those beside it, where it has been read already.
        """
        from .planting import place

        comment.in_reply_to = answers
        place([comment], known)
        comment.save(force_insert=True)

    def _place_now(self, record, roundtable, question, answers):
        """Return the question as it is under the lock: a thread may have been filed elsewhere meanwhile."""
        if answers is not None:
            # Into another roundtable, one has other rights there.
            if record["status"] != self.model.Status.APPROVED or record["roundtable"] != roundtable.pk:
                raise NoLongerAnswerable
            answers.path, answers.depth = record["path"], record["depth"]
            if record["question"] != answers.question_id:
                answers.question_id = record["question"]
            question = answers.question
        if question is not None:
            if record["number"] is None:
                raise Question.DoesNotExist
            question.number = record["number"]
        return question

    def record_of(self, author, key=None, *, question=None, answers=None, above=""):
        """Return what a person has posted of late, whether a moderator approved any of it, and what has this key.

        One statement also tells what has to be known under the lock of the place of a new text: the number of its
        question, what it answers as it is now, and the last path directly below the one `above`.
        """
        now = timezone.now()
        moments = (now - timedelta(minutes=1), now - timedelta(hours=1))
        beside = (above, f"{above}~", len(above) // self.model.steplen + 1)  # "~" comes after every character of a path
        place = (question and question.pk, answers and answers.pk, *beside)
        return _records(author.pk, key and uuid.UUID(str(key)), *moments, *place, model=self.model)[0]

    def hold_to_limits(self, record):
        """Raise PostingLimitReached where a person wrote too much of late."""
        if settings.POSTING_LIMITS_OFF:
            return
        if record["last_minute"] >= settings.POSTS_PER_MINUTE:
            raise PostingLimitReached(60)
        if record["last_hour"] >= settings.POSTS_PER_HOUR:
            raise PostingLimitReached(600)

    def is_published_at_once(self, roundtable, role, record, rendered):
        """Whether a text is public without anybody's decision, by the rule of its roundtable."""
        if role != self.model.Role.PARTICIPANT:
            return True
        if roundtable.moderation == Roundtable.Moderation.AFTER:
            # Links of people whom no moderator has approved yet wait for one, in every mode.
            return bool(record["approved"]) or not rendered.has_links
        return roundtable.moderation == Roundtable.Moderation.TRUSTED and bool(record["approved"])


def path_below(answers):
    """Return the path below which a reply to a comment stands; empty for what answers none."""
    if answers is None:
        return ""
    return answers.path if answers.depth < DEEPEST else answers.path[: -answers.steplen]


@statement
def _records(author, key, minute_ago, hour_ago, question, answers, above, end, depth, *, model):
    own = model.objects.filter(author=author).order_by()
    sent = own.filter(submission_key=key) if key else own.none()
    events = model.events.rel.related_model.objects.order_by()
    # A new text of an old contribution counts like a contribution.
    changes = events.filter(actor=author, action__in=("submit", "edit"), revision_number__gt=1)
    # What was published without anybody's decision makes nobody trusted.
    decided = own.filter(status="approved").filter(Exists(events.filter(comment=OuterRef("pk"), action="approve")))

    def count(found, by):
        return Coalesce(Subquery(found.values(by).annotate(n=Count("pk")).values("n")), 0)

    def written_since(moment):
        posted, changed = own.filter(posted_at__gt=moment), changes.filter(created_at__gt=moment)
        return count(posted, "author") + count(changed, "actor")

    answered = model.objects.filter(pk=answers).order_by()
    asked = Question.objects.filter(pk=question) if answers is None else Question.objects.filter(comments=answers)
    return (
        User.objects.filter(pk=author)
        .annotate(
            same=Subquery(sent.values("pk")[:1]),
            last_minute=written_since(minute_ago),
            last_hour=written_since(hour_ago),
            approved=Exists(decided),
            number=Subquery(asked.order_by().values("number")[:1]),
            last=Subquery(last_below(model, above, end, depth)),
            **{name: Subquery(answered.values(name)[:1]) for name in ANSWERED},
        )
        .values("same", "last_minute", "last_hour", "approved", "number", "last", *ANSWERED)
    )


def last_below(model, above, end, depth):
    """Return the last path of a level between two."""
    below = model.objects.filter(path__gt=above, path__lt=end, depth=depth)
    return below.order_by("-path").values("path")[:1]
