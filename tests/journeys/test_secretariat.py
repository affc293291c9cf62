"""The secretariat: a roundtable in three languages, made in the admin, and comments approved there."""

from datetime import timedelta

import pytest
from django.contrib.sessions.models import Session
from django.utils import timezone, translation
from django.utils.translation import gettext
from playwright.sync_api import expect

from consultation.models import Roundtable
from tests import factories
from tests.accounts.steps import person

from .browser import assert_accessible, sign_in

SEVERE = ("serious", "critical")
TEXTS = {
    "English": ("en", "Roundtable 5: Homes", "What makes a home?"),
    "Français": ("fr", "Table ronde 5 : le logement", "Qu’est-ce qu’un chez-soi ?"),
    "Español": ("es", "Mesa redonda 5: la vivienda", "¿Qué es un hogar?"),
}


@pytest.fixture
def secretariat(site):
    """Return a member of the secretariat."""
    return person(name="Maya Haddad", is_staff=True, is_superuser=True)


def test_the_secretariat_publishes_a_roundtable_in_three_languages(visitors, secretariat):
    moderator = person(name="Ingrid Solheim")
    organisation = factories.organisation()
    page = visitors.open(address="/admin/")
    sign_in(page, secretariat)
    page.locator(".model-roundtable .addlink").first.click()
    tabs = page.get_by_role("tablist")
    for language, (code, title, _question) in TEXTS.items():
        tabs.first.get_by_role("tab", name=language).click()
        page.locator(f"#id_title_{code}").fill(title)
        page.locator(f"#id_purpose_{code}").fill(f"{title}: **tell us**.")
    expect(page.locator("#id_title_en")).to_be_hidden()
    tabs.first.get_by_role("tab", name="Español").press("Home")
    expect(tabs.first.get_by_role("tab", name="English")).to_be_focused()
    expect(page.locator("#id_title_en")).to_be_visible()
    expect(page.locator("#id_slug")).to_have_value("roundtable-5-homes")
    page.locator("#id_is_published").check()
    page.get_by_label("4. Legal identity and documentation").check()
    page.get_by_label("15. Access to basic services").check()
    page.locator("#id_time_zone").select_option("Africa/Nairobi")
    page.locator("#id_closes_at").fill("2030-03-29T23:59:59")
    page.locator(".field-moderators .select2-selection").click()
    page.locator(".select2-search__field").last.fill("Ingrid")
    page.get_by_role("option", name="Ingrid Solheim").click()
    page.locator("#id_organisers-0-organisation").select_option(str(organisation.pk))
    page.locator("#id_organisers-0-role").select_option("On behalf of")
    page.locator("#id_questions-0-number").fill("1")
    for language, (code, _title, question) in TEXTS.items():
        page.locator("#questions-0").get_by_role("tab", name=language).click()
        page.locator(f"#id_questions-0-text_{code}").fill(question)
    assert_accessible(page, impacts=SEVERE)
    # A mistake in a tab that is not open is marked there.
    page.locator("#questions-0").get_by_role("tab", name="English").click()
    page.locator("#id_questions-0-text_en").fill("")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.locator(".errornote")).to_be_visible()
    expect(page.locator("#questions-0").get_by_role("tab", name="English")).to_contain_text("contains an error")
    assert_accessible(page, impacts=SEVERE)
    page.locator("#id_questions-0-text_en").fill("What makes a home?")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.locator(".messagelist .success")).to_contain_text("Roundtable 5: Homes")

    made = Roundtable.objects.get(slug="roundtable-5-homes")
    assert (made.objective_numbers, list(made.moderators.all())) == ((4, 15), [moderator])
    reader = visitors.open()
    for code, title, question in TEXTS.values():
        reader.goto(f"/{code}/roundtables/")
        reader.locator("main").get_by_role("link", name=title).click()
        expect(reader.get_by_role("heading", level=1)).to_have_text(title)
        expect(reader.locator(".prose strong").first).to_have_text("tell us")
        expect(reader.locator(".question-list a").first).to_have_text(question)
        expect(reader.locator("main .chip b")).to_have_text(["4", "15"])
        expect(reader.locator(".aside-block").filter(has_text="Ingrid Solheim")).to_have_count(1)
        expect(reader.locator(".status-line")).to_contain_text("Africa/Nairobi")
        expect(reader.locator(".status-line")).to_contain_text("23:59")


def test_the_secretariat_decides_about_several_comments_at_once(visitors, secretariat):
    discussion = factories.roundtable(title_en="Roundtable 1")
    waiting = [factories.comment(discussion, person(name=f"Person {n}"), status="pending") for n in "ABC"]
    page = visitors.open(secretariat, "/admin/")
    page.get_by_role("link", name="3 comments wait for a decision").click()
    for comment in waiting[:2]:
        page.locator(f"input[name=_selected_action][value='{comment.pk}']").check()
    page.get_by_label("Action:").select_option("Approve the selected comments")
    page.get_by_role("button", name="Go").click()
    expect(page.get_by_role("heading", name="Approve")).to_be_visible()
    expect(page.locator(".decide-list > li")).to_have_count(2)
    assert_accessible(page, impacts=SEVERE)
    page.get_by_role("button", name="Approve").click()
    expect(page.locator(".messagelist .success")).to_contain_text("2 comments were approved.")
    assert list(discussion.comments.order_by("pk").values_list("status", flat=True)) == [
        "approved",
        "approved",
        "pending",
    ]
    reader = visitors.open(address=f"/en/roundtables/{discussion.slug}/")
    expect(reader.locator("article.comment")).to_have_count(2)
    # One that needs a message asks for it.
    page.goto(f"/admin/consultation/comment/{waiting[2].pk}/change/")
    page.get_by_role("link", name="Return for revision").click()
    page.get_by_role("button", name="Return for revision").click()
    expect(page.locator(".errornote")).to_be_visible()
    page.get_by_label("Message to the author").fill("Please say more.")
    page.get_by_role("button", name="Return for revision").click()
    expect(page.locator(".messagelist .success")).to_contain_text("1 comment was returned.")
    assert_accessible(page, impacts=SEVERE)


@pytest.mark.parametrize("language", ["en", "fr", "es"])
def test_the_secretariat_is_warned_before_the_session_ends_and_loses_nothing(visitors, secretariat, language):
    with translation.override(language):
        soon, over = gettext("You will soon be signed out"), gettext("You are no longer signed in")
        stay = gettext("Stay signed in")
    page = visitors.open(secretariat, f"/{language}/")
    page.clock.install()
    Session.objects.update(expire_date=timezone.now() + timedelta(minutes=20))

    page.goto("/admin/consultation/roundtable/add/")
    warning = page.get_by_role("alertdialog", name=soon)
    expect(warning.get_by_role("button", name=stay)).to_be_focused()
    assert_accessible(page, impacts=SEVERE)
    page.keyboard.press("Enter")
    expect(warning).to_be_hidden()
    assert Session.objects.get().expire_date > timezone.now() + timedelta(days=13)

    page.locator("#id_title_en").fill("Homes")
    Session.objects.all().delete()
    page.clock.fast_forward(14 * 24 * 3600 * 1000)
    expect(page.get_by_role("alertdialog", name=over).get_by_role("link")).to_be_focused()
    assert_accessible(page, impacts=SEVERE)
    page.keyboard.press("Escape")
    expect(page.locator("#id_title_en")).to_have_value("Homes")


def test_a_small_window_that_the_admin_opens_warns_too(visitors, secretariat):
    page = visitors.open(secretariat)
    Session.objects.update(expire_date=timezone.now() + timedelta(minutes=20))
    page.set_viewport_size({"width": 320, "height": 480})
    page.goto("/admin/consultation/roundtable/add/?_popup=1")
    expect(page.get_by_role("alertdialog")).to_be_visible()
    assert_accessible(page, impacts=SEVERE)
