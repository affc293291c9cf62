"""What leaves the system as a file: published comments only, with the text exactly as written.

Formulas are made harmless in CSV by a leading apostrophe, as spreadsheets run what starts with = + - @.
"""

import csv
import io

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
    "role",
    "language",
    "objectives",
    "status",
    "posted_at",
    "address",
    "text",
    "footnotes",
)


def comment_rows(roundtable, reference, site_url):
    """Yield one dict of COLUMNS for each comment that every reader may see, in the order of the page."""
    comments = Comment.objects.filter(roundtable=roundtable).public().order_by("question_number", "path")
    for comment in comments.select_related("question").iterator(chunk_size=500):
        is_gone = comment.is_tombstone
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
            "role": "" if is_gone else comment.author_role,
            "language": comment.language,
            "objectives": ", ".join(map(str, comment.objective_numbers)),
            "status": comment.status,
            "posted_at": comment.posted_at.isoformat() if comment.posted_at else "",
            "address": f"{site_url}{comment.get_absolute_url()}",
            "text": "" if is_gone else comment.body,
            "footnotes": "" if is_gone else " ".join(f"{term.mark} {term.footnote}" for term in terms),
        }


def write_csv(rows, *, disclaimer):
    """Yield a CSV file in pieces: UTF-8 with a byte order mark, so that Excel shows accents."""
    buffer = io.StringIO()
    writer = csv.writer(buffer)

    def flush():
        piece = buffer.getvalue()
        buffer.seek(0)
        buffer.truncate()
        return piece.encode("utf-8")

    yield "\ufeff".encode()
    writer.writerow(COLUMNS)
    for row in rows:
        writer.writerow([defuse(row[column]) for column in COLUMNS])
        yield flush()
    writer.writerow([])
    writer.writerow([defuse(disclaimer)])
    yield flush()


def defuse(value):
    """Put an apostrophe before what a spreadsheet would take for a formula."""
    shown = str(value)
    return f"'{shown}" if shown[:1] in ("=", "+", "-", "@", "\t", "\r") else shown
