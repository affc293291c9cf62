"""Closing an account so that nothing of the person stays behind.

Other people's replies stay in any case. The moderation register keeps that something was decided, without names
or texts of the person. What goes with the person by itself (drafts, subscriptions, notices, mail, sessions, checks,
suspensions, notes about them) is not named here; `tests/consultation/test_privacy.py` fills every table and looks.
"""

from functools import reduce
from operator import or_

from allauth.usersessions.models import UserSession
from django.contrib.admin.models import LogEntry
from django.contrib.contenttypes.models import ContentType
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from accounts.models import AffiliationCheck, Mail, User
from consultation.models import (
    Attachment,
    Clearance,
    Comment,
    Flag,
    FollowUp,
    InternalNote,
    ModerationEvent,
)
from consultation.models.forest import lock_forest

from .names import forget_names
from .register import addresses_of, any_of, clearances_of

KEEP, WITHDRAW = "keep", "withdraw"
PLACES = 200  # that one query looks for: no database takes any number of conditions


def close_account(user, *, contributions):
    """Delete a person; their contributions stay without a name (KEEP) or are withdrawn and blanked (WITHDRAW)."""
    with transaction.atomic():
        lock_forest("default")
        # The page of a roundtable names its moderators.
        user.moderated_roundtables.all().record_change(public=True)
        own = Comment.objects.filter(author=user).select_related("roundtable", "question").order_by("pk")
        # Not the count of a thread: another comment of theirs in it changes that on the way.
        comments = list(own.defer("thread_count"))
        addresses = addresses_of(user)
        if contributions == WITHDRAW:
            _forget_mail_about(user, comments)
            _delete_around(comments)
        for comment in comments:
            before, was_public = comment.status, comment.is_public
            if contributions == WITHDRAW:
                _withdraw(comment)
            _forget_author(comment)
            count = int(comment.status == Comment.Status.APPROVED) - int(before == Comment.Status.APPROVED)
            comment.record_change(public=was_public, count=count)
        # What was sent ahead with a form that is never sent now.
        Attachment.objects.filter(uploader=user, comment=None).discard()
        _forget_acts(user, comments, addresses)
        forget_names(user, addresses, comments)
        for session in UserSession.objects.filter(user=user):
            session.end()
        user.delete()


def _forget_author(comment):
    comment.author = None
    comment.author_name = comment.author_organisation = comment.author_country = comment.author_capacity = ""
    comment.author_group, comment.is_author_verified = None, False
    comment.author_role = Comment.Role.FORMER
    comment.submission_key = None
    comment.late_reason, comment.import_notes = "", {}
    comment.set_search_text()
    comment.save()


def _withdraw(comment):
    if not comment.is_tombstone:
        before = comment.status
        comment.status, comment.removed_at = Comment.Status.WITHDRAWN, timezone.now()
        comment.waiting_since = comment.proposed_revision = None
        event = comment.events.create(
            action=ModerationEvent.Action.WITHDRAW,
            status_before=before,
            status_after=comment.status,
            revision_number=comment.revision_number,
        )
        if comment.open_flags:
            comment.close_flags(event, "upheld")
    comment.blank()


def _delete_around(comments):
    """Delete what hangs on contributions that are withdrawn: their files, and what moderators noted about them."""
    Attachment.objects.filter(comment__in=comments).discard()
    InternalNote.objects.filter(comment__in=comments).delete()
    FollowUp.objects.filter(comment__in=comments).delete()
    Clearance.objects.filter(paper__in=comments).update(focal_point_email="", focal_point_name="", message="")


def _forget_acts(user, comments, addresses):
    """Keep what the person did for others, such as decisions and reports, without their name and words."""
    ModerationEvent.objects.filter(actor=user).update(actor_name="")
    # What moderators wrote to them is nobody's any more.
    ModerationEvent.objects.filter(comment__in=comments).update(message="")
    AffiliationCheck.objects.filter(checked_by=user).update(checked_by_name="")
    InternalNote.objects.filter(author=user).update(author_name="")
    Flag.objects.filter(reporter=user).update(message="")
    asked = clearances_of(user, addresses)
    for clearance in asked.exclude(message=""):
        for mail in Mail.objects.filter(key__startswith=f"clearance-{clearance.pk}-"):
            text = mail.text.replace(clearance.message, "")
            Mail.objects.filter(pk=mail.pk).update(text=text, html="")
    Mail.objects.filter(any_of("to", addresses)).delete()
    asked.update(focal_point_email="", focal_point_name="", message="")
    person = ContentType.objects.get_for_model(User)
    LogEntry.objects.filter(content_type=person, object_id=str(user.pk)).update(object_repr="", change_message="")


def _forget_mail_about(user, comments):
    """Take withdrawn texts out of the outbox: what waits is written anew without them, what was sent is emptied."""
    places = [f"/comments/{comment.pk}/" for comment in comments]
    asked = Clearance.objects.filter(paper__in=comments)
    places += [clearance.get_absolute_url().partition("/clearances/")[2] for clearance in asked]
    # Of a focal point who is asked no more there is no clearance left, only what they were told.
    told = Mail.objects.filter(kind="clearance_over").values_list("pk", "key")
    own = {str(comment.pk) for comment in comments if comment.is_paper}
    numbers = {pk for pk, key in told if key.split("-")[1] in own} if own else set()
    for start in range(0, len(places), PLACES):
        about = [Q(text__contains=place) for place in places[start : start + PLACES]]
        found = Mail.objects.filter(reduce(or_, about)).exclude(recipient=user)
        numbers.update(found.values_list("pk", flat=True))
    noticed = Mail.objects.filter(pk__in=numbers, status=Mail.Status.WAITING, notices__isnull=False)
    for mail in noticed.distinct():
        mail.notices.update(mail=None, is_done=False)
        mail.delete()
    others = Mail.objects.filter(pk__in=numbers)
    others.filter(status=Mail.Status.WAITING).update(status=Mail.Status.DROPPED)
    others.update(subject="", text="", html="")
