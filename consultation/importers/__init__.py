"""Bringing in discussions of an old site from interchange files: all of a file or nothing, twice without doubling.

What people decided here stays: a comment with a decision or a revision of this site keeps its status and its
text, a comment keeps its place in the tree, and what a file leaves empty erases nothing.
"""

from django.core.exceptions import ValidationError
from django.db import DatabaseError, transaction

from consultation.models import Comment
from consultation.models.counters import recount
from consultation.models.forest import lock_forest

from .comment import drafts, store_comments
from .interchange import Refused, check, read
from .report import Outcome, oddities
from .roundtable import free_slug, store_questions, store_roundtable

__all__ = ["Outcome", "Refused", "free_slug", "import_document", "import_file"]


def import_file(path, progress=None):
    """Take over one .json or .json.gz file and return the Outcome; raises Refused and then writes nothing.

    `progress(items, what)` goes through many items in place of a plain loop, such as to show a bar.
    """
    return import_document(read(path), progress)


def import_document(document, progress=None):
    """Take over what one file holds and return the Outcome. Raises Refused."""
    if complaints := check(document):
        raise Refused(complaints)

    def seen(what):
        return (lambda items: progress(items, what)) if progress else iter

    outcome = Outcome(odd=oddities(document))
    # Before the lock: to make HTML of thousands of texts takes longer than a person wants to wait with theirs.
    entries = drafts(document, seen("texts"))
    try:
        with transaction.atomic():
            lock_forest(Comment.objects.db)
            roundtable = store_roundtable(document, outcome)
            questions = store_questions(document, roundtable, outcome)
            store_comments(entries, roundtable, questions, outcome, seen("comments"))
            if outcome.has_changes:
                recount(roundtable)
    except (DatabaseError, ValidationError) as error:
        raise Refused([("database", str(error).strip())]) from error
    return outcome
