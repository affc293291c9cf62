"""A published paper is edited: two focal points clear the new version, a moderator publishes it, a reader sees it."""

import re

from playwright.sync_api import expect

from accounts.models import Mail
from tests import factories
from tests.accounts.steps import person

from . import scene
from .browser import assert_accessible, scrolls_sideways


def address_for(person):
    """Return where the latest mail leads a focal point."""
    mail = Mail.objects.filter(to=person.email, kind="clearance").order_by("pk").last()
    return re.search(r"/\w\w/clearances/[\w-]+/", mail.text)[0]


def held_to_small_screens(page):
    page.set_viewport_size({"width": 320, "height": 800})
    assert not scrolls_sideways(page)
    assert_accessible(page)


def test_a_published_paper_is_edited_cleared_by_two_focal_points_approved_and_read(visitors, site):
    roundtable = scene.roundtable()
    author, jean, ana = person(name="Amina Diallo"), person(name="Jean Petit"), person(name="Ana Ruiz")
    moderator = factories.moderator(roundtable, "Ingrid Solheim")
    paper = factories.paper(roundtable, author, focal_points=[jean, ana], title="Cities first", body="Cities need aid.")
    for clearance in paper.clearances.all():
        clearance.settle(by=jean, status="cleared", seen_revision=1)
    paper.approve(by=moderator)

    page = visitors.open(author, f"/en/comments/{paper.pk}/")
    page.get_by_role("link", name="Edit your contribution").click()
    expect(page.get_by_label("Title of the paper")).to_have_value("Cities first")
    expect(page.get_by_label("E-mail address of focal point 2", exact=True)).to_have_value(ana.email)
    page.get_by_label("Title of the paper").fill("Cities and towns first")
    page.get_by_label("Summary or text").fill("Cities and towns need aid.")
    page.get_by_label("Organisation 2", exact=True).fill("River Towns")
    page.get_by_role("button", name="Send for moderation").click()
    expect(page.get_by_role("heading", name="Received: your new version awaits clearance")).to_be_visible()
    expect(page.locator("article.is-focus .comment__body")).to_have_text("Cities need aid.")
    held_to_small_screens(page)
    page.get_by_role("link", name="Withdraw your change").click()
    expect(page.get_by_role("region", name="The change you withdraw")).to_contain_text("Cities and towns need aid.")
    held_to_small_screens(page)
    page.get_by_role("link", name="Keep this change").click()
    reader = visitors.open(address=f"/en/roundtables/{roundtable.slug}/papers/")
    expect(reader.get_by_role("heading", name="Cities first")).to_be_visible()

    for each in (jean, ana):
        focal = visitors.open(each, address_for(each))
        expect(focal.get_by_role("heading", name="A new version of a paper to clear")).to_be_visible()
        expect(focal.locator("article .comment__body")).to_have_text("Cities and towns need aid.")
        focal.get_by_text("What it changes in the published version").click()
        expect(focal.locator("details ins").first).to_be_visible()
        held_to_small_screens(focal)
        focal.get_by_label("Clear: the paper may be published for my organisation").check()
        focal.get_by_role("button", name="Record the decision").click()
        expect(focal.get_by_text("Cleared for your organisation. Thank you.")).to_be_visible()

    decider = visitors.open(moderator, "/en/moderation/")
    decider.get_by_role("link", name="Read and decide about the contribution of Amina Diallo").click()
    expect(decider.get_by_role("heading", name="Clearance of the new version")).to_be_visible()
    expect(decider.locator(".differences ins").first).to_be_visible()
    held_to_small_screens(decider)
    decider.get_by_label("Publish the changed text").check()
    decider.get_by_role("button", name="Record the decision").click()
    decider.wait_for_url("**/moderation/*")

    reader.reload()
    expect(reader.get_by_role("heading", name="Cities and towns first")).to_be_visible()
    expect(reader.locator(".organisations li")).to_have_text([re.compile("^Organisation"), "River Towns"])
    held_to_small_screens(reader)
    reader.get_by_role("link", name="Cities and towns first").click()
    expect(reader.locator("article.is-focus .comment__body")).to_have_text("Cities and towns need aid.")
    reader.locator("article.is-focus").get_by_role("link", name="edited on").click()
    expect(reader.locator(".differences ins").first).to_be_visible()
    held_to_small_screens(reader)
