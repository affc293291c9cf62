"""Moderation: the queue, decisions, two moderators at once, and that what is decided about is what was read."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from consultation.forms import queue as queue_form
from consultation.models import Comment, ModerationEvent, Roundtable
from tests import factories
from tests.markup import page

pytestmark = pytest.mark.django_db

Status = Comment.Status
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


def decision(name, comment, **more):
    return {"decision": name, "revision": comment.revision_number, **more}


def cards(client):
    """Return the items of the queue."""
    return page(client.get(QUEUE)).one("ul", class_="cards").all("li")


def decision_form(response, comment):
    """Return the form in which a moderator decides, of the page of a comment."""
    return page(response).one("main").one("form", action=decide(comment))


def queued(client):
    """Return whose contributions wait, in the order of the queue."""
    return [card.one("h2").words for card in cards(client) if card.all("h2")]


def state(comment):
    stored = Comment.objects.get(pk=comment.pk)
    return stored.status, [event.action for event in stored.events.all()]


# --- The queue


def test_the_queue_shows_what_waits_in_ones_own_roundtables_the_oldest_first(client, roundtable, moderator):
    newer = factories.comment(roundtable, factories.user("Newer"), status=Status.PENDING)
    older = factories.comment(roundtable, factories.user("Older"), status=Status.PENDING)
    Comment.objects.filter(pk=older.pk).update(waiting_since=timezone.now() - timedelta(days=2))
    factories.comment(factories.roundtable(), factories.user("Elsewhere"), status=Status.PENDING)
    for status in set(Status) - {Status.PENDING}:
        factories.comment(roundtable, factories.user(f"Not {status}"), status=status)

    assert queued(client) == ["Older", "Newer"]
    client.force_login(factories.staff())
    assert sorted(queued(client)) == ["Elsewhere", "Newer", "Older"]
    assert newer.status == Status.PENDING


def test_an_empty_queue_says_so_and_names_ones_roundtables(client, roundtable, moderator):
    main = page(client.get(QUEUE)).one("main")

    assert [item.words for item in main.one("ul", class_="cards").all("li")] == ["Nothing waits. Well done."]
    assert "0 contributions" not in main.words
    assert [link.attrs["href"] for link in main.all("a") if link.words == "Safe paths"] == [
        f"/en/roundtables/{roundtable.slug}/"
    ]


def test_a_card_of_the_queue_says_what_is_needed_to_decide(client, roundtable, moderator):
    root = factories.comment(roundtable, factories.user("Andy Shen"), question=roundtable.questions.get(number=2))
    waiting = factories.comment(
        roundtable, factories.user("Amina"), answers=root, status=Status.PENDING, body="**Look** here.", language="fr"
    )
    waiting.revise(factories.new_text("**Look** there.", "fr"), by=waiting.author)
    Comment.objects.filter(pk=waiting.pk).update(waiting_since=timezone.now() - timedelta(hours=3))

    [card] = [each for each in cards(client) if each.all("h2")]

    told = card.one("p", class_="quiet").words.replace("\u00a0", " ")
    assert told == "Waiting for 3 hours · Safe paths · Question 2 · in reply to Andy Shen · revision 2"
    body = card.one("div", class_="comment__body")
    assert (body.words, body.attrs["lang"]) == ("Look there.", "fr")
    assert card.one("input", name="revision").attrs["value"] == "2"
    names = [each.attrs["aria-label"] for each in card if "aria-label" in each.attrs]
    assert names == [
        "Choose the contribution of Amina",
        "Approve the contribution of Amina",
        "Return for revision: the contribution of Amina",
        "Reject: the contribution of Amina",
        "Read and decide about the contribution of Amina",
        "Show in context: the contribution of Amina",
    ]


def test_more_than_a_page_is_shown_page_by_page(client, roundtable, moderator):
    author = factories.user()
    for number in range(27):
        factories.comment(roundtable, author, role="moderator", body=f"Text {number}")
    Comment.objects.update(status=Status.PENDING, waiting_since=timezone.now(), published_at=None)

    main = page(client.get(QUEUE)).one("main")

    assert len([each for each in main.one("ul", class_="cards").all("li") if each.all("h2")]) == 25
    assert "More wait behind these." in main.words


def test_one_press_in_the_queue_approves_what_was_read(client, roundtable, moderator):
    comment = factories.comment(roundtable, factories.user("Amina"), status=Status.PENDING)
    [card] = [each for each in cards(client) if each.all("h2")]
    form = card.one("form")
    sent = {each.attrs["name"]: each.attrs["value"] for each in form.all("input")}

    response = client.post(form.attrs["action"], sent, follow=True)

    assert state(comment) == (Status.APPROVED, ["approve"])
    assert [status for _address, status in response.redirect_chain] == [302]
    assert page(response).one("div", class_="notice--success").words == (
        "Approved: the contribution of Amina is published. Undo"
    )


# --- Decisions


@pytest.mark.parametrize(
    ("sent", "status", "event"),
    [
        ({"decision": "approve"}, Status.APPROVED, ("approve", "", "")),
        ({"decision": "return", "message": "Say *more*."}, Status.RETURNED, ("return", "", "Say *more*.")),
        ({"decision": "reject", "reason": "off_topic"}, Status.REJECTED, ("reject", "off_topic", "")),
        ({"decision": "reject", "reason": "other", "message": "Why"}, Status.REJECTED, ("reject", "other", "Why")),
    ],
)
def test_a_decision_is_recorded_once_with_its_reason(client, roundtable, moderator, sent, status, event):
    comment = factories.comment(roundtable, status=Status.PENDING)

    response = client.post(decide(comment), {"revision": 1, **sent})

    [recorded] = ModerationEvent.objects.all()
    place = queue_form.place_of(comment)
    assert (response.status_code, response["Location"]) == (302, f"{QUEUE}?done={recorded.pk}&at={place}#next")
    assert Comment.objects.get().status == status
    assert (recorded.action, recorded.reason, recorded.message) == event
    assert (recorded.actor, recorded.actor_name, recorded.comment) == (moderator, "Mara", comment)


def test_approving_and_replying_leads_to_the_form_of_the_reply(client, roundtable, moderator):
    comment = factories.comment(roundtable, status=Status.PENDING)

    response = client.post(decide(comment), decision("reply", comment))

    assert (response.status_code, response["Location"]) == (302, f"/en/comments/{comment.pk}/reply/")
    assert state(comment) == (Status.APPROVED, ["approve"])


@pytest.mark.parametrize(
    ("sent", "field"),
    [
        ({}, "decision"),
        ({"decision": "remove"}, "decision"),
        ({"decision": "reject"}, "reason"),
        ({"decision": "reject", "reason": "because"}, "reason"),
        ({"decision": "return"}, "message"),
        ({"decision": "return", "message": " \n "}, "message"),
        ({"decision": "return", "message": "x" * 5001}, "message"),
        ({"decision": "return", "message": "a\0b"}, "message"),
    ],
)
def test_a_decision_that_lacks_something_is_refused_and_keeps_what_was_typed(
    client, roundtable, moderator, sent, field
):
    comment = factories.comment(roundtable, status=Status.PENDING)

    response = client.post(decide(comment), {"revision": 1, **sent})

    top = page(response)
    assert response.status_code == 422
    assert [
        link.attrs["href"].startswith(f"#id_{field}") for link in top.one("div", class_="error-summary").all("a")
    ] == [True]
    assert len(top.all("p", class_="field-error")) == 1
    assert top.one("textarea", name="message").text.removeprefix("\n") == sent.get("message", "")
    assert state(comment) == (Status.PENDING, [])


@pytest.mark.parametrize("revision", ["", "x", "²", "9" * 400])
def test_a_decision_without_the_revision_that_was_read_decides_nothing(client, roundtable, moderator, revision):
    comment = factories.comment(roundtable, status=Status.PENDING)

    response = client.post(decide(comment), {"decision": "approve", "revision": revision})

    assert response.status_code in (409, 422)
    assert len(page(response).all("div", class_="error-summary")) == 1
    assert state(comment) == (Status.PENDING, [])


def test_a_moderator_who_is_late_is_told_who_decided_what_and_when(client, roundtable, moderator):
    comment = factories.comment(roundtable, status=Status.PENDING)
    opened = client.get(decide(comment))
    comment.reject(by=factories.moderator(roundtable, "Quick Quinn"), reason="other")

    response = client.post(decide(comment), decision("return", comment, message="Please say more."))

    told = page(response).one("div", class_="error-summary").words
    assert (opened.status_code, response.status_code) == (200, 409)
    assert told.startswith("Somebody else was quicker Decision: Rejected, by Quick Quinn, ")
    assert state(comment) == (Status.REJECTED, ["reject"])


def test_an_approval_meant_for_a_waiting_text_does_not_undo_a_rejection_that_came_first(client, roundtable, moderator):
    comment = factories.comment(roundtable, status=Status.PENDING)
    form = decision_form(client.get(decide(comment)), comment)
    sent = {each.attrs["name"]: each.attrs.get("value", "") for each in form.all("input", type="hidden")}
    comment.reject(by=factories.moderator(roundtable, "Quick Quinn"), reason="other")

    late = client.post(decide(comment), sent | {"decision": "approve", "message": "Thank you"})

    main = page(late).one("main")
    assert (late.status_code, state(comment)) == (409, (Status.REJECTED, ["reject"]))
    assert "by Quick Quinn" in main.one("div", class_="error-summary").words
    assert main.one("textarea", name="message").text.strip() == "Thank you"
    form = decision_form(late, comment)
    again = {each.attrs["name"]: each.attrs.get("value", "") for each in form.all("input", type="hidden")}
    assert client.post(decide(comment), again | {"decision": "approve"}).status_code == 302
    assert state(comment) == (Status.APPROVED, ["reject", "approve"])


def test_an_approval_of_a_text_that_changed_is_refused_with_the_new_text_shown(client, roundtable, moderator):
    comment = factories.comment(roundtable, status=Status.PENDING, body="The text that was read.")
    form = decision_form(client.get(decide(comment)), comment)
    seen = form.one("input", name="revision").attrs["value"]
    comment.revise(factories.new_text("Another text."), by=comment.author)

    response = client.post(decide(comment), {"decision": "approve", "revision": seen})

    main = page(response).one("main")
    assert response.status_code == 409
    assert main.one("div", class_="error-summary").words.startswith(
        "The author changed the text while you were reading"
    )
    assert main.one("div", class_="comment__body").words == "Another text."
    assert main.one("input", name="revision").attrs["value"] == "2"
    assert state(comment) == (Status.PENDING, ["submit"])
    again = client.post(decide(comment), {"decision": "approve", "revision": "2"})
    assert (again.status_code, state(comment)[0]) == (302, Status.APPROVED)


def test_a_rejected_text_can_still_be_approved_and_a_published_one_only_be_removed(client, roundtable, moderator):
    rejected = factories.comment(roundtable, status=Status.REJECTED)
    approved = factories.comment(roundtable)

    offered = [
        [each.attrs["value"] for each in decision_form(client.get(decide(comment)), comment).all("input", type="radio")]
        for comment in (rejected, approved)
    ]
    seen = [{"status": each.status} for each in (rejected, approved)]
    statuses = [
        client.post(decide(each), decision("approve", each) | own).status_code
        for each, own in zip((rejected, approved), seen, strict=True)
    ]

    assert offered == [["approve", "reply"], ["remove"]]
    assert statuses == [302, 422]
    assert state(rejected) == (Status.APPROVED, ["reject", "approve"])
    assert state(approved)[1] == ["approve"]


def test_the_page_of_a_decision_shows_the_whole_text_its_place_and_what_happened(client, roundtable, moderator):
    root = factories.comment(roundtable, factories.user("Andy Shen"), question=roundtable.questions.get(number=2))
    long = " ".join(["A sentence of some words."] * 200)
    comment = factories.comment(roundtable, answers=root, status=Status.RETURNED, body=long, objective_numbers=(3, 17))

    main = page(client.get(decide(comment))).one("main")

    assert main.one("article", id=f"comment-{comment.pk}").one("div", class_="comment__body").words == long
    assert "2. What about matter 2?" in main.words
    assert "Objectives: 3 and 17" in main.words
    assert next(each.words for each in main.all("summary")) == "In reply to Andy Shen"
    assert main.one("ol", class_="threads").one("h3").words == "Andy Shen"
    [happened] = [each for each in main.all("ol") if "threads" not in each.classes]
    assert [each.words.split(" – ", 1)[1] for each in happened.all("li")] == [
        f"Returned for revision, {comment.author.name} Please say more."
    ]


# --- Who


@pytest.mark.parametrize(
    ("person", "statuses"),
    [
        (lambda roundtable: None, [302, 302, 302]),
        (lambda roundtable: factories.user(), [404, 404, 404]),
        (lambda roundtable: factories.moderator(factories.roundtable()), [200, 404, 404]),
        (lambda roundtable: factories.moderator(roundtable, is_active=False), [302, 302, 302]),
        (lambda roundtable: factories.moderator(roundtable), [200, 200, 302]),
        (lambda roundtable: factories.staff(), [200, 200, 302]),
    ],
)
def test_only_the_moderators_of_a_roundtable_and_the_secretariat_decide(client, roundtable, person, statuses):
    comment = factories.comment(roundtable, status=Status.PENDING)
    who = person(roundtable)
    if who:
        client.force_login(who)

    found = [client.get(QUEUE), client.get(decide(comment)), client.post(decide(comment), decision("approve", comment))]

    assert [response.status_code for response in found] == statuses
    assert Comment.objects.get().status == (Status.APPROVED if statuses[1] == 200 else Status.PENDING)


def test_a_right_that_is_taken_away_is_gone_with_the_next_request(client, roundtable, moderator):
    comment = factories.comment(roundtable, status=Status.PENDING)
    before = client.get(decide(comment)).status_code
    roundtable.moderators.clear()

    after = client.post(decide(comment), decision("approve", comment)).status_code

    assert (before, after) == (200, 404)
    assert state(comment) == (Status.PENDING, [])


def test_an_author_does_not_approve_their_own_text_by_moderating_elsewhere(client, roundtable):
    author = factories.moderator(factories.roundtable())
    comment = factories.comment(roundtable, author, status=Status.PENDING)
    client.force_login(author)

    assert client.post(decide(comment), decision("approve", comment)).status_code == 404
    assert state(comment) == (Status.PENDING, [])


def test_moderation_goes_on_after_the_closing_time(client, roundtable, moderator):
    comment = factories.comment(roundtable, status=Status.PENDING)
    Roundtable.objects.update(closes_at=timezone.now() - timedelta(seconds=1))

    assert client.post(decide(comment), decision("approve", comment)).status_code == 302
    assert state(comment) == (Status.APPROVED, ["approve"])


# --- Under another question


def refile(comment):
    return reverse("moderation_refile", args=[comment.pk])


def test_a_thread_is_filed_under_another_question_with_all_its_replies(client, roundtable, moderator):
    first, second, _third = roundtable.questions.all()
    root = factories.comment(roundtable, question=first)
    reply = factories.comment(roundtable, answers=root)
    held = factories.comment(roundtable, answers=reply, status=Status.PENDING)
    stays = factories.comment(roundtable, question=first)
    offered = [each.words for each in page(client.get(refile(root))).one("select", name="question").all("option")]

    response = client.post(refile(root), {"question": second.pk})

    places = dict(Comment.objects.values_list("pk", "question_number"))
    assert offered[0] == "General contributions"
    assert len(offered) == 4
    assert (response.status_code, response["Location"]) == (302, root.get_absolute_url())
    assert places == {root.pk: 2, reply.pk: 2, held.pk: 2, stays.pk: 1}
    assert {each.question for each in Comment.objects.exclude(pk=stays.pk)} == {second}
    assert list(roundtable.questions.values_list("visible_count", flat=True)) == [1, 2, 0]
    assert not any(Comment.objects.find_problems())


def test_a_thread_is_filed_among_the_general_contributions(client, roundtable, moderator):
    root = factories.comment(roundtable, question=roundtable.questions.get(number=1))
    version = Roundtable.objects.get(pk=roundtable.pk).version

    client.post(refile(root), {"question": ""})

    root.refresh_from_db()
    assert (root.question, root.question_number) == (None, 999)
    assert Roundtable.objects.get(pk=roundtable.pk).version == version + 1


def test_only_whole_threads_are_filed_and_only_under_questions_of_their_roundtable(client, roundtable, moderator):
    root = factories.comment(roundtable)
    reply = factories.comment(roundtable, answers=root)
    elsewhere = factories.roundtable().questions.get(number=1)

    statuses = [client.get(refile(reply)).status_code, client.post(refile(reply), {"question": ""}).status_code]
    client.post(refile(root), {"question": elsewhere.pk})

    assert statuses == [404, 404]
    assert set(Comment.objects.values_list("question_number", flat=True)) == {999}
