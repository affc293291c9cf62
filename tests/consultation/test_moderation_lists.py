"""Lists for those who run a roundtable, page by page: outside links, and the documents that are cited."""

from itertools import chain

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from consultation.models import Comment, Concern, DocumentCitation, Event, FollowUp, Roundtable
from tests import factories
from tests.discussions import plant
from tests.markup import page

pytestmark = pytest.mark.django_db


@pytest.fixture
def roundtable(client):
    made = factories.roundtable(slug="safe-paths")
    client.force_login(factories.moderator(made))
    return made


def walk(client, name, query="", args=("safe-paths",)):
    """Return the cards of each page and the number of queries that it took, up to the last page."""
    where, pages, costs = f"{reverse(name, args=args)}{query}", [], []
    while where:
        with CaptureQueriesContext(connection) as queries:
            read = page(client.get(where))
        pages.append(read.one("ul", class_="cards"))
        costs.append(len(queries))
        following = read.all("a", rel="next")
        where = following[0].attrs["href"].replace("?", f"{where.split('?')[0]}?", 1) if following else None
    return pages, costs


def test_links_go_on_page_by_page_in_the_order_of_the_discussion(client, roundtable):
    plant(roundtable, [None] * 60, body=lambda place: f'<a href="https://example.org/{place}">x</a>')
    plant(roundtable, [None] * 5)
    client.get(reverse("moderation_links", args=["safe-paths"]))

    pages, costs = walk(client, "moderation_links")

    shown = [[each.words for each in cards.all("a") if "example.org" in each.attrs["href"]] for cards in pages]
    assert [len(each) for each in shown] == [25, 25, 10]
    assert [*chain(*shown)] == [f"https://example.org/{place}" for place in range(60)]
    assert costs == [costs[0]] * 3


def test_documents_go_on_page_by_page_and_a_document_that_many_cite_has_pages_of_its_own(client, roundtable):
    plant(roundtable, [None] * 60, body=lambda place: f"A/HRC/{place + 10}/1 and A/RES/73/195, para. {place % 3}")
    first = Comment.objects.first()
    DocumentCitation.objects.create(comment=first, symbol="A/RES/73/195", paragraph="99")
    client.get(reverse("moderation_documents", args=["safe-paths"]))

    pages, costs = walk(client, "moderation_documents")
    one, its_costs = walk(client, "moderation_documents", "?symbol=A/RES/73/195")

    shown = [[each.words for each in cards.all("h2")] for cards in pages]
    assert [len(each) for each in shown] == [25, 25, 11]
    assert [*chain(*shown)] == ["A/RES/73/195", *sorted(f"A/HRC/{place + 10}/1" for place in range(60))]
    compact = pages[0].all("li")[0]
    assert ("Cited by 60 contributions" in compact.words, len(compact.all("li"))) == (True, 10)
    assert compact.all("li")[0].words.endswith("99")
    assert compact.all("a")[-1].attrs["href"] == "?symbol=A%2FRES%2F73%2F195"
    named = [each.attrs["href"] for cards in one for each in cards.all("a") if "/comments/" in each.attrs["href"]]
    assert named == [each.get_absolute_url() for each in Comment.objects.order_by("pk")]
    assert costs + its_costs == [costs[0]] * 6


def test_what_concerns_other_roundtables_goes_on_page_by_page(client, roundtable):
    event = Event.objects.create(name_en="Review Forum")
    Roundtable.objects.filter(pk=roundtable.pk).update(event=event)
    others = [factories.roundtable(event=event, title_en=f"Roundtable {n}") for n in range(2)]
    plant(roundtable, [None] * 30)
    comments = list(Comment.objects.order_by("pk"))
    for other in reversed(others):  # so that their own numbers are not in the order of the comments
        Concern.objects.bulk_create(Concern(comment=comment, roundtable=other, why="7") for comment in comments)
    client.get(reverse("moderation_concerns", args=["safe-paths"]))

    pages, costs = walk(client, "moderation_concerns")

    shown = [[each.attrs["href"] for each in cards.all("a") if "/comments/" in each.attrs["href"]] for cards in pages]
    assert [len(each) for each in shown] == [25, 25, 10]
    twice = [reverse("moderation_decide", args=[comment.pk]) for comment in comments for _other in others]
    assert [*chain(*shown)] == twice
    assert costs == [costs[0]] * 3


def test_follow_ups_go_on_page_by_page_within_the_filters(client, roundtable, time_machine):
    plant(roundtable, [None] * 60)
    time_machine.move_to(timezone.now(), tick=False)  # of one moment, the numbers tell the order
    comments = list(Comment.objects.order_by("pk"))
    FollowUp.objects.bulk_create(FollowUp(comment=comment, what=f"No. {n}") for n, comment in enumerate(comments))
    FollowUp.objects.filter(comment__in=comments[::2]).update(closed_at=timezone.now())
    client.get(reverse("moderation_follow_ups"))

    pages, costs = walk(client, "moderation_follow_ups", "?roundtable=safe-paths&state=closed", ())

    shown = [[each.words for each in cards.all("p") if each.words.startswith("No. ")] for cards in pages]
    assert [len(each) for each in shown] == [25, 5]
    assert [*chain(*shown)] == [f"No. {n}" for n in range(0, 60, 2)]
    assert costs == [costs[0]] * 2
    everywhere, _ = walk(client, "moderation_follow_ups", "", ())
    assert [len(cards.all("h2")) for cards in everywhere] == [25, 5]


def test_a_cursor_that_makes_no_sense_is_passed_over(client, roundtable):
    names = ("moderation_links", "moderation_documents", "moderation_concerns")
    odd = ["%00", "9-%00", "²", "1-" + "x" * 200, "1-", "99999999999999999-1", "1-²"]
    odd = [*(f"after={each}" for each in odd), "symbol=%00", "symbol=x&after=²", "symbol=x"]
    where = [reverse("moderation_follow_ups"), *(reverse(name, args=["safe-paths"]) for name in names)]

    assert {client.get(f"{each}?{query}").status_code for each in where for query in odd} == {200}
