"""Comments: posting once and within limits, what each mode of moderation does, decisions, revisions, totals."""

import random
import uuid
from datetime import timedelta

import pytest
from django.contrib.auth.models import AnonymousUser
from django.db import IntegrityError, transaction
from django.db.models import ProtectedError
from django.utils import timezone

from accounts.models import StakeholderGroup
from consultation.models import Comment, ModerationEvent, Question, Revision, Roundtable
from consultation.models.comment_manager import DEEPEST, PostingLimitReached
from consultation.models.counters import recount
from consultation.models.forest import lock_forest
from consultation.models.transitions import AlreadyDecided, TextChanged
from tests import factories
from tests.discussions import any_shape, chain, plant

pytestmark = pytest.mark.django_db

Status, Role, Moderation = Comment.Status, Comment.Role, Roundtable.Moderation
DECISIONS = {
    "approve": lambda comment, by: comment.approve(by=by),
    "return": lambda comment, by: comment.return_for_revision(by=by, message="Please say more."),
    "reject": lambda comment, by: comment.reject(by=by, reason="off_topic", message="See the other roundtable."),
    "remove": lambda comment, by: comment.remove(by=by, reason="personal_data", message="It names a child."),
    "restore": lambda comment, by: comment.restore(by=by),
    "revise": lambda comment, by: comment.revise(factories.new_text("Better.", "fr", objective_numbers=(5,)), by=by),
}


@pytest.fixture
def roundtable():
    return factories.roundtable()


def post(roundtable, author, body="We ask for safe paths.", *, role=Role.PARTICIPANT, **fields):
    fields = {"language": "en", "key": uuid.uuid4(), **fields}
    with transaction.atomic():  # what is refused is undone as a whole, like a request
        return Comment.objects.post(author=author, roundtable=roundtable, body=body, role=role, **fields)


def totals(roundtable):
    """Return all that is counted about a roundtable, as it is stored."""
    return {
        "roundtable": Roundtable.objects.values_list("visible_count", flat=True).get(pk=roundtable.pk),
        "questions": list(roundtable.questions.values_list("visible_count", flat=True)),
        "threads": list(
            Comment.objects.filter(roundtable=roundtable, depth=1).values_list("thread_count", "last_activity_at")
        ),
    }


def raised(roundtable):
    """Return the two counters that ETags are made of."""
    return Roundtable.objects.values_list("version", "activity").get(pk=roundtable.pk)


# --- Posting


def test_a_contribution_keeps_all_that_was_given_with_it(roundtable):
    group = StakeholderGroup.objects.get(code="academia")
    author = factories.user("Wei Zhang", organisation="Open University", group=group, country="CN", capacity="official")
    question = roundtable.questions.get(number=2)
    before = timezone.now()

    made, is_new = post(
        roundtable, author, "Des voies *sûres*.", language="fr", question=question, objective_numbers=[7, 5, 7]
    )

    stored = Comment.objects.get(pk=made.pk)
    assert is_new
    assert (stored.body, stored.html) == ("Des voies *sûres*.", "<p>Des voies <em>sûres</em>.</p>\n")
    assert (stored.roundtable, stored.question, stored.question_number) == (roundtable, question, 2)
    assert (stored.language, stored.objective_numbers, stored.status) == ("fr", (5, 7), Status.PENDING)
    assert stored.author == author
    assert {name: getattr(stored, name) for name in Comment.AUTHOR_FIELDS} == {
        "author_name": "Wei Zhang",
        "author_organisation": "Open University",
        "author_group": group,
        "author_country": "CN",
        "author_capacity": "official",
        "is_author_verified": False,
    }
    assert stored.search_text == " wei zhang open university des voies sures "
    assert before <= stored.posted_at == stored.submitted_at == stored.last_activity_at <= timezone.now()
    assert stored.published_at is None
    assert list(stored.revisions.values_list("number", "body", "language", "created_at")) == [
        (1, "Des voies *sûres*.", "fr", stored.posted_at)
    ]
    assert stored.events.count() == 0


def test_the_same_form_sent_twice_gives_the_same_comment(roundtable):
    author, key = factories.user(), uuid.uuid4()

    first, was_new = post(roundtable, author, key=key)
    second, is_new = post(roundtable, author, key=key)

    assert (was_new, is_new, second) == (True, False, first)
    assert Comment.objects.count() == Revision.objects.count() == 1


def test_one_form_cannot_stand_for_two_people(roundtable):
    key = uuid.uuid4()

    first, _ = post(roundtable, factories.user(), key=key)
    second, is_new = post(roundtable, factories.user(), key=key)

    assert (is_new, Comment.objects.count()) == (True, 2)
    assert first != second


def test_another_text_in_a_form_that_was_sent_is_another_comment(roundtable):
    author, key = factories.user(), uuid.uuid4()
    first, _ = post(roundtable, author, "The first thought.", key=key)

    second, is_new = post(roundtable, author, "The second thought.", key=key)

    assert is_new
    assert sorted(Comment.objects.values_list("body", flat=True)) == ["The first thought.", "The second thought."]
    assert (first.submission_key, second.submission_key != key) == (key, True)


def test_the_same_form_sent_again_after_a_revision_is_still_the_same_comment(roundtable):
    author, key = factories.user(), uuid.uuid4()
    first, _ = post(roundtable, author, "The first thought.", key=key)
    first.revise(factories.new_text("Thought over."), by=author)

    second, is_new = post(roundtable, author, "The first thought.", key=key)

    assert (is_new, second.pk, second.body) == (False, first.pk, "Thought over.")


def test_the_database_refuses_a_second_comment_with_the_same_key(roundtable):
    author, key = factories.user(), uuid.uuid4()
    post(roundtable, author, key=key)
    other, _ = post(roundtable, author)

    with pytest.raises(IntegrityError), transaction.atomic():
        Comment.objects.filter(pk=other.pk).update(submission_key=key)


def test_the_database_refuses_an_approved_comment_without_a_date_of_publication(roundtable):
    made, _ = post(roundtable, factories.user())

    with pytest.raises(IntegrityError), transaction.atomic():
        Comment.objects.filter(pk=made.pk).update(status=Status.APPROVED)


# --- Modes of moderation


@pytest.mark.parametrize(
    ("mode", "newcomer", "newcomer_with_link", "known", "known_with_link"),
    [
        (Moderation.BEFORE, Status.PENDING, Status.PENDING, Status.PENDING, Status.PENDING),
        (Moderation.AFTER, Status.APPROVED, Status.PENDING, Status.APPROVED, Status.APPROVED),
        (Moderation.TRUSTED, Status.PENDING, Status.PENDING, Status.APPROVED, Status.APPROVED),
    ],
)
def test_each_mode_publishes_at_once_what_it_says(mode, newcomer, newcomer_with_link, known, known_with_link):
    roundtable = factories.roundtable(moderation=mode)
    regular = factories.user()
    factories.comment(factories.roundtable(), regular)
    with_link = "See https://example.org/report"

    found = [
        post(roundtable, factories.user())[0].status,
        post(roundtable, factories.user(), with_link)[0].status,
        post(roundtable, regular)[0].status,
        post(roundtable, regular, with_link)[0].status,
    ]

    assert found == [newcomer, newcomer_with_link, known, known_with_link]


@pytest.mark.parametrize("status", [Status.PENDING, Status.RETURNED, Status.REJECTED, Status.REMOVED])
def test_only_an_approval_makes_somebody_known(status):
    roundtable = factories.roundtable(moderation=Moderation.TRUSTED)
    author = factories.user()
    factories.comment(factories.roundtable(), author, status=status)

    assert post(roundtable, author)[0].status == Status.PENDING


@pytest.mark.parametrize("mode", Moderation.values)
@pytest.mark.parametrize("role", [Role.MODERATOR, Role.SECRETARIAT])
def test_those_who_moderate_publish_at_once_in_every_mode(mode, role):
    roundtable = factories.roundtable(moderation=mode)

    made, _ = post(roundtable, factories.user(), "See https://example.org/", role=role)

    assert (made.status, made.published_at, made.author_role) == (Status.APPROVED, made.posted_at, role)
    assert totals(roundtable)["roundtable"] == 1


# --- Limits


def test_nobody_posts_more_than_ten_times_a_minute(roundtable, time_machine):
    time_machine.move_to("2026-03-02T10:00:00Z", tick=False)
    author = factories.user()
    for _ in range(10):
        post(roundtable, author)

    with pytest.raises(PostingLimitReached) as refused:
        post(roundtable, author)
    other, _ = post(roundtable, factories.user())
    time_machine.move_to("2026-03-02T10:01:01Z", tick=False)
    later, _ = post(roundtable, author)

    assert refused.value.retry_after == 60
    assert Comment.objects.filter(author=author).count() == 11
    assert (other.status, later.status) == (Status.PENDING, Status.PENDING)


def test_nobody_posts_more_than_sixty_times_an_hour(roundtable, time_machine, settings):
    settings.POSTS_PER_HOUR = 6
    author = factories.user()
    for minute in range(6):
        time_machine.move_to(f"2026-03-02T10:{minute * 2:02}:00Z", tick=False)
        post(roundtable, author)

    with pytest.raises(PostingLimitReached) as refused:
        post(roundtable, author)
    time_machine.move_to("2026-03-02T11:00:01Z", tick=False)
    later, _ = post(roundtable, author)

    assert (refused.value.retry_after, later.status) == (600, Status.PENDING)


def test_a_form_sent_again_is_shown_its_comment_even_at_the_limit(roundtable, settings):
    settings.POSTS_PER_MINUTE = 1
    author, key = factories.user(), uuid.uuid4()
    first, _ = post(roundtable, author, key=key)

    assert post(roundtable, author, key=key) == (first, False)


def test_limits_hold_over_all_roundtables_together(roundtable, settings):
    settings.POSTS_PER_MINUTE = 1
    author = factories.user()
    post(roundtable, author)

    with pytest.raises(PostingLimitReached):
        post(factories.roundtable(), author)


@pytest.mark.parametrize("role", [Role.MODERATOR, Role.SECRETARIAT])
def test_those_who_moderate_are_held_to_no_limit(roundtable, settings, role):
    settings.POSTS_PER_MINUTE = 1
    author = factories.user()

    for _ in range(3):
        post(roundtable, author, role=role)

    assert Comment.objects.count() == 3


def test_the_limits_can_be_lifted_for_load_runs(roundtable, settings):
    settings.POSTS_PER_MINUTE, settings.POSTING_LIMITS_OFF = 1, True
    author = factories.user()

    for _ in range(3):
        post(roundtable, author)

    assert Comment.objects.count() == 3


# --- The tree


def test_a_reply_stands_below_what_it_answers(roundtable):
    root = factories.comment(roundtable)
    reply = factories.comment(roundtable, answers=root)
    below = factories.comment(roundtable, answers=reply)

    assert (reply.in_reply_to, below.in_reply_to) == (root, reply)
    assert (Comment.objects.get_parent(below).pk, below.depth, below.root_path) == (reply.pk, 3, root.path)


def test_a_reply_below_the_deepest_level_stands_beside_what_it_answers(roundtable):
    deepest = plant(roundtable, chain(DEEPEST))[-1]

    first = factories.comment(roundtable, answers=deepest)
    second = factories.comment(roundtable, answers=first)

    assert [(reply.depth, reply.in_reply_to_id) for reply in (first, second)] == [
        (DEEPEST, deepest.pk),
        (DEEPEST, first.pk),
    ]
    assert deepest.path < first.path < second.path
    assert not any(Comment.objects.find_problems())


def test_planting_many_at_once_places_each_where_posting_would(roundtable):
    parents = any_shape(random.Random(4), 40)
    planted = plant(roundtable, parents)
    posted = []
    for parent in parents:
        posted.append(factories.comment(roundtable, answers=None if parent is None else posted[parent]))

    def shape(comments):
        first = Comment._str2int(comments[0].path[:4])
        stored = [Comment.objects.get(pk=comment.pk) for comment in comments]
        return [(Comment._str2int(each.path[:4]) - first, each.path[4:], each.depth, each.numchild) for each in stored]

    assert shape(planted) == shape(posted)
    assert not any(Comment.objects.find_problems())


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_the_forest_is_locked_inside_a_transaction_only():
    with pytest.raises(transaction.TransactionManagementError):
        lock_forest("default")


def test_a_deletion_takes_what_stands_below_along_and_leaves_a_sound_tree(roundtable):
    root, _reply, _below, other = plant(roundtable, [None, 0, 1, None])

    with transaction.atomic():
        Comment.objects.filter(in_reply_to__isnull=False).update(in_reply_to=None)
        Comment.objects.filter(pk=root.pk).delete()

    assert [comment.pk for comment in Comment.objects.all()] == [other.pk]
    assert not any(Comment.objects.find_problems())


# --- Decisions


@pytest.mark.parametrize(
    ("decision", "allowed", "after"),
    [
        ("approve", {Status.PENDING, Status.RETURNED, Status.REJECTED}, Status.APPROVED),
        ("return", {Status.PENDING}, Status.RETURNED),
        ("reject", {Status.PENDING, Status.RETURNED}, Status.REJECTED),
        ("remove", {Status.APPROVED}, Status.REMOVED),
        ("revise", {Status.PENDING, Status.RETURNED}, Status.PENDING),
    ],
)
@pytest.mark.parametrize("status", Status)
def test_each_decision_is_taken_from_the_statuses_it_may_be_taken_from(roundtable, decision, allowed, after, status):
    comment = factories.comment(roundtable, status=status)
    moderator = factories.moderator(roundtable, "Mara")
    events = comment.events.count()

    try:
        DECISIONS[decision](comment, moderator)
    except AlreadyDecided as error:
        assert error.comment == comment
        found = None
    else:
        found = Comment.objects.get(pk=comment.pk).status

    assert found == (after if status in allowed else None)
    assert comment.events.count() == events + (status in allowed)
    if status not in allowed:
        assert Comment.objects.get(pk=comment.pk).status == status


@pytest.mark.parametrize(
    ("decision", "before", "event"),
    [
        ("approve", Status.PENDING, ("approve", "", "", "pending", "approved", 1)),
        ("return", Status.PENDING, ("return", "", "Please say more.", "pending", "returned", 1)),
        ("reject", Status.PENDING, ("reject", "off_topic", "See the other roundtable.", "pending", "rejected", 1)),
        ("remove", Status.APPROVED, ("remove", "personal_data", "It names a child.", "approved", "removed", 1)),
        ("revise", Status.PENDING, ("submit", "", "", "pending", "pending", 2)),
    ],
)
def test_each_decision_leaves_one_event_that_says_who_decided_what_and_why(roundtable, decision, before, event):
    comment = factories.comment(roundtable, status=before)
    ModerationEvent.objects.all().delete()
    moderator = factories.moderator(roundtable, "Mara")
    began = timezone.now()

    DECISIONS[decision](comment, moderator)

    [found] = comment.events.all()
    columns = ("action", "reason", "message", "status_before", "status_after", "revision_number")
    assert tuple(getattr(found, name) for name in columns) == event
    assert (found.actor, found.actor_name) == (moderator, "Mara")
    assert began <= found.created_at <= timezone.now()


def test_an_approval_dates_the_publication_and_a_removal_keeps_that_date(roundtable, time_machine):
    time_machine.move_to("2026-03-02T10:00:00Z", tick=False)
    posted = timezone.now()
    comment = factories.comment(roundtable, status=Status.PENDING)
    moderator = factories.moderator(roundtable)
    time_machine.move_to("2026-03-03T10:00:00Z", tick=False)
    published = timezone.now()
    comment.approve(by=moderator)
    time_machine.move_to("2026-03-04T10:00:00Z", tick=False)

    removed = comment.remove(by=moderator, reason="offensive")

    assert (removed.posted_at, removed.published_at, removed.removed_at) == (posted, published, timezone.now())
    assert (removed.removal_reason, removed.is_public, removed.is_tombstone) == ("offensive", True, True)


@pytest.mark.parametrize("decision", ["approve", "return_for_revision", "reject"])
def test_a_text_that_changed_since_it_was_read_is_not_decided_about(roundtable, decision):
    comment = factories.comment(roundtable, status=Status.PENDING)
    seen = comment.revision_number
    comment.revise(factories.new_text("Something else."), by=comment.author)
    words = {"return_for_revision": {"message": "More."}, "reject": {"reason": "other"}}.get(decision, {})
    events = comment.events.count()

    with pytest.raises(TextChanged) as changed:
        getattr(comment, decision)(by=factories.staff(), seen_revision=seen, **words)

    assert (changed.value.comment.body, changed.value.comment.status) == ("Something else.", Status.PENDING)
    assert comment.events.count() == events


def test_the_text_that_was_read_is_decided_about(roundtable):
    comment = factories.comment(roundtable, status=Status.PENDING)
    comment.revise(factories.new_text("Something else."), by=comment.author)

    assert comment.approve(by=factories.staff(), seen_revision=2).status == Status.APPROVED


def test_a_revision_adds_a_text_and_keeps_the_old_one(roundtable):
    comment = factories.comment(roundtable, status=Status.RETURNED, body="The first text.")
    submitted = comment.submitted_at

    comment.revise(factories.new_text("Le **second** texte.", "fr", objective_numbers=(3, 1)), by=comment.author)

    stored = Comment.objects.get(pk=comment.pk)
    assert (stored.body, stored.html) == ("Le **second** texte.", "<p>Le <strong>second</strong> texte.</p>\n")
    assert (stored.status, stored.language, stored.objective_numbers) == (Status.PENDING, "fr", (1, 3))
    assert (stored.revision_number, stored.search_text.split()[-3:]) == (2, ["le", "second", "texte"])
    assert stored.submitted_at > submitted
    assert stored.posted_at == comment.posted_at
    assert list(stored.revisions.values_list("number", "body", "language")) == [
        (1, "The first text.", "en"),
        (2, "Le **second** texte.", "fr"),
    ]


def test_an_approval_does_not_undo_a_rejection_that_was_not_seen(roundtable):
    comment = factories.comment(roundtable, status=Status.PENDING)
    comment.reject(by=factories.staff("Quick"), reason="other")

    with pytest.raises(AlreadyDecided):
        comment.approve(by=factories.staff("Slow"), seen_status=Status.PENDING)

    assert comment.approve(by=factories.staff("Slow"), seen_status=Status.REJECTED).status == Status.APPROVED
    assert list(comment.events.values_list("actor_name", flat=True)) == ["Quick", "Slow"]


def test_a_decision_taken_on_an_old_copy_is_held_to_the_comment_as_it_is_now(roundtable):
    comment = factories.comment(roundtable, status=Status.PENDING)
    old_copy = Comment.objects.get(pk=comment.pk)
    comment.reject(by=factories.staff("Quick"), reason="other")

    with pytest.raises(AlreadyDecided):
        old_copy.return_for_revision(by=factories.staff("Slow"), message="Please.")

    assert list(comment.events.values_list("actor_name", "action")) == [("Quick", "reject")]


# --- Totals


@pytest.mark.parametrize(
    ("before", "decision", "version", "activity", "count"),
    [
        (Status.PENDING, "approve", 1, 1, 1),
        (Status.REJECTED, "approve", 1, 1, 1),
        (Status.PENDING, "return", 0, 1, 0),
        (Status.PENDING, "reject", 0, 1, 0),
        (Status.APPROVED, "remove", 1, 1, -1),
        (Status.PENDING, "revise", 0, 1, 0),
    ],
)
def test_what_everybody_sees_raises_the_version_and_all_else_the_activity_only(
    roundtable, before, decision, version, activity, count
):
    root = factories.comment(roundtable, question=roundtable.questions.get(number=1))
    comment = factories.comment(roundtable, answers=root, status=before)
    old_version, old_activity = raised(roundtable)
    old = totals(roundtable)

    DECISIONS[decision](comment, factories.staff())

    new = totals(roundtable)
    assert raised(roundtable) == (old_version + version, old_activity + activity)
    assert new["roundtable"] == old["roundtable"] + count
    assert new["questions"] == [old["questions"][0] + count, 0, 0]
    assert [replies for replies, _ in new["threads"]] == [old["threads"][0][0] + count]


@pytest.mark.parametrize(("role", "version"), [(Role.PARTICIPANT, 0), (Role.MODERATOR, 1)])
def test_posting_raises_the_version_only_where_it_publishes(roundtable, role, version):
    post(roundtable, factories.user(), role=role)

    assert raised(roundtable) == (version, 1)


def test_a_thread_is_active_when_something_in_it_is_published_and_at_no_other_time(roundtable, time_machine):
    def at(moment):
        time_machine.move_to(f"2026-03-02T{moment}:00Z", tick=False)
        return timezone.now()

    def activity():
        return Comment.objects.get(pk=root.pk).last_activity_at

    moderator = factories.moderator(roundtable)
    at("10:00")
    root = factories.comment(roundtable, status=Status.PENDING)
    approved = at("11:00")
    root.approve(by=moderator)
    assert activity() == approved

    at("12:00")
    reply = factories.comment(roundtable, answers=root, status=Status.PENDING)
    assert activity() == approved

    published = at("13:00")
    reply.approve(by=moderator)
    assert activity() == published

    at("14:00")
    reply.remove(by=moderator, reason="other")
    assert activity() == published


@pytest.mark.parametrize("seed", range(5))
def test_totals_kept_by_many_decisions_are_those_that_counting_gives(roundtable, seed):
    rng = random.Random(seed)
    moderator, author = factories.moderator(roundtable), factories.user()
    questions = [*roundtable.questions.all(), None]
    for _ in range(40):
        comments = list(Comment.objects.all())
        if not comments or rng.random() < 0.5:
            answered = rng.choice([each for each in comments if each.status == Status.APPROVED] or [None])
            question = answered.question if answered else rng.choice(questions)
            role = rng.choice([Role.PARTICIPANT, Role.MODERATOR])
            post(roundtable, factories.user(), role=role, question=question, answers=answered)
            continue
        comment = rng.choice(comments)
        possible = [name for name, (allowed, _) in Comment.DECISIONS.items() if comment.status in allowed] or [
            "approve"
        ]
        try:
            DECISIONS[rng.choice(possible)](comment, moderator)
        except AlreadyDecided:
            assert comment.status == Status.REMOVED
    kept = totals(roundtable)

    recount(roundtable)

    counted = totals(roundtable)
    assert {name: kept[name] for name in ("roundtable", "questions")} == {
        name: counted[name] for name in ("roundtable", "questions")
    }
    assert [replies for replies, _ in kept["threads"]] == [replies for replies, _ in counted["threads"]]
    assert kept["roundtable"] == Comment.objects.filter(status=Status.APPROVED).count() > 0
    assert author.comments.count() == 0
    assert not any(Comment.objects.find_problems())


# --- Who sees what


def test_everybody_sees_what_is_published_and_the_place_of_what_was(roundtable):
    made = {status: factories.comment(roundtable, status=status) for status in Status}

    assert set(Comment.objects.public()) == {made[status] for status in Comment.PUBLIC_STATUSES}
    assert set(Comment.objects.visible_to(AnonymousUser())) == set(Comment.objects.public())


def test_a_participant_also_sees_their_own_that_wait(roundtable):
    me = factories.user()
    mine = {status: factories.comment(roundtable, me, status=status) for status in Status}
    others = {status: factories.comment(roundtable, status=status) for status in Status}

    seen = {mine[status] for status in (*Comment.PUBLIC_STATUSES, *Comment.WAITING_STATUSES)}
    assert set(Comment.objects.visible_to(me)) == seen | {others[status] for status in Comment.PUBLIC_STATUSES}


def test_a_moderator_also_sees_all_that_wait_but_nothing_that_was_rejected(roundtable):
    made = {status: factories.comment(roundtable, status=status) for status in Status}

    seen = set(Comment.objects.visible_to(factories.user(), moderates=True))

    assert seen == set(made.values()) - {made[Status.REJECTED]}


def test_a_comment_withdrawn_before_it_was_published_leaves_nothing_to_see(roundtable):
    comment = factories.comment(roundtable, status=Status.PENDING)
    Comment.objects.filter(pk=comment.pk).update(status=Status.WITHDRAWN, removed_at=timezone.now())
    comment.refresh_from_db()

    assert (list(Comment.objects.public()), comment.is_public) == ([], False)


def test_a_moderator_is_asked_about_what_waits_in_their_own_roundtables_the_oldest_first(roundtable):
    moderator = factories.moderator(roundtable)
    other = factories.roundtable()
    newer, older = (factories.comment(roundtable, status=Status.PENDING) for _ in range(2))
    Comment.objects.filter(pk=older.pk).update(waiting_since=timezone.now() - timedelta(days=1))
    elsewhere = factories.comment(other, status=Status.PENDING)
    for status in set(Status) - {Status.PENDING}:
        factories.comment(roundtable, status=status)

    asked = {
        "moderator": list(Comment.objects.awaiting(moderator)),
        "secretariat": list(Comment.objects.awaiting(factories.staff())),
        "participant": list(Comment.objects.awaiting(factories.user())),
        "inactive": list(Comment.objects.awaiting(factories.moderator(roundtable, is_active=False))),
        "visitor": list(Comment.objects.awaiting(AnonymousUser())),
    }

    assert asked == {
        "moderator": [older, newer],
        "secretariat": [older, newer, elsewhere],
        "participant": [],
        "inactive": [],
        "visitor": [],
    }


# --- Names beside comments


def test_a_changed_name_stands_beside_all_comments_of_that_person_and_no_others(roundtable):
    person = factories.user("Amina Diallo", organisation="Old House")
    published = factories.comment(roundtable, person)
    waiting_only = factories.roundtable()
    waiting = factories.comment(waiting_only, person, status=Status.PENDING)
    other = factories.comment(factories.roundtable())
    before = raised(roundtable), raised(waiting_only), raised(other.roundtable)
    person.name, person.organisation = "Amina Diallo-Ndiaye", "New House"
    person.save()

    Comment.objects.update_author(person)

    found = Comment.objects.filter(author=person).values_list("author_name", "author_organisation", "search_text")
    assert (
        list(found)
        == [("Amina Diallo-Ndiaye", "New House", " amina diallo ndiaye new house we ask for safe paths ")] * 2
    )
    assert Comment.objects.get(pk=other.pk).author_name == other.author_name
    assert raised(roundtable) == (before[0][0] + 1, before[0][1] + 1)
    assert raised(waiting_only) == (before[1][0], before[1][1] + 1)
    assert raised(other.roundtable) == before[2]
    assert {published.pk, waiting.pk} == set(person.comments.values_list("pk", flat=True))


def test_a_comment_without_a_name_says_that_its_author_is_not_recorded(roundtable):
    comment = factories.comment(roundtable, author_name="")

    assert str(comment) == f"{comment.pk} · Author not recorded"


def test_a_question_that_was_answered_stays(roundtable):
    question = roundtable.questions.get(number=1)
    factories.comment(roundtable, question=question)

    with pytest.raises(ProtectedError):
        question.delete()

    assert Question.objects.filter(pk=question.pk).exists()
