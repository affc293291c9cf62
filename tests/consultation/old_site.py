"""Plain functions that make small interchange files, as an old site could export them."""

import gzip
import json

from consultation.importers import import_document
from consultation.models import Comment, Roundtable


def question(number, text=None, **fields):
    """Make a question as the old site prints it, with its number in front."""
    return {
        "id": f"q{number}",
        "number": number,
        "text": text or f"{number}. What about matter {number}?",
        "language": "en",
        "created_at": None,
        "translations": {},
    } | fields


def comment(own, *body, parent=None, question="q1", **fields):
    """Make a published answer to the first question, or a reply."""
    return {
        "id": own,
        "question": question,
        "parent": parent,
        "author": f"Writer of {own}",
        "author_role": None,
        "organisation": None,
        "language": "en",
        "created_at": "2021-12-22T10:00:00+01:00",
        "status": "published",
        "body": list(body) or [f"Text of {own}."],
        "truncated": False,
        "truncation_marker": None,
        "in_reply_to_author": None,
        "mentions": [],
        "attachments": [],
    } | fields


def removed(own, **fields):
    """Make a comment of which only the place is left."""
    return comment(own, author=None, language=None, created_at=None, status="removed", **fields) | {"body": []}


def document(*comments, questions=None, **roundtable):
    """Make a file that holds these comments under one question."""
    questions = [question(1)] if questions is None else questions
    head = {
        "key": "old-roundtable",
        "title": "Old roundtable",
        "language": "en",
        "intro": ["Why we ask."],
        "event": None,
        "organisers": [],
        "opens": None,
        "closes": None,
        "objectives": [4, 8],
        "objectives_basis": "shown",
        "instructions": [],
        "contacts": [],
    }
    return {
        "format": "consultation-interchange",
        "version": 1,
        "source": {"system": "made for a test"},
        "roundtable": head | roundtable,
        "questions": [row | {"position": place} for place, row in enumerate(questions, 1)],
        "comments": [row | {"position": place} for place, row in enumerate(comments, 1)],
        "hub": None,
    }


def write(path, made):
    """Write a file, compressed where its name says so, and return its path as text."""
    raw = made if isinstance(made, bytes) else json.dumps(made, ensure_ascii=False).encode()
    path.write_bytes(gzip.compress(raw) if path.suffix == ".gz" else raw)
    return str(path)


def taken_over(*comments, **fields):
    """Import such a file and return its roundtable."""
    made = document(*comments, **fields)
    import_document(made)
    return Roundtable.objects.get(import_key=made["roundtable"]["key"])


def one(external_id):
    """Return one imported comment."""
    return Comment.objects.get(external_id=external_id)


def forest():
    """Return the imported comments in the order of the tree, each with its depth."""
    return [(row.external_id, row.depth) for row in Comment.objects.all()]
