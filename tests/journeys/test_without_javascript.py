"""Everything that matters, in a browser that runs no script."""

import re

import pytest
from playwright.sync_api import expect

from consultation.models import Comment
from tests import factories
from tests.accounts.steps import person

from . import scene
from .browser import sign_in

pytestmark = pytest.mark.any_database


def test_a_discussion_is_read_without_javascript(visitors, site):
    filled = scene.filled_site(depth=4)
    page = visitors.open(address=f"/en/roundtables/{filled.open.slug}/questions/1/", java_script_enabled=False)
    last_words, reply = page.get_by_text("The very last words."), page.get_by_text("A reply on level 2.")
    expect(last_words).to_be_hidden()
    page.locator("details.more > summary").first.click()
    expect(last_words).to_be_visible()
    page.locator("details.replies > summary").first.click()
    expect(reply).to_be_hidden()
    # What only a script could do is not offered.
    expect(page.get_by_role("button", name="Expand all")).to_have_count(0)
    page.get_by_role("link", name="Newest thread first").click()
    expect(page.locator("article.comment .comment__body").first).to_have_text("Nous demandons des voies sûres.")
    page.get_by_text("Filter contributions").click()
    page.get_by_label("Written in").select_option("French")
    page.get_by_role("button", name="Apply").click()
    expect(page).to_have_url(re.compile(r"sort=newest&.*language=fr"))
    expect(page.locator("article.comment")).to_have_count(1)
    page.get_by_role("link", name="Español").click()
    expect(page).to_have_url(re.compile(r"/es/.*language=fr"))


def test_a_contribution_is_made_and_decided_about_without_javascript(visitors, site):
    discussion = scene.roundtable()
    first = factories.comment(discussion, question=discussion.questions.get(number=1), body="What came before.")
    author, moderator = person(name="Amina Diallo"), person(name="Ingrid Solheim")
    discussion.moderators.add(moderator)
    page = visitors.open(address=f"/en/roundtables/{discussion.slug}/", java_script_enabled=False)
    page.get_by_role("link", name="Sign in to answer question 1").click()
    sign_in(page, author)
    expect(page).to_have_url(re.compile(r"^[^?]*/questions/1/answer/$"))
    page.get_by_role("button", name="Send for moderation").click()
    expect(page.locator(".error-summary")).to_contain_text("Write your contribution before you send it.")
    expect(page).to_have_title(re.compile("^Error:"))
    page.get_by_label("Your contribution").fill("My **answer**.")
    page.get_by_role("button", name="Preview").click()
    expect(page.get_by_role("region", name="Preview").locator("strong")).to_have_text("answer")
    page.get_by_role("button", name="Send for moderation").click()
    expect(page.get_by_role("status").filter(has_text="awaits moderation")).to_be_visible()
    page.goto(f"/en/comments/{first.pk}/")
    page.locator(f"#comment-{first.pk}").get_by_role("link", name="Reply to").click()
    expect(page.get_by_role("region", name="The contribution you answer")).to_have_text("What came before.")
    page.get_by_label("Your contribution").fill("My reply.")
    page.get_by_role("button", name="Send for moderation").click()
    expect(page.locator("article.is-focus .comment__body")).to_have_text("My reply.")

    decider = visitors.open(moderator, "/en/moderation/", java_script_enabled=False)
    decider.get_by_role("button", name="Approve the contribution of Amina Diallo").first.click()
    expect(decider.get_by_role("status")).to_contain_text("Approved")
    decider.get_by_role("link", name="Read and decide about the contribution of Amina Diallo").click()
    decider.get_by_label("Return for revision").check()
    decider.get_by_role("button", name="Record the decision").click()
    expect(decider.locator(".error-summary")).to_contain_text("Tell the author what should be changed.")
    decider.get_by_label("Message to the author").fill("Please say more.")
    decider.get_by_role("button", name="Record the decision").click()
    expect(decider.get_by_text("Nothing waits.")).to_be_visible()
    mine = Comment.objects.filter(author=author).order_by("pk").values_list("body", "status")
    assert list(mine) == [("My **answer**.", "approved"), ("My reply.", "returned")]

    page.get_by_role("link", name="My contributions").click()
    page.get_by_role("link", name="Revise and submit again").click()
    page.get_by_label("Your contribution").fill("My longer reply.")
    page.get_by_role("button", name="Send for moderation").click()
    expect(page.locator("article.is-focus .comment__body")).to_have_text("My longer reply.")
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("link", name="Sign in", exact=True)).to_be_visible()
