"""`manage.py render_texts`"""

from django.core.management.base import BaseCommand
from django.db import transaction

from consultation import text
from consultation.models import Comment, Roundtable
from consultation.models.forest import lock_forest
from consultation.models.noticing import compare_all, notice_all

BATCH = 200
MADE = ("body", "lead_html", "rest_html", "renderer_version", "search_text")


class Command(BaseCommand):
    """Make again what an older version made of texts: HTML, search text, documents cited, prints for comparing."""

    help = (
        "Makes again, in batches, what an older version made of contributions: HTML, the text that is searched, "
        "documents cited and what finds nearly equal texts. What is up to date is not touched."
    )

    def add_arguments(self, parser):
        """Take whether all are to be made again."""
        parser.add_argument("--all", action="store_true", help="also those that this version made")

    def handle(self, *, all, **options):
        """Go through the contributions by number, each batch in a transaction of its own."""
        comments = Comment.objects.order_by("pk")
        if not all:
            comments = comments.exclude(renderer_version=text.RENDERER_VERSION)
        last, count = 0, 0
        while done := _render(comments.filter(pk__gt=last)):
            last, count = done[-1], count + len(done)
        self.stdout.write(f"{count} texts made again")


@transaction.atomic
def _render(comments):
    """Make one batch again under the lock, so that nobody's change is undone; return the numbers of its comments."""
    lock_forest(comments.db)
    batch = list(comments.select_related("roundtable")[:BATCH])
    for comment in batch:
        comment.set_body(comment.body)
    Comment.objects.bulk_update(batch, MADE, batch_size=50)
    numbers = [comment.pk for comment in batch]
    for rows in (Comment.prints, Comment.documents):
        rows.rel.related_model.objects.filter(comment__in=numbers).delete()
    notice_all(batch)
    compare_all([comment for comment in batch if not comment.similarity])
    Roundtable.objects.filter(pk__in={comment.roundtable_id for comment in batch}).record_change(public=True)
    return numbers
