"""What is new since the last visit: marked, and reached from one to the next."""

from datetime import timedelta

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from consultation.models import Comment
from tests import factories
from tests.markup import page

pytestmark = pytest.mark.django_db

ADDRESS = "/en/roundtables/safe-paths/"


@pytest.fixture
def roundtable():
    return factories.roundtable(slug="safe-paths")


@pytest.fixture
def reader():
    return factories.user("Amina Diallo")


def back_later(person, roundtable, *, after=timedelta(hours=2)):
    """Return the browser of somebody who was here before, and the travelling clock."""
    client = Client()
    client.force_login(person)
    client.get(ADDRESS)
    clock = time_machine.travel(timezone.now() + after)
    clock.start()
    return client, clock


def new_ones(response):
    """Return (number, where its link leads) of each comment that is marked as new, in the order of the page."""
    found = []
    for article in page(response).all("article", class_="is-new"):
        assert article.one("b", class_="new").words == "New"
        [link] = [link for link in article.one("footer").all("a") if link.attrs["href"].startswith("#")]
        found.append((int(article.attrs["id"].removeprefix("comment-")), link))
    return found


@pytest.mark.parametrize("address", [ADDRESS, f"{ADDRESS}questions/999/"])
def test_what_is_new_is_marked_and_leads_to_the_next_one_and_back(roundtable, reader, address):
    old = factories.comment(roundtable, published_at=timezone.now() - timedelta(days=1))
    client, clock = back_later(reader, roundtable)
    try:
        first = factories.comment(roundtable, answers=old)
        factories.comment(roundtable, status="pending")
        factories.comment(roundtable, reader)
        second = factories.comment(roundtable)
        response = client.get(address)
    finally:
        clock.stop()

    found = new_ones(response)
    assert [(pk, link.attrs["href"], link.words) for pk, link in found] == [
        (first.pk, f"#comment-{second.pk}", "Next new contribution"),
        (second.pk, "#discussion", "No more new ones: back to the beginning"),
    ]
    links = {link.words: link.attrs["href"] for link in page(response).all("a")}
    assert links["First new contribution"] == f"#comment-{first.pk}"
    assert page(response).one("h2", id="discussion")


def test_an_old_text_that_is_approved_later_is_new(roundtable, reader):
    comment = factories.comment(roundtable, status="pending")
    client, clock = back_later(reader, roundtable)
    try:
        comment.approve(by=factories.staff())
        response = client.get(ADDRESS)
    finally:
        clock.stop()

    assert [pk for pk, _link in new_ones(response)] == [comment.pk]


def test_nothing_is_new_on_a_first_visit_nor_to_a_visitor(client, roundtable, reader):
    factories.comment(roundtable)
    first_visit = Client()
    first_visit.force_login(reader)

    responses = [first_visit.get(ADDRESS), client.get(ADDRESS)]

    assert [new_ones(response) for response in responses] == [[], []]
    assert not any(b"First new contribution" in response.content for response in responses)
    assert Comment.objects.count() == 1
