"""What is asked before a text is stored, and what becomes of it: with a script in the page, and without."""

import re

import pytest
from playwright.sync_api import expect

from consultation.models import Comment, Event
from tests import factories
from tests.accounts.steps import person

from . import scene
from .browser import assert_accessible, loaded, tab_to

TEXT = (
    "Our network met four hundred persons last spring, and most of them had waited longer than two years for an answer "
    "that nobody had explained. Objectives 5 and 7 ask for more (A/HRC/44/42; GCM, para. 32)."
)


@pytest.fixture
def discussion(site):
    """Return an open roundtable of a forum with two."""
    event = Event.objects.create(name_en="International Migration Review Forum")
    factories.roundtable(title_en="Roundtable 4: Trust", event=event, objective_numbers=(7,), position=4)
    return scene.roundtable(event=event)


def test_a_text_that_names_objectives_is_tagged_shared_and_not_posted_twice(visitors, discussion):
    participant = person(name="Amina Diallo")
    where = f"/en/roundtables/{discussion.slug}/questions/1/"
    page = visitors.open(participant, address=where)
    page.get_by_role("link", name="Answer question 1").click()
    expect(page.get_by_label("Your contribution")).to_be_visible()
    loaded(page)
    page.get_by_label("Language of your text").select_option("Spanish")
    page.get_by_label("Your contribution").fill(TEXT)

    box = page.get_by_role("group", name="In your text")
    expect(box).to_contain_text("Documents that will be linked: A/HRC/44/42; A/RES/73/195, § 32.")
    expect(page.locator("[data-noticed-said]")).to_contain_text("Your text names objectives 5 and 7. Add these tags?")
    assert_accessible(page)
    again = visitors.open(participant, address=f"{where}answer/")
    expect(again.get_by_role("group", name="In your text")).to_contain_text("Documents that will be linked")
    assert_accessible(again)
    again.close()
    tab_to(page, box.get_by_role("button", name="It is in Spanish"), most=5)
    page.keyboard.press("Enter")
    expect(box.get_by_role("button", name="Tag with 5. Regular pathways")).to_be_focused()
    tab_to(page, box.get_by_role("button", name="Tag with 7."), most=5)
    page.keyboard.press("Enter")
    expect(page.locator("[data-noticed-said]")).to_have_text("Objectives ticked: 7.")
    expect(page.get_by_role("checkbox", name="7. Reduce vulnerabilities")).to_be_checked()
    expect(page.get_by_role("checkbox", name="5. Regular pathways")).not_to_be_checked()
    page.get_by_role("button", name="Send for moderation").click()

    step = page.get_by_role("region", name="Before your text is sent")
    expect(step).to_be_focused()
    expect(step.get_by_role("checkbox")).to_have_count(1)
    assert_accessible(page)
    step.get_by_label("5. Regular pathways").uncheck()
    step.get_by_role("button", name="Tag it and send it").click()

    expect(page).to_have_url(re.compile(r"/comments/\d+/"))
    comment = Comment.objects.get()
    assert (comment.objective_numbers, comment.language) == ((7,), "es")
    links = page.locator(f"#comment-{comment.pk} .comment__body a")
    expect(links).to_have_text(["A/HRC/44/42", "GCM, para. 32"])
    expect(links.first).to_have_attribute("href", "https://undocs.org/A/HRC/44/42")

    plain = visitors.open(participant, address=f"{where}answer/", java_script_enabled=False)
    plain.get_by_label("Your contribution").fill(TEXT)
    plain.get_by_role("button", name="Send for moderation").click()
    step = plain.get_by_role("region", name="Before your text is sent")
    expect(step.get_by_role("link", name="You contributed it on")).to_be_visible()
    step.get_by_role("button", name="Send it as it is").click()
    expect(plain).to_have_url(re.compile(r"/comments/\d+/"))
    assert Comment.objects.order_by("-pk")[0].similarity == 100

    moderator = factories.moderator(discussion, "Ingrid Solheim")
    page = visitors.open(moderator, address=f"/en/roundtables/{discussion.slug}/concerns/")
    assert_accessible(page)
    page.get_by_role("button", name="Share with Roundtable 4: Trust").first.click()
    expect(page.get_by_role("status")).to_contain_text("Shared")
    comment.approve(by=moderator)
    page.goto(page.url.replace("/concerns/", "/documents/"))
    expect(page.locator("main h2")).to_have_text(["A/HRC/44/42", "A/RES/73/195"])
    assert_accessible(page)
    page.goto(page.url.replace(f"{discussion.slug}/documents/", f"{comment.concerns.get().roundtable.slug}/"))
    page.get_by_role("link", name="Contributions from other roundtables").click()
    expect(page.locator("main article h3")).to_have_text("Amina Diallo")
    assert_accessible(page)
