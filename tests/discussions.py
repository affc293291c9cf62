"""Whole discussions, stored at once: their shape is a list that says of each comment what it answers."""

from django.utils import timezone

from consultation.models import Comment
from consultation.models.counters import recount
from consultation.models.planting import plant_all
from consultation.models.question import GENERAL
from tests import factories

MOMENTS = ("posted_at", "submitted_at", "published_at")


def plant(roundtable, parents, *, author=None, question=None, **fields):
    """Store published comments; `parents` names for each the place in the list of what it answers, or None.

    Values of `fields`, and `question`, may be functions of the place; a reply stands under the question of its thread.
    """
    author = author or factories.user()
    now = timezone.now()
    comments = []
    for place, parent in enumerate(parents):
        answered = None if parent is None else comments[parent]
        own = {name: value(place) if callable(value) else value for name, value in fields.items()}
        asked = answered.question if answered else question(place) if callable(question) else question
        body = own.pop("body", "We ask for safe paths.")
        comment = Comment(
            roundtable=roundtable,
            question=asked,
            question_number=asked.number if asked else GENERAL,
            in_reply_to=answered,
            **{"status": "approved", "language": "en", "posted_at": now, "published_at": now, "submitted_at": now}
            | own,
        )
        comment.waiting_since = now if comment.status == "pending" else None
        comment.set_author(author)
        comment.body, comment.lead_html = body, f"<p>{body}</p>"
        comment.set_search_text()
        comments.append(comment)
    plant_all(comments)
    recount(roundtable)
    return comments


def any_shape(rng, size, *, deepest=None):
    """Return the shape of a discussion where every comment may be answered, often the latest ones."""
    parents, depths = [], []
    for place in range(size):
        candidates = range(place) if deepest is None else [at for at in range(place) if depths[at] < deepest]
        if not candidates or rng.random() < 0.3:
            parent = None
        else:
            parent = rng.choice(candidates[-3:] if rng.random() < 0.5 else candidates)
        parents.append(parent)
        depths.append(1 if parent is None else depths[parent] + 1)
    return parents


def chain(size):
    """Return the shape of a discussion where each comment answers the one before."""
    return [place - 1 if place else None for place in range(size)]


def reading_order(comments, parents):
    """Return the numbers of the comments question by question, each followed by its replies, the oldest first.

    Where none stands deeper than the deepest level.
    """
    below = {place: [] for place in [None, *range(len(parents))]}
    for place, parent in enumerate(parents):
        below[parent].append(place)

    def thread(place):
        return [comments[place].pk, *(pk for reply in below[place] for pk in thread(reply))]

    roots = sorted(below[None], key=lambda place: comments[place].question_number)
    return [pk for root in roots for pk in thread(root)]
