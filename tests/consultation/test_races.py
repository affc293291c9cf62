"""Many writers at once: nothing lost, nothing doubled, a sound tree, and one decision of two moderators.

Every thread has a connection of its own, and what they write is committed: these tests do not run in a transaction.
"""

import threading
import uuid
from collections import Counter
from concurrent.futures import ThreadPoolExecutor, wait
from functools import partial

import pytest
from django.db import DatabaseError, connection, connections, transaction
from django.test import Client
from django.urls import reverse

from consultation import papers
from consultation.models import (
    Clearance,
    Comment,
    Draft,
    ModerationEvent,
    Revision,
    Roundtable,
    comment_manager,
    forest,
)
from consultation.models.counters import recount
from consultation.models.draft import NewerDraft, Seen
from consultation.models.transitions import AlreadyDecided
from tests import factories
from tests.benchmarks import storm

pytestmark = pytest.mark.django_db(transaction=True, serialized_rollback=True)

Status = Comment.Status
SECONDS = 300  # after which a thread that still waits means a deadlock; the machine may be slow


@pytest.fixture(autouse=True)
def _patience(monkeypatch):
    # SQLite lets any of those who wait go first; with thirty of them, somebody may wait long on a slow machine.
    if connection.vendor == "sqlite":
        # Each thread makes its own connection out of these settings.
        options = {**connection.settings_dict["OPTIONS"], "timeout": SECONDS}
        monkeypatch.setitem(connection.settings_dict, "OPTIONS", options)


@pytest.fixture
def roundtable():
    return factories.roundtable(comment_limit=1000)


def at_once(*jobs):
    """Run the jobs at the same moment, each in a thread with a connection of its own; return what they returned."""
    together = threading.Barrier(len(jobs))

    def run(job):
        try:
            connection.ensure_connection()
            together.wait(SECONDS)
            return job()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(jobs)) as pool:
        futures = [pool.submit(run, job) for job in jobs]
        return [future.result(SECONDS) for future in futures]


def post(roundtable, author, body, *, answers=None, role="moderator"):
    made, _ = Comment.objects.post(
        author=author, roundtable=roundtable, body=body, language="en", key=uuid.uuid4(), role=role, answers=answers
    )
    return made


def check(roundtable, bodies):
    """Hold the stored comments to what was sent: each once, in a sound tree, counted right."""
    stored = list(Comment.objects.all())
    assert Counter(comment.body for comment in stored) == Counter(bodies)
    assert [len(found) for found in Comment.objects.find_problems()] == [0] * 5
    assert len({comment.path for comment in stored}) == len(stored)
    assert Revision.objects.count() == len(stored)
    kept = list(Comment.objects.filter(depth=1).values_list("thread_count", flat=True))
    counted = Roundtable.objects.get(pk=roundtable.pk).visible_count
    assert counted == Comment.objects.filter(status=Status.APPROVED).count()
    assert Roundtable.objects.get(pk=roundtable.pk).activity == len(stored)
    recount(roundtable)
    assert list(Comment.objects.filter(depth=1).values_list("thread_count", flat=True)) == kept
    assert Roundtable.objects.get(pk=roundtable.pk).visible_count == counted


# --- Writers


def test_thirty_writers_of_new_threads_and_replies_lose_and_double_nothing(roundtable):
    root = post(roundtable, factories.user(), "root")
    authors = [factories.user() for _ in range(30)]

    def writer(number):
        def write():
            mine = None
            for turn in range(10):
                answers = (None, root, mine)[turn % 3]
                mine = post(roundtable, authors[number], f"{number}.{turn}", answers=answers)

        return write

    at_once(*(writer(number) for number in range(30)))

    check(roundtable, ["root", *(f"{number}.{turn}" for number in range(30) for turn in range(10))])
    assert Comment.objects.count() == 301
    # Written as new threads: turns 0, 3, 6 and 9; to the same comment: 1, 4 and 7.
    assert Comment.objects.filter(depth=1).count() == 1 + 30 * 4
    assert Comment.objects.filter(in_reply_to=root).count() == 30 * 3


def test_siblings_stand_in_the_order_in_which_they_were_posted(roundtable):
    root = post(roundtable, factories.user(), "root")
    authors = [factories.user() for _ in range(8)]

    def writer(author):
        return lambda: [post(roundtable, author, "reply", answers=root) for _ in range(5)]

    at_once(*map(writer, authors))

    paths = list(Comment.objects.filter(in_reply_to=root).order_by("pk").values_list("path", flat=True))
    assert paths == sorted(paths)
    assert len(paths) == 40


def test_eight_writers_of_all_kinds_leave_a_sound_tree_and_right_totals(roundtable):
    authors = [factories.user() for _ in range(8)]
    roots = [post(roundtable, authors[0], f"root {number}") for number in range(3)]
    moderator = factories.moderator(roundtable)
    refused = []

    def writer(number):
        def write():
            for turn in range(25):
                kind = (number + turn) % 4
                if kind == 0:
                    post(roundtable, authors[number], "new thread")
                elif kind == 1:
                    post(roundtable, authors[number], "reply", answers=roots[turn % 3])
                elif kind == 2:
                    latest = Comment.objects.filter(body__in=["reply", "deep"]).order_by("pk").last()
                    post(roundtable, authors[number], "deep", answers=latest or roots[0])
                else:
                    held = hold(post(roundtable, authors[number], "held", answers=roots[turn % 3]))
                    try:
                        held.approve(by=moderator) if turn % 2 else held.reject(by=moderator, reason="other")
                    except AlreadyDecided:
                        refused.append(held)

        return write

    at_once(*(writer(number) for number in range(8)))

    assert refused == []
    assert Comment.objects.count() == 3 + 8 * 25
    assert [len(found) for found in Comment.objects.find_problems()] == [0] * 5
    kept = counters(roundtable)
    recount(roundtable)
    assert counters(roundtable) == kept
    decided = ModerationEvent.objects.exclude(action="submit")
    assert decided.count() == Comment.objects.filter(body="held").count() == 50


def hold(comment):
    """Return a published comment as one that waits: with its total taken back, as if it had never been counted."""
    with transaction.atomic():
        forest.lock_forest("default")
        Comment.objects.filter(pk=comment.pk).update(
            status=Status.PENDING, published_at=None, waiting_since=comment.posted_at
        )
        comment.events.all().delete()
        comment.record_change(public=True, count=-1)
    return Comment.objects.get(pk=comment.pk)


def counters(roundtable):
    return (
        Roundtable.objects.values_list("visible_count", flat=True).get(pk=roundtable.pk),
        list(roundtable.questions.values_list("visible_count", flat=True)),
        list(Comment.objects.filter(depth=1).values_list("thread_count", flat=True)),
    )


# --- The same form, the same limit


def signed_in(person):
    client = Client()
    client.force_login(person)
    return client


def test_a_form_sent_eight_times_at_once_is_one_comment_and_every_answer_leads_to_it(roundtable):
    clients = [signed_in(person) for person in [factories.user()] * 8]
    address = reverse("comment_contribute", args=[roundtable.slug])

    for turn in range(5):
        sent = {"body": f"Turn {turn}", "language": "en", "key": str(uuid.uuid4())}
        answers = at_once(*(lambda client=client, sent=sent: client.post(address, sent) for client in clients))

        made = Comment.objects.get(body=f"Turn {turn}")
        assert {(answer.status_code, answer.url) for answer in answers} == {
            (302, f"{made.get_absolute_url()}#comment-{made.pk}")
        }

    assert (Comment.objects.count(), Revision.objects.count()) == (5, 5)
    assert [len(found) for found in Comment.objects.find_problems()] == [0] * 5


def test_the_limit_holds_for_one_person_who_posts_from_many_places_at_once(roundtable, settings):
    settings.POSTS_PER_MINUTE = 3
    person = factories.user()
    address = reverse("comment_contribute", args=[roundtable.slug])

    def sender(number):
        client = signed_in(person)
        return lambda: client.post(address, {"body": f"Text {number}", "language": "en"}).status_code

    statuses = at_once(*map(sender, range(8)))

    assert sorted(statuses) == [302] * 3 + [429] * 5
    assert Comment.objects.count() == 3


# --- Two moderators


def test_of_two_moderators_at_once_one_decides_and_the_other_is_told_by_whom(roundtable):
    people = [factories.moderator(roundtable, "Mara"), factories.moderator(roundtable, "Milo")]
    clients = [signed_in(person) for person in people]
    author = factories.user()

    for turn in range(20):
        comment = hold(post(roundtable, author, f"Turn {turn}"))
        address = reverse("moderation_decide", args=[comment.pk])
        decisions = [{"decision": "approve"}, {"decision": "reject", "reason": "other"}]
        decisions = decisions if turn % 2 else decisions[:1] * 2

        answers = at_once(
            *(
                lambda client=client, sent=sent: client.post(address, {"revision": 1, **sent})  # noqa: B023 - same turn
                for client, sent in zip(clients, decisions, strict=True)
            )
        )

        [event] = comment.events.all()
        loser = [answer.status_code for answer in answers].index(409)
        assert sorted(answer.status_code for answer in answers) == [302, 409]
        assert event.actor == people[1 - loser]
        assert f"by {event.actor_name}, " in answers[loser].content.decode()
        assert Comment.objects.get(pk=comment.pk).status == event.status_after

    assert ModerationEvent.objects.count() == 20


def test_a_text_revised_at_the_moment_of_its_approval_is_published_as_it_was_read_or_not_at_all(settings, roundtable):
    settings.POSTING_LIMITS_OFF = True
    author, moderator = factories.user(), factories.moderator(roundtable)
    found = Counter()

    for turn in range(10):
        comment = hold(post(roundtable, author, f"Read {turn}"))

        def approve(comment=comment):
            try:
                return comment.approve(by=moderator, seen_revision=1).status
            except AlreadyDecided as told:
                return told.comment.status

        def revise(comment=comment):
            try:
                return comment.revise(factories.new_text("Changed"), by=author).status
            except AlreadyDecided as told:
                return told.comment.status

        at_once(approve, revise)

        stored = Comment.objects.get(pk=comment.pk)
        found[stored.status] += 1
        assert (stored.status, stored.body) in [(Status.APPROVED, f"Read {turn}"), (Status.PENDING, "Changed")]
        assert stored.events.count() == 1

    assert found.total() == 10


# --- Everything at once


def test_many_post_while_some_decide_and_others_file_elsewhere_and_all_stays_sound(settings):
    settings.POSTING_LIMITS_OFF = True

    def is_enough(done):
        return "posted" in done and any(act.startswith("filed") for act in done)

    done, failed = storm.storm(2, enough=is_enough)

    assert failed == []
    assert is_enough(done)
    assert storm.faults() == ([0] * 5, False, [])


# --- Without the lock


def without_the_lock(monkeypatch):
    """Take away what makes writers take their turns."""
    if connection.vendor == "postgresql":
        for module in (forest, comment_manager):
            monkeypatch.setattr(module, "lock_forest", lambda using: None)
    else:
        options = {**connection.settings_dict["OPTIONS"], "transaction_mode": "DEFERRED", "timeout": 1}
        monkeypatch.setitem(connection.settings_dict, "OPTIONS", options)


def second_thread_while_the_first_is_not_committed(roundtable):
    """Post a new thread while another one is written but not yet committed; return both, or what went wrong."""
    authors = [factories.user(), factories.user()]
    has_written, second_is_under_way = threading.Event(), threading.Event()

    def first():
        try:
            with transaction.atomic():
                made = post(roundtable, authors[0], "first")
                has_written.set()
                second_is_under_way.wait(SECONDS)
                wait_for_somebody_in_a_queue()
            return made
        finally:
            connections.close_all()

    def second():
        try:
            has_written.wait(SECONDS)
            with transaction.atomic():
                list(Comment.objects.all())  # on SQLite a transaction begins by reading or by writing
                second_is_under_way.set()
                return post(roundtable, authors[1], "second")
        except DatabaseError as error:
            return error
        finally:
            second_is_under_way.set()
            connections.close_all()

    with ThreadPoolExecutor(2) as pool:
        both = [pool.submit(first), pool.submit(second)]
        wait(both, SECONDS)
        return [future.result() for future in both]


def wait_for_somebody_in_a_queue():
    """On PostgreSQL, wait until another transaction waits for this one; on SQLite it cannot have begun to write."""
    if connection.vendor != "postgresql":
        return
    with connection.cursor() as cursor:
        for _ in range(SECONDS * 100):
            cursor.execute(
                "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
            )
            if cursor.fetchone()[0]:
                return
            threading.Event().wait(0.01)
    raise AssertionError("nobody waits")


def test_with_the_lock_a_second_thread_waits_for_the_first(roundtable):
    if connection.vendor == "sqlite":
        # There the second one does not even begin to read until the first is done.
        first, second = at_once(
            lambda: post(roundtable, factories.user(), "first"), lambda: post(roundtable, factories.user(), "second")
        )
    else:
        first, second = second_thread_while_the_first_is_not_committed(roundtable)

    assert {first.body, second.body} == {"first", "second"}
    check(roundtable, ["first", "second"])


def test_without_the_lock_the_second_thread_is_lost(roundtable, monkeypatch):
    without_the_lock(monkeypatch)

    first, second = second_thread_while_the_first_is_not_committed(roundtable)

    assert isinstance(second, DatabaseError)
    assert [comment.pk for comment in Comment.objects.all()] == [first.pk]


def test_of_windows_that_save_a_first_draft_at_once_one_is_kept_and_the_others_are_told(roundtable):
    author = factories.user()

    def window(number):
        def save():
            texts = {"body": f"From window {number}.", "language": "en", "objective_numbers": [], "rest": {}}
            seen = Seen(f"window-{number}")
            try:
                return Draft.objects.save_for(
                    author, "/here/", key=uuid.uuid4(), seen=seen, texts=texts, roundtable=roundtable
                ).body
            except NewerDraft as newer:
                return newer.draft.body

        return save

    answers = at_once(*(window(number) for number in range(8)))

    assert answers == [Draft.objects.get().body] * 8


def test_the_last_organisations_that_clear_a_new_version_at_once_publish_it_once(roundtable):
    Roundtable.objects.filter(pk=roundtable.pk).update(moderation="after")
    roundtable.refresh_from_db()
    moderator, people, found = factories.moderator(roundtable), [factories.user() for _ in range(3)], []
    for _round in range(5):
        paper = factories.paper(roundtable, focal_points=people)
        Clearance.objects.filter(paper=paper).update(status="cleared")
        Comment.objects.filter(pk=paper.pk).update(is_cleared=True, waiting_since=paper.posted_at)
        paper = Comment.objects.get(pk=paper.pk).approve(by=moderator)
        papers.revise(paper, factories.new_text("New body.", title="New title"), by=paper.author)
        asked = list(Clearance.objects.filter(paper=paper, revision_number=2))
        jobs = [
            partial(each.settle, by=person, status="cleared", seen_revision=2)
            for each, person in zip(asked, people, strict=True)
        ]
        at_once(*jobs)
        paper = Comment.objects.get(pk=paper.pk)
        found.append((paper.title, paper.proposed_revision, paper.events.filter(action="edit").count()))

    # The change that was sent, and that it was published.
    assert found == [("New title", None, 2)] * 5
