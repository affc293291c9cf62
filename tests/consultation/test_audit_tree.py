"""The check of the tree that is run from outside."""

import json

import pytest
from django.core.management import call_command

from consultation.models import Comment
from tests import factories

pytestmark = pytest.mark.django_db

NOTHING = {"wrong_characters": 0, "wrong_path_length": 0, "orphans": 0, "wrong_depth": 0, "wrong_numchild": 0}


def last_line(capsys):
    """Run the command and return its last line as Python values."""
    call_command("audit_tree")
    return json.loads(capsys.readouterr().out.splitlines()[-1])


def test_comments_are_counted_by_status_with_none_for_those_that_nobody_has(capsys):
    roundtable = factories.roundtable()
    for status in ("approved", "approved", "pending", "removed"):
        factories.comment(roundtable, status=status)

    assert last_line(capsys) == {
        "comments": 4,
        "statuses": {"pending": 1, "approved": 2, "returned": 0, "rejected": 0, "withdrawn": 0, "removed": 1},
        "find_problems": NOTHING,
        "problems": 0,
    }


def test_an_empty_forest_is_sound(capsys):
    found = last_line(capsys)

    assert (found["comments"], found["problems"]) == (0, 0)


@pytest.mark.parametrize(
    ("kind", "damage"),
    [
        ("wrong_characters", {"path": "000!"}),
        ("wrong_path_length", {"path": "00012"}),
        ("orphans", {"path": "00090001", "depth": 2}),
        ("wrong_depth", {"depth": 7}),
        ("wrong_numchild", {"numchild": 3}),
    ],
)
def test_each_kind_of_damage_is_counted_and_left_as_it_is(capsys, kind, damage):
    comment = factories.comment(factories.roundtable())
    Comment.objects.filter(pk=comment.pk).update(**damage)
    before = list(Comment.objects.values())
    found = last_line(capsys)

    assert found["find_problems"] == NOTHING | {kind: 1}
    assert found["problems"] == 1
    assert list(Comment.objects.values()) == before
