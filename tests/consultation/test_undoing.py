"""Taking a decision back: the state before, the counters, the tag of the page, one event that names what it undoes."""

import pytest

from consultation.models import Comment, Flag, Roundtable
from consultation.models.counters import recount
from consultation.models.transitions import AlreadyDecided
from consultation.models.undoing import Answered
from tests import factories

pytestmark = pytest.mark.django_db

Status = Comment.Status


@pytest.fixture
def roundtable():
    return factories.roundtable()


@pytest.fixture
def moderator(roundtable):
    return factories.moderator(roundtable, "Mara")


def totals(roundtable):
    """Return every kept total of a roundtable."""
    return (
        Roundtable.objects.values_list("visible_count", flat=True).get(pk=roundtable.pk),
        list(roundtable.questions.values_list("visible_count", flat=True)),
        list(Comment.objects.filter(roundtable=roundtable, depth=1).values_list("thread_count", flat=True)),
    )


def assert_sound(*roundtables):
    """Hold the tree and the totals to what counting says."""
    assert not any(Comment.objects.find_problems())
    for roundtable in roundtables:
        kept = totals(roundtable)
        recount(roundtable)
        assert totals(roundtable) == kept


def stored(comment):
    return Comment.objects.get(pk=comment.pk)


DECISIONS = {
    "approve": (Status.PENDING, lambda comment, by: comment.approve(by=by)),
    "return": (Status.PENDING, lambda comment, by: comment.return_for_revision(by=by, message="More")),
    "reject": (Status.PENDING, lambda comment, by: comment.reject(by=by, reason="other")),
    "reject returned": (Status.RETURNED, lambda comment, by: comment.reject(by=by, reason="other")),
    "approve rejected": (Status.REJECTED, lambda comment, by: comment.approve(by=by)),
    "remove": (Status.APPROVED, lambda comment, by: comment.remove(by=by, reason="offensive")),
    "restore": (Status.REMOVED, lambda comment, by: comment.restore(by=by)),
}
SAME = ("status", "waiting_since", "published_at", "removed_at", "removal_reason", "merged_into_id", "open_flags")


@pytest.mark.parametrize("name", DECISIONS)
def test_an_undone_decision_leaves_the_comment_as_it_was(roundtable, moderator, name):
    status, decide = DECISIONS[name]
    root = factories.comment(roundtable, question=roundtable.questions.first())
    comment = factories.comment(roundtable, answers=root, status=status)
    Comment.objects.filter(pk=comment.pk, waiting_since__isnull=False).update(waiting_since=comment.submitted_at)
    before, counted = stored(comment), totals(roundtable)
    decide(comment, moderator)
    decided = comment.events.last()
    tags = Roundtable.objects.values_list("version", "activity").get(pk=roundtable.pk)

    comment.undo(by=moderator, event=decided)

    after, undone = stored(comment), comment.events.last()
    assert {field: getattr(after, field) for field in SAME if field != "removed_at"} == {
        field: getattr(before, field) for field in SAME if field != "removed_at"
    }
    assert (after.removed_at is None) == (before.removed_at is None)
    assert (undone.action, undone.undoes, undone.actor) == ("undo", decided, moderator)
    assert (undone.status_before, undone.status_after) == (decided.status_after, decided.status_before)
    assert totals(roundtable) == counted
    assert_sound(roundtable)
    version, activity = Roundtable.objects.values_list("version", "activity").get(pk=roundtable.pk)
    is_seen = Status.APPROVED in (decided.status_before, decided.status_after)
    assert (version > tags[0], activity > tags[1]) == (True, True) if is_seen else activity > tags[1]


def test_a_decision_is_undone_once_and_only_while_it_is_the_last_word(roundtable, moderator):
    comment = factories.comment(roundtable, status=Status.PENDING)
    rejected = comment.reject(by=moderator, reason="other").events.last()
    comment.undo(by=moderator, event=rejected)

    with pytest.raises(AlreadyDecided):
        comment.undo(by=moderator, event=rejected)
    returned = comment.return_for_revision(by=moderator, message="More").events.last()
    comment.revise(factories.new_text("More of it."), by=comment.author)
    with pytest.raises(AlreadyDecided):
        comment.undo(by=moderator, event=returned)

    assert [event.action for event in comment.events.all()] == ["reject", "undo", "return", "submit"]
    assert stored(comment).status == Status.PENDING
    assert stored(comment).last_decision == returned


def test_an_approval_that_was_answered_is_not_undone(roundtable, moderator):
    comment = factories.comment(roundtable, status=Status.PENDING)
    comment.approve(by=moderator)
    factories.comment(roundtable, answers=stored(comment))

    with pytest.raises(Answered):
        comment.undo(by=moderator, event=comment.events.last())

    assert stored(comment).status == Status.APPROVED


def test_an_undone_removal_opens_the_reports_that_it_settled(roundtable, moderator):
    comment = factories.comment(roundtable)
    Flag.objects.report(comment=comment, reporter=factories.user(), reason="offensive")
    comment.remove(by=moderator, reason="offensive")
    settled = Flag.objects.get()

    comment.undo(by=moderator, event=comment.events.last())

    after = stored(comment)
    assert (settled.status, settled.settled_by) == ("upheld", moderator)
    assert (Flag.objects.get().status, after.open_flags, after.status) == ("open", 1, Status.APPROVED)
    assert after.waiting_since is not None
    assert Comment.objects.awaiting(moderator).get() == comment


@pytest.mark.parametrize("decision", ["approve_edit", "reject_edit"])
def test_a_decision_about_a_changed_text_is_undone(roundtable, moderator, decision):
    comment = factories.comment(roundtable, status=Status.PENDING, body="Before.").approve(by=moderator)
    comment.propose_edit(factories.new_text("After.", "fr", objective_numbers=(3,)), by=comment.author)
    more = {"reason": "other"} if decision == "reject_edit" else {}
    getattr(comment, decision)(by=moderator, seen_revision=2, **more)

    comment.undo(by=moderator, event=comment.events.last())

    after = stored(comment)
    assert (after.body, after.language, after.revision_number, after.proposed_revision) == ("Before.", "en", 1, 2)
    assert Comment.objects.awaiting(moderator).get() == comment
    assert list(after.revisions.values_list("replaced_at", flat=True)) == [None, None]


def test_a_removed_comment_is_shown_again_later_but_not_what_was_never_public(roundtable, moderator):
    removed = factories.comment(roundtable, status=Status.REMOVED)
    of = factories.comment(roundtable)
    duplicate = factories.comment(roundtable, status=Status.PENDING).mark_duplicate(by=moderator, of=of)

    removed.restore(by=moderator)
    with pytest.raises(AlreadyDecided):
        duplicate.restore(by=moderator)

    assert stored(removed).status == Status.APPROVED
    assert [event.action for event in removed.events.all()][-1] == "restore"
    assert_sound(roundtable)


def test_a_duplicate_that_was_shown_again_by_mistake_leads_to_what_it_repeats_again(roundtable, moderator):
    of = factories.comment(roundtable)
    duplicate = factories.comment(roundtable).mark_duplicate(by=moderator, of=of)
    duplicate.restore(by=moderator)

    duplicate.undo(by=moderator, event=duplicate.events.last())

    after = stored(duplicate)
    assert (after.status, after.removal_reason, after.merged_into) == (Status.REMOVED, "duplicate", of)
