"""Roundtables and their questions in the secretariat's admin."""

import datetime

import pytest
from django.urls import reverse
from django.utils import translation

from consultation.models import Comment, Roundtable
from tests import factories
from tests.admin_forms import add_page, errors_of, page, save

pytestmark = pytest.mark.django_db


@pytest.fixture
def staff_client(client):
    client.force_login(factories.staff())
    yield client
    translation.activate("en")  # a request leaves its language in the thread


# --- Roundtables


def test_the_secretariat_makes_a_roundtable_in_three_languages(staff_client):
    organisation = factories.organisation()
    moderator = factories.user("Moderator")
    address, data = add_page(staff_client, Roundtable)
    assert data["time_zone"] == ["Europe/Zurich"]
    data |= {
        "title_en": "Safe paths",
        "title_fr": "Des voies sûres",
        "title_es": "Caminos seguros",
        "purpose_en": "One\r\ntwo",
        "slug": "safe-paths",
        "objective_numbers": ["23", "7"],
        "time_zone": "America/New_York",
        "opens_at": "2031-03-01T09:00",
        "closes_at": "2031-03-31T23:59:59",
        "moderators": [moderator.pk],
        "co_chairs": ["KE", "CH"],
        "organisers-0-organisation": organisation.pk,
        "organisers-0-role": "moderator",
        "questions-0-number": "1",
        "questions-0-text_en": "What works?",
        "questions-0-text_es": "¿Qué funciona?",
    }

    save(staff_client, address, data, "es")

    made = Roundtable.objects.get(slug="safe-paths")
    assert (made.title_en, made.title_fr, made.title_es) == ("Safe paths", "Des voies sûres", "Caminos seguros")
    assert (made.purpose_en, made.purpose_fr) == ("One\ntwo", "")
    assert made.objective_numbers == (7, 23)
    assert made.opens_at == datetime.datetime(2031, 3, 1, 14, 0, tzinfo=datetime.UTC)
    assert made.closes_at == datetime.datetime(2031, 4, 1, 3, 59, 59, tzinfo=datetime.UTC)
    assert [country.code for country in made.co_chairs] == ["CH", "KE"]
    assert list(made.moderators.all()) == [moderator]
    assert [(organiser.organisation, organiser.role) for organiser in made.organisers.all()] == [
        (organisation, "moderator")
    ]
    assert [(q.number, q.text_en, q.text_fr, q.text_es) for q in made.questions.all()] == [
        (1, "What works?", "", "¿Qué funciona?")
    ]
    assert Roundtable.objects.filter(pk=made.pk).values_list("title_en", "version").get() == ("Safe paths", 1)


def test_dates_are_shown_and_read_as_local_time_of_the_roundtables_own_zone(staff_client):
    made = factories.roundtable(
        time_zone="Europe/Zurich",
        opens_at=datetime.datetime(2031, 3, 29, 8, 0, tzinfo=datetime.UTC),  # winter time
        closes_at=datetime.datetime(2031, 3, 30, 21, 59, 59, tzinfo=datetime.UTC),  # summer time
    )

    address, data = page(staff_client, made)

    assert (data["opens_at"], data["closes_at"]) == (["2031-03-29T09:00:00"], ["2031-03-30T23:59:59"])
    assert "Local time in Europe/Zurich" in staff_client.get(address).content.decode()


@pytest.mark.parametrize(
    ("zone", "typed", "stored"),
    [
        ("Europe/Zurich", "2031-03-30T23:59", "2031-03-30T21:59:00+00:00"),
        ("Europe/Zurich", "2031-03-29T23:59", "2031-03-29T22:59:00+00:00"),
        ("America/New_York", "2031-11-02T23:59", "2031-11-03T04:59:00+00:00"),
        ("America/New_York", "2031-11-01T23:59", "2031-11-02T03:59:00+00:00"),
        ("Asia/Kathmandu", "2031-11-01T00:00", "2031-10-31T18:15:00+00:00"),
    ],
)
def test_a_closing_time_is_right_on_both_sides_of_a_change_of_the_clocks(staff_client, zone, typed, stored):
    made = factories.roundtable()
    address, data = page(staff_client, made)

    save(staff_client, address, data | {"time_zone": zone, "closes_at": typed, "opens_at": ""})

    made.refresh_from_db()
    assert made.closes_at.isoformat() == stored


@pytest.mark.parametrize(
    ("typed", "message"),
    [
        ("2031-03-30T02:30", "In Europe/Zurich, clocks go forward that day and never show 02:30."),
        ("2031-10-26T02:30", "In Europe/Zurich, clocks go back that day and show 02:30 twice."),
        ("tomorrow", "Enter a date and a time, like 2026-03-29 23:59."),
        ("0001-01-01T00:00", "Enter a date and a time, like 2026-03-29 23:59."),
    ],
)
def test_a_time_that_no_clock_shows_or_that_comes_twice_is_refused(staff_client, typed, message):
    made = factories.roundtable()
    address, data = page(staff_client, made)

    response = staff_client.post(address, data | {"closes_at": typed})

    assert [error.startswith(message) for error in errors_of(response)] == [True]


def test_another_time_zone_keeps_the_clock_and_moves_the_moment(staff_client):
    made = factories.roundtable(
        time_zone="Europe/Zurich",
        opens_at=None,
        closes_at=datetime.datetime(2031, 7, 1, 21, 59, 59, 999999, tzinfo=datetime.UTC),
    )
    address, data = page(staff_client, made)

    save(staff_client, address, data | {"time_zone": "Asia/Bangkok"})

    made.refresh_from_db()
    assert made.closes_at == datetime.datetime(2031, 7, 1, 16, 59, 59, 999999, tzinfo=datetime.UTC)


def test_a_roundtable_cannot_close_before_it_opens(staff_client):
    made = factories.roundtable()
    address, data = page(staff_client, made)

    response = staff_client.post(address, data | {"opens_at": "2031-05-02T00:00", "closes_at": "2031-05-01T00:00"})

    assert errors_of(response) == ["The closing date must come after the opening date."]


def test_the_address_of_a_published_roundtable_stays(staff_client):
    public, hidden = factories.roundtable(slug="public"), factories.roundtable(slug="hidden", is_published=False)

    for made in (public, hidden):
        address, data = page(staff_client, made)
        save(staff_client, address, data | {"slug": f"new-{made.slug}"})

    assert set(Roundtable.objects.values_list("slug", flat=True)) == {"public", "new-hidden"}


@pytest.mark.parametrize(
    "change", [{"title_fr": "Autre"}, {"questions-0-text_en": "Another?"}, {"objective_numbers": ["1"]}]
)
def test_every_change_of_a_roundtable_makes_copies_of_its_pages_old(staff_client, change):
    made = factories.roundtable()
    before = (made.version, made.activity)
    address, data = page(staff_client, made)

    save(staff_client, address, data | change)

    made.refresh_from_db()
    assert (made.version, made.activity) == (before[0] + 1, before[1] + 1)


def test_saving_a_roundtable_does_not_undo_what_happened_since_the_form_was_opened(staff_client):
    made = factories.roundtable()
    address, data = page(staff_client, made)
    comment = factories.comment(made, question=made.questions.get(number=1), role=Comment.Role.MODERATOR)

    save(staff_client, address, data | {"title_fr": "Autre", "questions-0-text_fr": "Autre ?"})

    made.refresh_from_db()
    assert (made.visible_count, comment.question.visible_count) == (1, 1)


# --- Questions


def test_comments_follow_a_question_whose_number_changed(staff_client):
    made = factories.roundtable()
    first, second = (factories.comment(made, question=made.questions.get(number=number)) for number in (1, 2))
    address, data = page(staff_client, made)

    save(staff_client, address, data | {"questions-0-number": "9"})

    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.question.number, first.question_number, second.question_number) == (9, 9, 2)


def test_a_question_with_contributions_cannot_be_deleted(staff_client):
    made = factories.roundtable()
    factories.comment(made, question=made.questions.get(number=2), status=Comment.Status.REJECTED)
    address, data = page(staff_client, made)

    refused = staff_client.post(address, data | {"questions-1-DELETE": "on"})
    save(staff_client, address, data | {"questions-2-DELETE": "on"})

    assert errors_of(refused) == ["Question 2 has contributions and cannot be deleted. Change its text instead."]
    assert list(made.questions.values_list("number", flat=True)) == [1, 2]


def test_two_questions_cannot_have_one_number(staff_client):
    made = factories.roundtable()
    address, data = page(staff_client, made)

    taken = staff_client.post(address, data | {"questions-0-number": "2"})
    twice = staff_client.post(address, data | {"questions-0-number": "8", "questions-1-number": "8"})

    message = "Please correct the duplicate data for number."
    assert [message in errors_of(response) for response in (taken, twice)] == [True, True]


def test_a_translator_changes_one_question_and_copies_of_the_page_grow_old(staff_client):
    made = factories.roundtable()
    question = made.questions.get(number=3)
    address, data = page(staff_client, question)

    save(staff_client, address, data | {"text_fr": "Et la troisième ?"})

    made.refresh_from_db()
    question.refresh_from_db()
    assert (made.version, question.text_fr, question.number) == (1, "Et la troisième ?", 3)


def test_a_roundtable_with_contributions_cannot_be_deleted(staff_client):
    used, empty = factories.roundtable(), factories.roundtable()
    factories.comment(used)

    addresses = [reverse("admin:consultation_roundtable_delete", args=[made.pk]) for made in (used, empty)]
    answers = [staff_client.post(address, {"post": "yes"}).status_code for address in addresses]

    assert answers == [403, 302]
    assert list(Roundtable.objects.all()) == [used]
