"""A moderator's queue, its decisions, and two moderators at once."""

import re

import pytest
from playwright.sync_api import expect

from tests import factories
from tests.accounts.steps import person

from . import scene
from .browser import assert_accessible


@pytest.fixture
def discussion(site):
    """Return an open roundtable with three contributions that wait."""
    made = scene.roundtable()
    for name in ("Ada One", "Bo Two", "Cleo Three"):
        factories.comment(made, person(name=name), question=made.questions.get(number=1), status="pending")
    return made


def decide(page, name, decision, *, reason=None, message=""):
    """Decide about the contribution of somebody, starting from the queue."""
    page.get_by_role("link", name=f"Read and decide about the contribution of {name}").click()
    page.get_by_label(decision, exact=True).check()
    if reason:
        page.get_by_label("Reason").select_option(reason)
    page.get_by_label("Message to the author").fill(message)
    page.get_by_role("button", name="Record the decision").click()


def test_a_moderator_empties_the_queue(visitors, discussion):
    page = visitors.open(factories.moderator(discussion, "Ingrid Solheim"), "/en/")
    page.get_by_role("link", name="Moderation", exact=True).click()
    expect(page.get_by_text("3 contributions wait for a decision, the oldest first.")).to_be_visible()
    assert_accessible(page)
    page.get_by_role("button", name="Approve the contribution of Ada One").click()
    expect(page.get_by_role("status")).to_contain_text("Approved: the contribution of Ada One is published.")
    expect(page.locator("li:focus h2")).to_have_text("Bo Two")

    decide(page, "Bo Two", "Return for revision")
    summary = page.locator(".error-summary")
    expect(summary).to_be_focused()
    expect(page).to_have_title(re.compile("^Error:"))
    assert_accessible(page)
    summary.get_by_role("link", name="Tell the author what should be changed.").click()
    expect(page.get_by_label("Message to the author")).to_be_focused()
    expect(page.get_by_label("Return for revision")).to_be_checked()
    page.keyboard.type("Please name the place.")
    page.get_by_role("button", name="Record the decision").click()
    expect(page.get_by_role("status")).to_contain_text("Returned: Bo Two is asked to revise")

    decide(page, "Cleo Three", "Reject", message="Sorry.")
    expect(summary).to_contain_text("Choose the reason why this text is not published.")
    expect(page.get_by_label("Message to the author")).to_have_value("Sorry.")
    page.get_by_label("Reason").select_option("Advertising")
    page.get_by_role("button", name="Record the decision").click()
    expect(page.get_by_role("status")).to_contain_text("Rejected: the contribution of Cleo Three is not published.")
    expect(page.get_by_text("Nothing waits.")).to_be_visible()
    assert_accessible(page, colours=False)
    decided = discussion.comments.order_by("pk").values_list("author_name", "status")
    assert list(decided) == [("Ada One", "approved"), ("Bo Two", "returned"), ("Cleo Three", "rejected")]


def test_of_two_moderators_at_once_the_second_is_told_who_decided(visitors, discussion):
    first = visitors.open(factories.moderator(discussion, "Ingrid Solheim"), "/en/moderation/")
    second = visitors.open(factories.moderator(discussion, "Tomasz Wieczorek"), "/en/moderation/")
    second.get_by_role("link", name="Read and decide about the contribution of Ada One").click()
    decide(first, "Ada One", "Approve")
    expect(first.get_by_role("status")).to_contain_text("Approved")
    second.get_by_label("Reject", exact=True).check()
    second.get_by_label("Reason").select_option("Advertising")
    with second.expect_response(lambda response: "/moderation/comments/" in response.url) as answer:
        second.get_by_role("button", name="Record the decision").click()
    assert answer.value.status == 409
    summary = second.locator(".error-summary")
    expect(summary).to_be_focused()
    expect(summary).to_contain_text("Ingrid Solheim")
    assert_accessible(second)
    second.get_by_role("link", name="Back to the queue").first.click()
    expect(second.get_by_text("2 contributions wait for a decision")).to_be_visible()
    comment = discussion.comments.get(author_name="Ada One")
    assert list(comment.events.values_list("action", "actor_name")) == [("approve", "Ingrid Solheim")]


def test_a_text_that_was_changed_meanwhile_is_shown_before_it_is_decided(visitors, discussion):
    comment = discussion.comments.get(author_name="Ada One")
    page = visitors.open(factories.moderator(discussion), "/en/moderation/")
    page.get_by_role("link", name="Read and decide about the contribution of Ada One").click()
    comment.revise(factories.new_text("Another text."), by=comment.author)
    page.get_by_label("Approve", exact=True).check()
    page.get_by_role("button", name="Record the decision").click()
    expect(page.locator(".error-summary")).to_contain_text("The author changed the text while you were reading")
    expect(page.locator(".comment__body")).to_have_text("Another text.")
    page.get_by_label("Approve", exact=True).check()
    page.get_by_role("button", name="Record the decision").click()
    expect(page.get_by_role("status")).to_contain_text("Approved")
