"""The invented discussion that the forum is measured with."""

import pytest
import time_machine
from django.core.management import CommandError, call_command
from django.db import connection

from consultation.management.commands import make_load
from consultation.models import Comment, ModerationEvent, Question, Revision, Roundtable
from tests import factories

pytestmark = pytest.mark.django_db

SIZE = 500


@pytest.fixture(autouse=True)
def _small_batches(monkeypatch):
    monkeypatch.setattr(make_load, "BATCH", 100)


def made(**options):
    """Make a discussion and return its comments in the order of the tree."""
    call_command("make_load", **{"comments": SIZE, "slug": "load"} | options)
    return Comment.objects.filter(roundtable__slug=options.get("slug", "load"))


def test_a_discussion_has_so_many_comments_in_a_sound_forest_of_at_most_eight_levels():
    factories.comment(factories.roundtable())
    comments = made()

    assert comments.count() == SIZE
    assert max(row.depth for row in comments) == 8
    assert all(row.in_reply_to is None if row.depth == 1 else row.in_reply_to for row in comments)
    assert Comment.objects.find_problems() == ([], [], [], [], [])


def test_texts_have_150_to_250_words_in_three_languages_and_hang_on_three_questions():
    comments = made()

    lengths = [len(row.body.split()) for row in comments]
    assert 150 <= min(lengths) <= max(lengths) <= 250
    assert {row.language for row in comments} == {"en", "fr", "es"}
    assert {row.question_number for row in comments} == {1, 2, 3}
    assert len({row.author_id for row in comments}) == 40
    assert len({row.body for row in comments}) == SIZE
    assert all("<p>" in row.lead_html and row.search_text for row in comments)


def test_comments_carry_their_revision_and_decisions_like_real_ones():
    comments = list(made())

    share = sum(row.status == "approved" for row in comments) / SIZE
    assert 0.9 < share < 0.97
    assert {row.status for row in comments} == {"approved", "pending", "rejected", "removed"}
    assert list(Revision.objects.values_list("comment", "number", "body").order_by("comment__path")) == [
        (row.pk, 1, row.body) for row in comments
    ]
    last_status = dict(ModerationEvent.objects.order_by("pk").values_list("comment", "status_after"))
    assert {row.pk: row.status for row in comments if row.status != "pending"} == last_status


def test_what_is_not_published_is_answered_by_nobody_and_times_follow_the_tree():
    comments = made().select_related("in_reply_to")

    assert {row.in_reply_to.status for row in comments if row.in_reply_to} == {"approved"}
    assert all(row.in_reply_to.posted_at < row.posted_at for row in comments if row.in_reply_to)
    roots = [row.posted_at for row in comments if row.depth == 1]
    assert roots == sorted(roots)


def test_counters_agree_and_readers_see_the_roundtable():
    comments = made()

    roundtable = Roundtable.objects.get(slug="load")
    approved = comments.filter(status="approved")
    assert (roundtable.visible_count, roundtable.is_published, roundtable.is_open) == (approved.count(), True, True)
    assert {row.number: row.visible_count for row in roundtable.questions.all()} == {
        number: approved.filter(question_number=number).count() for number in (1, 2, 3)
    }
    assert sum(row.thread_count for row in comments if row.depth == 1) == approved.filter(depth__gt=1).count()


def test_the_same_seed_gives_the_same_discussion_and_another_seed_another():
    def told(comments):
        fields = ("depth", "body", "language", "status", "author_name", "posted_at", "objective_numbers")
        return list(comments.values_list(*fields))

    with time_machine.travel("2026-03-10T12:00:00+00:00", tick=False):
        one, same = told(made(comments=60, slug="one")), told(made(comments=60, slug="same"))
        other = told(made(comments=60, slug="other", seed=2))

    assert one == same
    assert one != other


def test_a_bar_and_a_last_line_tell_of_it_unless_nobody_wants_to_know(capsys):
    made(comments=3, slug="told")
    told = capsys.readouterr()
    made(comments=3, slug="quiet", verbosity=0)

    assert told.out.startswith("3 comments at /roundtables/told/ in ")
    assert "3/3" in told.err
    assert capsys.readouterr() == ("", "")


def test_an_address_that_is_taken_is_refused():
    made(comments=3)

    with pytest.raises(CommandError, match="--replace"):
        made(comments=5)
    assert Comment.objects.count() == 3


def test_replacing_deletes_what_was_made_before_and_nothing_else():
    here = factories.comment(factories.roundtable())
    made(comments=300)
    there = factories.comment(here.roundtable, answers=here)
    comments = made(comments=5, replace=True)

    assert comments.count() == 5
    assert list(Comment.objects.exclude(roundtable__slug="load")) == [here, there]
    assert Question.objects.filter(roundtable__slug="load").count() == 3
    assert Comment.objects.find_problems() == ([], [], [], [], [])


def test_replacing_never_deletes_a_real_roundtable():
    here = factories.comment(factories.roundtable(slug="real"))

    with pytest.raises(CommandError, match="--replace"):
        made(slug="real", replace=True)
    assert list(Comment.objects.all()) == [here]


def test_the_database_knows_at_once_how_much_there_is():
    made()

    known = {
        "postgresql": "SELECT reltuples FROM pg_class WHERE oid = 'consultation_comment'::regclass",
        "sqlite": "SELECT MAX(CAST(stat AS integer)) FROM sqlite_stat1 WHERE tbl = 'consultation_comment'",
    }
    with connection.cursor() as cursor:
        cursor.execute(known[connection.vendor])
        assert cursor.fetchall() == [(SIZE,)]
