"""What leaves as a file: the same columns in both formats, and of a tombstone nothing that was said."""

import csv
import io
import json

import pytest
from django.urls import reverse

from consultation.exports import COLUMNS
from consultation.models import Comment
from tests import factories

pytestmark = pytest.mark.django_db


def test_both_formats_say_who_was_verified_what_was_asked_and_answered_and_what_is_late(client):
    roundtable = factories.roundtable(slug="talks")
    moderator = factories.moderator(roundtable)
    verified, late, asked, unanswered, gone = (factories.comment(roundtable, body=f"Text {n}.") for n in range(5))
    reply, removed = factories.comment(roundtable, answers=asked), factories.comment(roundtable, answers=unanswered)
    Comment.objects.filter(pk__in=[verified.pk, gone.pk]).update(is_author_verified=True)
    Comment.objects.filter(pk__in=[late.pk, gone.pk]).update(late_reason="=Ill.")
    Comment.objects.filter(pk__in=[asked.pk, gone.pk]).update(asks="all", answered_by=reply)
    Comment.objects.filter(pk=unanswered.pk).update(asks="moderators", answered_by=removed)
    removed.remove(by=moderator, reason="other")
    Comment.objects.get(pk=gone.pk).remove(by=moderator, reason="other")
    client.force_login(moderator)

    sheet = client.get(reverse("roundtable_csv", args=["talks"])).getvalue().decode("utf-8-sig")
    rows = [row for row in csv.DictReader(io.StringIO(sheet)) if row["path"]]
    comments = json.loads(client.get(reverse("roundtable_json", args=["talks"])).content)["comments"]

    names = ("verified", "late", "late_reason", "asks", "answered_by")
    nothing = ("", "", "", "", "")
    expected = {
        verified.pk: ("yes", "", "", "", ""),
        late.pk: ("", "yes", "=Ill.", "", ""),
        asked.pk: ("", "", "", "all", reply.pk),
        reply.pk: nothing,
        unanswered.pk: ("", "", "", "moderators", ""),
        removed.pk: nothing,
        gone.pk: nothing,
    }
    assert {row["id"]: tuple(row[name] for name in names) for row in comments} == expected
    assert {int(row["id"]): tuple(row[name] for name in names) for row in rows} == {
        pk: tuple("'=Ill." if each == "=Ill." else str(each) for each in values) for pk, values in expected.items()
    }
    assert [list(row) for row in comments] == [list(COLUMNS)] * 7
