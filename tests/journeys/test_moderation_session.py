"""A session of moderation with the keyboard alone; a report and its settlement; a thread that moves."""

import re

import pytest
from playwright.sync_api import expect

from accounts.suspending import suspend
from consultation.models import Comment, Event
from tests import factories
from tests.accounts.steps import person

from . import scene
from .browser import assert_accessible, choose, loaded, scrolls_sideways, tab_to


@pytest.fixture
def discussion(site):
    return scene.roundtable()


def wait_for(discussion, *names):
    for name in names:
        factories.comment(discussion, person(name=name), question=discussion.questions.get(number=1), status="pending")


def statuses(discussion):
    return dict(discussion.comments.order_by("pk").values_list("author_name", "status"))


def test_a_moderator_empties_the_queue_with_keys_and_takes_a_decision_back(visitors, discussion):
    wait_for(discussion, "Ada One", "Bo Two", "Cleo Three", "Dan Four")
    page = visitors.open(factories.moderator(discussion, "Ingrid Solheim"), "/en/moderation/")
    press, at = page.keyboard.press, page.locator("li:focus h2")
    press("?")
    expect(page.get_by_text("Use these keys in this browser")).to_be_visible()
    assert_accessible(page)
    press("j")
    expect(at).to_have_text("Ada One")
    press("j")
    expect(at).to_have_text("Bo Two")
    press("k")
    press("a")
    expect(page.get_by_role("status")).to_contain_text("Approved: the contribution of Ada One is published.")
    expect(at).to_have_text("Bo Two")
    loaded(page)
    press("u")
    expect(page.get_by_role("status")).to_contain_text("Undone: the contribution of Ada One is as it was before.")
    loaded(page)
    assert statuses(discussion)["Ada One"] == "pending"

    # Two at once: ticked with the space bar.
    page.locator("#next").focus()
    press("Space")
    press("j")
    press("Space")
    tab_to(page, page.locator("#bulk_decision"))
    choose(page, "Approve")
    tab_to(page, page.get_by_role("button", name="Record the decision about the ticked ones"))
    press("Enter")
    expect(page.get_by_role("status")).to_contain_text("2 contributions were decided.")
    assert_accessible(page, colours=False)
    expect(at).to_have_text("Cleo Three")

    press("x")
    expect(page.locator("li select")).to_be_focused()
    choose(page, "Advertising")
    tab_to(page, page.locator("li form").get_by_role("button", name="Reject"))
    press("Enter")
    expect(page.get_by_role("status")).to_contain_text("Rejected: the contribution of Cleo Three is not published.")

    # In a field, and once switched off, a letter is a letter.
    loaded(page)
    press("?")
    tab_to(page, page.get_by_label("Use these keys in this browser"), most=3)
    press("Space")
    page.locator("#next").focus()
    press("a")
    page.reload()
    page.locator("#next").focus()
    press("a")
    assert statuses(discussion) == {
        "Ada One": "approved",
        "Bo Two": "approved",
        "Cleo Three": "rejected",
        "Dan Four": "pending",
    }


def test_texts_are_refused_in_their_cards_one_after_the_other(visitors, discussion):
    wait_for(discussion, "Ada One", "Bo Two", "Cleo Three", "Dan Four")
    page = visitors.open(factories.moderator(discussion, "Ingrid Solheim"), "/en/moderation/")
    press, at = page.keyboard.press, page.locator("li:focus .waiting__head h2")
    said = page.get_by_role("status")
    form, message = page.get_by_role("form"), page.get_by_role("form").get_by_label("Message to the author")
    expect(page.locator("[data-context] h2")).to_have_text("In context: Ada One")  # by then the keys work
    press("j")
    press("r")
    expect(message).to_be_focused()
    expect(form).to_have_accessible_name("Return for revision: the contribution of Ada One")
    assert_accessible(page)
    # Nothing typed is lost: not by a mistake, nor by closing the form, going on, changing one's mind, or reloading.
    press("Tab")
    press("Enter")
    expect(form.locator(".error-summary")).to_be_focused()
    expect(message).to_have_attribute("aria-invalid", "true")
    expect(form.locator(".field-error")).to_have_text("Tell the author what should be changed.")
    assert_accessible(page)
    form.get_by_role("link", name="Tell the author what should be changed.").press("Enter")
    expect(message).to_be_focused()
    page.keyboard.type("Name the place. jkarx")
    press("Escape")
    expect(form).to_have_count(0)
    expect(at).to_have_text("Ada One")
    press("r")
    expect(message).to_have_value("Name the place. jkarx")
    expect(message).to_be_focused()
    press("Escape")
    press("x")
    expect(form.locator("select")).to_be_focused()
    expect(form).to_have_accessible_name("Reject: the contribution of Ada One")
    expect(message).to_have_value("Name the place. jkarx")
    assert_accessible(page, colours=False)
    tab_to(page, form.get_by_role("button", name="Cancel"), most=4)
    press("Enter")
    expect(at).to_have_text("Ada One")
    page.reload()
    link = page.get_by_role("link", name="Return for revision: the contribution of Ada One")
    expect(page.locator("[data-context] h2")).to_have_text("In context: Ada One")
    link.click()
    expect(message).to_have_value("Name the place. jkarx")
    press("Escape")
    expect(link).to_be_focused()
    press("Enter")
    expect(message).to_be_focused()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(said).to_contain_text("Returned: Ada One is asked to revise the contribution.")
    expect(at).to_have_text("Bo Two")
    assert discussion.comments.get(author_name="Ada One").events.get().message == "Name the place. jkarx"

    # On to the next; the undo is at hand.
    in_context = page.locator("[data-context] h2")
    expect(in_context).to_have_text("In context: Bo Two")  # by then the keys work
    press("x")
    expect(form.locator("select")).to_be_focused()
    choose(page, "Advertising")
    tab_to(page, form.get_by_role("button", name="Reject"), most=2)
    press("Enter")
    expect(said).to_contain_text("Rejected: the contribution of Bo Two is not published.")
    expect(at).to_have_text("Cleo Three")
    expect(in_context).to_have_text("In context: Cleo Three")
    press("u")
    expect(said).to_contain_text("Undone: the contribution of Bo Two is as it was before.")
    assert statuses(discussion)["Bo Two"] == "pending"

    expect(in_context).to_have_text("In context: Bo Two")

    # Somebody else was quicker: one is told so in the card, and finds what one typed on the page.
    item = page.locator("li[data-waiting]").filter(has=page.get_by_role("heading", name="Cleo Three", exact=True))
    item.focus()
    press("r")
    message.fill("Say who.")
    discussion.comments.get(author_name="Cleo Three").approve(by=factories.moderator(discussion, "Tomasz Wieczorek"))
    press("Tab")
    press("Enter")
    expect(item.locator(".error-summary")).to_be_focused()
    expect(item.locator(".error-summary")).to_contain_text("Approved, by Tomasz Wieczorek")
    assert_accessible(page)
    item.locator("[data-in-card]").get_by_role("link", name="Read and decide").click()
    expect(page.get_by_label("Message to the author")).to_have_value("Say who.")
    assert_accessible(page)


def test_whoever_is_suspended_while_they_refuse_a_text_is_told_and_gets_back_what_they_typed(visitors, discussion):
    wait_for(discussion, "Ada One")
    moderator = factories.moderator(discussion, "Ingrid Solheim")
    page = visitors.open(moderator, "/en/moderation/", width=320)
    page.get_by_role("link", name="Return for revision: the contribution of Ada One").click()
    message = page.get_by_label("Message to the author").first
    expect(message).to_be_focused()
    assert not scrolls_sideways(page)
    message.fill("Name the place.")
    page.route("**/moderation/comments/**", lambda route: route.fulfill(status=413, body="Too large"))
    page.get_by_role("form").get_by_role("button", name="Return for revision").click()
    expect(page.get_by_role("alert").filter(has_text="This could not be kept.")).to_be_visible()
    expect(message).to_have_value("Name the place.")
    page.unroute("**/moderation/comments/**")
    suspend(moderator, by=factories.staff(), reason="Took sides.")
    page.get_by_role("form").get_by_role("button", name="Return for revision").click()
    expect(page.get_by_text("Took sides.")).to_be_visible()
    expect(page.get_by_label("Your text")).to_have_value("Name the place.")
    assert statuses(discussion) == {"Ada One": "pending"}


def test_the_panel_beside_the_queue_follows_the_keys_and_leaves_the_focus_where_it_is(visitors, discussion):
    root = factories.comment(discussion, person(name="Root Zero"), question=discussion.questions.get(number=1))
    wait_for(discussion, "Ada One")
    factories.comment(discussion, person(name="Bo Two"), answers=root, body="A reply.", status="pending")
    wait_for(discussion, "Cleo Three", "Dan Four")
    page = visitors.open(factories.moderator(discussion, "Ingrid Solheim"), "/en/moderation/")
    asked = []
    page.on("request", lambda request: "/context/" in request.url and asked.append(request.url))
    press, at = page.keyboard.press, page.locator("li:focus h2")
    panel = page.get_by_role("region", name="In context")
    title = panel.get_by_role("heading", level=2)
    expect(title).to_have_text("In context: Ada One")

    # However many are passed over, one is asked for.
    page.evaluate("for (const item of document.querySelectorAll('[data-waiting]')) item.focus()")
    expect(title).to_have_text("In context: Dan Four")
    assert len(asked) <= 2
    press("k")
    press("k")
    expect(title).to_have_text("In context: Bo Two")
    expect(at).to_have_text("Bo Two")
    expect(panel.locator(".around li")).to_have_count(2)
    expect(panel.locator(".around [aria-current]")).to_contain_text("Bo Two")
    expect(panel.locator("[aria-live=polite]")).to_contain_text("In context: Bo Two. The thread around it")
    assert_accessible(page)

    # Into the panel, a note, and back.
    press("c")
    expect(title).to_be_focused()
    tab_to(page, panel.get_by_text("Leave a note"), most=15)
    press("Enter")
    note = panel.get_by_label("Note", exact=True)
    tab_to(page, note, most=4)
    page.keyboard.type("Ask the bureau. jkarx")
    press("Escape")
    expect(at).to_have_text("Bo Two")
    press("j")
    expect(title).to_have_text("In context: Cleo Three")
    press("k")
    expect(note).to_have_value("Ask the bureau. jkarx")
    press("c")
    tab_to(page, panel.get_by_role("button", name="Keep the note"), most=20)
    press("Enter")
    expect(panel.locator("[data-context-told]")).to_be_focused()
    expect(panel.get_by_text("Ask the bureau. jkarx")).to_be_visible()
    expect(note).to_have_value("")
    assert_accessible(page, colours=False)
    press("c")
    expect(at).to_have_text("Bo Two")

    # The decision leads to the next item, and the panel goes along; somebody else has decided about the one after.
    press("a")
    expect(page.get_by_role("status")).to_contain_text("Approved: the contribution of Bo Two is published.")
    expect(at).to_have_text("Cleo Three")
    expect(title).to_have_text("In context: Cleo Three")
    loaded(page)
    discussion.comments.get(author_name="Dan Four").approve(by=factories.moderator(discussion, "Tomasz Wieczorek"))
    press("j")
    expect(panel.locator(".notice--warning")).to_contain_text("It no longer waits for a decision.")
    expect(panel).to_contain_text("Approved, by Tomasz Wieczorek")

    # Approved with a reply, and both taken back at once; what was typed is there again.
    press("k")
    expect(title).to_have_text("In context: Cleo Three")
    panel.get_by_text("Approve and reply").click()
    reply = panel.get_by_label("Your reply", exact=True)
    reply.fill("We thank you.")
    panel.get_by_role("button", name="Approve Cleo Three and post the reply").click()
    expect(page.get_by_role("status")).to_contain_text("Cleo Three is published, with your reply.")
    assert_accessible(page, colours=False)
    page.get_by_role("button", name="Undo the approval and withdraw your reply").click()
    expect(page.get_by_role("status")).to_contain_text("is as it was before, and your reply is withdrawn.")
    assert statuses(discussion)["Cleo Three"] == "pending"
    assert statuses(discussion)["Ingrid Solheim"] == "withdrawn"
    expect(title).to_have_text("In context: Ada One")
    page.get_by_role("link", name="Show in context: the contribution of Cleo Three").click()
    expect(title).to_have_text("In context: Cleo Three")
    expect(reply).to_have_value("We thank you.")
    assert_accessible(page, colours=False)

    # Where there is no room for it, the link leads to the page that shows the same.
    page.set_viewport_size({"width": 768, "height": 800})
    expect(panel).to_be_hidden()
    page.get_by_role("link", name="Show in context: the contribution of Cleo Three").click()
    expect(page).to_have_url(re.compile("/moderation/comments/[0-9]+/#around$"))


def test_a_text_is_shared_and_marked_as_a_duplicate_in_the_panel(visitors, site):
    event = Event.objects.create(name_en="Forum")
    discussion, other = scene.roundtable(event=event), scene.roundtable("Roundtable 2: Work", event=event)
    first = factories.comment(discussion, person(name="First Zero"))
    wait_for(discussion, "Ada One", "Bo Two")
    discussion.comments.filter(author_name="Ada One").update(similar_to=first, similarity=96)
    page = visitors.open(factories.moderator(discussion, "Ingrid Solheim"), "/en/moderation/")
    panel = page.get_by_role("region", name="In context")
    title = panel.get_by_role("heading", level=2).first
    expect(title).to_have_text("In context: Ada One")

    panel.get_by_text("Share with another roundtable").click()
    choice, share = panel.get_by_label("Share with"), panel.get_by_role("button", name="Share", exact=True)
    share.click()
    expect(panel.locator(".error-summary")).to_be_focused()
    expect(choice).to_have_attribute("aria-invalid", "true")
    assert_accessible(page)
    choice.select_option(str(other.pk))
    share.click()
    expect(panel.locator("[data-context-told]")).to_be_focused()
    expect(panel.get_by_role("button", name="Share no longer")).to_be_visible()
    assert_accessible(page)

    panel.get_by_text("Mark as a duplicate").first.click()
    named = panel.get_by_label("Contribution that says the same")
    expect(named).to_have_value(str(first.pk))
    named.fill("nowhere")
    named.press("Enter")
    expect(panel.locator(".error-summary")).to_be_focused()
    expect(named).to_have_value("nowhere")
    assert_accessible(page)
    named.fill(str(first.pk))
    named.press("Enter")
    expect(page.get_by_role("status").first).to_contain_text("Marked as a duplicate")
    expect(page.locator("li:focus .waiting__head h2")).to_have_text("Bo Two")
    expect(title).to_have_text("In context: Bo Two")
    assert statuses(discussion)["Ada One"] == "removed"
    page.keyboard.press("u")
    expect(page.get_by_role("status").first).to_contain_text("Undone: the contribution of Ada One")
    assert statuses(discussion)["Ada One"] == "pending"


def test_a_report_is_settled_and_its_reader_sees_the_outcome(visitors, discussion):
    comment = factories.comment(discussion, person(name="Ada One"), body="We met Jane Doe. All agreed.")
    reader = visitors.open(person(name="Reader"), comment.get_absolute_url(), width=320)
    reader.get_by_role("link", name="Report").click()
    reader.get_by_role("button", name="Report").click()
    expect(reader.locator(".error-summary")).to_be_focused()
    assert_accessible(reader)
    reader.get_by_label("Names or exposes a private person").check()
    reader.get_by_label("Explanation").fill("She is not a public person.")
    reader.get_by_role("button", name="Report").click()
    expect(reader.get_by_text("Not settled yet")).to_be_visible()
    assert_accessible(reader, colours=False)

    page = visitors.open(factories.moderator(discussion, "Ingrid Solheim"), "/en/moderation/?kind=reported")
    expect(page.get_by_text("She is not a public person.")).to_be_visible()
    page.get_by_role("link", name="Read and decide about the contribution of Ada One").click()
    assert_accessible(page)
    page.get_by_role("link", name="Founded: cover a part of the text").click()
    page.get_by_label("We met Jane Doe.").check()
    page.get_by_label("Reason").select_option("personal_data")
    assert_accessible(page)
    page.get_by_role("button", name="Cover", exact=True).click()
    expect(page.locator(".comment__body").first).to_contain_text("▒▒▒ covered by a moderator")
    expect(page.get_by_text("Only moderators see what is covered.")).to_be_visible()

    reader.reload()
    expect(reader.get_by_text("Founded: the moderators acted")).to_be_visible()
    reader.goto(comment.get_absolute_url())
    expect(reader.get_by_text("A moderator covered a part of this contribution.")).to_be_visible()
    assert "Jane" not in reader.content()
    assert not scrolls_sideways(reader)


def test_a_thread_moves_and_joins_and_old_links_lead_there(visitors, discussion):
    other = factories.roundtable(title_en="Roundtable 2: Work")
    moderator = factories.moderator(discussion, "Ingrid Solheim")
    other.moderators.add(moderator)
    author = person(name="Ada One")
    moved, first, second = (factories.comment(discussion, author, body=f"Part {n}.") for n in range(3))
    page = visitors.open(moderator, moved.get_absolute_url())
    page.get_by_role("link", name="Moderate this contribution").click()
    page.get_by_role("link", name="Move to another roundtable").click()
    page.get_by_label("Move to").select_option(f"{other.pk}:2")
    assert_accessible(page)
    page.get_by_role("button", name="Move", exact=True).click()
    expect(page).to_have_url(re.compile(f"/comments/{moved.pk}/$"))
    expect(page.get_by_role("link", name="Roundtable 2: Work").first).to_be_visible()

    page.goto(f"/en/moderation/comments/{second.pk}/join/")
    page.get_by_label("Part 1.").check()
    page.get_by_role("button", name="Join", exact=True).click()
    expect(page.get_by_role("status")).to_contain_text("Joined.")
    visitor = visitors.open(address=second.get_absolute_url())
    expect(visitor).to_have_url(re.compile(f"/comments/{first.pk}/"))
    expect(visitor.get_by_role("status")).to_contain_text(f"contribution {second.pk}, which was joined into this one")
    expect(visitor.locator(".is-focus .comment__body")).to_contain_text("Part 2.")
    assert_accessible(visitor, colours=False)
    assert Comment.objects.get(pk=second.pk).merged_into == first
