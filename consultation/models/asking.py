"""Questions that participants ask, and which reply answered them."""

from django.db import transaction
from django.db.models import Q

from .status import Status


class NoAnswer(Exception):
    """What was named as the answer is no published reply to the question, or no longer."""


class Asking:
    """The part of `Comment` that participants' questions are about."""

    @property
    def is_answered(self):
        """Whether a reply that everybody can still read was named as the answer."""
        return self.answered_by is not None and self.answered_by.status == Status.APPROVED

    @property
    def possible_answers(self):
        """The published replies to it, and the replies to those."""
        below = Q(path__gt=self.path, path__lt=f"{self.path}~") | Q(in_reply_to=self)
        return type(self).objects.filter(below, roundtable_id=self.roundtable_id, status=Status.APPROVED)

    def mark_answered(self, *, by, reply):
        """Name the reply that answered the question, or with None say that it still waits.

        Raises AlreadyDecided where the question is no longer public, and NoAnswer.
        """
        with transaction.atomic(using=self._state.db):
            comment = self._locked(by=by, allowed=(Status.APPROVED,))
            if not comment.asks or (reply is not None and not comment.possible_answers.filter(pk=reply.pk).exists()):
                raise NoAnswer
            before, after = comment.answered_by_id, reply and reply.pk
            if before != after:
                note, action = f"{before or '–'} → {after or '–'}", "answer" if reply else "unanswer"
                event = comment.record_event(action, by=by, before=comment.status, note=note)
                comment.set_answer(reply, event.created_at)
                comment.record_change(public=True)
        return comment

    def set_answer(self, reply, moment):
        """Set and save which reply answered it, since when; or None, that it waits."""
        self.answered_by, self.answered_at = reply, moment if reply else None
        self.save(update_fields=["answered_by", "answered_at"])
