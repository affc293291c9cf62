"""Telling people what happened: events become notices, and those wanted at once become mail.

An event is all that the transaction of a posting or a decision writes. `announce` reads the events that nobody
was told of and writes one notice for each person it concerns; it may be run at any time, twice, or be killed.
"""

from collections import defaultdict
from datetime import timedelta

from django.db import transaction
from django.db.models import CharField, OuterRef, Subquery, Value
from django.db.models.functions import Cast, Concat
from django.utils import timezone

from accounts.models import Mail, User

from .letters import Letters, fill_in_notice
from .mentions import EDITS, added_by_edits, people_mentioned
from .models import Comment, Kind, MailPreference, ModerationEvent, Notice, Pace, Roundtable, Subscription

BATCH = 100
# What happened longer ago is told to nobody: after an outage, or where old discussions were brought in.
STALE = timedelta(days=7)
Action = ModerationEvent.Action
# What an author is told of their own contribution; what they did themselves is never told.
TOLD = {
    Action.APPROVE,
    Action.RETURN,
    Action.REJECT,
    Action.REMOVE,
    Action.REFILE,
    Action.MOVE,
    Action.SPLIT,
    Action.JOIN,
    Action.DUPLICATE,
    Action.APPROVE_EDIT,
    Action.REJECT_EDIT,
    Action.REDACT,
    Action.UNCOVER,
    Action.COVER_TITLE,
    Action.SHOW_TITLE,
    Action.RESTORE,
    Action.UNDO,
}
# What may have changed the text that a mail tells of.
REWRITING = (
    Action.EDIT,
    Action.APPROVE_EDIT,
    Action.REDACT,
    Action.UNCOVER,
    Action.COVER_TITLE,
    Action.SHOW_TITLE,
    Action.JOIN,
    Action.SPLIT,
    Action.UNDO,
)
ABOUT_COMMENTS = (Kind.REPLY, Kind.MENTION, Kind.FOLLOWED)


def announce():
    """Write the notices of what nobody was told of yet; return how many events were gone through."""
    count = 0
    events = ModerationEvent.objects.filter(is_announced=False).order_by("pk")
    events = events.select_related(
        "comment__roundtable", "comment__question", "comment__in_reply_to", "undoes", "undone_by"
    )
    while batch := list(events[:BATCH]):
        with transaction.atomic():
            notices = Announcement([event for event in batch if not _is_stale(event)]).notices()
            Notice.objects.bulk_create(notices, ignore_conflicts=True, batch_size=500)
            ModerationEvent.objects.filter(pk__in=[event.pk for event in batch]).update(is_announced=True)
        count += len(batch)
    return count


def _is_stale(event):
    return event.action == Action.IMPORT or event.created_at < timezone.now() - STALE


class Announcement:
    """Whom some events concern, worked out in a number of queries that does not grow with them."""

    def __init__(self, events):
        self.events, self.now = events, timezone.now()
        self.comments = {event.comment_id: event.comment for event in events if _becomes_public(event)}
        self.followers = self._followers()
        self.mentioned = {pk: people_mentioned(comment) for pk, comment in self.comments.items()}
        # Of what becomes public just now all is told in one.
        self.added = added_by_edits([event for event in events if event.comment_id not in self.comments])
        self.people = self._people()
        self.paces = MailPreference.objects.paces(self.people)
        self.readers = Readers(self.people.values(), {event.comment.roundtable for event in events})

    def notices(self):
        """Return unsaved notices, one a person for each comment and each decision."""
        ways = (self._of_text, self._of_edit, self._of_decision)
        return [notice for event in self.events for way in ways for notice in way(event)]

    def _of_text(self, event):
        """Tell of a comment that can now be read: to each person once, by what concerns them most."""
        comment = self.comments.get(event.comment_id)
        if comment is None:
            return
        concerned = defaultdict(list)
        if comment.in_reply_to:
            concerned[comment.in_reply_to.author_id].append(Kind.REPLY)
        for person in self.mentioned[comment.pk]:
            concerned[person.pk].append(Kind.MENTION)
        for person in self.followers[comment.pk]:
            concerned[person].append(Kind.FOLLOWED)
        for number, kinds in concerned.items():
            person = self.people.get(number)
            if person is None or number in (comment.author_id, event.actor_id):
                continue
            kind = next((kind for kind in kinds if self.paces[number][kind] != Pace.NEVER), None)
            if kind and self.readers.may_read(person, comment):
                yield self._notice(person, kind, f"comment:{comment.pk}", event)

    def _of_edit(self, event):
        """Tell whom a changed text mentions, and did not before, once readers have it."""
        for person in self.added.get(event.pk, ()):
            is_own = person.pk in (event.comment.author_id, event.actor_id)
            is_wanted = self.paces[person.pk][Kind.MENTION] != Pace.NEVER
            if is_wanted and not is_own and self.readers.may_read(person, event.comment):
                yield self._notice(person, Kind.MENTION, f"mention:{event.pk}", event)

    def _of_decision(self, event):
        """Tell the author what somebody else decided about their contribution."""
        person = self.people.get(event.comment.author_id)
        if person is None or event.actor_id == person.pk or event.action not in TOLD or _is_undone(event):
            return
        if event.action == Action.UNDO and not _take_back(event.undoes, person):
            return
        if self.paces[person.pk][Kind.DECISION] != Pace.NEVER and self.readers.sees(person, event.comment.roundtable):
            yield self._notice(person, Kind.DECISION, f"event:{event.pk}", event)

    def _notice(self, person, kind, key, event):
        return Notice(
            person_id=person.pk,
            kind=kind,
            pace=self.paces[person.pk][kind],
            comment_id=event.comment_id,
            event_id=event.pk,
            roundtable_id=event.comment.roundtable_id,
            key=key,
            created_at=self.now,
        )

    def _followers(self):
        found = {pk: [] for pk in self.comments}
        if not found:
            return found
        people = defaultdict(set)
        followed = Subscription.objects.covering(self.comments.values())
        for person, *place in followed.values_list("person", "roundtable", "question", "thread__path"):
            people[tuple(place)].add(person)
        for pk, comment in self.comments.items():
            found[pk] = set().union(*(people[place] for place in places(comment)))
        return found

    def _people(self):
        numbers = {event.comment.author_id for event in self.events}
        numbers |= {comment.in_reply_to.author_id for comment in self.comments.values() if comment.in_reply_to}
        numbers = numbers.union(*self.followers.values())
        numbers |= {person.pk for people in (*self.mentioned.values(), *self.added.values()) for person in people}
        return User.objects.filter(is_active=True).in_bulk(numbers - {None})


class Readers:
    """Who may read what at this moment: one query for the people and roundtables of a batch, where any is hidden."""

    def __init__(self, people, roundtables):
        hidden = [roundtable.pk for roundtable in roundtables if roundtable and not roundtable.is_published]
        through = Roundtable.moderators.through.objects.filter(roundtable__in=hidden, user__in=[p.pk for p in people])
        self.moderating = set(through.values_list("user", "roundtable")) if hidden else set()

    def sees(self, person, roundtable):
        """Return whether a roundtable exists for a person."""
        return roundtable.is_published or person.is_staff or (person.pk, roundtable.pk) in self.moderating

    def may_read(self, person, comment):
        """Return whether a person may read a comment as everybody may: what waits is told of to nobody."""
        return comment.status == Comment.Status.APPROVED and self.sees(person, comment.roundtable)

    def may_be_told(self, notice):
        """Return whether what a notice tells is still true, and open to the person."""
        person = notice.person
        if not person.is_active or notice.roundtable is None or not self.sees(person, notice.roundtable):
            return False
        if notice.kind == Kind.MENTION and notice.event and notice.event.action in EDITS and _is_undone(notice.event):
            return False
        if notice.kind in ABOUT_COMMENTS:
            return notice.comment is not None and self.may_read(person, notice.comment)
        if notice.kind == Kind.DECISION:
            return notice.comment.author_id == person.pk and not _is_undone(notice.event)
        if notice.kind == Kind.CLOSING:
            return notice.roundtable.is_open
        return notice.roundtable.note_status == Roundtable.NoteStatus.PUBLISHED


def _becomes_public(event):
    approved = Comment.Status.APPROVED
    return event.status_after == approved != event.status_before and event.comment.status == approved


def _is_undone(event):
    return getattr(event, "undone_by", None) is not None


def _take_back(event, person):
    """Settle the notice of a decision that was undone; return whether the person was told of it by mail already."""
    told = Notice.objects.filter(person=person, key=f"event:{event.pk}") if event else Notice.objects.none()
    told.filter(is_done=False).update(is_done=True)
    return told.filter(mail__isnull=False).exists()


# --- Mail at once


def write_mails():
    """Write the mail of what is to be told at once; return how many."""
    count, last, letters, now = 0, 0, Letters(), timezone.now()
    waiting = Notice.objects.waiting(Pace.AT_ONCE)
    while notices := waiting.filter(pk__gt=last)[:BATCH].whole():
        last = notices[-1].pk
        readers = Readers({notice.person for notice in notices}, {notice.roundtable for notice in notices})
        told = [notice for notice in notices if readers.may_be_told(notice)]
        followed = followed_places(told)
        mails = [
            fill_in_notice(Mail(key=f"notice:{one.pk}", kind=one.kind, created_at=now), one, followed, letters)
            for one in told
        ]
        store(mails, told, notices, Concat(Value("notice:"), Cast("pk", CharField())))
        count += len(mails)
    return count


def store(mails, told, settled, key):
    """Store mails, each once by its key, and settle the notices: those that are told, and those of nobody's concern.

    `key` is an expression for the key of the mail that tells a notice.
    """
    with transaction.atomic():
        Mail.objects.bulk_create(mails, ignore_conflicts=True, batch_size=100)
        telling = Subquery(Mail.objects.filter(key=OuterRef("mail_key")).values("pk"))
        numbers = {notice.pk for notice in told}
        for some in _in_parts(numbers):
            notices = Notice.objects.filter(pk__in=some).annotate(mail_key=key)
            notices.update(is_done=True, mail=telling)
        for some in _in_parts({notice.pk for notice in settled} - numbers):
            Notice.objects.filter(pk__in=some).update(is_done=True)


def _in_parts(numbers, size=5000):
    """Cut a set of numbers into lists that SQLite takes in one statement."""
    numbers = sorted(numbers)
    return (numbers[start : start + size] for start in range(0, len(numbers), size))


def followed_places(notices):
    """Return {(person, comment): subscription} for what people are told because they follow it, the nearest place."""
    told = [notice for notice in notices if notice.kind == Kind.FOLLOWED]
    found = {}
    if not told:
        return found
    subscriptions = Subscription.objects.covering([notice.comment for notice in told])
    subscriptions = subscriptions.filter(person__in={notice.person_id for notice in told})
    by_place = {
        (one.person_id, one.roundtable_id, one.question_id, path): one for one, path in _with_paths(subscriptions)
    }
    for notice in told:
        nearest = (by_place.get((notice.person_id, *place)) for place in places(notice.comment))
        if subscription := next(filter(None, nearest), None):
            found[notice.person_id, notice.comment_id] = subscription
    return found


def places(comment):
    """Return where somebody may follow a comment, the nearest first, as (roundtable, question, path of the thread)."""
    thread, question = (None, None, comment.root_path), (None, comment.question_id, None)
    return thread, question, (comment.roundtable_id, None, None)


def _with_paths(subscriptions):
    for one in subscriptions.select_related("thread"):
        yield one, one.thread.path if one.thread else None


def mark_read(person, comments):
    """Note that a person has seen some comments, by number: what was not mailed of them is not mailed any more.

    Decisions are told nevertheless: who sees their own text has not read yet what was decided about it.
    """
    return Notice.objects.filter(person=person, comment__in=comments).exclude(kind=Kind.DECISION).mark_read()
