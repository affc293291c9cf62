"""Contributions that concern another roundtable: suggested, shared, listed there; and the documents that are cited."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from consultation.models import Comment, Concern, Event, Roundtable
from consultation.models.noticing import compare_all
from tests import factories
from tests.discussions import plant
from tests.markup import page

pytestmark = pytest.mark.django_db


@pytest.fixture
def event():
    return Event.objects.create(name_en="Review Forum")


@pytest.fixture
def here(event):
    return factories.roundtable(slug="here", title_en="Roundtable 1", event=event, objective_numbers=(2, 5), position=1)


@pytest.fixture
def there(event):
    return factories.roundtable(slug="there", title_en="Safe paths", event=event, objective_numbers=(7, 8), position=2)


def signed_in(person):
    client = Client()
    client.force_login(person)
    return client


def settle(client, comment, roundtable, status="shared", **others):
    where = reverse("moderation_concern", args=[comment.pk])
    return client.post(where, {"roundtable": roundtable.pk, "status": status} | others)


def suggested():
    return [(concern.comment_id, concern.roundtable_id, concern.why) for concern in Concern.objects.order_by("pk")]


# --- Suggested


@pytest.mark.parametrize(
    ("body", "tags", "why"),
    [
        ("Objectives 2, 7 and 8 belong together.", (), "7,8"),
        ("We ask for safe paths.", (5, 7), "7"),
        ("Roundtable 2 should hear this.", (), "named"),
        ("Objetivo 8, mesa redonda 2.", (), "8,named"),
        ("Objective 2 in Roundtable 1, and objective 20.", (5,), None),
    ],
)
def test_a_text_suggests_the_roundtables_that_it_concerns(here, there, body, tags, why):
    comment = factories.comment(here, body=body, objective_numbers=tags, status="pending")

    assert suggested() == ([(comment.pk, there.pk, why)] if why else [])


def test_roundtables_of_another_event_are_not_suggested(here, there):
    factories.roundtable(event=Event.objects.create(name_en="Another"), objective_numbers=(7,), position=3)
    factories.roundtable(objective_numbers=(7,))
    lonely = factories.roundtable(objective_numbers=(1,))

    comment = factories.comment(here, body="Objective 7; round table 3.")
    factories.comment(lonely, body="Objective 7.")

    assert suggested() == [(comment.pk, there.pk, "7")]


def test_a_changed_text_suggests_anew_and_keeps_what_was_settled(here, there):
    third = factories.roundtable(event=here.event, objective_numbers=(20,), position=3)
    comment = factories.comment(here, body="Objectives 7 and 20.", status="pending")
    Concern.objects.filter(roundtable=there).update(status="dismissed")

    comment.revise(factories.new_text("Objective 7 only."), by=comment.author)

    assert suggested() == [(comment.pk, there.pk, "7")]
    assert Concern.objects.get().status == "dismissed"
    assert third.concerns.count() == 0


# --- Settled by moderators


def test_a_moderator_shares_from_the_list_and_from_the_decision(here, there):
    moderator = signed_in(factories.moderator(here))
    comment = factories.comment(here, body="Objective 7 concerns us.")
    listed = page(moderator.get(reverse("moderation_concerns", args=["here"])))
    [card] = listed.one("ul", class_="cards").all("li")
    decide = page(moderator.get(reverse("moderation_decide", args=[comment.pk])))

    assert "Objectives under review there and not here: 7." in card.words
    assert [button.words for button in card.all("button")] == ["Share with Safe paths", "Dismiss"]
    assert "Share with Safe paths" in decide.one("main").words
    first = settle(moderator, comment, there, back="list")
    again = settle(moderator, comment, there)
    assert [response.headers["Location"] for response in (first, again)] == [
        reverse("moderation_concerns", args=["here"]),
        reverse("moderation_decide", args=[comment.pk]),
    ]
    assert Concern.objects.get().status == "shared"


def test_each_act_is_one_event_and_is_undone(here, there):
    person = factories.moderator(here, "Mara")
    moderator = signed_in(person)
    comment = factories.comment(here, body="Objective 7 concerns us.")
    said, versions = [], []
    for status in ("shared", "shared", "dismissed"):
        settle(moderator, comment, there, status)
        said.append(Concern.objects.get().status)
    for _ in range(2):
        event = comment.events.order_by("pk").last()
        versions.append(Roundtable.objects.get(pk=there.pk).version)
        moderator.post(reverse("moderation_undo"), {"event": event.pk, "stay": "1"})
        said.append(Concern.objects.get().status)
    comment.events.all().delete()
    Concern.objects.update(status="suggested")
    settle(moderator, comment, there)
    event = comment.events.get()
    moderator.post(reverse("moderation_undo"), {"event": event.pk})

    assert said == ["shared", "shared", "dismissed", "shared", "shared"]  # only the last word is undone
    assert versions[1] > versions[0]
    assert Concern.objects.get().status == "suggested"
    assert [each.action for each in comment.events.order_by("pk")] == ["share", "undo"]
    assert (event.actor, event.get_action_display()) == (person, "Shared with another roundtable")


def test_undoing_forgets_a_roundtable_that_only_the_undone_act_named(here, there):
    moderator, comment = factories.moderator(here), factories.comment(here)
    comment.settle_concern(by=moderator, roundtable=there, status="shared")

    comment.undo(by=moderator, event=comment.events.order_by("pk").last())

    assert not Concern.objects.exists()


def test_the_register_names_what_was_shared(here, there):
    moderator = factories.moderator(here)
    comment = factories.comment(here, body="Objective 7 concerns us.")
    comment.settle_concern(by=moderator, roundtable=there, status="shared")
    comment.settle_concern(by=moderator, roundtable=there, status="dismissed")

    counts = page(Client().get(reverse("moderation_register", args=["here"]))).one("main").words
    rows = b"".join(signed_in(moderator).get(reverse("moderation_csv", args=["here"]))).decode().splitlines()

    assert "Shared with another roundtable 1" in counts
    assert "Not shared with another roundtable 1" in counts
    assert [row.split(",")[2] for row in rows[1:]] == ["approve", "share", "unshare"]


def test_a_moderator_names_a_roundtable_that_nothing_suggested(here, there):
    comment = factories.comment(here)

    settle(signed_in(factories.moderator(here)), comment, there)

    assert [(concern.roundtable, concern.status) for concern in comment.concerns.all()] == [(there, "shared")]


def test_nothing_is_shared_with_what_is_not_of_the_event_or_not_seen(here, there):
    comment = factories.comment(here)
    hidden = factories.roundtable(event=here.event, is_published=False)
    moderator = signed_in(factories.moderator(here))

    for roundtable, status in ((factories.roundtable(), "shared"), (hidden, "shared"), (here, "shared"), (there, "x")):
        refused = settle(moderator, comment, roundtable, status)
        assert (refused.status_code, len(page(refused).all(class_="error-summary"))) == (422, 1)
        assert settle(moderator, comment, roundtable, status, back="list").status_code == 302

    assert not Concern.objects.exists()


def test_only_who_moderates_where_it_stands_settles_it(here, there):
    comment = factories.comment(here, body="Objective 7 concerns us.")
    statuses = [
        settle(signed_in(person), comment, there).status_code
        for person in (factories.moderator(there), comment.author, factories.user())
    ]

    assert statuses == [404] * 3
    assert Concern.objects.get().status == "suggested"


# --- Listed there


def test_what_is_shared_and_published_is_listed_in_the_other_roundtable(client, here, there):
    comments = [factories.comment(here, body=f"Objective 7, number {number}.") for number in range(4)]
    held = factories.comment(here, body="Objective 7 heldcanary.", status="pending")
    moderator = signed_in(factories.moderator(here))
    for comment in (comments[0], comments[1], held):
        settle(moderator, comment, there)
    settle(moderator, comments[2], there, "dismissed")
    comments[1].remove(by=factories.staff(), reason="other")

    response = client.get(reverse("roundtable_shared", args=["there"]))

    articles = page(response).all("article", class_="comment")
    assert [article.attrs["id"] for article in articles] == [f"comment-{comments[0].pk}"]
    assert "heldcanary" not in response.content.decode()


def test_who_may_not_read_where_it_stands_does_not_see_it(here, there):
    comment = factories.comment(here, body="Objective 7 concerns us.")
    moderator = factories.moderator(here)
    settle(signed_in(moderator), comment, there)
    Roundtable.objects.filter(pk=here.pk).update(is_published=False)
    where = reverse("roundtable_shared", args=["there"])

    found = [
        len(page(client.get(where)).all("article", class_="comment"))
        for client in (Client(), signed_in(factories.user()), signed_in(moderator))
    ]

    assert found == [0, 0, 1]


def test_the_discussion_leads_to_what_is_shared_while_there_is_something(client, here, there):
    comment = factories.comment(here, body="Objective 7 concerns us.", status="pending")
    where, link = there.get_absolute_url(), reverse("roundtable_shared", args=["there"])

    def leads():
        return any(each.attrs.get("href") == link for each in page(client.get(where)).all("a"))

    seen = [leads()]
    settle(signed_in(factories.moderator(here)), comment, there)
    seen.append(leads())
    comment.approve(by=factories.staff())
    seen.append(leads())
    etag = client.get(where)["ETag"]
    Comment.objects.get().remove(by=factories.staff(), reason="other")
    seen.append(leads())

    assert seen == [False, False, True, False]
    assert client.get(where, headers={"if-none-match": etag}).status_code == 200


# --- Documents cited


def test_who_runs_a_roundtable_sees_which_documents_are_cited(here, there):
    first = factories.comment(here, factories.user("Kate Barth"), body="A/HRC/44/42, para. 3; GCM, para. 32")
    second = factories.comment(here, factories.user("Andy Shen"), body="GCM, para. 16 and A/RES/73/195")
    factories.comment(here, body="E/CN.4/2005/85", status="pending")
    factories.comment(there, body="A/HRC/35/25")

    response = signed_in(factories.moderator(here)).get(reverse("moderation_documents", args=["here"]))

    cards = page(response).one("ul", class_="cards").all("h2")
    assert [card.one("a").attrs["href"] for card in cards] == [
        "https://undocs.org/A/RES/73/195",
        "https://undocs.org/A/HRC/44/42",
    ]
    words = page(response).one("ul", class_="cards").words
    assert "Cited by 2 contributions" in words
    assert "paragraph 16" in words
    links = [link.attrs["href"] for link in page(response).one("ul", class_="cards").all("a")]
    assert links[1:3] == [first.get_absolute_url(), second.get_absolute_url()]


def test_lists_take_the_same_queries_at_20_and_at_200(here, there):
    moderator = factories.moderator(here)
    names = ("moderation_documents", "moderation_concerns", "roundtable_shared")
    found = []
    signed_in(moderator).get(here.get_absolute_url())

    for size in (20, 200):
        comments = plant(here, [None] * size, body=lambda place: f"Objective 7 (A/HRC/{place}/1), as we said before.")
        compare_all(comments)
        Concern.objects.filter(comment__in=comments[:10]).update(status="shared")
        counts = []
        for name in names:
            client = signed_in(moderator)
            with CaptureQueriesContext(connection) as queries:
                client.get(reverse(name, args=["there" if name == "roundtable_shared" else "here"]))
            counts.append(len(queries))
        found.append(counts)

    assert found[0] == found[1]
    assert max(found[0]) <= 8
