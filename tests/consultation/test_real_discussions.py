"""Real discussions, taken over; their texts belong to their authors, so the project holds none.

They are read from ../shared/data beside the checkout; where there is none, conftest.py leaves this module out.
"""

import datetime
import json

import pytest

from consultation.importers import import_document
from consultation.models import Comment, Question, Roundtable
from tests.conftest import REAL_DISCUSSIONS

pytestmark = pytest.mark.django_db


def real(name):
    """Return a real discussion."""
    return json.loads((REAL_DISCUSSIONS / name).read_text("utf-8"))


def test_the_hub_page_of_roundtable_2_is_taken_over_as_it_stood():
    page = real("imrf-roundtable-2.json")
    import_document(page)

    roundtable = Roundtable.objects.get()
    comments = Comment.objects.all()
    assert list(roundtable.questions.values_list("number", "external_id")) == [(1, "q1"), (2, "q2"), (3, "q3")]
    assert [text[:2] for text in Question.objects.values_list("text_en", flat=True)] == ["Wh", "Wh", "Wh"]
    assert len(comments) == 16
    assert sum(row.question_id is None for row in comments) == 5
    assert {row.external_id: row.in_reply_to.external_id for row in comments if row.in_reply_to} == {
        "c02": "c01",
        "c13": "c12",
    }
    assert sum(row.is_truncated for row in comments) == 13
    assert {row.author_name for row in comments} == {""}
    assert {row.author_id for row in comments} == {None}
    assert roundtable.closes_at == datetime.datetime(2022, 1, 31, 22, 59, 59, 999999, tzinfo=datetime.UTC)
    assert {(str(row.organisation), row.role) for row in roundtable.organisers.all()} == {
        ("IOM", "moderator"),
        ("IOM", "background_note"),
        ("UNODC", "moderator"),
        ("UNODC", "background_note"),
        ("UN Network on Migration Secretariat", "moderator"),
        ("UN Network on Migration", "on_behalf_of"),
    }
    assert Comment.objects.find_problems() == ([], [], [], [], [])


@pytest.mark.parametrize(
    ("name", "deepest", "tombstones"),
    [("sample-es-decide-madrid.json", 18, 8), ("sample-fr-grand-debat-lille.json", 4, 0)],
)
def test_a_long_discussion_keeps_its_whole_tree(name, deepest, tombstones):
    page = real(name)
    import_document(page)

    comments = Comment.objects.select_related("in_reply_to", "question")
    parents = {row.external_id: row.in_reply_to.external_id if row.in_reply_to else None for row in comments}
    assert parents == {row["id"]: row["parent"] for row in page["comments"]}
    assert {row.external_id: row.question.external_id for row in comments} == {
        row["id"]: row["question"] for row in page["comments"]
    }
    assert max(row.depth for row in comments) == deepest
    assert sum(row.is_tombstone and row.is_public for row in comments) == tombstones
    assert Roundtable.objects.get().visible_count == len(comments) - tombstones
    assert Comment.objects.find_problems() == ([], [], [], [], [])
