"""Storing thousands of comments at once, each in the place that posting them one by one would have given it."""

from collections import Counter, defaultdict

from django.db import transaction
from django.db.models import F

from accounts.statements import statement

from .comment import Comment
from .comment_manager import last_below, path_below
from .forest import lock_forest
from .noticing import notice_all

BATCH = 1000
FOREST = ""  # the path above all top-level comments


def plant_all(comments):
    """Save unsaved comments at the end of the forest, or below what their `in_reply_to` names, saved or not.

    The list holds what is answered before its answers; those that answer the same are placed in its order.
    """
    with transaction.atomic(using=Comment.objects.db):
        lock_forest(Comment.objects.db)
        generations = place(comments)
        # An answer can be stored once what it answers has its number, so one generation goes after the other.
        for generation in sorted(generations):
            Comment.objects.bulk_create(generations[generation], batch_size=BATCH)
        notice_all(comments)


def place(comments, known=None):
    """Set path, depth and numchild of unsaved comments, and numchild of stored ones above them; the lock is held.

    Returns the comments by generation: what is answered is stored before its answers. `known` holds the last stored
    path below others, where it has been read already.
    """
    last_steps, children, generation_of, generations = {}, Counter(), {}, defaultdict(list)
    for comment in comments:
        answered = comment.in_reply_to
        above = path_below(answered)
        if above not in last_steps:
            last_steps[above] = 0 if above in generation_of else _last_stored_step(above, known or {})
        last_steps[above] += 1
        children[above] += 1
        comment.depth = len(above) // Comment.steplen + 1
        comment.path = Comment._get_path(above, comment.depth, last_steps[above])
        generation = generation_of.get(answered.path, 0) + 1 if answered else 1
        generation_of[comment.path] = generation
        generations[generation].append(comment)
    for comment in comments:
        comment.numchild = children.pop(comment.path, 0)
    children.pop(FOREST, None)
    for path, count in children.items():
        Comment.objects.filter(path=path).update(numchild=F("numchild") + count)
    return generations


def _last_stored_step(above, known):
    # "~" comes after every character of a path.
    if above not in known:
        known = {above: next(iter(_last_paths(above, f"{above}~", len(above) // Comment.steplen + 1)), None)}
    last = known[above]
    return Comment._str2int(last[-Comment.steplen :]) if last else 0


@statement
def _last_paths(above, end, depth):
    return last_below(Comment, above, end, depth).values_list("path", flat=True)
