"""What is held about a person, and closing an account so that none of it stays behind.

Other people's replies stay in any case. The moderation register keeps that something was decided, without names
or texts of the person.
"""

from allauth.usersessions.models import UserSession
from django.contrib.admin.models import LogEntry
from django.contrib.contenttypes.models import ContentType
from django.db import transaction
from django.utils import timezone

from accounts.models import User

from . import search
from .models import Comment, ModerationEvent, Revision
from .models.forest import lock_forest

KEEP, WITHDRAW = "keep", "withdraw"


def data_of(user):
    """Return all that is held about a person, as plain values."""
    return {
        "person": {
            "email": user.email,
            "name": user.name,
            "organisation": user.organisation,
            "stakeholder_group": user.group.code if user.group else None,
            "country": user.country.code if user.country else None,
            "capacity": user.capacity,
            "language": user.language,
            "joined_at": user.date_joined.isoformat(),
            "terms_accepted_at": user.terms_accepted_at and user.terms_accepted_at.isoformat(),
        },
        "contributions": [_contribution(comment) for comment in _comments_of(user)],
        "sessions": [
            {"ip": session.ip, "browser": session.user_agent, "created_at": session.created_at.isoformat()}
            for session in UserSession.objects.filter(user=user)
        ],
    }


def close_account(user, *, contributions):
    """Delete a person; their contributions stay without a name (KEEP) or are withdrawn and blanked (WITHDRAW)."""
    with transaction.atomic():
        lock_forest("default")
        # The page of a roundtable names its moderators.
        user.moderated_roundtables.all().record_change(public=True)
        for comment in _comments_of(user):
            before = comment.status
            if contributions == WITHDRAW:
                _withdraw(comment)
            _forget_author(comment)
            was_public = before in Comment.PUBLIC_STATUSES and comment.published_at is not None
            count = int(comment.status == Comment.Status.APPROVED) - int(before == Comment.Status.APPROVED)
            comment.record_change(public=was_public, count=count)
        ModerationEvent.objects.filter(actor=user).update(actor_name="")
        person = ContentType.objects.get_for_model(User)
        LogEntry.objects.filter(content_type=person, object_id=str(user.pk)).update(object_repr="", change_message="")
        for session in UserSession.objects.filter(user=user):
            session.end()
        user.delete()


def _comments_of(user):
    comments = Comment.objects.filter(author=user).select_related("roundtable", "question")
    return comments.prefetch_related("revisions", "events").order_by("pk")


def _contribution(comment):
    return {
        "id": comment.pk,
        "roundtable": comment.roundtable.slug,
        "question": comment.question.number if comment.question else None,
        "in_reply_to": comment.in_reply_to_id,
        "language": comment.language,
        "objectives": list(comment.objective_numbers),
        "status": comment.status,
        "posted_at": comment.posted_at and comment.posted_at.isoformat(),
        "texts": [
            {"revision": revision.number, "text": revision.body, "at": revision.created_at.isoformat()}
            for revision in comment.revisions.all()
        ],
        "decisions": [
            {
                "decision": event.action,
                "reason": event.reason,
                "message": event.message,
                "at": event.created_at.isoformat(),
            }
            for event in comment.events.all()
        ],
    }


def _forget_author(comment):
    comment.author = None
    comment.author_name = comment.author_organisation = comment.author_country = comment.author_capacity = ""
    comment.author_group = None
    comment.author_role = Comment.Role.FORMER
    comment.submission_key = None
    comment.import_notes = {}
    comment.search_text = search.normalise(comment.body)
    comment.save()


def _withdraw(comment):
    if not comment.is_tombstone:
        before = comment.status
        comment.status, comment.removed_at = Comment.Status.WITHDRAWN, timezone.now()
        comment.events.create(
            action=ModerationEvent.Action.WITHDRAW,
            status_before=before,
            status_after=comment.status,
            revision_number=comment.revision_number,
        )
    comment.body = comment.lead_html = comment.rest_html = ""
    Revision.objects.filter(comment=comment).update(body="")
