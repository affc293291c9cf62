"""Files that are not taken over, and what is said of them."""

import gzip

import pytest
from django.core.management import CommandError, call_command

from consultation.importers import Refused, import_document
from consultation.models import Comment, Roundtable

from .old_site import comment, document, forest, question, removed, write

pytestmark = pytest.mark.django_db


def complaints_about(made):
    """Return what is said of a document, which must write nothing."""
    with pytest.raises(Refused) as refused:
        import_document(made)
    assert Roundtable.objects.count() == 0
    return refused.value.complaints


def test_a_refused_file_writes_nothing_and_the_others_are_taken_over_all_the_same(tmp_path, capsys):
    bad = write(tmp_path / "bad.json", document(comment("c1"), comment("c1", language="english"), key="bad"))
    good = write(tmp_path / "good.json", document(comment("c1")))

    with pytest.raises(CommandError, match=r"^1 of 2 files refused; nothing of them was stored\.$"):
        call_command("import_consultation", bad, good)

    assert list(Roundtable.objects.values_list("import_key", flat=True)) == ["old-roundtable"]
    assert capsys.readouterr().err.splitlines() == [
        f"{bad}: comment c1: id missing or repeated",
        f"{bad}: comment c1: language must be a two-letter code",
    ]


def test_of_many_complaints_the_first_twenty_are_listed(tmp_path, capsys):
    path = write(tmp_path / "bad.json", document(*(comment(f"c{n}", status="lost") for n in range(25))))

    with pytest.raises(CommandError):
        call_command("import_consultation", path)

    assert capsys.readouterr().err.splitlines() == [
        *(f"{path}: comment c{n}: status must be one of published, pending, rejected, removed" for n in range(20)),
        f"{path}: and 5 more complaints",
    ]


@pytest.mark.parametrize(
    ("name", "raw", "said"),
    [
        ("page.json", b'{"format": \n oops}', "line 2, column 2: is not JSON: Expecting value"),
        ("page.json", b'{"format": "\xe9"}', "byte 13: is not UTF-8"),
        ("page.json", b'{"extra": NaN}', "file: is not JSON: NaN is no JSON number"),
        ("page.json", b"[" * 100_000, "file: is not JSON: maximum recursion depth exceeded"),
        ("page.json", b"[]", "file: must hold one object"),
        ("page.json.gz", gzip.compress(b"{}" * 1000, mtime=0)[:-20], "file: cannot be read: Compressed file ended"),
    ],
)
def test_a_file_that_cannot_be_read_is_named_with_the_place(tmp_path, capsys, name, raw, said):
    path = tmp_path / name
    path.write_bytes(raw)

    with pytest.raises(CommandError):
        call_command("import_consultation", str(path))

    assert capsys.readouterr().err.startswith(f"{path}: {said}")


def test_a_file_that_is_not_there_is_named(tmp_path, capsys):
    path = str(tmp_path / "nothing.json")

    with pytest.raises(CommandError):
        call_command("import_consultation", path)

    assert capsys.readouterr().err.startswith(f"{path}: file: cannot be read: [Errno 2]")


LINES = "must be a list of non-empty one-line paragraphs"
ROLES = {"name": "IOM", "roles": "moderator"}


@pytest.mark.parametrize(
    ("made", "complaints"),
    [
        (document() | {"version": 2}, [("file", "format must be consultation-interchange, version 1")]),
        (document() | {"roundtable": None}, [("file", "roundtable is missing")]),
        (document() | {"comments": {}}, [("file", "comments must be a list")]),
        (document(key="Old Roundtable"), [("roundtable", "key must be a slug")]),
        (document(key="old\n"), [("roundtable", "key must be a slug")]),
        (document(key="x" * 101), [("roundtable", "key is too long")]),
        (document(title=" "), [("roundtable", "title must be text")]),
        (document(title="x" * 201), [("roundtable", "title is longer than 200 characters")]),
        (document(language="EN"), [("roundtable", "language must be a two-letter code")]),
        (document(intro=["two\nlines"]), [("roundtable", f"intro {LINES}")]),
        (document(objectives=[4, 24]), [("roundtable", "objectives must be distinct numbers 1 to 23")]),
        (document(objectives=[True]), [("roundtable", "objectives must be distinct numbers 1 to 23")]),
        (
            document(objectives_basis="guess"),
            [("roundtable", "objectives_basis must be one of shown, official, none")],
        ),
        (document(closes="31.1.2022"), [("roundtable", "closes is not an ISO 8601 date")]),
        (document(opens="0001-01-01"), [("roundtable", "opens is not a date of this world")]),
        (document(opens="2022-02-01", closes="2022-01-31"), [("roundtable", "closes comes before opens")]),
        (document(event={"name": None}), [("event", "name must be text")]),
        (document(organisers=[ROLES]), [("organisers", "roles must be a list of text")]),
        (document(title="Nul\0"), [("roundtable", "holds a character that cannot be stored (NUL or half of a pair)")]),
    ],
)
def test_a_roundtable_that_is_not_sound_is_refused(made, complaints):
    assert complaints_about(made) == complaints


@pytest.mark.parametrize(
    ("fields", "complaint"),
    [
        ({"id": None}, ("question in place 1", "id missing or repeated")),
        ({"number": 0}, ("question q1", "number must be a whole number from 1 to 998")),
        ({"number": 999}, ("question q1", "number must be a whole number from 1 to 998")),
        ({"text": ""}, ("question q1", "text must be text")),
        ({"language": "english"}, ("question q1", "language must be a two-letter code")),
        ({"body": [""]}, ("question q1", f"body {LINES}")),
        ({"translations": {"french": "Quoi ?"}}, ("question q1", "translation 'french' is not sound")),
        ({"created_at": "2021-12-22T10:00:00"}, ("question q1", "created_at has no UTC offset")),
    ],
)
def test_a_question_that_is_not_sound_is_refused(fields, complaint):
    assert complaints_about(document(questions=[question(1) | fields])) == [complaint]


def test_two_questions_cannot_share_a_number():
    questions = [question(1), question(1) | {"id": "other"}]

    assert complaints_about(document(questions=questions)) == [("questions", "numbers repeat")]


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"id": "q1"}, "id missing or repeated"),
        ({"id": "x" * 101}, "id is too long"),
        ({"status": "hidden"}, "status must be one of published, pending, rejected, removed"),
        ({"body": []}, "body must not be empty"),
        ({"body": ["two\nlines"]}, f"body {LINES}"),
        ({"author": "x" * 201}, "author is longer than 200 characters"),
        ({"author_id": 7}, "author_id must be text"),
        ({"author_role": "king"}, "author_role is not known"),
        ({"language": None}, "language must be a two-letter code"),
        ({"language": "en-GB"}, "language must be a two-letter code"),
        ({"created_at": "yesterday"}, "created_at is not an ISO 8601 date and time"),
        ({"created_at": "2021-12-22T10:00:00"}, "created_at has no UTC offset"),
        ({"created_at": "0001-01-01T00:00:00+14:00"}, "created_at is not an ISO 8601 date and time"),
        ({"truncated": True}, "truncated must be true exactly where a truncation_marker is given"),
        ({"truncated": None}, "truncated must be true exactly where a truncation_marker is given"),
        ({"mentions": None}, "mentions must be a list"),
        ({"question": "q9"}, "question 'q9' is not in the file"),
        ({"question": ["q1"]}, "question ['q1'] is not in the file"),
        ({"parent": "c9"}, "parent 'c9' is not in the file"),
        ({"body": ["Nul\0"]}, "holds a character that cannot be stored (NUL or half of a pair)"),
        ({"extra": {"deep": ["\ud800"]}}, "holds a character that cannot be stored (NUL or half of a pair)"),
        ({"extra": {"votes": float("inf")}}, "holds a number that is too large"),
    ],
)
def test_a_comment_that_is_not_sound_is_refused(fields, reason):
    row = comment("c1") | fields

    assert complaints_about(document(row)) == [(f"comment {row['id']}", reason)]


def test_an_attachment_needs_a_title():
    row = comment("c1", attachments=[{"url": None}])

    assert complaints_about(document(row)) == [("comment c1, attachment", "title must be text")]


def test_a_reply_under_another_question_than_what_it_answers_is_refused():
    made = document(comment("c1"), comment("c2", parent="c1", question=None))

    assert complaints_about(made) == [("comment c2", "answers a comment under another question")]


def test_a_circle_of_replies_is_refused_once():
    made = document(
        comment("c1", parent="c3"),
        comment("c2", parent="c1"),
        comment("c3", parent="c2"),
        comment("c4", parent="c1"),
        comment("c5", parent="c5"),
    )

    assert complaints_about(made) == [
        ("comment c1", "stands in a circle of replies"),
        ("comment c5", "stands in a circle of replies"),
    ]


def test_positions_must_count_up_in_file_order():
    made = document(comment("c1"), comment("c2"))
    made["comments"].reverse()

    assert complaints_about(made) == [
        ("comment c2", "position must count 1, 2, 3 in file order"),
        ("comment c1", "position must count 1, 2, 3 in file order"),
    ]


def test_rows_that_are_no_objects_are_named_by_their_place():
    made = document(comment("c1")) | {"comments": ["c1", None]}

    assert complaints_about(made) == [
        ("comment in place 1", "must be an object"),
        ("comment in place 2", "must be an object"),
    ]


def test_unknown_keys_are_ignored_whatever_they_hold():
    made = document(comment("c1", mood="\0"), removed("c2", weather={"\ud800": 1}), heading="\0") | {"\0": None}
    import_document(made)

    assert forest() == [("c1", 1), ("c2", 1)]
    assert Comment.objects.filter(import_notes={}).count() == 2
