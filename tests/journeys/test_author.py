"""An author and their own contribution: edited, approved, compared, answered and withdrawn, scripts or not."""

import re

import pytest
from playwright.sync_api import expect

from consultation.models import Comment, Roundtable
from tests import factories
from tests.accounts.steps import person

from . import scene
from .browser import assert_accessible

pytestmark = pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "plain"])


@pytest.fixture
def discussion(site):
    """Return an open roundtable."""
    return scene.roundtable()


def test_a_text_is_edited_approved_compared_and_withdrawn(visitors, discussion, scripts):
    author, moderator = person(name="Amina Diallo"), factories.moderator(discussion, "Ingrid Solheim")
    comment = factories.comment(discussion, author, body="We ask for three safe paths by spring.", asks="moderators")
    reply = factories.comment(discussion, moderator, answers=comment, role="moderator", body="Which ones?")
    options = {} if scripts else {"java_script_enabled": False}
    page = visitors.open(author, f"/en/roundtables/{discussion.slug}/", **options)
    article = page.locator(f"#comment-{comment.pk}")

    article.get_by_role("link", name="Edit").click()
    expect(page.get_by_label("Your contribution")).to_have_value("We ask for three safe paths by spring.")
    page.get_by_label("Your contribution").fill("We ask for four safe paths by spring.")
    page.get_by_role("button", name="Send for moderation").click()
    expect(page.get_by_role("status").filter(has_text="Your change awaits moderation")).to_be_visible()
    expect(article.locator(".comment__body")).to_have_text("We ask for three safe paths by spring.")
    if scripts:
        assert_accessible(page)

    Comment.objects.get(pk=comment.pk).approve_edit(by=moderator, seen_revision=2)
    page.goto(f"/en/roundtables/{discussion.slug}/")
    expect(article.locator(".comment__body")).to_have_text("We ask for four safe paths by spring.")
    article.get_by_role("link", name="edited on").click()
    expect(page.locator(".differences ins")).to_contain_text("four")
    expect(page.locator(".differences del")).to_contain_text("three")
    if scripts:
        assert_accessible(page)
    page.get_by_role("link", name="Version 1").click()
    expect(page.locator(".differences")).to_have_text("We ask for three safe paths by spring.")

    page.goto(f"/en/roundtables/{discussion.slug}/")
    page.get_by_role("link", name="Participant questions").click()
    expect(page.locator(".cards")).to_contain_text("Ingrid Solheim, who moderates, replied on")
    if scripts:
        assert_accessible(page)
    page.get_by_role("link", name="Choose the reply that answered the question of Amina Diallo").click()
    expect(page.get_by_role("radio", name=re.compile("Ingrid Solheim"))).to_be_checked()
    if scripts:
        assert_accessible(page, colours=False)
    page.get_by_role("button", name="Save").click()
    expect(article.locator(".asks")).to_have_text("Question to the moderators · answered by Ingrid Solheim")

    page.get_by_role("link", name=re.compile("^Receipt RT-")).click()
    receipt = page.get_by_label("To copy").input_value()
    if scripts:
        assert_accessible(page)
    page.get_by_role("link", name="Check a receipt").click()
    page.get_by_label("The receipt").fill(receipt)
    page.get_by_role("button", name="Check the receipt").click()
    expect(page.get_by_role("status")).to_contain_text("The text has not changed since.")
    if scripts:
        assert_accessible(page)

    page.goto("/en/comments/mine/")
    if scripts:
        assert_accessible(page)
    page.locator("main").get_by_role("link", name=re.compile("^Withdraw")).click()
    expect(page.locator(".comment__body")).to_have_text("We ask for four safe paths by spring.")
    if scripts:
        assert_accessible(page)
    page.get_by_role("button", name="Withdraw this contribution").click()
    expect(article).to_contain_text("Withdrawn by its author on")
    expect(page.locator(f"#comment-{reply.pk} .comment__body")).to_have_text("Which ones?")
    assert Roundtable.objects.get(pk=discussion.pk).visible_count == 1
