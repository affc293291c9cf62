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

    @property
    def can_post(self):
        """Whether this person may contribute now."""
        return self.is_signed_in and self.is_open

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

    @property
    def audience(self):
        """Who is looking, for keys of what may be shown to several people alike."""
        if self.can_moderate:
            return "moderator"
        return "participant" if self.is_signed_in else "public"

    def can_read(self, comment):
        """Whether this person may see the comment at all."""
        return comment.is_public or self.can_moderate or (self.is_signed_in and comment.author_id == self.user_id)

    def can_reply(self, comment):
        """Whether this person may answer the comment: a published one, in an open roundtable."""
        return self.can_post and comment.status == Comment.Status.APPROVED

    def can_revise(self, comment):
        """Whether this person may change the text: their own, while it waits and the roundtable is open."""
        return self.can_post and comment.author_id == self.user_id and comment.status in Comment.WAITING_STATUSES


def rights_in(roundtable, user):
    """Work out the rights of a person; the roundtable must come from `roundtables_for`."""
    is_signed_in = user.is_authenticated and user.is_active
    is_staff = is_signed_in and user.is_staff
    return Rights(
        user_id=user.pk,
        is_signed_in=is_signed_in,
        is_staff=is_staff,
        can_moderate=is_staff or (is_signed_in and roundtable.user_moderates),
        is_open=roundtable.is_open,
    )


def roundtables_for(user):
    """Return the roundtables this person may see, each knowing whether they moderate it."""
    return Roundtable.objects.visible_to(user).with_role_of(user)
