"""What leaves the system as a file: published comments only, with the text exactly as written.

Formulas are made harmless in CSV by a leading apostrophe, as spreadsheets run what starts with = + - @.
"""

import csv
import io

from django.db.models import F
from django.urls import reverse

from . import text
from .models import Comment

COLUMNS = (
    "id",
    "path",
    "question",
    "in_reply_to",
    "author",
    "organisation",
    "group",
    "country",
    "capacity",
    "verified",
    "role",
    "language",
    "objectives",
    "status",
    "posted_at",
    "late",
    "late_reason",
    "asks",
    "answered_by",
    "address",
    "title",
    "text",
    "files",
    "footnotes",
)


def comment_rows(roundtable, reference, site_url):
    """Yield one dict of COLUMNS for each comment that every reader may see, in the order of the page."""
    comments = Comment.objects.filter(roundtable=roundtable).public().order_by("question_number", "path")
    comments = comments.annotate(answer_status=F("answered_by__status"))
    for comment in comments.select_related("question").iterator(chunk_size=500):
        is_gone = comment.is_tombstone
        is_answered = comment.answer_status == Comment.Status.APPROVED
        _, terms = text.plain_terms(comment.body, reference.terms)
        yield {
            "id": comment.pk,
            "path": comment.path,
            "question": comment.question.number if comment.question else "",
            "in_reply_to": comment.in_reply_to_id or "",
            "author": "" if is_gone else comment.author_name,
            "organisation": "" if is_gone else comment.author_organisation,
            "group": "" if is_gone else reference.groups.get(comment.author_group_id, ""),
            "country": "" if is_gone else str(comment.author_country),
            "capacity": "" if is_gone else comment.author_capacity,
            # By the secretariat, as it was copied to the comment.
            "verified": "yes" if comment.is_author_verified and not is_gone else "",
            "role": "" if is_gone else comment.author_role,
            "language": comment.language,
            "objectives": ", ".join(map(str, comment.objective_numbers)),
            "status": comment.status,
            "posted_at": comment.posted_at.isoformat() if comment.posted_at else "",
            "late": "yes" if comment.late_reason and not is_gone else "",
            "late_reason": "" if is_gone else comment.late_reason,
            "asks": "" if is_gone else comment.asks,
            "answered_by": comment.answered_by_id if is_answered and not is_gone else "",
            "address": f"{site_url}{comment.get_absolute_url()}",
            "title": "" if is_gone else comment.title,
            "text": "" if is_gone else comment.body,
            "files": "" if is_gone else "\n".join(_file(file, site_url) for file in comment.files),
            "footnotes": "" if is_gone else " ".join(f"{term.mark} {term.footnote}" for term in terms),
        }


def _file(file, site_url):
    return f"{file['title']} – {site_url}{reverse('attachment_download', args=[file['id']])}"


def write_csv(columns, rows):
    """Yield a CSV file in pieces, its formulas defused: UTF-8 with a byte order mark, so that Excel shows accents."""
    buffer = io.StringIO()
    writer = csv.writer(buffer)

    def flush():
        piece = buffer.getvalue()
        buffer.seek(0)
        buffer.truncate()
        return piece.encode("utf-8")

    yield "\ufeff".encode()
    writer.writerow(columns)
    for row in rows:
        writer.writerow([defuse(value) for value in row])
        yield flush()
    yield flush()


def defuse(value):
    """Put an apostrophe before what a spreadsheet would take for a formula."""
    shown = str(value)
    return f"'{shown}" if shown[:1] in ("=", "+", "-", "@", "\t", "\r") else shown
