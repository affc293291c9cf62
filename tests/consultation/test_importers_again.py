"""The same discussion taken over a second time."""

import datetime

import pytest
from django.core.management import call_command

from consultation.importers import Refused, import_document
from consultation.models import Comment, ModerationEvent, Question, Revision, Roundtable
from tests import factories

from .old_site import comment, document, forest, one, question, removed, taken_over, write

pytestmark = pytest.mark.django_db


def snapshot():
    """Return every row an import writes."""
    return [
        list(model.objects.order_by("pk").values())
        for model in (Roundtable, Question, Comment, Revision, ModerationEvent)
    ]


def test_a_second_run_changes_nothing_and_says_so(tmp_path, capsys):
    path = write(
        tmp_path / "page.json",
        document(
            comment("c1", "\xa0Edges ", author_id="7", extra={"votes_up": 1}),
            comment("c2", parent="c1", created_at=None),
            removed("c3"),
            comment("c4", status="pending", question=None),
            questions=[question(2), question(1, translations={"fr": "1. Quoi ?"})],
            event={"name": "Forum", "when": "2022-05"},
            organisers=[{"name": "IOM", "roles": ["moderator"]}],
            opens="2021-12-01",
            closes="2022-01-31",
            instructions=["Be brief."],
        ),
    )
    call_command("import_consultation", path)
    before = snapshot()
    capsys.readouterr()
    call_command("import_consultation", path)

    assert snapshot() == before
    assert capsys.readouterr().out.splitlines()[1] == "    nothing changed"
    assert Roundtable.objects.get().activity == 1


def test_a_newer_file_changes_only_what_differs(tmp_path, capsys):
    taken_over(comment("c1", "Old words.", author="Kim"), comment("c2"), comment("c3", status="pending"))
    untouched = Comment.objects.values().get(external_id="c2")
    newer = document(
        comment("c1", "New words.", author="Kim Doe"),
        comment("c2"),
        comment("c3"),
        questions=[question(1, "1. What else?")],
        title="Newer title",
    )
    call_command("import_consultation", write(tmp_path / "newer.json", newer))

    assert capsys.readouterr().out.splitlines()[1:] == [
        "    changed: roundtable: title_en",
        "    changed: question q1: text_en",
        "    changed: comment c1: author_name, body, language, revision_number",
        "    changed: comment c3: published_at, removed_at, status",
    ]
    roundtable = Roundtable.objects.get()
    assert (roundtable.title, roundtable.questions.get().text) == ("Newer title", "What else?")
    assert Roundtable.objects.rewrite(False).values_list("title", flat=True).get() == "Newer title"
    assert (one("c1").body, one("c1").author_name, one("c1").lead_html) == (
        "New words.",
        "Kim Doe",
        "<p>New words.</p>\n",
    )
    assert one("c3").published_at == one("c3").posted_at
    assert list(one("c1").revisions.values_list("number", "body")) == [(1, "Old words."), (2, "New words.")]
    assert list(one("c3").events.values_list("action", "status_before", "status_after")) == [
        ("import", "", "pending"),
        ("import", "pending", "approved"),
    ]
    assert Comment.objects.values().get(external_id="c2") == untouched
    assert (roundtable.visible_count, roundtable.version) == (3, 2)


def test_a_text_changed_by_two_files_in_a_row_is_no_revision_of_ours():
    for words in ("First.", "Second.", "Third."):
        import_document(document(comment("c1", words)))

    assert list(one("c1").revisions.values_list("number", "body")) == [(1, "First."), (2, "Second."), (3, "Third.")]


def test_a_decision_made_here_is_never_undone():
    page = document(comment("c1", "Old words."), comment("c2", status="pending"), comment("c3"))
    import_document(page)
    moderator = factories.user()
    one("c1").remove(by=moderator, reason=Comment.Reason.PERSONAL_DATA)
    one("c2").reject(by=moderator, reason=Comment.Reason.OFF_TOPIC)
    before = snapshot()
    newer = comment("c1", "New words.", truncated=True, truncation_marker="...")
    outcome = import_document(document(newer, comment("c2"), comment("c3")))

    assert list(outcome.lines())[:2] == ["nothing changed", "decided here, status and text kept: 2 (c1, c2)"]
    assert snapshot() == before


def test_a_text_revised_here_stays():
    import_document(document(comment("c1", status="pending")))
    author = factories.user()
    Comment.objects.update(author=author)
    one("c1").revise(factories.new_text("My own words."), by=author)
    ModerationEvent.objects.exclude(action="import").delete()
    outcome = import_document(document(comment("c1", "Words of the old site.", status="pending")))

    assert list(outcome.lines()) == ["nothing changed", "revised here, status and text kept: 1 (c1)"]
    assert one("c1").body == "My own words."


def test_a_writer_joined_to_an_account_here_keeps_its_name():
    import_document(document(comment("c1", author="K. Doe")))
    Comment.objects.update(author=factories.user("Kim Doe"), author_name="Kim Doe")
    outcome = import_document(document(comment("c1", author="K. Doe")))

    assert not outcome.has_changes
    assert one("c1").author_name == "Kim Doe"


def test_new_replies_come_last_below_what_they_answer():
    roundtable = taken_over(comment("c1"), comment("c2", parent="c1"))
    factories.comment(roundtable, answers=one("c1"), role=Comment.Role.MODERATOR, body="Posted here.")
    import_document(
        document(comment("c3", parent="c1"), comment("c4", parent="c3"), comment("c1"), comment("c2", parent="c1"))
    )

    assert forest() == [("c1", 1), ("c2", 2), (None, 2), ("c3", 2), ("c4", 3)]
    assert one("c1").thread_count == 4
    assert Comment.objects.find_problems() == ([], [], [], [], [])


def test_a_comment_keeps_its_place_when_the_file_moves_it():
    import_document(document(comment("c1"), comment("c2"), comment("c3", parent="c1")))
    before = forest()
    outcome = import_document(document(comment("c2"), comment("c1"), comment("c3", parent="c2")))

    assert forest() == before
    assert one("c3").in_reply_to == one("c1")
    assert list(outcome.lines()) == [
        "nothing changed",
        "answer another comment here than in the file, left in their place: 1 (c3)",
    ]


def test_a_thread_follows_to_another_question_unless_somebody_here_decided_about_it():
    questions = [question(1), question(2)]
    roundtable = taken_over(
        comment("c1"), comment("c2", parent="c1"), comment("c3"), comment("c4", question=None), questions=questions
    )
    factories.comment(roundtable, answers=one("c2"), role=Comment.Role.MODERATOR)
    one("c3").record_event("refile", by=factories.user(), before=Comment.Status.APPROVED)
    outcome = import_document(
        document(
            comment("c1", question="q2"),
            comment("c2", question="q2", parent="c1"),
            comment("c3", question="q2"),
            comment("c4", question="q2"),
            comment("c5", question="q2", parent="c3"),
            comment("c6", question="q2", parent="c1"),
            questions=questions,
        )
    )

    assert dict(Comment.objects.values_list("external_id", "question__number")) == {
        "c1": 2,
        "c2": 2,
        None: 2,
        "c3": 1,
        "c4": 2,
        "c5": 1,
        "c6": 2,
    }
    assert dict(Comment.objects.values_list("external_id", "question_number")) == dict(
        Comment.objects.values_list("external_id", "question__number")
    )
    assert outcome.kept == {"decided here, left under their question": ["c3"]}
    assert [row.visible_count for row in roundtable.questions.all()] == [2, 5]


def test_questions_may_change_their_numbers():
    rows = [question(number, f"What about {number}?") for number in (1, 2, 3)]
    import_document(document(comment("c1"), questions=rows))
    first = Question.objects.get(external_id="q1")
    swapped = [rows[0] | {"number": 2}, rows[1] | {"number": 1}, rows[2]]
    outcome = import_document(document(comment("c1"), questions=swapped))

    assert dict(Question.objects.values_list("external_id", "number")) == {"q1": 2, "q2": 1, "q3": 3}
    assert one("c1").question == first
    assert one("c1").question_number == 2
    assert outcome.changed["question q1"] == ["number"]


def test_a_number_taken_by_a_question_made_here_refuses_the_whole_file():
    roundtable = taken_over(comment("c1"))
    Question.objects.create(roundtable=roundtable, number=2, text_en="Made here?")
    before = snapshot()

    with pytest.raises(Refused) as refused:
        import_document(document(comment("c1", "New words."), questions=[question(1), question(2)], title="New title"))

    assert refused.value.complaints == [("question q2", "number 2 is taken by a question made here")]
    assert snapshot() == before


def test_what_a_file_leaves_empty_erases_nothing():
    roundtable = taken_over(
        closes="2022-01-31", instructions=["Be brief."], organisers=[{"name": "IOM", "roles": ["moderator"]}]
    )
    opens_at = datetime.datetime(2021, 11, 1, tzinfo=datetime.UTC)
    Roundtable.objects.update(opens_at=opens_at, slug="elsewhere", is_published=False)
    outcome = import_document(document(intro=[], objectives=[]))

    again = Roundtable.objects.get()
    assert list(outcome.lines()) == ["nothing changed"]
    assert (again.opens_at, again.closes_at) == (opens_at, roundtable.closes_at)
    assert (again.how_to, again.purpose, again.objective_numbers) == ("Be brief.", "Why we ask.", (4, 8))
    assert (again.slug, again.is_published, again.organisers.count()) == ("elsewhere", False, 1)


def test_comments_that_left_the_file_stay():
    taken_over(comment("c1"), comment("c2"))
    outcome = import_document(document(comment("c1")))

    assert list(outcome.lines()) == ["nothing changed", "no longer in the file, kept: 1 (c2)"]
    assert forest() == [("c1", 1), ("c2", 1)]
