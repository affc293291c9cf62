"""The form of a decision in its card of the queue: the same one as on the page, asked for and sent by a script."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from consultation.models import Comment
from tests import factories
from tests.discussions import plant
from tests.markup import page

pytestmark = pytest.mark.django_db

Status = Comment.Status
BY_SCRIPT = {"HX-Request": "true"}
QUEUE = "/en/moderation/"


@pytest.fixture
def roundtable():
    return factories.roundtable(title_en="Safe paths")


@pytest.fixture
def moderator(client, roundtable):
    person = factories.moderator(roundtable, "Mara")
    client.force_login(person)
    return person


def decide(comment):
    return reverse("moderation_decide", args=[comment.pk])


def seen(comment):
    return f"{comment.pk}:{comment.revision_number}:{comment.status}:"


def asked(client, comment, decision, query=""):
    where = f"{decide(comment)}?decision={decision}&seen={seen(comment)}{query}"
    return client.get(where, headers=BY_SCRIPT)


def fill_in(response, **typed):
    """Return where the form of an answer goes, and what it sends."""
    form = page(response).one("form")
    hidden = {each.attrs["name"]: each.attrs.get("value", "") for each in form.all("input", type="hidden")}
    return form.attrs["hx-post"], hidden | typed


def state(comment):
    stored = Comment.objects.get(pk=comment.pk)
    return stored.status, [(each.action, each.reason, each.message) for each in stored.events.all()]


@pytest.mark.parametrize(
    ("decision", "typed", "expected"),
    [
        ("return", {"message": "Say more."}, (Status.RETURNED, [("return", "", "Say more.")])),
        ("reject", {"reason": "off_topic", "message": ""}, (Status.REJECTED, [("reject", "off_topic", "")])),
    ],
)
def test_a_text_is_refused_from_its_card_and_the_queue_goes_on_after_it(
    client, roundtable, moderator, decision, typed, expected
):
    comment, twin = (factories.comment(roundtable, factories.user("Ada"), status=Status.PENDING) for _ in range(2))
    offered = asked(client, comment, decision, "&kind=new")
    where, sent = fill_in(offered, **typed)

    answers = [client.post(where, sent, headers=BY_SCRIPT) for _ in range(2)]
    on_the_page = client.post(where.replace(str(comment.pk), str(twin.pk)), sent)

    shown = page(offered)
    assert (offered.status_code, b"<!doctype" in offered.content) == (200, False)
    assert [each.attrs["name"] for each in [*shown.all("select"), *shown.all("textarea")]] == [*typed]
    assert shown.one("form").attrs["aria-labelledby"] == shown.one("h3").attrs["id"]
    assert [each.status_code for each in answers] == [204, 204]
    event = comment.events.get()
    expected_address = on_the_page["Location"].replace(f"done={twin.events.get().pk}", f"done={event.pk}")
    where_to = answers[0]["HX-Redirect"]
    assert where_to.split("&at=")[0] == expected_address.split("&at=")[0] == f"{QUEUE}?kind=new&done={event.pk}"
    assert answers[1]["HX-Redirect"] == f"{QUEUE}?kind=new&done={event.pk}#next"  # it waits no longer
    assert where_to.endswith(f"-{comment.pk}#next")
    assert state(comment) == expected
    assert page(client.get(where_to.partition("#")[0])).one("form", action=f"{reverse('moderation_undo')}?kind=new")


@pytest.mark.parametrize(
    ("decision", "typed", "field"),
    [
        ("return", {"message": " \n "}, "message"),
        ("return", {"message": "x" * 5001}, "message"),
        ("reject", {"reason": "", "message": "Sorry."}, "reason"),
        ("reject", {"reason": "because", "message": "Sorry."}, "reason"),
    ],
)
def test_what_is_missing_is_said_beside_its_field_in_the_card(client, roundtable, moderator, decision, typed, field):
    comment = factories.comment(roundtable, status=Status.PENDING)
    where, sent = fill_in(asked(client, comment, decision), **typed)

    response = client.post(where, sent, headers=BY_SCRIPT)

    shown = page(response)
    target = f"card{comment.pk}_{field}"
    assert response.status_code == 422
    assert [each.attrs["href"] for each in shown.one(class_="error-summary").all("a")] == [f"#{target}"]
    assert len(shown.all(class_="field-error", id=None)) == 1
    assert shown.one(id=target).attrs["aria-invalid"] == "true"
    assert shown.one("textarea", name="message").text.removeprefix("\n") == typed["message"]
    assert state(comment) == (Status.PENDING, [])


def test_whoever_is_late_is_told_who_decided_and_finds_what_they_typed_on_the_page(client, roundtable, moderator):
    comment = factories.comment(roundtable, status=Status.PENDING)
    where, sent = fill_in(asked(client, comment, "reject"), reason="other", message="Typed words.")
    comment.return_for_revision(by=factories.moderator(roundtable, "Quinn"), message="More.")

    late = client.post(where, sent, headers=BY_SCRIPT)
    later = asked(client, comment, "reject")
    after = page(client.get(page(late).one("a").attrs["href"])).one("form", action=decide(comment))

    assert (late.status_code, page(late).all("form")) == (409, [])
    assert "Returned for revision, by Quinn" in page(late).one(class_="error-summary").words
    assert after.one("textarea", name="message").text.strip() == "Typed words."
    chosen = [each for each in after.one("select", name="reason").all("option") if "selected" in each.attrs]
    assert [each.attrs["value"] for each in chosen] == ["other"]
    assert (page(later).all("form"), state(comment)[0]) == ([], Status.RETURNED)


def test_a_text_that_changed_since_the_list_was_opened_is_shown_instead_of_the_form(client, roundtable, moderator):
    comment = factories.comment(roundtable, status=Status.PENDING, body="The text that was read.")
    where, sent = fill_in(asked(client, comment, "return"), message="Say more.")
    comment.revise(factories.new_text("Another text."), by=comment.author)

    answers = [asked(client, comment, "return"), client.post(where, sent, headers=BY_SCRIPT)]

    assert [each.status_code for each in answers] == [200, 409]
    for shown in map(page, answers):
        assert shown.one(class_="error-summary").words.startswith("The author changed the text while you were reading")
        assert (shown.one(class_="comment__body").words, shown.all("form")) == ("Another text.", [])
    assert state(comment)[0] == Status.PENDING


def test_without_a_script_the_card_leads_to_the_page_with_the_decision_chosen(client, roundtable, moderator):
    comment = factories.comment(roundtable, status=Status.PENDING)
    factories.comment(roundtable, status=Status.RETURNED)
    card = page(client.get(f"{QUEUE}?kind=new")).one("li", class_="waiting")

    found = {}
    for link in [each for each in card.all("a") if "data-decide" in each.attrs]:
        answer = client.get(link.attrs["href"])
        form = page(answer).one("form", action=f"{decide(comment)}?kind=new")
        found[link.words] = [each.attrs["value"] for each in form.all("input", type="radio") if "checked" in each.attrs]

    assert found == {"Return for revision": ["return"], "Reject": ["reject"]}
    assert "HX-Request" in answer["Vary"]


def test_only_new_texts_are_refused_from_the_card_and_by_those_who_moderate_there(client, roundtable, moderator):
    changed = factories.comment(roundtable, status=Status.PENDING).approve(by=moderator)
    changed.propose_edit(factories.new_text("Another text."), by=changed.author)
    card = page(client.get(QUEUE)).one("li", class_="waiting")
    held = factories.comment(roundtable, status=Status.PENDING)
    answers = []
    for person in (factories.user(), factories.moderator(factories.roundtable()), held.author):
        browser = Client()
        browser.force_login(person)
        answers.append(asked(browser, held, "return").status_code)
    elsewhere = asked(client, held, "approve")

    assert [each.attrs for each in card.all("a") if "data-decide" in each.attrs] == []
    assert answers == [404] * 3
    assert (elsewhere.status_code, elsewhere["HX-Redirect"]) == (204, decide(held))


def test_the_form_in_the_card_takes_the_same_queries_in_any_discussion(client, roundtable, moderator):
    def cost(others):
        root = plant(roundtable, [None, *[0] * others])[0]
        comment = factories.comment(roundtable, answers=root, status=Status.PENDING)
        with CaptureQueriesContext(connection) as queries:
            page(asked(client, comment, "reject")).one("form")
        return len(queries)

    asked(client, factories.comment(roundtable, status=Status.PENDING), "reject")
    few, more, many = cost(1), cost(3), cost(30)

    assert few == more == many
    assert few <= 8


def test_the_form_in_the_card_hints_at_nothing_but_its_own_decision(client, roundtable, moderator):
    comment = factories.comment(roundtable, status=Status.PENDING)

    hints = {
        decision: [each.words for each in page(asked(client, comment, decision)).all(class_="hint")]
        for decision in ("return", "reject")
    }

    assert hints == {
        "return": ["Say what should be changed. Write in the author’s language if you can."],
        "reject": ["The author sees it, and the public register counts it."],
    }
