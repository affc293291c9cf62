"""The late box: after closing, with a reason, and only where the roundtable takes it."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from consultation.models import Comment, Draft
from tests import factories
from tests.markup import page

pytestmark = pytest.mark.django_db

LATE = "/en/roundtables/safe-paths/late/"
REASON = "Reasoncanary: the ministry had to agree."


def sign_in(person):
    client = Client()
    if person:
        client.force_login(person)
    return client


def closed(**fields):
    now = timezone.now()
    defaults = {"slug": "safe-paths", "opens_at": now - timedelta(days=9), "closes_at": now - timedelta(seconds=1)}
    return factories.roundtable(**defaults | {"takes_late": True} | fields)


def typed(**fields):
    return {"body": "Our answer.", "language": "en", "late_reason": REASON} | fields


@pytest.mark.parametrize("moderation", ["before", "after", "trusted"])
@pytest.mark.parametrize("kind", ["participant", "moderator", "secretariat"])
def test_what_comes_late_always_waits_for_a_moderator(moderation, kind):
    roundtable = closed(moderation=moderation)
    question = roundtable.questions.last()
    people = {"participant": factories.user, "secretariat": factories.staff}
    person = factories.moderator(roundtable) if kind == "moderator" else people[kind]()

    response = sign_in(person).post(LATE, typed(question=question.pk))

    comment = Comment.objects.get()
    assert response["Location"] == f"/en/comments/{comment.pk}/#comment-{comment.pk}"
    assert (comment.status, comment.late_reason, comment.question) == ("pending", REASON, question)
    assert comment.waiting_since is not None


def test_a_late_contribution_is_marked_for_everybody_and_its_reason_is_not_shown(client):
    roundtable = closed()
    moderator = factories.moderator(roundtable)
    sign_in(factories.user()).post(LATE, typed())
    comment = Comment.objects.get()

    comment.approve(by=moderator)

    response = client.get(roundtable.get_absolute_url())
    header = page(response).one("article", id=f"comment-{comment.pk}").one("header")
    assert "received after the deadline" in [span.words for span in header.all("span")]
    assert b"Reasoncanary" not in response.content
    assert b"Reasoncanary" not in client.get(comment.get_absolute_url()).content


def test_the_queue_says_why_something_is_late():
    roundtable = closed()
    sign_in(factories.user()).post(LATE, typed())

    card = page(sign_in(factories.moderator(roundtable)).get("/en/moderation/")).one("li", class_="waiting")

    assert [tag.words for tag in card.all("span", class_="tag")] == ["New", "received after the deadline"]
    assert f"Why it is late – {REASON}" in card.words


@pytest.mark.parametrize("reason", ["", " \n "])
def test_a_reason_is_needed_and_nothing_typed_is_lost(reason):
    closed()

    response = sign_in(factories.user()).post(LATE, typed(late_reason=reason))

    assert response.status_code == 422
    assert page(response).one("div", class_="error-summary").one("a").attrs["href"] == "#id_late_reason"
    assert page(response).one("textarea", name="body").words == "Our answer."
    assert not Comment.objects.exists()


@pytest.mark.parametrize("odd", ["\0", "x" * 2001])
def test_odd_reasons_are_refused_or_mended_never_an_error(odd):
    closed()

    response = sign_in(factories.user()).post(LATE, typed(late_reason=f"Because. {odd}"))

    assert response.status_code in (302, 422)


@pytest.mark.parametrize(
    ("fields", "status"),
    [
        ({"takes_late": False}, 403),
        ({"closes_at": None}, 302),
        ({"closes_at": timezone.now() + timedelta(days=2)}, 302),
        ({"opens_at": timezone.now() + timedelta(days=1), "closes_at": timezone.now() + timedelta(days=2)}, 403),
    ],
)
def test_there_is_no_late_box_before_closing_or_where_none_is_wanted(fields, status):
    closed(**fields)
    client = sign_in(factories.user())

    assert [client.get(LATE).status_code, client.post(LATE, typed()).status_code] == [status, status]
    assert not Comment.objects.exists()


def test_the_late_box_opens_no_other_door():
    roundtable = closed()
    comment = factories.comment(roundtable, question=roundtable.questions.first())
    client = sign_in(factories.user())
    addresses = [
        reverse("comment_contribute", args=["safe-paths"]),
        reverse("comment_answer", args=["safe-paths", 1]),
        reverse("comment_reply", args=[comment.pk]),
    ]

    assert [client.post(address, typed()).status_code for address in addresses] == [403] * 3
    assert Comment.objects.count() == 1
    with_draft = f"{LATE}?draft={Draft.objects.get(place='/roundtables/safe-paths/contribute/').pk}"
    assert with_draft in [link.attrs["href"] for link in page(client.get(addresses[0])).all("a")]
    assert LATE in [link.attrs["href"] for link in page(client.get(roundtable.get_absolute_url())).all("a")]


def test_who_may_hand_something_in_late():
    roundtable = closed()
    suspended = factories.user()
    suspended.suspend(by=factories.staff(), reason="other")
    people = {"visitor": None, "participant": factories.user(), "suspended": suspended}

    found = {kind: sign_in(person).get(LATE).status_code for kind, person in people.items()}
    roundtable.is_published = False
    roundtable.save()

    assert found == {"visitor": 302, "participant": 200, "suspended": 403}
    assert sign_in(people["participant"]).get(LATE).status_code == 404


def test_a_late_text_that_was_returned_is_revised_after_closing_and_a_published_one_is_not():
    roundtable = closed()
    author = factories.user()
    client = sign_in(author)
    client.post(LATE, typed())
    comment = Comment.objects.get()
    comment.return_for_revision(by=factories.moderator(roundtable), message="Shorter, please.")
    address = reverse("comment_revise", args=[comment.pk])

    response = client.post(address, {"body": "Shorter.", "language": "en", "seen": 1})

    assert response.status_code == 302
    comment = Comment.objects.get()
    assert (comment.status, comment.body, comment.late_reason) == ("pending", "Shorter.", REASON)
    comment.approve(by=factories.staff())
    assert client.post(address, {"body": "More.", "language": "en", "seen": 2}).status_code == 403


def test_the_secretariat_opens_the_late_box_in_the_admin():
    roundtable = factories.roundtable(slug="safe-paths")

    response = sign_in(factories.staff()).get(reverse("admin:consultation_roundtable_change", args=[roundtable.pk]))

    assert page(response).one("input", name="takes_late").attrs["type"] == "checkbox"


def test_what_could_not_be_sent_any_more_is_there_in_the_late_box():
    roundtable = closed()
    question = roundtable.questions.last()
    person = factories.user()
    client = sign_in(person)
    refused = client.post(f"/en/roundtables/safe-paths/questions/{question.number}/answer/", typed(body="Too late."))
    draft = Draft.objects.get()
    address = f"{LATE}?draft={draft.pk}"
    links = [
        [link.attrs["href"] for link in page(response).one("main").all("a") if "/late/" in link.attrs["href"]]
        for response in (refused, client.get(f"/en/comments/drafts/{draft.pk}/"))
    ]

    form = client.get(address).context["form"]
    of_somebody_else = sign_in(factories.user()).get(address).context["form"]

    assert links == [[address], [address]]
    assert (form["body"].value(), form["question"].value()) == ("Too late.", question.pk)
    assert str(form["key"].value()) != str(draft.key)
    assert of_somebody_else["body"].value() in (None, "")


@pytest.mark.parametrize("number", ["0", "x", "-1", "²", "9" * 19, "9" * 40, "%00", ""])
def test_a_draft_that_does_not_exist_leaves_the_late_box_empty(number):
    closed()

    response = sign_in(factories.user()).get(f"{LATE}?draft={number}")

    assert (response.status_code, response.context["form"]["body"].value()) == (200, None)
