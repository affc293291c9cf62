"""Many comments stored at once, and totals counted anew, agree with what posting one by one gives."""

import datetime
import random

import pytest
from django.db import transaction
from django.utils import timezone

from consultation.models import Comment, Roundtable
from consultation.models.comment_manager import DEEPEST
from consultation.models.counters import recount
from consultation.models.planting import plant_all
from tests import factories

pytestmark = pytest.mark.django_db


def unsaved(roundtable, name, answers=None):
    """Make a comment without a place."""
    moment = timezone.now()
    return Comment(
        roundtable=roundtable, question_number=1, external_id=name, in_reply_to=answers, waiting_since=moment
    )


def places(roundtable):
    """Return the tree below its first step, which depends on what was there before."""
    rows = Comment.objects.filter(roundtable=roundtable)
    first = Comment._str2int(rows[0].path[:4])
    return [
        (row.external_id, Comment._str2int(row.path[:4]) - first, row.path[4:], row.depth, row.numchild) for row in rows
    ]


@pytest.mark.parametrize("seed", range(5))
def test_planting_all_at_once_gives_the_places_of_planting_one_by_one(seed):
    shape = random.Random(seed)
    answers = [shape.choice([None, *range(max(0, n - 3), n)]) for n in range(120)]
    one_by_one, at_once = factories.roundtable(), factories.roundtable()
    for roundtable in (one_by_one, at_once):
        made = []
        for number, answered in enumerate(answers):
            made.append(unsaved(roundtable, f"c{number}", None if answered is None else made[answered]))
            if roundtable == at_once:
                continue
            if answered is None:
                Comment.objects.add_root(instance=made[-1])
            else:
                Comment.objects.add_child(made[answered], instance=made[-1])
        if roundtable == at_once:
            plant_all(made[:70])
            # As an import finds them on its second run.
            stored = {row.external_id: row for row in Comment.objects.filter(roundtable=at_once)}
            for row in made[70:]:
                if row.in_reply_to:
                    row.in_reply_to = stored.get(row.in_reply_to.external_id, row.in_reply_to)
            plant_all(made[70:])

    assert places(at_once) == places(one_by_one)
    assert Comment.objects.find_problems() == ([], [], [], [], [])


def test_a_chain_longer_than_the_deepest_level_goes_on_beside_its_last():
    roundtable = factories.roundtable()
    made = []
    for number in range(DEEPEST + 3):
        made.append(unsaved(roundtable, f"c{number}", made[-1] if made else None))
    plant_all(made)

    stored = Comment.objects.select_related("in_reply_to")
    assert [row.depth for row in stored] == [*range(1, DEEPEST + 1), *[DEEPEST] * 3]
    assert [row.in_reply_to and row.in_reply_to.external_id for row in stored] == [
        None,
        *(f"c{number}" for number in range(DEEPEST + 2)),
    ]
    assert Comment.objects.find_problems() == ([], [], [], [], [])


def test_counting_anew_gives_what_posting_and_deciding_kept():
    roundtable = factories.roundtable()
    first, second = roundtable.questions.all()[:2]
    root = factories.comment(roundtable, question=first)
    reply = factories.comment(roundtable, answers=root)
    factories.comment(roundtable, answers=reply)
    factories.comment(roundtable, answers=root, status="pending")
    factories.comment(roundtable, question=second, status="removed")
    factories.comment(roundtable)
    elsewhere = factories.comment(factories.roundtable())

    def totals():
        return (
            list(Roundtable.objects.values_list("visible_count", flat=True)),
            list(roundtable.questions.values_list("visible_count", flat=True)),
            list(Comment.objects.filter(depth=1).values_list("thread_count", flat=True)),
        )

    kept = totals()
    assert kept == ([4, 1], [3, 0, 0], [2, 0, 0, 0])
    Roundtable.objects.filter(pk=roundtable.pk).update(visible_count=77)
    roundtable.questions.update(visible_count=77)
    Comment.objects.filter(roundtable=roundtable).update(thread_count=77)
    Comment.objects.filter(pk=elsewhere.pk).update(thread_count=0)
    recount(roundtable)

    Comment.objects.filter(depth__gt=1).update(thread_count=0)
    assert totals() == kept


def test_counting_anew_tells_every_kept_page_that_it_is_old():
    roundtable = factories.roundtable()
    recount(roundtable)

    assert (roundtable.version, roundtable.activity) == (1, 1)
    assert list(Roundtable.objects.values_list("version", "activity")) == [(1, 1)]


def test_a_thread_was_last_active_when_its_latest_published_comment_came_out():
    days = [datetime.datetime(2022, 1, day, tzinfo=datetime.UTC) for day in range(1, 8)]
    roundtable = factories.roundtable()
    root = factories.comment(roundtable, posted_at=days[0], published_at=days[1])
    factories.comment(roundtable, answers=root, posted_at=days[2], published_at=days[3])
    factories.comment(roundtable, answers=root, status="pending", posted_at=days[5])
    # Of an import that knew no date: published on the day of the import.
    factories.comment(roundtable, answers=root, posted_at=None, published_at=days[6])
    alone = factories.comment(roundtable, posted_at=None, published_at=days[6])
    with transaction.atomic():
        recount(roundtable)

    assert Comment.objects.get(pk=root.pk).last_activity_at == days[3]
    assert Comment.objects.get(pk=alone.pk).last_activity_at == days[6]
