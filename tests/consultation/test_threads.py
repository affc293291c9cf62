"""Pages of threads: every comment on exactly one of them, in order, however the tree is shaped."""

import datetime
import random

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import StakeholderGroup
from consultation.models import Comment
from consultation.models.comment_manager import DEEPEST
from consultation.threads import Choice, read_all, read_around, read_page
from tests import factories
from tests.discussions import any_shape, chain, plant, reading_order

pytestmark = pytest.mark.django_db

Status = Comment.Status
SORTS = ["oldest", "newest", "activity"]


@pytest.fixture
def roundtable():
    return factories.roundtable()


def public(roundtable):
    return Comment.objects.filter(roundtable=roundtable).public()


def all_pages(comments, size, **choice):
    """Return the pages that following the cursors leads to."""
    pages, after = [], ""
    while not pages or after:
        pages.append(read_page(comments, Choice(after=after, **choice), size=size))
        after = pages[-1].next_cursor
        assert len(pages) < 1000
    return pages


def ids(*pages):
    return [row.id for page in pages for row in page.rows]


def sizes(total):
    """Return sizes of a page to try with so many comments: small ones where that does not take long."""
    return (1, 2, 5, 50) if total <= 50 else (7, 50, 300)


def mixed(seed, size, roundtable, **fields):
    """Store a discussion of any shape under three questions and none; return (comments, shape)."""
    rng = random.Random(seed)
    parents = any_shape(rng, size, deepest=DEEPEST)
    places = [*roundtable.questions.all(), None]
    return plant(roundtable, parents, question=lambda _: rng.choice(places), **fields), parents


# --- The order of reading


def test_a_page_goes_question_by_question_and_each_reply_follows_what_it_answers(roundtable):
    first, second, _third = roundtable.questions.all()
    general = factories.comment(roundtable)
    late = factories.comment(roundtable, question=second)
    early = factories.comment(roundtable, question=first)
    reply = factories.comment(roundtable, answers=general)
    other = factories.comment(roundtable, question=first)
    below = factories.comment(roundtable, answers=reply)
    beside = factories.comment(roundtable, answers=early)

    page = read_page(public(roundtable), Choice())

    assert ids(page) == [each.pk for each in (early, beside, other, late, general, reply, below)]
    assert (page.next_cursor, page.is_torn, page.is_flat, page.is_by_thread) == ("", False, False, False)


def test_an_empty_discussion_is_one_empty_page(roundtable):
    pages = [all_pages(public(roundtable), 5, sort=sort) for sort in SORTS]

    assert [[(page.rows, page.next_cursor) for page in each] for each in pages] == [[([], "")]] * 3


@pytest.mark.parametrize("seed", range(10))
def test_every_comment_stands_on_exactly_one_page_in_the_order_of_reading(roundtable, seed):
    size = random.Random(seed).choice([1, 2, 7, 49, 50, 51, 120, 200])
    comments, parents = mixed(seed, size, roundtable)
    factories.comment(factories.roundtable())

    pages = {per_page: all_pages(public(roundtable), per_page) for per_page in sizes(size)}

    expected = reading_order(comments, parents)
    assert {per_page: ids(*found) for per_page, found in pages.items()} == dict.fromkeys(pages, expected)
    assert all(1 <= len(page.rows) <= per_page for per_page, found in pages.items() for page in found)


@pytest.mark.parametrize("sort", ["newest", "activity"])
@pytest.mark.parametrize("seed", range(6))
def test_whole_threads_sorted_otherwise_stand_on_exactly_one_page_too(roundtable, seed, sort):
    rng = random.Random(seed)
    size = rng.choice([1, 30, 90, 200])
    comments, _parents = mixed(seed, size, roundtable)
    for comment in comments:
        moment = timezone.now() - datetime.timedelta(minutes=rng.randrange(40))
        Comment.objects.filter(pk=comment.pk, depth=1).update(last_activity_at=moment)

    pages = {per_page: all_pages(public(roundtable), per_page, sort=sort) for per_page in sizes(size)}

    order = {"newest": ("-path",), "activity": ("-last_activity_at", "-path")}[sort]
    roots = list(public(roundtable).filter(depth=1).order_by(*order).values_list("path", flat=True))
    threads = {root: [] for root in roots}
    for pk, path in Comment.objects.filter(roundtable=roundtable).order_by("path").values_list("pk", "path"):
        threads[path[:4]].append(pk)
    expected = [pk for root in roots for pk in threads[root]]
    assert {per_page: ids(*found) for per_page, found in pages.items()} == dict.fromkeys(pages, expected)
    assert all(1 <= len(page.rows) <= per_page for per_page, found in pages.items() for page in found)


@pytest.mark.parametrize("sort", SORTS)
def test_what_is_not_counted_as_published_still_has_its_place_on_a_page(roundtable, sort):
    comments, _parents = mixed(5, 90, roundtable, status=lambda place: ["approved", "pending", "removed"][place % 3])
    everything = Comment.objects.filter(roundtable=roundtable)

    pages = all_pages(everything, 10, sort=sort)

    assert sorted(ids(*pages)) == sorted(comment.pk for comment in comments)
    assert max(len(page.rows) for page in pages) == 10


@pytest.mark.parametrize("sort", SORTS)
def test_a_thread_longer_than_a_page_goes_on_overleaf_and_says_so(roundtable, sort):
    before = factories.comment(roundtable)
    long = plant(roundtable, [None, 0, 0, 0, 0, 0, 0])
    after = factories.comment(roundtable)

    pages = all_pages(public(roundtable), 3, sort=sort)

    thread = [comment.pk for comment in long]
    order = {"oldest": [before.pk, *thread, after.pk], "newest": [after.pk, *thread, before.pk]}
    assert ids(*pages) == order.get(sort, order["newest"])
    assert [page.is_torn for page in pages] == [False, True, True, False]


def test_a_thread_that_fits_on_the_next_page_is_not_torn(roundtable):
    short = plant(roundtable, [None] * 6)
    whole = plant(roundtable, [None, 0, 0, 0, 0])

    first, second = all_pages(public(roundtable), 9)

    assert ids(first) == [comment.pk for comment in short]
    assert ids(second) == [comment.pk for comment in whole]
    assert (first.is_torn, second.is_torn) == (False, False)


def test_a_comment_posted_while_somebody_reads_moves_nothing_to_another_page(roundtable):
    question = roundtable.questions.get(number=1)
    comments = plant(roundtable, [None] * 6, question=question)
    first = read_page(public(roundtable), Choice(), size=3)

    reply = factories.comment(roundtable, answers=comments[0])
    last = factories.comment(roundtable, question=question)
    rest = read_page(public(roundtable), Choice(after=first.next_cursor), size=10)

    assert ids(first, rest) == [comment.pk for comment in [*comments, last]]
    assert reply.pk not in ids(rest)


NO_CURSORS = [
    "",
    "x",
    "1",
    "-",
    "²-0001",
    "1-",
    "1-00",
    "1-00001",
    "1-0001ZZZ",
    "0001-1",
    "٣-0001",
    "1-0001\n",
    "9" * 300,
]
NO_CURSORS += [".", ".0001", "²-0001.x", "99999999999999999-0001", "1-0001-0001", "-1-0001", "0001\n"]


@pytest.mark.parametrize("sort", SORTS)
def test_a_cursor_that_is_none_leads_to_the_first_page(roundtable, sort):
    plant(roundtable, [None, 0, None])
    first = ids(read_page(public(roundtable), Choice(sort=sort), size=50))

    found = {after: ids(read_page(public(roundtable), Choice(sort=sort, after=after), size=50)) for after in NO_CURSORS}

    assert len(first) == 3
    assert found == dict.fromkeys(NO_CURSORS, first)


def test_all_rows_are_read_in_the_order_of_reading(roundtable):
    comments, parents = mixed(3, 60, roundtable)

    assert [row.id for row in read_all(public(roundtable))] == reading_order(comments, parents)


# --- Filters


def filtered(roundtable, **choice):
    found = read_page(public(roundtable), Choice(**choice))
    assert found.is_flat
    return ids(found)


@pytest.mark.parametrize("sort", SORTS)
def test_filters_pick_single_published_comments_out_of_their_threads(roundtable, sort):
    group = StakeholderGroup.objects.get(code="academia")
    other = factories.comment(roundtable, objective_numbers=(1, 13), language="fr")
    scholar = factories.comment(roundtable, factories.user(group=group), answers=other, objective_numbers=(3,))
    moderator = factories.comment(roundtable, answers=scholar, role=Comment.Role.MODERATOR, language="es")
    secretariat = factories.comment(roundtable, role=Comment.Role.SECRETARIAT, objective_numbers=(3, 23))
    factories.comment(
        roundtable, status=Status.REMOVED, objective_numbers=(3,), language="fr", author_group_id=group.pk
    )

    found = {
        "objective": filtered(roundtable, sort=sort, objective=3),
        "group": filtered(roundtable, sort=sort, group=group.pk),
        "language": filtered(roundtable, sort=sort, language="fr"),
        "organisers": filtered(roundtable, sort=sort, organisers=True),
        "both": filtered(roundtable, sort=sort, objective=3, organisers=True),
    }

    expected = {
        "objective": [scholar.pk, secretariat.pk],
        "group": [scholar.pk],
        "language": [other.pk],
        "organisers": [moderator.pk, secretariat.pk],
        "both": [secretariat.pk],
    }
    assert found == {name: found if sort == "oldest" else found[::-1] for name, found in expected.items()}


def test_comments_since_a_moment_are_those_published_since(roundtable):
    now = timezone.now()
    factories.comment(roundtable, published_at=now - datetime.timedelta(days=2))
    late = factories.comment(
        roundtable, posted_at=now - datetime.timedelta(days=3), published_at=now - datetime.timedelta(hours=1)
    )

    assert filtered(roundtable, since=now - datetime.timedelta(days=1)) == [late.pk]


@pytest.mark.parametrize("sort", SORTS)
def test_filtered_comments_stand_on_exactly_one_page_too(roundtable, sort):
    comments, parents = mixed(8, 80, roundtable, objective_numbers=lambda place: (7,) if place % 2 else (17,))

    pages = all_pages(public(roundtable), 6, sort=sort, objective=7)

    odd = {comment.pk for comment in comments[1::2]}
    expected = [pk for pk in reading_order(comments, parents) if pk in odd] if sort == "oldest" else sorted(odd)[::-1]
    assert ids(*pages) == expected


# --- Around one comment


@pytest.mark.parametrize("seed", range(4))
def test_a_permalink_shows_the_comment_with_all_it_answers_in_the_order_of_the_thread(roundtable, seed):
    comments, parents = mixed(seed, 60, roundtable)
    size = 6

    for place, comment in enumerate(comments):
        page = read_around(public(roundtable), comment, size=size)

        found, above, parent = ids(page), set(), parents[place]
        while parent is not None:
            above.add(comments[parent].pk)
            parent = parents[parent]
        order = [pk for pk in reading_order(comments, parents) if pk in set(found)]
        assert found == order
        assert {comment.pk, *above} <= set(found)
        assert len(found) <= size + len(above)
        assert {row.path[:4] for row in page.rows} == {comment.path[:4]}


def test_siblings_stand_around_the_comment_of_a_permalink(roundtable):
    root, *replies = plant(roundtable, [None, *[0] * 20])

    found = ids(read_around(public(roundtable), replies[10], size=6))

    assert found == [root.pk, *(reply.pk for reply in replies[8:14])]


def test_the_page_after_a_permalink_goes_on_with_the_same_thread(roundtable):
    root, *replies = plant(roundtable, [None, *[0] * 20])
    other = factories.comment(roundtable)

    page = read_around(public(roundtable), replies[0], size=6)
    rest = read_page(public(roundtable), Choice(after=page.next_cursor))

    assert ids(page, rest) == [root.pk, *(reply.pk for reply in replies), other.pk]
    assert (page.is_torn, rest.is_torn) == (True, False)


def test_a_thread_that_fits_is_shown_whole_around_its_permalink(roundtable):
    thread = plant(roundtable, chain(10))
    factories.comment(roundtable)

    pages = [read_around(public(roundtable), comment, size=30) for comment in thread]

    assert [ids(page) for page in pages] == [[comment.pk for comment in thread]] * 10
    assert {(page.next_cursor, page.is_torn) for page in pages} == {("", False)}


# --- Cost


@pytest.mark.parametrize("choice", [Choice(), Choice(objective=7), Choice(sort="newest", objective=7)])
def test_a_page_of_one_list_is_one_query(roundtable, choice):
    plant(roundtable, [None, 0, 0, 1, None], objective_numbers=(7,))

    with CaptureQueriesContext(
        connection,
    ) as queries:
        read_page(public(roundtable), choice, size=2)

    assert len(queries) == 1


@pytest.mark.parametrize("sort", ["newest", "activity"])
def test_a_page_of_sorted_threads_is_two_queries(roundtable, sort):
    plant(roundtable, [None, 0, 0, 1, None])

    with CaptureQueriesContext(connection) as queries:
        read_page(public(roundtable), Choice(sort=sort), size=4)

    assert len(queries) == 2
