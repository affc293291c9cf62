"""With the keyboard alone: every stop is marked, in view and in order, and leads on."""

import re

import pytest
from playwright.sync_api import expect

from consultation.models import Comment, Roundtable
from tests import factories
from tests.accounts.steps import PASSWORD, person

from . import scene
from .browser import assert_accessible, choose, tab_through, tab_to

pytestmark = pytest.mark.any_database


@pytest.mark.parametrize("width", [320, 1280])
def test_everything_is_reached_in_order_and_seen_where_it_is(visitors, site, width):
    filled = scene.filled_site(depth=8)
    pending = filled.by_status[Comment.Status.PENDING]
    rt = f"/en/roundtables/{filled.open.slug}/"
    pages = {
        filled.participant: [
            f"{rt}?objective=2",
            f"{rt}questions/1/",
            f"{rt}questions/1/answer/",
            "/en/comments/mine/",
        ],
        filled.moderator: ["/en/moderation/", f"/en/moderation/comments/{pending.pk}/"],
        None: ["/en/accounts/signup/", "/en/accounts/login/", "/en/search/?q=tried"],
    }
    for who, addresses in pages.items():
        page = visitors.open(who, width=width)
        for address in addresses:
            page.goto(address)
            tab_through(page)


def test_everything_from_sign_in_to_a_reply_goes_by_keyboard(visitors, site):
    discussion = scene.roundtable()
    Roundtable.objects.filter(pk=discussion.pk).update(comment_limit=100)
    first = factories.comment(discussion, question=discussion.questions.get(number=1), body="What came before.")
    author = person(name="Amina Diallo")
    page = visitors.open(address=f"/en/roundtables/{discussion.slug}/questions/1/")
    keyboard = page.keyboard
    tab_to(page, page.get_by_role("link", name="Sign in to answer question 1"))
    keyboard.press("Enter")
    page.wait_for_url(re.compile("/accounts/login/"))
    tab_to(page, page.get_by_label("Email", exact=True))
    keyboard.type(author.email)
    tab_to(page, page.get_by_label("Password", exact=True))
    keyboard.type(PASSWORD)
    keyboard.press("Enter")
    page.wait_for_url(re.compile(r"^[^?]*/questions/1/answer/$"))

    # Too long a text: the summary takes the focus and leads to the field.
    body = page.get_by_label("Your contribution")
    tab_to(page, body)
    keyboard.insert_text("A text that is much too long for this roundtable. " * 3)
    expect(page.get_by_text("50 characters too many").first).to_be_visible()
    tab_to(page, page.get_by_role("button", name="Send for moderation"))
    keyboard.press("Enter")
    summary = page.locator(".error-summary")
    expect(summary).to_be_focused()
    assert_accessible(page)
    tab_to(page, summary.get_by_role("link"), most=1)
    keyboard.press("Enter")
    expect(body).to_be_focused()
    keyboard.press("Control+A")
    keyboard.insert_text("A short text.")
    tab_to(page, page.get_by_label("Language of your text"))
    choose(page, "French")
    tab_to(page, page.get_by_text("Objectives it concerns").first)
    keyboard.press("Enter")
    tab_to(page, page.get_by_label("2. Minimize adverse drivers"))
    keyboard.press("Space")
    tab_to(page, page.get_by_role("button", name="Send for moderation"))
    keyboard.press("Enter")
    page.wait_for_url(re.compile(r"#comment-"))
    mine = Comment.objects.get(author=author)
    expect(page.locator(f"#comment-{mine.pk}")).to_be_focused()
    assert (mine.body, mine.language, mine.objective_numbers) == ("A short text.", "fr", (2,))

    # A reply, in place.
    tab_to(page, page.locator(".eyebrow").get_by_role("link", name="Question 1"), key="Shift+Tab")
    keyboard.press("Enter")
    page.wait_for_url(re.compile(r"^[^?]*/questions/1/$"))
    place = page.locator(f"#comment-{first.pk}")
    tab_to(page, place.get_by_role("link", name="Reply to"))
    keyboard.press("Enter")
    expect(place.get_by_label("Your contribution")).to_be_focused()
    keyboard.type("Thank you.")
    tab_to(page, place.get_by_role("button", name="Send for moderation"))
    keyboard.press("Enter")
    page.wait_for_url(re.compile(r"#comment-"))
    expect(page.locator("article.is-focus")).to_be_focused()
    expect(page.locator("article.is-focus .comment__body")).to_have_text("Thank you.")

    tab_to(page, page.get_by_role("link", name="Español"), key="Shift+Tab")
    keyboard.press("Enter")
    page.wait_for_url(re.compile("/es/comments/"))
    assert Comment.objects.filter(author=author).count() == 2
