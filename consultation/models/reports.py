"""What becomes of readers' reports about a comment: all that were seen are settled at once, with one event."""

from django.db import transaction

from .status import Status
from .transitions import AlreadyDecided


class Reports:
    """The part of `Comment` that reports are about."""

    def dismiss_flags(self, *, by, seen_flag):
        """Find the reports up to `seen_flag` unfounded. Raises AlreadyDecided where none of them is open."""
        with transaction.atomic(using=self._state.db):
            comment = self._locked_with_flags(by, seen_flag)
            event = comment.record_event("settle", by=by, before=comment.status)
            comment.close_flags(event, "dismissed", up_to=seen_flag)
            comment.record_change(public=False)
        return comment

    def uphold_flags(self, *, by, action, seen_flag, reason="", message="", seen_revision=None):
        """Remove the reported comment, or return it to its author; every open report is settled with that.

        Raises AlreadyDecided where nothing of what was seen is open any more, and TextChanged.
        """
        with transaction.atomic(using=self._state.db):
            self._locked_with_flags(by, seen_flag)
            return self._decide(
                action,
                by=by,
                reason=reason,
                message=message,
                seen_revision=seen_revision,
                allowed=(Status.APPROVED,),
            )

    def _locked_with_flags(self, by, seen_flag):
        comment = self._locked(by=by, allowed=(Status.APPROVED,))
        if not comment.flags.filter(status="open", pk__lte=seen_flag).exists():
            raise AlreadyDecided(comment)
        return comment

    def close_flags(self, event, outcome, *, up_to=None):
        """Settle the open reports with a decision; what came in after the one that was seen stays open."""
        flags = self.flags.filter(status="open")
        if up_to is not None:
            flags = flags.filter(pk__lte=up_to)
        # The very moment of the event: so an undone decision finds the reports that it settled.
        flags.update(status=outcome, settled_at=event.created_at, settled_by=event.actor)
        self.count_flags()

    def reopen_flags(self, event):
        """Open again the reports that a decision settled."""
        self.flags.filter(settled_at=event.created_at).update(status="open", settled_at=None, settled_by=None)
        self.count_flags()

    def count_flags(self):
        """Keep how many reports are open, and whether the comment waits for that."""
        self.open_flags = self.flags.filter(status="open").count()
        self.set_waiting()
        self.save(update_fields=["open_flags", "waiting_since"])
