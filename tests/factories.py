"""Plain functions that make what a test needs; every one takes what matters to the test and fills in the rest."""

import itertools
import uuid
from datetime import timedelta

from allauth.account.models import EmailAddress
from django.utils import timezone

from accounts.models import Organisation, StakeholderGroup, User
from consultation import papers, uploads
from consultation.models import Attachment, Comment, NewText, Question, Roundtable
from tests import files

_count = itertools.count(1)


def user(name=None, **fields):
    """Make a participant whose profile is complete."""
    number = next(_count)
    fields.setdefault("email", f"person{number}@example.org")
    fields.setdefault("group", StakeholderGroup.objects.get(code="civil-society"))
    fields.setdefault("organisation", "Bridge of Hope")
    fields.setdefault("country", "KE")
    fields.setdefault("terms_accepted_at", timezone.now())
    return User.objects.create_user(name=name or f"Person {number}", **fields)


def verified(person):
    """Let somebody have confirmed their e-mail address."""
    EmailAddress.objects.get_or_create(user=person, email=person.email, verified=True)
    return person


def staff(name="Secretariat", **fields):
    """Make a member of the secretariat."""
    return user(name, is_staff=True, **fields)


def moderator(roundtable, name=None, **fields):
    """Make a moderator of one roundtable."""
    person = user(name, **fields)
    roundtable.moderators.add(person)
    return person


def roundtable(*, questions=3, **fields):
    """Make a published roundtable that is open, with some questions."""
    number = next(_count)
    now = timezone.now()
    fields.setdefault("slug", f"roundtable-{number}")
    fields.setdefault("title_en", f"Roundtable {number}")
    fields.setdefault("is_published", True)
    fields.setdefault("opens_at", now - timedelta(days=7))
    fields.setdefault("closes_at", now + timedelta(days=7))
    made = Roundtable.objects.create(**fields)
    for position in range(1, questions + 1):
        Question.objects.create(roundtable=made, number=position, text_en=f"What about matter {position}?")
    return made


def comment(roundtable, author=None, *, question=None, answers=None, status=Comment.Status.APPROVED, **fields):
    """Make a comment of a given status, at the end of its question or below what it answers."""
    author = author or user()
    question = answers.question if answers else question
    made, _ = Comment.objects.post(
        author=author,
        roundtable=roundtable,
        question=question,
        answers=answers,
        body=fields.pop("body", "We ask for **safe** paths."),
        language=fields.pop("language", "en"),
        key=fields.pop("key", uuid.uuid4()),
        role=fields.pop("role", Comment.Role.PARTICIPANT),
        objective_numbers=fields.pop("objective_numbers", ()),
        attachments=fields.pop("attachments", ()),
    )
    if status != made.status:
        _bring_to(made, status)
    if fields:
        Comment.objects.filter(pk=made.pk).update(**fields)
    return Comment.objects.select_related("roundtable", "question").get(pk=made.pk)


def new_text(body="Another text.", language="en", **fields):
    """Return what an author sends to take the place of a text of theirs."""
    return NewText(body=body, language=language, **fields)


def _bring_to(made, status):
    by = made.author
    if status == Comment.Status.PENDING:
        return
    if status == Comment.Status.RETURNED:
        made.return_for_revision(by=by, message="Please say more.")
    elif status == Comment.Status.REJECTED:
        made.reject(by=by, reason=Comment.Reason.OFF_TOPIC)
    else:
        made = made.approve(by=by) if made.status != Comment.Status.APPROVED else made
        if status == Comment.Status.REMOVED:
            made.remove(by=by, reason=Comment.Reason.PERSONAL_DATA)
        elif status == Comment.Status.WITHDRAWN:
            now = timezone.now()
            Comment.objects.filter(pk=made.pk).update(status=status, removed_at=now)
            made.refresh_from_db()
            made.record_change(public=True, count=-1)


def organisation(name="International Organization for Migration", acronym="IOM"):
    """Make an organisation."""
    return Organisation.objects.create(name_en=name, acronym_en=acronym)


def attachment(comment, name="Paper.pdf", content=None, **fields):
    """Give a comment a file that is called by its whole name, unless it is given a title."""
    fields.setdefault("title", name)
    upload = files.upload(name, content or files.pdf())
    made = uploads.store(upload, uploader=comment.author, key=uuid.uuid4(), **fields)
    comment.take_files([made])
    comment.set_search_text()
    comment.save(update_fields=["files", "search_text"])
    return Attachment.objects.get(pk=made.pk)


def paper(roundtable, author=None, *, focal_points=(), **fields):
    """Submit a paper that waits for the clearance of these people, each for an organisation."""
    for person in focal_points:
        verified(person)
    contribution = {"title": "A paper", "mandate": "Of the board.", "body": "The text of a paper.", "language": "en"}
    made, _ = papers.submit(
        author=author or user(),
        role=Comment.Role.PARTICIPANT,
        roundtable=roundtable,
        key=uuid.uuid4(),
        organisations=[(f"Organisation {person.pk}", person.email) for person in focal_points],
        **contribution | fields,
    )
    return made
