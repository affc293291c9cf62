"""Taking the last decision about a comment back: under the same lock, with an event that names what it undoes."""

from django.core.exceptions import ObjectDoesNotExist
from django.db import transaction
from django.db.models import Max

from .filing import Unfit
from .roundtable import Roundtable
from .status import Status
from .transitions import AlreadyDecided


class Answered(AlreadyDecided):
    """The approval cannot be undone: others have answered by now. Removing it leaves a tombstone for them."""

    conflict = "answered"


class Undoing:
    """The part of `Comment` that undoes decisions."""

    # What is undone by going back to the status before.
    OF_STATUS = ("approve", "return", "reject", "remove", "restore", "duplicate")
    UNDOABLE = (
        *OF_STATUS,
        "settle",
        "refile",
        "move",
        "redact",
        "uncover",
        "cover_title",
        "show_title",
        "remove_file",
        "cover_file",
        "reject_edit",
        "approve_edit",
        "join",
        "split",
        "share",
        "unshare",
        "answer",
        "unanswer",
    )
    # With what the note begins that a part carries: it is undone with the whole.
    OF_PARTS = {"join": "→", "split": "←"}

    def undo(self, *, by, event):
        """Undo a decision, if it is the last thing that happened and the way back is still open.

        Raises AlreadyDecided, Answered, or FileGone where a removed file is deleted by now.
        """
        with transaction.atomic(using=self._state.db):
            comment = self._locked(by=by, allowed=Status.values)
            last = comment.events.order_by("pk").last()
            if last is None or last.pk != event.pk or not comment.can_undo(last):
                raise AlreadyDecided(comment)
            before = comment.status
            undo = comment._undo_status if last.action in self.OF_STATUS else getattr(comment, f"_undo_{last.action}")
            try:
                undo(last, by)
            except (Unfit, ObjectDoesNotExist):  # where it was before no longer exists, or no longer takes it
                raise AlreadyDecided(comment) from None
            comment.record_undo(last, by=by, before=before)
        return comment

    def record_undo(self, event, *, by, before):
        """Write the event that undoes another one, and raise the counters."""
        undone = self.record_event("undo", by=by, before=before, reason=event.reason, note=event.action)
        undone.undoes = event
        undone.save(update_fields=["undoes"])
        self.record_status_change(before)

    def can_undo(self, event):
        """Whether a decision can be taken back, as far as it and the comment themselves tell."""
        is_of_part = event.note[:1] == self.OF_PARTS.get(event.action)
        return event.action in self.UNDOABLE and event.status_after == self.status and not is_of_part

    def _undo_status(self, event, by):
        if event.action == "approve":
            self._take_back_reply(event, by)
            if self.replies.filter(published_at__isnull=False).exists():
                raise Answered(self)
        earlier = self.events.filter(pk__lt=event.pk)
        removal = earlier.filter(status_after=Status.REMOVED).last() if event.action == "restore" else None
        is_duplicate = removal is not None and removal.action == "duplicate"
        # What was taken down meanwhile may lead here itself.
        published = type(self).objects.filter(status=Status.APPROVED)
        other = published.get(pk=number_in(removal.note.removeprefix("→ "))) if is_duplicate else None
        self.bring_to(event.status_before, reason=removal.reason if removal else "", merged_into=other)
        if event.action == "approve" and not earlier.filter(status_before=Status.APPROVED).exists():
            self.published_at = None
            self.save(update_fields=["published_at"])
        if removal:
            self.removed_at = removal.created_at
            self.save(update_fields=["removed_at"])
        self.reopen_flags(event)

    def reply_with(self, event):
        """The reply that was posted with an approval by whoever approved, or None."""
        if not event.reply_key:
            return None
        return self.replies.filter(author=event.actor_id, submission_key=event.reply_key).first()

    def _take_back_reply(self, event, by):
        """Withdraw one's own reply that was posted with the approval; it leaves no tombstone where nothing is public.

        Raises Answered where somebody has answered the reply, and AlreadyDecided where others did anything with it.
        """
        reply = self.reply_with(event)
        if reply is None or reply.author_id != by.pk:
            return
        if reply.replies.exists():
            raise Answered(reply)
        if reply.status != Status.WITHDRAWN:
            if reply.events.exclude(actor=by).exists():
                raise AlreadyDecided(reply)
            reply = reply.withdraw(by=by)
        reply.published_at = None
        reply.save(update_fields=["published_at"])

    def _undo_settle(self, event, by):
        self.reopen_flags(event)

    def _undo_refile(self, event, by):
        self.file_under(number_in(event.note.partition(" → ")[0]))

    def _undo_move(self, event, by):
        kind, _space, places = event.note.partition(" ")
        place, _colon, number = places.partition(" → ")[0].partition(":")
        if kind == "roundtable":
            Roundtable.objects.moderated_by(by).get(pk=int(place))
            self.put_into(int(place), number_in(number))
            return
        self.put_below(number_in(place))
        if self.depth == 1:
            self.file_under(number_in(number))

    def _undo_redact(self, event, by):
        self._redactions().filter(revision__comment=self, redacted_at=event.created_at).delete()
        self.show_covered()
        self.reopen_flags(event)

    def _undo_uncover(self, event, by):
        lifted = self.revisions.model.redactions.rel.related_model.all_objects
        lifted.filter(revision__comment=self, shown_again_at=event.created_at).update(shown_again_at=None)
        self.show_covered()

    def _undo_share(self, event, by):
        place, _colon, before = event.note.removeprefix("roundtable ").partition(": ")
        self.set_concern(Roundtable.objects.get(pk=int(place)).pk, before.removeprefix("–"))

    _undo_unshare = _undo_share

    def _undo_answer(self, event, by):
        before = number_in(event.note.partition(" → ")[0])
        named = self.events.filter(action="answer", note__endswith=f"→ {before}", pk__lt=event.pk).last()
        reply = self.possible_answers.get(pk=before) if before else None
        self.set_answer(reply, named.created_at if named else event.created_at)

    _undo_unanswer = _undo_answer

    def _undo_reject_edit(self, event, by):
        self.proposed_revision = event.revision_number
        self._set_cleared()
        self.set_waiting()
        self.save(update_fields=self.EDIT_FIELDS)

    def _undo_approve_edit(self, event, by):
        published = self.revisions.filter(replaced_at__isnull=False).order_by("replaced_at").last()
        self.proposed_revision = self.revision_number
        # A text that moderators joined or split was not edited.
        others = self.events.filter(action__in=("join", "split")).values("created_at")
        edits = self.revisions.exclude(pk=published.pk).exclude(replaced_at__in=others)
        self.edited_at = edits.aggregate(last=Max("replaced_at"))["last"]
        self._publish_files(self.revision_number, back=True)
        self.save(update_fields=["edited_at", "files"])
        self._bring_back(published)

    def _undo_join(self, event, by):
        for part in self.merged.filter(removal_reason="").order_by("pk"):
            joined = part.events.filter(action="join", created_at__gte=event.created_at).last()
            if joined is not None:
                part._take_back_files(self, joined)
                part._undo_status(joined, by)
                part.record_undo(joined, by=by, before=Status.REMOVED)
        self._bring_back(self.revisions.get(number=event.revision_number))

    def _undo_split(self, event, by):
        part = type(self).objects.get(pk=number_in(event.note.removeprefix("→ ")))
        # What was withdrawn, covered or changed in the part since may not come back with the whole.
        is_touched = part.events.exclude(action__in=("split", "refile", "move", "undo")).exists()
        if is_touched or part.revision_number > 1:
            raise AlreadyDecided(self)
        before = part.status
        if part.replies.filter(published_at__isnull=False).exists():
            raise Answered(self)
        part.bring_to(Status.REMOVED, merged_into=self)
        part.record_event("join", by=by, before=before, note=f"→ {self.pk}")
        part.record_status_change(before)
        self._bring_back(self.revisions.get(number=event.revision_number))

    def _bring_back(self, revision):
        """Publish an earlier revision again."""
        self.revisions.filter(pk=revision.pk).update(replaced_at=None)
        self.revision_number = revision.number
        self.language, self.objective_numbers = revision.language, revision.objective_numbers
        self._take_facts(revision)
        self.set_waiting()
        self.save(
            update_fields=["revision_number", "language", "objective_numbers", "proposed_revision", "waiting_since"]
        )
        self.show_covered()


def number_in(text):
    """Return the number that a note of an event holds, or None for a dash."""
    return int(text) if text.strip().isascii() and text.strip().isdigit() else None
