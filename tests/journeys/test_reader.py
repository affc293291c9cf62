"""A reader without an account: from the home page into a thread and out again."""

import re

import pytest
from playwright.sync_api import expect

from tests import factories

from . import scene
from .browser import assert_accessible, loaded, until


@pytest.fixture
def filled(site, settings):
    """Return a filled site whose pages hold 20 comments."""
    settings.COMMENTS_PER_PAGE = 20
    return scene.filled_site(depth=6)


def test_a_reader_finds_a_thread_and_shares_it(visitors, filled):
    page = visitors.open(address="/")
    expect(page).to_have_url(re.compile(r"/en/$"))
    page.get_by_role("link", name="See the roundtables").click()
    page.get_by_role("link", name="Roundtable 1: Safe paths").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Roundtable 1: Safe paths")
    page.locator(".question-list").get_by_role("link", name="What about matter 1?").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("What about matter 1?")
    deepest = page.locator(f"#comment-{filled.deepest.pk}")
    deepest.locator("header a").click()
    expect(page).to_have_url(re.compile(rf"^[^?]*/en/comments/{filled.deepest.pk}/$"))
    expect(page.locator("article.is-focus")).to_have_attribute("id", f"comment-{filled.deepest.pk}")
    expect(deepest).to_be_focused()
    expect(deepest).to_be_in_viewport()
    expect(deepest.get_by_text("Level 6", exact=True)).to_be_visible()
    assert_accessible(page)


def test_a_reader_folds_and_unfolds_with_the_keyboard(visitors, filled):
    page = visitors.open(address=f"/en/roundtables/{filled.open.slug}/questions/1/")
    article = page.locator(f"#comment-{filled.long.pk}")
    last_words = article.get_by_text("The very last words.")
    expect(last_words).to_be_hidden()
    more = article.locator("details.more > summary")
    expect(more).to_have_accessible_name("Read more")
    more.press("Enter")
    expect(last_words).to_be_visible()
    replies = page.locator("details.replies > summary").first
    reply = page.get_by_text("A reply on level 2.")
    expect(reply).to_be_visible()
    replies.press("Space")
    expect(reply).to_be_hidden()
    # The browser tells of it a moment after it is seen.
    until(page, lambda: page.evaluate("JSON.parse(localStorage.getItem('folded') || '[]').length > 0"))
    page.reload()
    expect(reply).to_be_hidden()
    assert_accessible(page, colours=False)
    # A link into a folded thread opens it.
    page.goto(f"/en/roundtables/{filled.open.slug}/questions/1/#comment-{filled.deepest.pk}")
    page.reload()
    expect(page.locator(f"#comment-{filled.deepest.pk}")).to_be_in_viewport()
    fold = page.get_by_role("button", name="Expand all")
    fold.press("Enter")
    expect(last_words).to_be_visible()
    expect(fold).to_have_attribute("aria-pressed", "true")


def test_filters_and_order_stand_in_an_address_that_can_be_shared(visitors, filled):
    page = visitors.open(address=f"/en/roundtables/{filled.open.slug}/")
    page.get_by_text("Filter contributions").click()
    page.get_by_label("Written in").select_option("French")
    page.get_by_role("button", name="Apply").click()
    expect(page.locator("article.comment")).to_have_count(1)
    expect(page.locator("article.comment .comment__body")).to_have_text("Nous demandons des voies sûres.")
    friend = visitors.open(address=page.url, width=320)
    expect(friend.locator("article.comment")).to_have_count(1)
    expect(friend.get_by_label("Written in")).to_have_value("fr")
    friend.get_by_label("Objective", exact=True).select_option("5")
    friend.get_by_role("button", name="Apply").click()
    expect(friend.get_by_text("No contribution matches these filters.")).to_be_visible()
    assert_accessible(friend, colours=False)
    friend.get_by_role("link", name="Remove all filters").click()
    expect(friend.locator("article.comment").first).to_be_visible()
    oldest = page.goto(f"/en/roundtables/{filled.open.slug}/questions/1/")
    assert oldest.ok
    first = page.locator("article.comment").first
    expect(first).to_have_id(f"comment-{filled.long.pk}")
    page.get_by_role("link", name="Newest thread first").click()
    expect(page).to_have_url(re.compile(r"sort=newest"))
    expect(first).to_contain_text("Nous demandons des voies sûres.")
    expect(page.get_by_role("link", name="Newest thread first")).to_have_attribute("aria-current", "true")


def test_the_next_page_goes_on_where_this_one_ends(visitors, filled):
    question = filled.open.questions.get(number=2)
    written = [factories.comment(filled.open, filled.other, question=question, body=f"Text {n}") for n in range(25)]
    page = visitors.open(address=f"/en/roundtables/{filled.open.slug}/questions/2/")
    read = page.locator("article.comment").evaluate_all("(all) => all.map((one) => one.id)")
    page.locator("a[rel=next]").click()
    expect(page.get_by_role("link", name="Back to the first page")).to_be_visible()
    loaded(page)
    read += page.locator("article.comment").evaluate_all("(all) => all.map((one) => one.id)")
    assert read == [f"comment-{comment.pk}" for comment in written]
    expect(page.locator("a[rel=next]")).to_have_count(0)
    assert_accessible(page, colours=False)


def test_search_finds_words_without_their_accents_and_marks_them(visitors, filled):
    page = visitors.open(address="/en/")
    page.get_by_role("link", name="Search").click()
    page.get_by_label("Search for").fill("sures")
    page.get_by_role("button", name="Search").click()
    expect(page).to_have_title(re.compile("^Search: sures"))
    expect(page.locator("main mark").first).to_have_text("sûres")
    assert_accessible(page)
    page.get_by_role("link", name="José Ñandú").click()
    expect(page.locator("article.is-focus .comment__body")).to_have_text("Nous demandons des voies sûres.")


def test_the_language_changes_and_the_page_stays(visitors, filled):
    page = visitors.open(address=f"/en/roundtables/{filled.open.slug}/?sort=newest")
    page.get_by_role("link", name="Français").click()
    expect(page).to_have_url(re.compile(rf"/fr/roundtables/{filled.open.slug}/\?sort=newest$"))
    expect(page.locator("html")).to_have_attribute("lang", "fr")
    expect(page.get_by_role("heading", level=1)).to_have_text("Table ronde 1 : des voies sûres")
    expect(page.get_by_role("link", name="Français")).to_have_attribute("aria-current", "true")
    # A question that nobody translated says in which language it is shown.
    expect(page.locator("h3[lang=en]").first).to_contain_text("What about matter 2?")
    page.goto("/")
    expect(page).to_have_url(re.compile("/fr/$"))
    page.get_by_role("link", name="Español").click()
    expect(page).to_have_url(re.compile("/es/$"))


def test_the_skip_link_leads_past_the_menus(visitors, filled):
    page = visitors.open(address=f"/en/roundtables/{filled.open.slug}/")
    page.keyboard.press("Tab")
    skip = page.get_by_role("link", name="Skip to main content")
    expect(skip).to_be_focused()
    expect(skip).to_be_in_viewport()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_be_focused()
    page.keyboard.press("Tab")
    expect(page.locator("main :focus")).to_have_count(1)


def test_a_reply_leads_to_what_it_answers_and_back(visitors, filled):
    page = visitors.open(address=f"/en/roundtables/{filled.open.slug}/questions/1/")
    reply = page.locator(f"#comment-{filled.deepest.pk}")
    answered = page.locator(f"#comment-{filled.deepest.in_reply_to_id}")
    expect(reply.locator("p.to")).to_have_text(f"In reply to {filled.deepest.in_reply_to.author_name}")
    reply.locator("p.to a").press("Enter")
    expect(page).to_have_url(re.compile(rf"#comment-{filled.deepest.in_reply_to_id}$"))
    expect(answered).to_be_in_viewport()
    expect(answered).to_be_focused()
    back = page.get_by_role("link", name="Back to the reply")
    back.press("Enter")
    expect(page).to_have_url(re.compile(rf"#comment-{filled.deepest.pk}$"))
    expect(reply).to_be_in_viewport()
    expect(back).to_have_count(0)
    assert_accessible(page, colours=False)


def test_a_thread_prints_without_menus_and_forms_and_with_every_word(visitors, filled):
    page = visitors.open(filled.participant, f"/en/roundtables/{filled.open.slug}/questions/1/", color_scheme="dark")
    page.locator("details.replies > summary").first.click()
    page.emulate_media(media="print")
    for shown in (page.get_by_text("The very last words."), page.get_by_text("A reply on level 6.")):
        assert shown.evaluate("(element) => element.getClientRects().length > 0 && element.offsetHeight > 0")
        assert shown.evaluate("(element) => element.checkVisibility({contentVisibilityAuto: true})")
    hidden = page.locator("nav, form, button, summary, input, select, textarea, .skip-link, .toolbar")
    assert (
        hidden.evaluate_all("(all) => all.filter((one) => one.getClientRects().length).map((one) => one.outerHTML)")
        == []
    )
    header = page.locator(f"#comment-{filled.deepest.pk} header")
    expect(header).to_contain_text("Level 6")
    expect(page.locator(".site-footer")).to_contain_text(f"/en/roundtables/{filled.open.slug}/questions/1/")
    assert page.evaluate("getComputedStyle(document.body).color") == "rgb(0, 0, 0)"
    page.goto(f"/en/roundtables/{filled.open.slug}/")
    expect(page.get_by_role("link", name=re.compile("Answer question|Post a general|Submit a paper"))).to_have_count(0)
    page.goto(f"/en/roundtables/{filled.open.slug}/all/")
    assert page.get_by_text("The very last words.").evaluate("(element) => element.offsetHeight > 0")
    assert len(page.pdf(format="A4")) > 10_000
