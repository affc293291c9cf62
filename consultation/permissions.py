"""What one person may do in one roundtable: every rule about who stands here."""

from dataclasses import dataclass

from .models import Comment, Roundtable


@dataclass(frozen=True)
class Rights:
    """One person's rights in one roundtable, worked out once a request."""

    user_id: int | None
    is_signed_in: bool
    is_staff: bool
    can_moderate: bool
    is_open: bool
    is_suspended: bool = False
    takes_late: bool = False

    @property
    def can_post(self):
        """Whether this person may contribute now."""
        return self.is_signed_in and self.is_open and not self.is_suspended

    @property
    def can_post_late(self):
        """Whether this person may hand something in after closing, with a reason."""
        return self.is_signed_in and self.takes_late and not self.is_suspended

    @property
    def should_sign_in(self):
        """Whether signing in is all that keeps this person from contributing."""
        return self.is_open and not self.is_signed_in

    @property
    def role(self):
        """In which role this person's contributions to the roundtable are posted."""
        if self.is_staff:
            return Comment.Role.SECRETARIAT
        return Comment.Role.MODERATOR if self.can_moderate else Comment.Role.PARTICIPANT

    def can_read(self, comment):
        """Whether this person may see the comment at all."""
        return comment.is_public or self.can_moderate or (self.is_signed_in and comment.author_id == self.user_id)

    def can_download(self, comment, attachment):
        """Whether this person may have a comment's file: a public one, their own that waits, or any to moderate.

        The original of a covered copy is its author's still.
        """
        if self.can_moderate:
            return True
        if attachment.hidden_since is not None:
            is_alive = comment.status in Comment.CHANGEABLE_STATUSES
            return self.is_author(comment) and is_alive and (attachment.waits or attachment.is_covered)
        if comment.is_public and comment.status == Comment.Status.APPROVED:
            return True
        return self.is_signed_in and comment.author_id == self.user_id and comment.status in Comment.WAITING_STATUSES

    def can_report(self, comment):
        """Whether this person may report the comment to its moderators: somebody else's, while it is published."""
        is_others = self.is_signed_in and comment.author_id != self.user_id
        return is_others and not self.is_suspended and comment.status == Comment.Status.APPROVED

    def can_revise(self, comment):
        """Whether this person may change the text: their own, waiting or published, while the roundtable is open."""
        is_late = self.can_post_late and comment.late_reason and comment.status in Comment.WAITING_STATUSES
        may_write = is_late or (self.can_post and comment.status in Comment.CHANGEABLE_STATUSES)
        return bool(may_write) and self.is_author(comment)

    def can_withdraw(self, comment):
        """Whether this person may take the contribution back: their own, at any time, unless it is gone already."""
        return self.is_signed_in and self.is_author(comment) and not comment.is_tombstone

    def can_mark_answered(self, comment):
        """Whether this person may say which reply answered a question: who asked it, or a moderator."""
        is_theirs = self.is_signed_in and not self.is_suspended and (self.can_moderate or self.is_author(comment))
        return is_theirs and bool(comment.asks) and comment.status == Comment.Status.APPROVED

    def is_author(self, comment):
        """Whether this person wrote it."""
        return self.user_id is not None and comment.author_id == self.user_id


def rights_in(roundtable, user):
    """Work out the rights of a person; the roundtable must come from `roundtables_for`."""
    is_signed_in = user.is_authenticated and user.is_active
    is_staff = is_signed_in and user.is_staff
    is_suspended = is_signed_in and user.is_suspended
    return Rights(
        user_id=user.pk,
        is_signed_in=is_signed_in,
        is_staff=is_staff,
        can_moderate=(is_staff or (is_signed_in and roundtable.user_moderates)) and not is_suspended,
        is_open=roundtable.is_open,
        is_suspended=is_suspended,
        takes_late=roundtable.is_late_open,
    )


def roundtables_for(user):
    """Return the roundtables this person may see, each knowing whether they moderate it."""
    return Roundtable.objects.visible_to(user).with_role_of(user)
