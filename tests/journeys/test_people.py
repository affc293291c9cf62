"""What becomes of people: an affiliation is verified, somebody is suspended, somebody leaves."""

import re

import pytest
from playwright.sync_api import expect

from accounts.models import User
from accounts.suspending import lift_suspension, suspend
from consultation.models import Comment
from tests import factories
from tests.accounts.steps import PASSWORD, person

from . import scene
from .browser import assert_accessible

SEVERE = ("serious", "critical")


@pytest.fixture
def discussion(site):
    """Return an open roundtable."""
    return scene.roundtable()


def test_the_secretariat_verifies_an_affiliation_and_readers_see_it(visitors, discussion):
    author = person(name="Amina Diallo", organisation="Bridge of Hope", is_listed=True)
    factories.comment(discussion, author)
    page = visitors.open(
        person(name="Maya Haddad", is_staff=True, is_superuser=True), f"/admin/accounts/user/{author.pk}/change/"
    )
    page.get_by_role("link", name="Verify affiliation").click()
    expect(page.locator(".decide-list")).to_contain_text("Bridge of Hope")
    assert_accessible(page, impacts=SEVERE)
    page.get_by_label("Note").fill("Letter of 3 May")
    page.get_by_role("button", name="Verify affiliation").click()
    expect(page.get_by_text("1 affiliation was verified.")).to_be_visible()
    expect(page.get_by_role("cell", name="Letter of 3 May")).to_be_visible()

    reader = visitors.open(address=f"/en/roundtables/{discussion.slug}/")
    expect(reader.locator("article.comment header")).to_contain_text("✓ affiliation verified")
    assert_accessible(reader)
    reader.get_by_role("contentinfo").get_by_role("link", name="Participants").click()
    expect(reader.get_by_role("heading", level=3)).to_have_text("Amina Diallo")
    expect(reader.locator("main .verified")).to_have_text("✓ affiliation verified")
    assert_accessible(reader)
    reader.get_by_label("Name or organisation").fill("nobody")
    reader.get_by_role("button", name="Find").click()
    expect(reader.get_by_text("Nobody in the directory matches.")).to_be_visible()
    assert_accessible(reader, colours=False)


@pytest.mark.parametrize("javascript", [True, False])
def test_a_suspended_person_reads_why_and_keeps_what_they_typed(visitors, discussion, javascript):
    author = person(name="Amina Diallo")
    where = f"/en/roundtables/{discussion.slug}/questions/1/answer/"
    page = visitors.open(author, where, java_script_enabled=javascript)
    page.get_by_label("Your contribution").fill("Our legal desks are open.")
    suspend(author, by=factories.staff(), reason="Three advertisements.")
    page.get_by_role("button", name="Send for moderation").click()

    refusal = page.locator(".error-summary")
    expect(refusal).to_contain_text("You are suspended")
    expect(refusal).to_contain_text("Three advertisements.")
    expect(page.get_by_label("Your text")).to_have_value(re.compile("Our legal desks are open."))
    expect(page.get_by_role("link", name="consultations@example.org")).to_be_visible()
    if javascript:
        assert_accessible(page)
    page.goto(f"/en/roundtables/{discussion.slug}/")
    page.get_by_role("link", name="Why, and until when").click()
    expect(page.get_by_role("heading", name="You are suspended")).to_be_visible()
    if javascript:
        assert_accessible(page, colours=False)
    assert Comment.objects.count() == 0

    lift_suspension(User.objects.get(pk=author.pk), by=User.objects.get(is_staff=True))
    page.goto(where)
    page.get_by_label("Your contribution").fill("Our legal desks are open.")
    page.get_by_role("button", name="Send for moderation").click()
    expect(page.get_by_role("status").filter(has_text="awaits moderation")).to_be_visible()


@pytest.mark.parametrize(
    ("choice", "left"),
    [
        ("Keep them, shown as written by a former participant", "Former participant"),
        ("Withdraw them; replies of others stay", "Withdrawn by its author"),
    ],
)
def test_somebody_closes_their_account_and_says_what_becomes_of_their_contributions(visitors, discussion, choice, left):
    author = person(name="Amina Diallo")
    said = factories.comment(discussion, author, body="What I said.")
    factories.comment(discussion, answers=said, body="An answer to it.")
    page = visitors.open(author, "/en/accounts/profile/")
    page.get_by_role("link", name="Close your account").click()
    page.get_by_label("Password").fill(PASSWORD)
    assert_accessible(page, colours=False)
    page.locator("main form").get_by_role("button").last.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Close your account")
    assert_accessible(page)
    page.get_by_role("button", name="Close my account").click()
    expect(page.locator(".error-summary")).to_be_focused()
    page.get_by_role("link", name=re.compile("^Your contributions:")).click()
    expect(page.locator("#id_contributions_group")).to_be_focused()
    assert_accessible(page, colours=False)
    with page.expect_download() as download:
        page.get_by_role("link", name="Download my data").click()
    assert download.value.suggested_filename == "my-data.zip"

    page.get_by_label(choice).check()
    page.get_by_label("I understand that this cannot be undone").check()
    page.get_by_role("button", name="Close my account").click()
    expect(page.get_by_role("status")).to_have_text("Your account is closed.")
    expect(page.get_by_role("link", name="Sign in")).to_be_visible()
    page.goto(f"/en/roundtables/{discussion.slug}/")
    expect(page.locator(f"#comment-{said.pk}")).to_contain_text(left)
    expect(page.get_by_text("An answer to it.")).to_be_visible()
    expect(page.get_by_text("Amina Diallo")).to_have_count(0)
    assert_accessible(page, colours=False)
