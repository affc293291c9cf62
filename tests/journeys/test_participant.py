"""A participant: from sign-up to a published contribution, and what becomes of those that are not published."""

import re

import pytest
from django.core import mail
from playwright.sync_api import expect

from consultation.models import Comment
from tests import factories
from tests.accounts.steps import PASSWORD, code_in, person

from . import scene
from .browser import assert_accessible, end_session

TEXT = "Our network runs **legal desks** in three towns.\n\n- First\n- Second"


@pytest.fixture
def discussion(site):
    """Return an open roundtable."""
    return scene.roundtable()


def sign_up(page, name, email):
    """Fill in the sign-up form and the code that comes by mail."""
    page.get_by_label("Email", exact=True).fill(email)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_label("Name", exact=True).fill(name)
    page.get_by_label("Stakeholder group").select_option("Civil society")
    page.get_by_label("Country").select_option("Senegal")
    page.get_by_label("Official capacity").check()
    page.get_by_label("I accept the terms of use and the privacy notice").check()
    page.locator("main form").get_by_role("button").last.click()
    expect(page.get_by_label("Code")).to_be_visible()
    [message] = mail.outbox
    assert message.to == [email]
    assert_accessible(page, colours=False)
    page.get_by_label("Code").fill(code_in(message))
    page.get_by_label("Code").press("Enter")


def test_a_newcomer_contributes_and_is_answered(visitors, discussion):
    moderator = factories.moderator(discussion, "Ingrid Solheim")
    page = visitors.open(address=f"/en/roundtables/{discussion.slug}/questions/1/")
    page.get_by_role("link", name="Sign in to answer question 1").click()
    page.locator("main").get_by_role("link", name="sign up").click()
    assert_accessible(page)
    sign_up(page, "Amina Diallo", "amina@example.org")
    expect(page).to_have_url(re.compile(rf"^[^?]*/en/roundtables/{discussion.slug}/questions/1/answer/$"))

    page.get_by_label("Your contribution").fill(TEXT)
    page.get_by_label("Language of your text").select_option("French")
    page.get_by_text("Objectives it concerns").first.click()
    page.get_by_label("2. Minimize adverse drivers").check()
    page.get_by_role("button", name="Preview").click()
    preview = page.get_by_role("region", name="Preview")
    expect(preview).to_be_focused()
    expect(preview.locator("strong")).to_have_text("legal desks")
    expect(preview.locator("li")).to_have_text(["First", "Second"])
    expect(page.get_by_label("Your contribution")).to_have_value(TEXT)
    assert_accessible(page)
    page.get_by_role("button", name="Send for moderation").click()

    expect(page.get_by_role("status").filter(has_text="awaits moderation")).to_be_visible()
    comment = Comment.objects.get()
    article = page.locator(f"#comment-{comment.pk}")
    expect(article).to_be_focused()
    expect(article).to_have_attribute("lang", "fr")
    expect(article.locator("header")).to_contain_text("Amina Diallo")
    expect(article.get_by_text("only you and the moderators see it")).to_be_visible()
    assert_accessible(page)

    reader = visitors.open(address=f"/en/roundtables/{discussion.slug}/")
    expect(reader.locator("article.comment")).to_have_count(0)
    other = visitors.open(person(name="Another Participant"), f"/en/roundtables/{discussion.slug}/")
    expect(other.locator("article.comment")).to_have_count(0)
    assert other.goto(f"/en/comments/{comment.pk}/").status == 404
    page.goto(f"/en/roundtables/{discussion.slug}/")
    expect(article).to_have_count(1)

    decider = visitors.open(moderator, "/en/moderation/")
    decider.get_by_role("link", name="Read and decide about the contribution of Amina Diallo").click()
    decider.get_by_label("Approve and reply").check()
    decider.get_by_role("button", name="Record the decision").click()
    expect(decider.get_by_role("heading", level=1)).to_have_text("Reply to Amina Diallo")
    decider.get_by_label("Your contribution").fill("Thank you. Who pays for the desks?")
    decider.get_by_role("button", name="Post").click()
    expect(decider.locator("article.is-focus .comment__body")).to_have_text("Thank you. Who pays for the desks?")

    for visitor in (page, reader):
        visitor.goto(f"/en/roundtables/{discussion.slug}/questions/1/")
        expect(visitor.locator("article.comment")).to_have_count(2)
        reply = visitor.locator("article.comment").nth(1)
        expect(reply.locator("b.role")).to_have_text("Moderator")
        expect(reply.locator("p.to a")).to_have_text("Amina Diallo")


def test_a_text_outlives_the_making_of_an_account(visitors, discussion):
    page = visitors.open(person(name="Somebody"), f"/en/roundtables/{discussion.slug}/questions/2/answer/")
    page.get_by_label("Your contribution").fill(TEXT)
    page.get_by_label("Language of your text").select_option("Spanish")
    end_session(page)
    page.get_by_role("button", name="Send for moderation").click()
    page.locator("main").get_by_role("link", name="sign up").click()
    sign_up(page, "Amina Diallo", "amina@example.org")
    expect(page).to_have_url(re.compile(r"^[^?]*/questions/2/answer/$"))
    expect(page.get_by_text("Your text is still here.")).to_be_visible()
    expect(page.get_by_label("Your contribution")).to_have_value(TEXT)
    expect(page.get_by_label("Language of your text")).to_have_value("es")
    assert_accessible(page, colours=False)
    page.get_by_role("button", name="Send for moderation").click()
    expect(page.get_by_role("status").filter(has_text="awaits moderation")).to_be_visible()
    assert list(Comment.objects.values_list("author_name", "language")) == [("Amina Diallo", "es")]
    # What was posted is kept no longer.
    page.goto(f"/en/roundtables/{discussion.slug}/questions/2/answer/")
    expect(page.get_by_label("Your contribution")).to_have_value("")


def test_my_contributions_say_what_became_of_each_and_a_returned_text_goes_out_again(visitors, discussion):
    author, moderator = person(name="Amina Diallo"), factories.moderator(discussion, "Ingrid Solheim")
    pending, returned, rejected = (
        factories.comment(discussion, author, body=body, status="pending") for body in ("First.", "Second.", "Third.")
    )
    returned.return_for_revision(by=moderator, message="Please name the place.")
    rejected.reject(by=moderator, reason=Comment.Reason.DUPLICATE, message="See above.")
    page = visitors.open(author, "/en/")
    page.get_by_role("link", name="My contributions").click()
    states = page.locator("main .tag")
    expect(states).to_have_text(["Not published", "Returned for revision", "Awaiting moderation"])
    third, second = page.locator("main .cards > li").nth(0), page.locator("main .cards > li").nth(1)
    expect(third).to_contain_text("Says the same as an earlier contribution")
    expect(third).to_contain_text("See above.")
    expect(second).to_contain_text("Please name the place.")
    assert_accessible(page)

    second.get_by_role("link", name="Revise and submit again").click()
    expect(page.get_by_text("Please name the place.")).to_be_visible()
    expect(page.get_by_label("Your contribution")).to_have_value("Second.")
    assert_accessible(page, colours=False)
    page.get_by_label("Your contribution").fill("Second, in Dakar.")
    page.get_by_role("button", name="Send for moderation").click()
    expect(page.get_by_role("status").filter(has_text="awaits moderation")).to_be_visible()
    expect(page.locator(f"#comment-{returned.pk} .comment__body")).to_have_text("Second, in Dakar.")
    returned.refresh_from_db()
    assert (returned.status, returned.revision_number) == ("pending", 2)
    assert list(returned.revisions.order_by("number").values_list("body", flat=True)) == [
        "Second.",
        "Second, in Dakar.",
    ]
    assert pending.status == "pending"
    page.goto(f"/en/comments/{rejected.pk}/")
    expect(page.get_by_role("status").filter(has_text="Not published")).to_contain_text("See above.")
