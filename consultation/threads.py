"""One page of threads: which rows, in which order, and where the next page starts.

A page is read by keyset, from the row after the cursor. Its cost is the same at the beginning and at the
end, among 20 comments and among 20,000: no count, no offset. `rows.py` makes rows ready to print.
"""

import datetime
import re
from dataclasses import dataclass

from django.conf import settings
from django.db.models import BooleanField, F, Func, Q, Value
from django.db.models.functions import StrIndex, Substr

from accounts.statements import somebody, statement

from .models import Comment

FIELDS = (
    "id",
    "path",
    "question_number",
    "in_reply_to_id",
    "in_reply_to__author_name",
    "in_reply_to__author_role",
    "in_reply_to__status",
    "author_id",
    "author_name",
    "author_organisation",
    "author_group_id",
    "author_country",
    "author_capacity",
    "is_author_verified",
    "author_role",
    "language",
    "lead_html",
    "rest_html",
    "objective_numbers",
    "status",
    "removal_reason",
    "posted_at",
    "removed_at",
    "thread_count",
    "revision_number",
    "edited_at",
    "proposed_revision",
    "published_at",
    "asks",
    "answered_by_id",
    "answered_by__author_name",
    "answered_by__author_role",
    "answered_by__status",
    "late_reason",
    "covered_for",
    "merged_into_id",
    "is_truncated",
    "title",
    "files",
    "is_cleared",
    "is_paper",
)
OLDEST, NEWEST, ACTIVITY = "oldest", "newest", "activity"
STEP = Comment.steplen
EPOCH = datetime.datetime(1970, 1, 1, tzinfo=datetime.UTC)
_TREE_CURSOR = re.compile(r"(\d{1,3})-((?:[0-9A-Z]{4}){1,63})", re.ASCII)


class ComesAfter(Func):
    """Whether (a, b, …) > (x, y, …), compared as rows, so that one index range answers it."""

    output_field = BooleanField()

    def as_sql(self, compiler, connection):
        """Write the comparison of rows, which PostgreSQL and SQLite both know."""
        parts, params = [], []
        for expression in self.source_expressions:
            sql, its_params = compiler.compile(expression)
            parts.append(sql)
            params.extend(its_params)
        middle = len(parts) // 2
        return f"({', '.join(parts[:middle])}) > ({', '.join(parts[middle:])})", params


@dataclass
class Choice:
    """How somebody wants to read: order, filters, and the cursor of the page."""

    sort: str = OLDEST
    objective: int | None = None
    group: int | None = None
    language: str = ""
    organisers: bool = False
    since: object = None
    after: str = ""

    @property
    def is_filtered(self):
        """Whether single comments are picked out of their threads."""
        return bool(self.objective or self.group or self.language or self.organisers or self.since)


@dataclass
class ThreadPage:
    """Rows of one page (tuples of FIELDS as namespaces), and how it goes on."""

    rows: list
    next_cursor: str = ""
    # The last thread goes on overleaf.
    is_torn: bool = False
    # Single comments out of their threads, in the order asked for.
    is_flat: bool = False
    # Whole threads of all questions, in another order than that of the questions.
    is_by_thread: bool = False


def read_discussion(roundtable, number, user, choice, *, moderates=False):
    """Read one page of what somebody may see of a roundtable, by its key, or of its question of a number."""
    about = (roundtable, number, user.pk)
    if choice.is_filtered or choice.sort != OLDEST:
        return read_page(_seen(*about, moderates=moderates), choice)
    size = settings.COMMENTS_PER_PAGE
    return _cut(_seen_in_tree(*about, *_place(choice.after), moderates=moderates, most=size + 1), size)


def _seen(roundtable, number, person, *, moderates):
    comments = Comment.objects.filter(roundtable=roundtable)
    if number is not None:
        comments = comments.filter(question_number=number)
    return comments.visible_to(somebody(person), moderates=moderates)


@statement
def _seen_in_tree(roundtable, number, person, after_number, after_path, *, moderates, most):
    return _in_tree(_seen(roundtable, number, person, moderates=moderates), after_number, after_path)[:most]


def read_page(comments, choice, *, size=None):
    """Read one page of `comments` (a queryset of one roundtable or question, already cut to what may be seen)."""
    size = size or settings.COMMENTS_PER_PAGE
    if choice.is_filtered:
        return _flat_page(comments, choice, size)
    if choice.sort == OLDEST:
        return _tree_page(comments, choice.after, size)
    return _sorted_page(comments, choice, size)


def read_all(comments):
    """Read every row in the order of the tree, without holding them all."""
    return comments.order_by("question_number", "path").values_list(*FIELDS, named=True).iterator(chunk_size=500)


def read_around(comments, comment, *, size=None):
    """Read a comment's thread: all its ancestors, and a page's worth around the comment itself."""
    size = size or settings.COMMENTS_PER_PAGE
    path = comment.path
    ancestors = [path[:end] for end in range(STEP, len(path), STEP)]
    # Start at the parent, so that siblings stand around the comment, unless too many come before it.
    start = ancestors[-1] if ancestors else path
    before = comments.filter(path__gte=start, path__lt=path).order_by("-path").values_list("path", flat=True)
    first = min(list(before[: size // 3]), default=path)
    rows = _values(comments.filter(Q(path__in=ancestors) | Q(path__gte=first, path__lt=_end_of(path[:STEP])))).order_by(
        "path"
    )
    rows = list(rows[: len(ancestors) + size + 1])
    is_torn = len(rows) > len(ancestors) + size
    rows = rows[: len(ancestors) + size]
    return ThreadPage(rows, _tree_cursor(rows[-1]) if is_torn else "", is_torn)


def _tree_page(comments, after, size):
    return _cut(list(_in_tree(comments, *_place(after))[: size + 1]), size)


def _place(cursor):
    match = _TREE_CURSOR.fullmatch(cursor)
    return (int(match[1]), match[2]) if match else (None, None)


def _in_tree(comments, after_number, after_path):
    if after_path is not None:
        place = (F("question_number"), F("path"), Value(after_number), Value(after_path))
        comments = comments.filter(ComesAfter(*place))
    return _values(comments).order_by("question_number", "path")


def _cut(rows, size):
    """Make a page of the rows of a tree; one more than fits tells that there is a next page."""
    if len(rows) <= size:
        return ThreadPage(rows)
    following = rows.pop()
    root = following.path[:STEP]
    begins_at = next((i for i, row in enumerate(rows) if row.path.startswith(root)), len(rows))
    if max(size // 2, 1) <= begins_at < len(rows):
        # The last thread fits the next page better than the edge of this one.
        rows = rows[:begins_at]
    return ThreadPage(rows, _tree_cursor(rows[-1]), is_torn=rows[-1].path.startswith(root))


def _sorted_page(comments, choice, size):
    """Whole threads, the newest or the latest active first; what does not fit of a longer one goes on overleaf."""
    # Of a thread that goes on, the cursor says after which of its comments.
    place, _, shown_until = choice.after.partition(".")
    rows = _rest_of_thread(comments, place, shown_until, size + 1)
    if len(rows) > size:
        return ThreadPage(rows[:size], f"{place}.{rows[size - 1].path}", is_torn=True, is_by_thread=True)
    candidates, chosen = _threads_after(comments.filter(depth=1), place, choice.sort, size), []
    length = len(rows)
    for path, replies, _ in candidates:
        if length and length + 1 + replies > size:
            break
        chosen.append(path)
        length += 1 + replies
    found = _read_threads(comments, chosen, size + 1 - len(rows)) if chosen else []
    page = ThreadPage((rows + found)[:size], is_by_thread=True)
    cursors = {path: _sorted_cursor((path, replies, active_at), choice.sort) for path, replies, active_at in candidates}
    if len(rows) + len(found) > size:
        last, following = page.rows[-1].path, found[-1].path
        page.is_torn = following.startswith(last[:STEP])
        page.next_cursor = cursors[last[:STEP]] + (f".{last}" if page.is_torn else "")
    elif len(candidates) > len(chosen):
        page.next_cursor = cursors[chosen[-1]] if chosen else place
    return page


def _rest_of_thread(comments, place, shown_until, most):
    if not (_is_path(shown_until) and place.endswith(shown_until[:STEP])):
        return []
    rest = comments.filter(path__gt=shown_until, path__lt=_end_of(shown_until[:STEP]))
    return list(_values(rest).order_by("path")[:most])


def _threads_after(roots, place, sort, size):
    """Return (path, number of replies, latest activity) of one thread more than a page could hold."""
    if sort == NEWEST:
        roots = roots.filter(path__lt=place) if _is_path(place) else roots
        roots = roots.order_by("-path")
    else:
        roots = _before_activity(roots, place).order_by("-last_activity_at", "-path")
    return list(roots.values_list("path", "thread_count", "last_activity_at")[: size + 1])


def _read_threads(comments, paths, most):
    """Read the threads in the order of `paths`; how long they are is known of published comments only."""
    within = Q()
    for path in paths:
        within |= Q(path__gte=path, path__lt=_end_of(path))
    order = [StrIndex(Value(",".join(paths)), Substr("path", 1, STEP))] if len(paths) > 1 else []
    return list(_values(comments.filter(within)).order_by(*order, "path")[:most])


def _flat_page(comments, choice, size):
    comments = comments.filter(status=Comment.Status.APPROVED)
    if choice.objective:
        comments = comments.filter(objective_numbers__contains=f",{choice.objective},")
    if choice.group:
        comments = comments.filter(author_group=choice.group)
    if choice.language:
        comments = comments.filter(language=choice.language)
    if choice.organisers:
        comments = comments.filter(author_role__in=(Comment.Role.MODERATOR, Comment.Role.SECRETARIAT))
    if choice.since:
        comments = comments.filter(published_at__gte=choice.since)
    if choice.sort == OLDEST:
        page = _tree_page(comments, choice.after, size)
        return ThreadPage(page.rows, page.next_cursor, is_flat=True)
    if choice.after.isascii() and choice.after.isdigit():
        comments = comments.filter(pk__lt=int(choice.after[:18]))
    rows = list(_values(comments).order_by("-pk")[: size + 1])
    has_more = len(rows) > size
    rows = rows[:size]
    return ThreadPage(rows, str(rows[-1].id) if has_more else "", is_flat=True)


def _values(comments):
    return comments.values_list(*FIELDS, named=True)


def _tree_cursor(row):
    return f"{row.question_number}-{row.path}"


def _sorted_cursor(candidate, sort):
    path, _, active_at = candidate
    return path if sort == NEWEST else f"{(active_at - EPOCH) // datetime.timedelta(microseconds=1)}-{path}"


def _before_activity(roots, cursor):
    microseconds, _, path = cursor.partition("-")
    if not (_is_path(path) and microseconds.isascii() and microseconds.isdigit() and len(microseconds) < 17):
        return roots
    moment = EPOCH + datetime.timedelta(microseconds=int(microseconds))
    return roots.filter(ComesAfter(Value(moment), Value(path), F("last_activity_at"), F("path")))


def _is_path(text):
    return bool(_TREE_CURSOR.fullmatch(f"1-{text}"))


def _end_of(path):
    """The first path after everything below `path`: paths are made of 0-9 and A-Z only."""
    return path + "Z" * 4 + "Z"
