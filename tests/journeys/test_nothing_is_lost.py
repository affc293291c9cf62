"""What happens while somebody writes: a second click, an ended session, a closing time, the way back."""

import re
from datetime import timedelta

import pytest
from django.contrib.sessions.models import Session
from django.utils import timezone
from playwright.sync_api import expect

from consultation.models import Comment, Roundtable
from tests import factories
from tests.accounts.steps import person

from . import scene
from .browser import assert_accessible, end_session, sign_in

TEXT = "We ask for *safe* paths.\n\n  Indented, “quoted”, and ünïcödé."
EVERY_WAY = pytest.mark.parametrize("way", ["on its own page", "without JavaScript", "in place"])


@pytest.fixture
def author(site):
    """Return somebody who contributes."""
    return person(name="Amina Diallo")


@pytest.fixture
def answered(author):
    """Return the one published contribution of an open roundtable."""
    discussion = scene.roundtable()
    return factories.comment(discussion, question=discussion.questions.get(number=1), body="What came before.")


def write_a_reply(visitors, author, answered, way):
    """Open the form of a reply in one of the ways, and type a text."""
    if way == "in place":
        page = visitors.open(author, f"/en/roundtables/{answered.roundtable.slug}/questions/1/")
        page.locator(f"#comment-{answered.pk}").get_by_role("link", name="Reply to").click()
        expect(page.get_by_label("Your contribution")).to_be_focused()
    else:
        scripted = way != "without JavaScript"
        page = visitors.open(author, f"/en/comments/{answered.pk}/reply/", java_script_enabled=scripted)
    page.get_by_label("Your contribution").fill(TEXT)
    return page


def send(page):
    """Press the button that sends the text."""
    page.get_by_role("button", name="Send for moderation").click()


def replies():
    """Return the texts of all replies."""
    return list(Comment.objects.filter(in_reply_to__isnull=False).values_list("body", flat=True))


@EVERY_WAY
def test_a_double_click_posts_once(visitors, author, answered, way):
    page = write_a_reply(visitors, author, answered, way)
    page.get_by_role("button", name="Send for moderation").dblclick()
    expect(page.get_by_role("status").filter(has_text="awaits moderation")).to_be_visible()
    assert replies() == [TEXT]


@EVERY_WAY
def test_a_text_outlives_the_session(visitors, author, answered, way):
    page = write_a_reply(visitors, author, answered, way)
    page.get_by_label("Language of your text").select_option("French")
    end_session(page)
    send(page)
    expect(page).to_have_url(re.compile("/en/accounts/login/"))
    sign_in(page, author)
    expect(page).to_have_url(re.compile(f"^[^?]*/en/comments/{answered.pk}/reply/$"))
    expect(page.get_by_text("Your text is still here.")).to_be_visible()
    expect(page.get_by_label("Your contribution")).to_have_value(TEXT)
    expect(page.get_by_label("Language of your text")).to_have_value("fr")
    send(page)
    expect(page.get_by_role("status").filter(has_text="awaits moderation")).to_be_visible()
    assert replies() == [TEXT]


def test_people_are_warned_before_they_are_signed_out_and_go_on_where_they_were(visitors, author, answered):
    page = visitors.open(author)
    warning = page.get_by_role("alertdialog", name="You will soon be signed out")
    Session.objects.update(expire_date=timezone.now() + timedelta(minutes=20))
    page.clock.install()
    page.goto(f"/en/comments/{answered.pk}/reply/")
    expect(warning.get_by_role("button", name="Stay signed in")).to_be_focused()
    assert_accessible(page)
    other = page.context.new_page()
    other.goto("/en/")
    expect(other.get_by_role("alertdialog")).to_be_visible()

    warning.get_by_role("button", name="Stay signed in").press("Enter")
    expect(warning).to_be_hidden()
    expect(other.get_by_role("alertdialog")).to_be_hidden()
    assert Session.objects.get().expire_date > timezone.now() + timedelta(days=13)

    field = page.get_by_label("Your contribution")
    field.fill(TEXT)
    Session.objects.all().delete()
    page.clock.fast_forward(14 * 24 * 3600 * 1000)  # the lid is closed for two weeks
    ended = page.get_by_role("alertdialog", name="You are no longer signed in")
    expect(ended.get_by_role("link", name="Sign in")).to_be_focused()
    assert_accessible(page)
    with page.context.expect_page() as opened:
        page.keyboard.press("Enter")
    sign_in(opened.value, author)
    expect(ended).to_be_hidden()
    expect(field).to_have_value(TEXT)
    send(page)
    expect(page.get_by_role("status").filter(has_text="awaits moderation")).to_be_visible()
    assert replies() == [TEXT]


@EVERY_WAY
def test_a_text_is_given_back_where_every_cookie_is_gone(visitors, author, answered, way):
    page = write_a_reply(visitors, author, answered, way)
    page.context.clear_cookies()
    send(page)
    expect(page.get_by_role("heading", level=1)).to_have_text("Please send the form again")
    expect(page.get_by_label("Your text")).to_have_value(TEXT)
    if way != "without JavaScript":
        assert_accessible(page)
    assert replies() == []


@EVERY_WAY
def test_a_text_is_given_back_when_the_roundtable_closes_meanwhile(visitors, author, answered, way):
    page = write_a_reply(visitors, author, answered, way)
    a_second_ago = timezone.now() - timedelta(seconds=1)
    Roundtable.objects.filter(pk=answered.roundtable_id).update(closes_at=a_second_ago)
    send(page)
    summary = page.locator(".error-summary")
    expect(summary).to_be_focused()
    expect(summary).to_contain_text("This roundtable is closed")
    expect(page.get_by_label("Your text")).to_have_value(TEXT)
    expect(page.get_by_role("heading", level=1)).to_have_count(1)
    if way != "without JavaScript":
        assert_accessible(page)
    assert replies() == []


@EVERY_WAY
def test_a_text_that_is_too_long_or_too_early_stays_in_its_form(visitors, author, answered, settings, way):
    Roundtable.objects.filter(pk=answered.roundtable_id).update(comment_limit=50)
    page = write_a_reply(visitors, author, answered, way)
    send(page)
    summary = page.locator(".error-summary")
    expect(summary).to_be_focused()
    expect(summary).to_contain_text("characters too long")
    field = page.get_by_label("Your contribution")
    expect(field).to_have_value(TEXT)
    expect(field).to_have_attribute("aria-invalid", "true")
    expect(field).to_have_accessible_description(re.compile("Up to 50 characters.*too long"))
    settings.POSTS_PER_MINUTE = 0
    field.fill("A short text.")
    send(page)
    expect(summary).to_contain_text("You have posted many contributions in a short time.")
    expect(summary).to_be_focused()
    expect(field).to_have_value("A short text.")
    if way != "without JavaScript":
        assert_accessible(page)
    assert replies() == []
    settings.POSTS_PER_MINUTE = 10
    send(page)
    expect(page.get_by_role("status").filter(has_text="awaits moderation")).to_be_visible()
    assert replies() == ["A short text."]


def test_going_back_after_posting_posts_nothing_twice(visitors, author, answered):
    page = write_a_reply(visitors, author, answered, "on its own page")
    send(page)
    expect(page.get_by_role("status").filter(has_text="awaits moderation")).to_be_visible()
    page.reload()
    expect(page.get_by_role("status").filter(has_text="awaits moderation")).to_be_visible()
    page.go_back()
    expect(page.get_by_role("heading", level=1)).to_have_text("Reply to " + answered.author_name)
    expect(page.get_by_label("Your contribution")).to_have_value(TEXT)
    send(page)
    expect(page.get_by_role("status").filter(has_text="awaits moderation")).to_be_visible()
    assert replies() == [TEXT]


def test_forms_in_place_stand_beside_each_other_and_can_be_cancelled(visitors, author, answered):
    other = factories.comment(answered.roundtable, question=answered.question)
    page = visitors.open(author, f"/en/roundtables/{answered.roundtable.slug}/")
    answer = page.get_by_role("link", name="Answer question 1").last
    places = [page.locator(f"#comment-{comment.pk}") for comment in (answered, other)]
    for place in places:
        place.get_by_role("link", name="Reply to").click()
        expect(place.get_by_label("Your contribution")).to_be_focused()
    answer.click()
    expect(page.get_by_label("Your contribution")).to_have_count(3)
    assert_accessible(page)
    # Each label belongs to the field beside it.
    places[1].locator("label", has_text="Your contribution").click()
    expect(places[1].get_by_label("Your contribution")).to_be_focused()
    for place, link in ((places[0], places[0].get_by_role("link", name="Reply to")), (page, answer)):
        place.get_by_role("button", name="Cancel").first.click()
        expect(link).to_be_focused()
    places[1].get_by_label("Your contribution").fill(TEXT)
    places[1].get_by_role("button", name="Preview").click()
    expect(page.get_by_role("region", name="Preview")).to_be_focused()
    assert_accessible(page)
    send(page)
    expect(page.locator("article.is-focus")).to_be_focused()
    assert list(Comment.objects.filter(in_reply_to=other).values_list("body", flat=True)) == [TEXT]
