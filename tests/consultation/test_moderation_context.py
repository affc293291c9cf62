"""The panel beside the queue: what it shows of a contribution's context, to whom, and at what cost."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from consultation import reference
from consultation.forms.queue import place_of
from consultation.models import Comment, Event, InternalNote, Roundtable
from tests import factories
from tests.discussions import plant
from tests.markup import page

pytestmark = pytest.mark.django_db

Status = Comment.Status
BY_SCRIPT = {"HX-Request": "true"}


@pytest.fixture
def roundtable():
    return factories.roundtable(title_en="Safe paths")


@pytest.fixture
def moderator(client, roundtable):
    person = factories.moderator(roundtable, "Mara")
    client.force_login(person)
    return person


def address(act, comment):
    return reverse(f"moderation_{act}", args=[comment.pk])


def panel(client, comment, query=""):
    return client.get(f"{address('context', comment)}{query}", headers=BY_SCRIPT)


def sections(response):
    """Return {heading: words below it}."""
    return {each.one("h3").words: each.words for each in page(response).all("section")}


def test_the_panel_shows_a_reply_in_its_thread_with_what_comes_before_and_after(client, roundtable, moderator):
    root = factories.comment(roundtable, factories.user("Root"), body="The first word. " + "More of it. " * 60)
    first = factories.comment(roundtable, factories.user("First"), answers=root, body="A reply.")
    name = "Reply <script>x</script>"
    reply = factories.comment(roundtable, factories.user(name), answers=first, body="It waits.", status="pending")
    removed = factories.comment(roundtable, factories.user("Gone"), answers=root, body="Goneword.", status="removed")
    factories.comment(roundtable, factories.user("Elsewhere"), body="Another thread.")

    response = panel(client, reply)
    items = page(response).one("ol", class_="around").all("li")

    assert response.status_code == 200
    assert [item.one("a").words for item in items] == ["Root", "First", name, "Gone"]
    assert [item.attrs.get("aria-current") for item in items] == [None, None, "true", None]
    assert items[1].words.endswith("A reply.")
    assert len(items[0].words) < 200
    assert items[3].one("a").attrs["href"] == removed.get_absolute_url()
    assert b"Goneword" not in response.content
    assert page(response).one("h2", id="context-title").words == f"In context: {name}"


def test_the_panel_shows_what_changed_since_the_published_or_the_returned_text(client, roundtable, moderator):
    body = "It begins like this, " + "and goes on " * 40 + "to the end."
    changed = factories.comment(roundtable, body=body)
    changed.propose_edit(factories.new_text(f"{body} More."), by=changed.author)
    returned = factories.comment(roundtable, body="One two three four five six.", status="returned")
    returned.revise(factories.new_text("One two three four five seven."), by=returned.author)

    def parts(comment):
        shown = page(panel(client, comment)).one("div", class_="differences")
        return [[each.words for each in shown.all(tag)] for tag in ("ins", "del")]

    added, taken_out = parts(changed)
    assert (added, taken_out) == (
        ["[added: end. More.end of what was added]"],
        ["[taken out: end.end of what was taken out]"],
    )
    assert parts(returned) == [["[added: seven.end of what was added]"], ["[taken out: six.end of what was taken out]"]]
    assert "It begins" not in page(panel(client, changed)).one("div", class_="differences").words
    assert "What the author changed" in sections(panel(client, changed))
    assert "What changed since it was returned" in sections(panel(client, returned))


def test_the_panel_shows_repetitions_objectives_documents_notes_and_follow_up(client, roundtable, moderator):
    body = "Border officials took the phones of people on the move and read them without any warrant whatsoever. " * 3
    first = factories.comment(roundtable, factories.user("First"), body=body)
    second = factories.comment(roundtable, factories.user("Second"), body=f"{body} See A/HRC/44/42, para. 3.")
    elsewhere = factories.roundtable(is_published=False)
    hidden = factories.comment(elsewhere, factories.user("Hidden"), body=body)
    waiting = factories.comment(
        roundtable,
        body=f"{body} Objective 7 says so (A/HRC/44/42, para. 3).",
        objective_numbers=(3,),
        status="pending",
    )
    Comment.objects.filter(pk__in=[second.pk, hidden.pk, waiting.pk]).update(similar_to=first, similarity=96)
    InternalNote.objects.create(comment=waiting, author=moderator, author_name="Mara", body="Ask the bureau.")

    shown = sections(panel(client, waiting))

    assert "Contribution of First" in shown["96% like an earlier contribution"]
    assert shown["Others that are nearly the same"].endswith("Contribution of Second")
    named = shown["Objectives and documents"]
    assert ("7 " in named, "named in the text, not chosen" in named) == (True, True)
    assert named.endswith("A/HRC/44/42 paragraph 3")
    assert "Ask the bureau." in shown["Notes of the moderators"]
    assert "Follow-up" in shown


def test_a_note_is_kept_and_a_follow_up_opened_and_closed_without_leaving_the_queue(client, roundtable, moderator):
    comment = factories.comment(roundtable, status="pending")
    follow = f"{address('follow_up', comment)}?kind=new"

    empty = client.post(address("note", comment), {"about": "comment", "note": ""}, headers=BY_SCRIPT)
    kept = client.post(f"{address('note', comment)}?kind=new", {"about": "comment", "note": "Ask."}, headers=BY_SCRIPT)
    shown = client.get(kept["Location"], headers=BY_SCRIPT)
    client.post(follow, {"what": "Call them."}, headers=BY_SCRIPT)
    opened = sections(panel(client, comment))["Follow-up"]
    closed = client.post(follow, {"action": "close"}, headers=BY_SCRIPT)

    assert empty.status_code == 422
    assert page(empty).one("h2", id="context-title")
    assert "There is a problem" in page(empty).words
    assert kept["Location"] == closed["Location"] == f"{address('context', comment)}?kind=new"
    assert "The note is kept. Only moderators see it." in page(shown).words
    assert "Ask." in sections(shown)["Notes of the moderators"]
    assert opened.startswith("Follow-up Assigned to nobody yet Call them. Close the follow-up")
    assert sections(panel(client, comment))["Follow-up"].startswith("Follow-up Mark for follow-up")


def test_approving_with_a_reply_from_the_panel_leads_back_to_the_queue(client, roundtable, moderator):
    comment = factories.comment(roundtable, factories.user("Ada"), status="pending")
    form = page(panel(client, comment, "?kind=new")).one("details", class_="context__reply").one("form")
    hidden = {each.attrs["name"]: each.attrs.get("value", "") for each in form.all("input", type="hidden")}

    response = client.post(form.attrs["action"], hidden | {"reply": "Thank you.", "language": "en"})

    event = comment.events.get(action="approve")
    expected = f"/en/moderation/?kind=new&done={event.pk}&at={place_of(comment)}#next"
    assert (response.status_code, response["Location"]) == (302, expected)
    reply = Comment.objects.get(in_reply_to=comment)
    assert (reply.body, reply.author, reply.status) == ("Thank you.", moderator, Status.APPROVED)
    said = page(client.get(response["Location"])).one(class_="notice--success")
    assert said.one("a").attrs["href"] == comment.get_absolute_url()
    assert said.words.startswith("Approved: the contribution of Ada is published, with your reply.")
    assert said.one("button").words == "Undo the approval and withdraw your reply"


def test_the_panel_says_what_became_of_a_contribution_meanwhile(client, roundtable, moderator):
    decided = factories.comment(roundtable, factories.user("Ada"), status="pending")
    changed = factories.comment(roundtable, factories.user("Bo"), status="pending")
    seen = {each: f"?seen={each.pk}:1:pending:" for each in (decided, changed)}

    before = [page(panel(client, each, query)).all(class_="notice--warning") for each, query in seen.items()]
    decided.approve(by=factories.moderator(roundtable, "Tomasz"))
    changed.revise(factories.new_text("Another text."), by=changed.author)
    after = [page(panel(client, each, query)).one(class_="notice--warning").words for each, query in seen.items()]

    assert before == [[], []]
    assert after[0].startswith("It no longer waits for a decision. Approved, by Tomasz, ")
    assert after[1].startswith("The author changed the text after you opened this list.")
    assert page(panel(client, decided)).all("details", class_="context__reply") == []


def test_a_contribution_is_shared_and_no_longer_without_leaving_the_queue(client, roundtable, moderator):
    event = Event.objects.create(name_en="Forum")
    other = factories.roundtable(event=event, title_en="Work")
    Roundtable.objects.filter(pk=roundtable.pk).update(event=event)
    comment = factories.comment(roundtable, status="pending")
    [form] = [
        each
        for each in page(panel(client, comment, "?kind=new")).all("form")
        if each.all("select", id="share_roundtable")
    ]
    where = form.attrs["hx-post"]

    nowhere = client.post(where, {"status": "shared", "roundtable": ""}, headers=BY_SCRIPT)
    shared = client.post(where, {"status": "shared", "roundtable": other.pk}, headers=BY_SCRIPT)
    shown = client.get(shared["Location"], headers=BY_SCRIPT)
    [ending] = [each for each in page(shown).all("form") if each.attrs.get("hx-post") == where]
    ended = client.post(where, {"status": "dismissed", "roundtable": other.pk}, headers=BY_SCRIPT)

    assert (nowhere.status_code, page(nowhere).one(id="share_roundtable").attrs["aria-invalid"]) == (422, "true")
    said = "Choose with which roundtable of the same event it is shared."
    assert page(nowhere).one(id="share_roundtable_error").words == said
    assert page(nowhere).one(class_="error-summary").one("a").attrs["href"] == "#share_roundtable"
    assert shared["Location"] == ended["Location"] == f"{address('context', comment)}?kind=new"
    assert page(shown).one("div", class_="notice--success").words.startswith("Shared: it is listed there")
    assert [each.words for each in ending.all("button")] == ["Share no longer"]
    assert [each.action for each in comment.events.all()] == ["share", "unshare"]


def test_a_duplicate_is_marked_beside_the_queue_which_goes_on_with_the_undo_offered(client, roundtable, moderator):
    first = factories.comment(roundtable, factories.user("First"))
    comment = factories.comment(roundtable, factories.user("Ada"), status="pending")
    Comment.objects.filter(pk=comment.pk).update(similar_to=first, similarity=96)
    where = f"{address('duplicate', comment)}?kind=new"
    form = page(panel(client, comment, "?kind=new")).one("form", action=where)

    wrong = client.post(where, {"of": "999999"}, headers=BY_SCRIPT)
    itself = client.post(where, {"of": comment.pk}, headers=BY_SCRIPT)
    answers = [client.post(where, {"of": first.pk}, headers=BY_SCRIPT) for _ in range(2)]
    event = comment.events.get(action="duplicate")
    said = page(client.get(answers[0]["HX-Redirect"].partition("#")[0])).one(class_="notice--success")
    client.post(reverse("moderation_undo"), {"event": said.one("input", name="event").attrs["value"]})

    assert (form.attrs["hx-post"], form.one("input", name="of").attrs["value"]) == (where, str(first.pk))
    for refused in (wrong, itself):
        shown = page(refused)
        assert (refused.status_code, b"<!doctype" in refused.content) == (422, False)
        assert shown.one(id="duplicate_of").attrs["aria-invalid"] == "true"
        assert shown.one(class_="error-summary").one("a").attrs["href"] == "#duplicate_of"
    assert [each.status_code for each in answers] == [204, 204]
    assert answers[0]["HX-Redirect"] == f"/en/moderation/?kind=new&done={event.pk}&at={place_of(comment)}#next"
    assert said.words.startswith(
        "Marked as a duplicate: the address of the contribution of Ada leads to the other one."
    )
    assert [each.action for each in comment.events.all()] == ["duplicate", "undo"]
    assert Comment.objects.get(pk=comment.pk).status == Status.PENDING


def test_whoever_marks_a_duplicate_too_late_is_told_in_the_panel(client, roundtable, moderator):
    first = factories.comment(roundtable)
    comment = factories.comment(roundtable, status="pending")
    comment.reject(by=factories.moderator(roundtable, "Quinn"), reason="other")

    late = client.post(address("duplicate", comment), {"of": first.pk}, headers=BY_SCRIPT)

    assert (late.status_code, page(late).one("h2", id="context-title").words) == (
        409,
        f"In context: {comment.shown_name}",
    )
    assert "Rejected, by Quinn" in page(late).one(class_="error-summary").words
    assert page(late).all(class_="notice--warning") == []


def test_the_panel_is_for_moderators_of_that_roundtable_and_without_a_script_its_page_shows_the_same(
    client, roundtable, moderator
):
    comment = factories.comment(roundtable, body="Heldword.", status="pending")
    others = [factories.user(), factories.moderator(factories.roundtable()), comment.author]
    answers = []
    for person in others:
        browser = Client()
        browser.force_login(person)
        answers.append(panel(browser, comment).status_code)
    visitor = panel(Client(), comment)
    plain = client.get(f"{address('context', comment)}?kind=new")

    assert answers == [404, 404, 404]
    assert (visitor.status_code, visitor.content) == (204, b"")
    assert "/accounts/login/" in visitor["HX-Redirect"]
    assert plain["Location"] == f"{address('decide', comment)}?kind=new#context"
    assert "HX-Request" in plain["Vary"]
    assert page(client.get(plain["Location"])).one("div", id="context")


def test_the_panel_takes_the_same_queries_in_a_thread_of_20_and_of_2000(client, roundtable, moderator):
    def cost(replies):
        root = plant(roundtable, [None, *[0] * replies])[0]
        comment = factories.comment(roundtable, answers=root, status="pending")
        reference.forget()
        with CaptureQueriesContext(connection) as queries:
            shown = page(panel(client, comment)).one("ol", class_="around").all("li")
        return len(queries), len(shown)

    few, many = cost(20), cost(2000)

    assert few == many
    assert few[0] <= 16
