"""The download of all that is held about a person: one archive of data, files, and a page that explains them.

Everything is written row by row and file by file, so that a thousand contributions need no more memory than one.
"""

import io
import json
import logging
import re
import shutil
import zipfile

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db.models import Q
from django.template.loader import render_to_string
from django.utils import translation

from consultation.models import Attachment, Comment, ModerationEvent, Roundtable

from .register import addresses_of, clearances_of

logger = logging.getLogger(__name__)
CHUNK = 200  # contributions that are read at a time
DATA, README, FOLDER = "my-data.json", "README.txt", "attachments"


def write_archive(person, file):
    """Write everything that is held about a person into a file as a zip archive."""
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        with translation.override(person.language):
            context = {"person": person, "site_name": settings.SITE_NAME, "addresses": settings.CONTACT_ADDRESSES}
            archive.writestr(README, render_to_string("consultation/privacy/readme.txt", context))
        with archive.open(DATA, "w", force_zip64=True) as raw, io.TextIOWrapper(raw, "utf-8") as out:
            _write_data(person, out)
        for attachment in _attachments_of(person).iterator():
            _write_file(attachment, archive)


def _write_data(person, out):
    for place, (name, section) in enumerate(SECTIONS.items()):
        out.write(f"{',' if place else '{'}\n{_json(name)}: ")
        value = section(person)
        if isinstance(value, dict):
            out.write(_json(value))
            continue
        out.write("[")
        for number, row in enumerate(value):
            out.write(f"{',' if number else ''}\n{_json(row)}")
        out.write("]")
    out.write("\n}\n")


def _json(value):
    return json.dumps(value, ensure_ascii=False, cls=DjangoJSONEncoder)


def _write_file(attachment, archive):
    try:
        with attachment.file.open("rb") as stored, archive.open(_place_of(attachment), "w", force_zip64=True) as copy:
            shutil.copyfileobj(stored, copy)
    except FileNotFoundError:
        logger.error("a file is missing", extra={"file": attachment.pk})


def _place_of(attachment):
    """Return where a file lies in the archive: under its own name, of which only what every system stores is kept."""
    name = re.sub(r"[^\w.() -]", "_", attachment.name).strip(". ") or "file"
    return f"{FOLDER}/{attachment.pk}-{name}"


# --- What is held


def _person(person):
    fields = (
        "email",
        "name",
        "organisation",
        "capacity",
        "language",
        "is_listed",
        "is_active",
        "is_staff",
        "is_superuser",
        "affiliation_verified_at",
        "suspended_until",
        "terms_accepted_at",
        "date_joined",
        "last_login",
    )
    return {field: getattr(person, field) for field in fields} | {
        "group": person.group.code if person.group else None,
        "country": person.country.code or None,
        "has_password": person.has_usable_password(),
    }


def _rows(queryset, *fields):
    return queryset.order_by("pk").values(*fields).iterator(chunk_size=CHUNK)


def _contributions(person):
    slugs = dict(Roundtable.objects.values_list("pk", "slug"))
    comments = Comment.objects.filter(author=person).defer("lead_html", "rest_html", "search_text", "import_notes")
    comments = comments.prefetch_related("revisions__redactions", "events", "clearances").order_by("pk")
    for comment in comments.iterator(chunk_size=CHUNK):
        yield _contribution(comment, slugs[comment.roundtable_id])


def _contribution(comment, slug):
    kept = ("id", "title", "mandate", "asks", "late_reason", "language", "status", "removal_reason", "is_paper")
    moments = ("posted_at", "submitted_at", "published_at", "edited_at", "removed_at", "answered_at")
    shown = ("author_name", "author_organisation", "author_capacity", "author_role", "is_author_verified")
    return {
        "roundtable": slug,
        "question": comment.question_number if comment.question_id else None,
        "in_reply_to": comment.in_reply_to_id,
        "merged_into": comment.merged_into_id,
        "answered_by": comment.answered_by_id,
        "objectives": list(comment.objective_numbers),
        "text": comment.body,
        "attachments": comment.files,
        **{field: getattr(comment, field) for field in (*kept, *moments, *shown)},
        "author_country": comment.author_country.code or None,
        "covered_titles": list(comment.covered_titles.values("title", "name", "shown", "reason"))
        if comment.covered_for
        else [],
        "clearances": [
            {
                "organisation": each.organisation,
                "revision": each.revision_number,
                "status": each.status,
                "at": each.decided_at,
            }
            for each in comment.clearances.all()
        ],
        "texts": [_text(revision) for revision in comment.revisions.all()],
        "decisions": [
            {
                "decision": event.action,
                "reason": event.reason,
                "message": event.message,
                "revision": event.revision_number,
                "status_before": event.status_before,
                "status_after": event.status_after,
                "at": event.created_at,
            }
            for event in comment.events.all()
        ],
    }


def _text(revision):
    return {
        "revision": revision.number,
        "title": revision.title,
        "mandate": revision.mandate,
        "text": revision.body,
        "language": revision.language,
        "objectives": list(revision.objective_numbers),
        "at": revision.created_at,
        "attachments": revision.files,
        "covered": [
            {"start": each.start, "end": each.end, "reason": each.reason} for each in revision.redactions.all()
        ],
    }


def _attachments_of(person):
    return Attachment.objects.filter(Q(uploader=person) | Q(comment__author=person)).order_by("pk")


def _attachments(person):
    for attachment in _attachments_of(person).iterator(chunk_size=CHUNK):
        fields = ("id", "comment_id", "name", "title", "language", "kind", "size", "sha256", "created_at")
        changes = ("comes_with", "goes_with", "other_title", "other_language", "hidden_since")
        yield {field: getattr(attachment, field) for field in (*fields, *changes)} | {"file": _place_of(attachment)}


def _drafts(person):
    for draft in person.drafts.order_by("pk").iterator(chunk_size=CHUNK):
        fields = ("place", "body", "language", "rest", "created_at", "saved_at")
        yield {field: getattr(draft, field) for field in fields} | {"objectives": list(draft.objective_numbers)}


SECTIONS = {
    "person": _person,
    "email_addresses": lambda person: _rows(EmailAddress.objects.filter(user=person), "email", "verified", "primary"),
    "single_sign_on": lambda person: _rows(
        SocialAccount.objects.filter(user=person), "provider", "uid", "extra_data", "date_joined", "last_login"
    ),
    # Their kinds only: what is stored of them are secrets.
    "second_factors": lambda person: _rows(
        Authenticator.objects.filter(user=person), "type", "created_at", "last_used_at"
    ),
    "sessions": lambda person: _rows(
        UserSession.objects.filter(user=person), "ip", "user_agent", "created_at", "last_seen_at"
    ),
    "contributions": _contributions,
    "attachments": _attachments,
    "drafts": _drafts,
    "reports": lambda person: _rows(
        person.flags.all(), "comment_id", "reason", "message", "status", "created_at", "settled_at"
    ),
    "subscriptions": lambda person: _rows(
        person.subscriptions.all(), "roundtable__slug", "question_id", "thread_id", "created_at"
    ),
    "mail_preferences": lambda person: _rows(person.mail_preferences.all(), "kind", "pace"),
    "notices": lambda person: _rows(
        person.notices.all(), "kind", "pace", "comment_id", "roundtable__slug", "created_at", "read_at", "is_done"
    ),
    "mails": lambda person: _rows(
        person.mails.all(), "kind", "to", "language", "subject", "text", "status", "created_at", "sent_at"
    ),
    "clearances": lambda person: _rows(
        clearances_of(person, addresses_of(person)),
        "paper_id",
        "organisation",
        "focal_point_name",
        "focal_point_email",
        "status",
        "message",
        "created_at",
        "decided_at",
    ),
    "affiliation_checks": lambda person: _rows(
        person.affiliation_checks.all(), "organisation", "capacity", "is_verified", "note", "checked_at"
    ),
    "suspensions": lambda person: _rows(person.suspensions.all(), "reason", "begins_at", "ends_at", "lifted_at"),
    "moderated_roundtables": lambda person: _rows(person.moderated_roundtables.all(), "slug"),
    "decisions_taken": lambda person: _rows(
        ModerationEvent.objects.filter(actor=person), "comment_id", "action", "reason", "message", "created_at"
    ),
}
