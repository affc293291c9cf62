"""Writing for a while: drafts, two windows, mentions by keyboard, a preview that follows."""

import re

import pytest
from playwright.sync_api import expect

from consultation.models import Comment, Draft
from tests import factories
from tests.accounts.steps import person

from . import scene
from .browser import assert_accessible, end_session, loaded, sign_in, until


@pytest.fixture
def author(site):
    """Return somebody who contributes."""
    return person(name="Amina Diallo")


@pytest.fixture
def answered(author):
    """Return a published contribution by somebody whom one can mention."""
    discussion = scene.roundtable()
    question = discussion.questions.get(number=1)
    factories.comment(discussion, factories.user("José Ñandú"), question=question)
    factories.comment(discussion, factories.user("Josefa d’Arc"), question=question)
    return factories.comment(discussion, factories.user("Andy Shen"), question=question, body="What came before.")


def saved(page, text):
    """Wait until the draft holds a text and the page says that it is saved."""
    until(page, lambda: Draft.objects.filter(body=text).exists())
    told = re.compile(r"^Draft saved at \d\d:\d\d \(Europe/Zurich\)\.$")
    expect(page.locator("[data-draft-status]")).to_have_text(told)


def test_a_draft_is_saved_outlives_the_session_and_is_sent_with_a_mention_by_keyboard(visitors, author, answered):
    address = f"/en/comments/{answered.pk}/reply/"
    page = visitors.open(author, address)
    field = page.get_by_label("Your contribution")
    field.press_sequentially("A first thought")
    saved(page, "A first thought")
    end_session(page)
    page.keyboard.insert_text(", and a second one.")
    page.get_by_label("Language of your text").focus()
    expect(page.locator("[data-draft-said]")).to_have_text(re.compile("^You are no longer signed in"))
    assert_accessible(page)

    page.goto(address)
    sign_in(page, author)
    expect(page.get_by_text("Your text is still here.")).to_be_visible()
    expect(field).to_have_value("A first thought, and a second one.")
    expect(page.get_by_role("region", name="The other version")).to_have_text("A first thought")
    assert_accessible(page)

    field.press("Control+End")
    page.keyboard.insert_text("\nThanks @jos")
    names = page.get_by_role("listbox", name="Names")
    expect(names.get_by_role("option")).to_have_text(["José Ñandú", "Josefa d’Arc"])
    expect(page.get_by_role("status").filter(has_text="2 names found")).to_have_count(1)
    assert_accessible(page)
    field.press("ArrowDown")
    field.press("ArrowDown")
    expect(names.get_by_role("option", selected=True)).to_have_text("Josefa d’Arc")
    field.press("ArrowUp")
    field.press("Enter")
    expect(names).to_be_hidden()
    expect(field).to_have_value("A first thought, and a second one.\nThanks @José Ñandú ")
    page.keyboard.insert_text("@Jos")
    expect(names).to_be_visible()
    field.press("Escape")
    expect(names).to_be_hidden()
    field.press_sequentially("e")
    names.get_by_role("option", name="Josefa").click()
    expect(field).to_be_focused()
    saved(page, "A first thought, and a second one.\nThanks @José Ñandú @Josefa d’Arc")

    page.get_by_role("button", name="Preview").click()
    preview = page.get_by_role("region", name="Preview")
    expect(preview.locator(".mention")).to_have_text(["@José Ñandú", "@Josefa d’Arc"])
    loaded(page)
    field.press("Control+End")
    field.press_sequentially(" **bold**")
    expect(preview.locator("strong")).to_have_text("bold")
    expect(field).to_be_focused()
    assert_accessible(page)
    page.get_by_role("button", name="Send for moderation").click()
    expect(page.get_by_role("status").filter(has_text="awaits moderation")).to_be_visible()
    made = Comment.objects.get(in_reply_to=answered)
    assert made.body == "A first thought, and a second one.\nThanks @José Ñandú @Josefa d’Arc  **bold**"
    assert Draft.objects.count() == 0


def test_two_windows_never_write_over_each_other_and_a_draft_is_found_in_the_list(visitors, author, answered):
    address = f"/en/roundtables/{answered.roundtable.slug}/questions/1/"
    page = visitors.open(author, address)
    other = page.context.new_page()
    for window in (page, other):
        window.goto(address)
        window.locator(f"#comment-{answered.pk}").get_by_role("link", name="Reply to").click()
        expect(window.get_by_label("Your contribution")).to_be_focused()
    fields = [window.get_by_label("Your contribution") for window in (page, other)]
    fields[0].fill("From the first window.")
    saved(page, "From the first window.")
    fields[1].fill("From the second window.")
    expect(other.get_by_text("There is another version of this text.")).to_be_visible()
    assert_accessible(other)
    assert Draft.objects.get().body == "From the first window."
    other.get_by_role("button", name="Go on with the other version").click()
    expect(fields[1]).to_have_value("From the first window.")
    expect(other.get_by_role("region", name="The other version")).to_have_text("From the second window.")
    saved(other, "From the first window.")
    other.get_by_role("button", name="Go on with the other version").click()
    saved(other, "From the second window.")
    other.get_by_role("button", name="Cancel").click()

    other.goto("/en/comments/mine/")
    listed = other.get_by_role("region", name="My drafts")
    expect(listed.get_by_role("heading", level=3)).to_have_text("Reply to Andy Shen")
    expect(listed).to_contain_text("From the second window.")
    assert_accessible(other)
    listed.get_by_role("link", name="Read or discard").click()
    expect(other.get_by_label("Your text")).to_have_value("From the second window.")
    assert_accessible(other)
    other.get_by_role("button", name="Discard this draft").click()
    expect(other.get_by_role("status")).to_have_text("Your draft is discarded.")
    assert Draft.objects.count() == 0


def test_the_count_is_seen_always_and_said_where_few_characters_are_left(visitors, author, answered):
    answered.roundtable.comment_limit = 50
    answered.roundtable.save()
    page = visitors.open(author, f"/fr/comments/{answered.pk}/reply/")
    field = page.locator("textarea[name=body]")
    line, said = page.locator("#id_body_left"), page.locator("#id_body_left + [role=status]")
    field.fill("deux mots")
    expect(line).to_have_text(re.compile(r"2\D+9\D+50"))
    expect(said).to_have_text("")
    field.fill("x" * 47)
    expect(said).to_have_text(re.compile(r"\b3\b"))
    field.fill("x" * 53)
    expect(said).to_have_text(re.compile(r"\b3\b"))
    expect(field).to_have_accessible_description(re.compile(r"50.*3"))
