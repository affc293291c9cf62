"""Covered passages: gone from all that readers get, kept for moderators, shown again on their word."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from consultation.models import Comment, Flag, Redaction, TextPrint
from consultation.models.covering import covered
from tests import factories

from .test_undoing import stored

pytestmark = pytest.mark.django_db

Status = Comment.Status
BODY = "We met Jane Doe in Tangier. Jane Doe said so. All agreed."
MARK_EN = "▒▒▒ covered by a moderator: Names or exposes a private person ▒▒▒"


@pytest.fixture
def roundtable():
    return factories.roundtable()


@pytest.fixture
def moderator(roundtable):
    return factories.moderator(roundtable, "Mara")


def cover(comment, by, start=7, end=15, reason="personal_data"):
    return comment.cover(by=by, passages=[(start, end)], reason=reason)


def test_a_covered_passage_is_gone_from_everything_but_the_revision(roundtable, moderator):
    comment = factories.comment(roundtable, body=BODY)

    for _ in range(2):
        cover(comment, moderator)

    after = stored(comment)
    assert [event.action for event in after.events.all()].count("redact") == 1
    assert after.body == f"We met {MARK_EN} in Tangier. {MARK_EN} said so. All agreed."
    assert [text for text in (after.html, after.search_text) if "Jane" in text or "jane" in text] == []
    assert after.covered_for == "personal_data"
    assert after.written.body == BODY
    event = after.events.last()
    assert (event.action, event.reason, event.actor) == ("redact", "personal_data", moderator)


def test_the_mark_is_in_the_language_of_the_text(roundtable, moderator):
    comment = factories.comment(roundtable, body=BODY, language="fr")

    cover(comment, moderator)

    # In whatever language the moderator reads.
    assert "Jane" not in stored(comment).body
    assert stored(comment).body.count("▒▒▒") == 4


def test_a_covered_passage_is_shown_again_by_its_moderator_or_by_undoing(roundtable, moderator):
    comment = factories.comment(roundtable, body=BODY)
    cover(comment, moderator)
    comment.uncover(by=moderator, passage="Jane Doe", reason="personal_data")
    shown = stored(comment)
    cover(comment, moderator)
    comment.undo(by=moderator, event=comment.events.last())

    assert (shown.body, shown.covered_for) == (BODY, "")
    assert (stored(comment).body, stored(comment).covered_for) == (BODY, "")
    assert [event.action for event in comment.events.all()][-4:] == ["redact", "uncover", "redact", "undo"]
    with pytest.raises(Comment.AlreadyDecided):
        comment.uncover(by=moderator, passage="Jane Doe", reason="personal_data")


def test_showing_a_covered_passage_again_is_undone_in_every_version(roundtable, moderator):
    comment = factories.comment(roundtable, status=Status.PENDING, body=BODY).approve(by=moderator)
    comment.propose_edit(factories.new_text(f"{BODY} So."), by=comment.author)
    comment.approve_edit(by=moderator)
    cover(comment, moderator)
    before = [revision.public_body for revision in comment.revisions.all()]
    comment.uncover(by=moderator, passage="Jane Doe", reason="personal_data")
    shown = stored(comment)

    comment.undo(by=moderator, event=comment.events.order_by("pk").last())

    after = stored(comment)
    assert (shown.body, shown.covered_for) == (f"{BODY} So.", "")
    assert ["Jane" in revision.public_body for revision in after.revisions.all()] == [False, False]
    assert [revision.public_body for revision in after.revisions.all()] == before
    assert (after.body, after.covered_for, "jane" in after.search_text) == (before[1], "personal_data", False)
    assert [event.action for event in after.events.all()][-3:] == ["redact", "uncover", "undo"]
    # What is shown again for good is covered in no later text.
    comment.uncover(by=moderator, passage="Jane Doe", reason="personal_data")
    comment.propose_edit(factories.new_text("Jane Doe."), by=comment.author)
    comment.approve_edit(by=moderator)
    assert stored(comment).body == "Jane Doe."


def test_a_passage_stays_covered_in_earlier_and_later_texts(roundtable, moderator):
    comment = factories.comment(roundtable, status=Status.PENDING, body=BODY).approve(by=moderator)
    comment.propose_edit(factories.new_text("Jane Doe again."), by=comment.author)
    comment.approve_edit(by=moderator)
    comment.cover(by=moderator, passages=[(0, 8)], reason="personal_data")
    comment.propose_edit(factories.new_text("Once more: Jane Doe."), by=comment.author)

    comment.approve_edit(by=moderator)

    after = stored(comment)
    assert [revision.public_body.count("Jane") for revision in after.revisions.all()] == [0, 0, 0]
    assert after.body == f"Once more: {MARK_EN}."
    assert after.covered_for == "personal_data"


def test_an_author_who_revises_a_covered_text_does_not_uncover_it(roundtable, moderator):
    comment = factories.comment(roundtable, status=Status.PENDING, body=BODY)
    cover(comment, moderator)

    comment.revise(factories.new_text("Jane Doe, I said."), by=comment.author)

    assert stored(comment).body == f"{MARK_EN}, I said."


@pytest.mark.parametrize(
    ("places", "expected"),
    [
        ([(0, 2), (1, 4)], "Mefgh"),
        ([(1, 4), (0, 2)], "Mefgh"),
        ([(0, 3), (3, 5)], "MMfgh"),
        ([(2, 3), (0, 8)], "M"),
        ([(50, 60)], "abcdefgh"),
        ([(6, 60)], "abcdefM"),
    ],
)
def test_overlapping_passages_leave_nothing_of_either(places, expected):
    redactions = [Redaction(start=start, end=end, reason="other") for start, end in places]

    found = covered("abcdefgh", redactions, "en")

    assert found.replace("▒▒▒ covered by a moderator: Other reason ▒▒▒", "M") == expected


def test_covering_settles_open_reports_and_is_refused_for_what_was_not_seen(roundtable, moderator):
    comment = factories.comment(roundtable, body=BODY)
    Flag.objects.report(comment=comment, reporter=factories.user(), reason="personal_data")

    with pytest.raises(Comment.TextChanged):
        comment.cover(by=moderator, passages=[(0, 2)], reason="other", seen_revision=9)
    cover(comment, moderator)

    assert (Flag.objects.get().status, stored(comment).open_flags) == ("upheld", 0)
    assert not Comment.objects.awaiting(moderator).exists()


def test_a_short_passage_that_stands_everywhere_is_covered_by_the_same_statements():
    counts = []
    for times in (20, 130):  # of 200 rows, SQLite takes two statements
        roundtable = factories.roundtable()
        comment = factories.comment(roundtable, body=f"a word{times} " * times)
        moderator = factories.moderator(roundtable)
        TextPrint.objects.all().delete()  # or it would resemble the one before
        with CaptureQueriesContext(connection) as queries:
            comment.cover(by=moderator, passages=[(0, 1)], reason="other")
        counts.append(len(queries))

    assert counts[0] == counts[1]
    assert Comment.objects.get(pk=comment.pk).body.count("word") == 130
