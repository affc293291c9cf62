"""Totals that are kept so that no page counts: worked out anew for what does not go through a comment's transitions."""

from django.db import connections, transaction
from django.db.models import Count, Max, Q
from django.db.models.functions import Substr

from .comment import Comment
from .forest import lock_forest
from .roundtable import Roundtable


def recount(roundtable):
    """Set the counters of a roundtable, its questions and its threads by counting; raise its version and activity.

    Call it last in the transaction of an import or a repair. The roundtable's own fields are read again.
    """
    using = Comment.objects.db
    with transaction.atomic(using=using):
        lock_forest(using)
        comments = Comment.objects.filter(roundtable=roundtable).order_by()
        approved = comments.filter(status=Comment.Status.APPROVED)
        _tell_size(using)
        _recount_threads(comments)
        _recount_questions(roundtable, approved)
        own = Roundtable.objects.using(using).filter(pk=roundtable.pk)
        own.update(visible_count=approved.count())
        own.record_change(public=True)
    roundtable.refresh_from_db(fields=["visible_count", "version", "activity"])


def _tell_size(using):
    """Let the database know how many comments there are now: until it does, it goes through all of them for a page."""
    connection = connections[using]
    with connection.cursor() as cursor:
        cursor.execute(f"ANALYZE {connection.ops.quote_name(Comment._meta.db_table)}")


def _recount_threads(comments):
    approved = Q(status=Comment.Status.APPROVED)
    # Published without being dated: then the date of publication is that of an import and says nothing.
    dated = approved & Q(posted_at__isnull=False)
    threads = {
        thread["root"]: thread
        for thread in comments.values(root=Substr("path", 1, Comment.steplen)).annotate(
            replies=Count("pk", filter=approved & Q(depth__gt=1)), latest=Max("published_at", filter=dated)
        )
    }
    changed = []
    for root in comments.filter(depth=1).only("path", "posted_at", "published_at", "thread_count", "last_activity_at"):
        thread = threads[root.path]
        moments = [moment for moment in (root.posted_at, thread["latest"]) if moment]
        last = max(moments) if moments else root.published_at or root.last_activity_at
        if (root.thread_count, root.last_activity_at) != (thread["replies"], last):
            root.thread_count, root.last_activity_at = thread["replies"], last
            changed.append(root)
    Comment.objects.bulk_update(changed, ["thread_count", "last_activity_at"], batch_size=500)


def _recount_questions(roundtable, approved):
    counts = dict(approved.values_list("question").annotate(Count("pk")))
    for question in roundtable.questions.only("visible_count"):
        count = counts.get(question.pk, 0)
        if question.visible_count != count:
            roundtable.questions.filter(pk=question.pk).update(visible_count=count)
