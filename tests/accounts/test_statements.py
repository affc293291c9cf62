"""Statements that are written once: each call gets what the queryset would get it."""

import datetime
import uuid

import pytest
from django.db import connection
from django.db.models import F, Value
from django.test.utils import CaptureQueriesContext
from django.utils import timezone, translation

from accounts.models import StakeholderGroup, User
from accounts.statements import statement
from consultation.models import Comment
from tests import factories

pytestmark = pytest.mark.django_db


@statement
def people(name, joined_before, first, *, is_staff):
    found = User.objects.filter(name=name, is_staff=is_staff, pk__gte=first).annotate(age=Value(7) + F("pk"))
    return (found.filter(date_joined__lt=joined_before) if joined_before else found).order_by("pk")


def test_each_call_finds_what_its_own_values_say():
    first, second, staff = factories.user("Ana"), factories.user("Ana"), factories.staff("Ana")
    other, now = factories.user("Boris"), timezone.now() + datetime.timedelta(seconds=1)
    long_ago = now - datetime.timedelta(days=1)

    assert people("Ana", None, 0, is_staff=False) == [first, second]
    assert people("Ana", None, second.pk, is_staff=False) == [second]
    assert people("Ana", None, 0, is_staff=True) == [staff]
    assert people("Boris", now, 0, is_staff=False) == [other]
    assert people("Boris", long_ago, 0, is_staff=False) == []
    assert people("Ana", None, 10**30, is_staff=False) == []
    assert people("Boris", now, 0, is_staff=False)[0].age == other.pk + 7


def test_a_row_is_read_anew_by_each_call_in_one_statement():
    person = factories.user("Ana")
    people("Ana", None, 0, is_staff=False)
    User.objects.filter(pk=person.pk).update(organisation="Union")

    with CaptureQueriesContext(connection) as queries:
        found = people("Ana", None, 0, is_staff=False)

    assert [each.organisation for each in found] == ["Union"]
    assert len(queries) == 1


def test_a_translated_column_is_read_in_the_language_of_the_moment():
    group = StakeholderGroup.objects.first()

    @statement
    def labels(pk):
        return StakeholderGroup.objects.filter(pk=pk).values_list("label", flat=True)

    found = {}
    for code in ("en", "fr", "es", "en"):
        with translation.override(code):
            found[code] = labels(group.pk)

    assert found == {code: [getattr(group, f"label_{code}")] for code in ("en", "fr", "es")}


def test_a_key_of_a_form_is_found_on_every_database():
    key, roundtable = uuid.uuid4(), factories.roundtable()
    comment = factories.comment(roundtable)
    Comment.objects.filter(pk=comment.pk).update(submission_key=key)

    @statement
    def sent(key):
        return Comment.objects.filter(submission_key=key).values_list("pk", "submission_key")

    assert sent(key) == [(comment.pk, key)]
    assert sent(uuid.uuid4()) == []


def test_a_value_that_a_statement_would_change_is_refused_before_it_is_run():
    @statement
    def below(path):
        return Comment.objects.filter(path__lt=f"{path}Z")

    with pytest.raises(ValueError, match="not in list"):
        below("0001")
