"""How a comment's state changes: each change re-reads the row under the lock, and leaves one moderation event."""

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from .forest import lock_forest
from .question import Question
from .roundtable import Roundtable
from .status import Status


class AlreadyDecided(Exception):
    """Somebody else was quicker: the status no longer allows the decision. `comment` is as it is now.

    `conflict` names what stood in the way, for the pages that tell it.
    """

    conflict = "decided"

    def __init__(self, comment):
        super().__init__(f"comment {comment.pk} is {comment.status}")
        self.comment = comment


class TextChanged(AlreadyDecided):
    """The text was revised after the moderator opened it."""

    conflict = "changed"


class NotCleared(AlreadyDecided):
    """An organisation that the paper speaks for has not cleared it yet."""


class Transitions:
    """The transitions of `Comment`."""

    AlreadyDecided, TextChanged = AlreadyDecided, TextChanged

    # With what the note of an approval begins to which a reply belongs; the key of the reply's form follows.
    WITH_REPLY = "reply "

    def approve(self, *, by, reply_key=None, **seen):
        """Publish the comment. Raises AlreadyDecided, or TextChanged where another text was seen.

        `reply_key` is the key of the form of a reply that is posted with it: they are undone together.
        """
        return self._decide("approve", by=by, note=f"{self.WITH_REPLY}{reply_key}" if reply_key else "", **seen)

    def return_for_revision(self, *, by, message, **seen):
        """Give the text back to its author with a message. Raises AlreadyDecided or TextChanged."""
        return self._decide("return", by=by, message=message, **seen)

    def reject(self, *, by, reason, message="", **seen):
        """Decide not to publish. Raises AlreadyDecided or TextChanged."""
        return self._decide("reject", by=by, reason=reason, message=message, **seen)

    def remove(self, *, by, reason, message="", **seen):
        """Take a published comment down; a tombstone with date and reason stays. Raises AlreadyDecided."""
        return self._decide("remove", by=by, reason=reason, message=message, **seen)

    def restore(self, *, by, message="", **seen):
        """Show a removed comment again. Raises AlreadyDecided, also where its text now stands in another one."""
        return self._decide("restore", by=by, message=message, **seen)

    # From which status each decision may be taken, and to which it leads.
    DECISIONS = {
        "approve": ((Status.PENDING, Status.RETURNED, Status.REJECTED), Status.APPROVED),
        "return": ((Status.PENDING,), Status.RETURNED),
        "reject": ((Status.PENDING, Status.RETURNED), Status.REJECTED),
        "remove": ((Status.APPROVED,), Status.REMOVED),
        "restore": ((Status.REMOVED,), Status.APPROVED),
    }

    def _locked(self, *, by, allowed, seen_revision=None):
        """Return this comment as it is now, held until the transaction ends."""
        lock_forest(self._state.db)
        comment = (
            type(self).objects.select_for_update(of=("self",)).select_related("roundtable", "question").get(pk=self.pk)
        )
        if seen_revision is not None and comment.revision_number != seen_revision:
            raise TextChanged(comment)
        if comment.status not in allowed:
            raise AlreadyDecided(comment)
        return comment

    def _decide(
        self, action, *, by, reason="", message="", note="", seen_revision=None, seen_status=None, allowed=None
    ):
        statuses, after = self.DECISIONS[action]
        with transaction.atomic(using=self._state.db):
            comment = self._locked(by=by, allowed=allowed or statuses, seen_revision=seen_revision)
            # An approval that is meant for a waiting text does not undo somebody's rejection a moment ago.
            if seen_status is not None and comment.status != seen_status:
                raise AlreadyDecided(comment)
            if after == Status.APPROVED and not comment.is_cleared:
                raise NotCleared(comment)
            if action == "restore" and not comment.can_be_restored:
                raise AlreadyDecided(comment)
            before = comment.status
            comment.bring_to(after, reason=reason)
            event = comment.record_event(action, by=by, before=before, reason=reason, message=message, note=note)
            if comment.open_flags and after != Status.APPROVED:
                comment.close_flags(event, "upheld")
            comment.record_status_change(before)
        return comment

    # What a change of status writes.
    STATUS_FIELDS = (
        "status",
        "waiting_since",
        "published_at",
        "removed_at",
        "removal_reason",
        "merged_into",
        "proposed_revision",
        "is_cleared",
    )

    @property
    def can_be_restored(self):
        """Whether it was once public and its text does not stand in another contribution by now."""
        is_joined = self.merged_into_id is not None and not self.removal_reason
        return self.status == Status.REMOVED and self.published_at is not None and not is_joined

    @property
    def still_waits(self):
        """Whether a moderator has something to decide about it: a text, a changed text or a report."""
        if self.status == Status.APPROVED:
            return (self.proposed_revision is not None and self.is_cleared) or self.open_flags > 0
        return self.status == Status.PENDING and self.is_cleared

    def bring_to(self, status, *, reason="", merged_into=None):
        """Set and save a status with all that follows from it: dates, reason, and whether it waits."""
        now = timezone.now()
        self.status = status
        if status == Status.APPROVED:
            self.published_at = self.published_at or now
        elif self.proposed_revision is not None:
            self.proposed_revision, self.is_cleared = None, True
        is_removed = status == Status.REMOVED
        self.removed_at, self.removal_reason = (now, reason) if is_removed else (None, "")
        self.merged_into = merged_into
        self.set_waiting()
        self.save(update_fields=self.STATUS_FIELDS)

    def set_waiting(self):
        """Keep since when it waits, or that it does not."""
        if not self.still_waits:
            self.waiting_since = None
        elif self.waiting_since is None:
            is_new = self.status == Status.PENDING
            self.waiting_since = (is_new and (self.submitted_at or self.posted_at)) or timezone.now()

    def record_status_change(self, before):
        """Raise the counters after a change of status."""
        is_counted, was_counted = self.status == Status.APPROVED, before == Status.APPROVED
        # What is or was a tombstone is on the public page, too.
        public = is_counted or was_counted or self.is_public
        self.record_change(public=public, count=int(is_counted) - int(was_counted))

    def record_event(self, action, *, by, before, reason="", message="", note="", revision_number=None):
        """Write the moderation event of a change, about the text of the comment or another revision of it."""
        return self.events.create(
            actor=by,
            actor_name=by.name,
            action=action,
            reason=reason,
            message=message,
            note=note,
            status_before=before,
            status_after=self.status,
            revision_number=revision_number or self.revision_number,
        )

    def record_change(self, *, public, count=0):
        """Raise the counters of thread, question and roundtable; the roundtable's row last, as it is the busiest."""
        if count:
            changes = {"thread_count": F("thread_count") + (count if self.depth > 1 else 0)}
            if count > 0:  # nobody is active in a thread by taking something down
                changes["last_activity_at"] = timezone.now()
            type(self).objects.filter(path=self.root_path).update(**changes)
        if count and self.question_id:
            Question.objects.filter(pk=self.question_id).update(visible_count=F("visible_count") + count)
        Roundtable.objects.filter(pk=self.roundtable_id).record_change(public=public, count=count)
