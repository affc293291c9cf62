"""Sign-up: from the form by way of a code in a mail to the page one came from."""

import pytest
from django.test import Client

from accounts.forms.password import SignupForm
from accounts.models import User
from tests import factories

from .steps import PASSWORD, code_in, errors_of, is_signed_in, sign_in, sign_up

pytestmark = pytest.mark.django_db

CODE_PAGE = "/en/accounts/confirm-email/"


def test_a_new_person_signs_up_enters_the_code_and_is_back_where_they_were(client, mailoutbox):
    response = sign_up(client, next="/en/objectives/?a=b")
    assert response.status_code == 302
    assert response.url.startswith(CODE_PAGE)
    assert not is_signed_in(client)

    response = client.post(CODE_PAGE, {"code": code_in(mailoutbox[0])})

    assert response.url == "/en/objectives/?a=b"
    assert is_signed_in(client)


def test_without_a_page_to_go_back_to_a_new_person_is_led_home(client, mailoutbox):
    sign_up(client)

    assert client.post(CODE_PAGE, {"code": code_in(mailoutbox[0])}).url == "/en/"


def test_everything_that_was_asked_is_stored(client, mailoutbox):
    sign_up(client)

    person = User.objects.get()
    assert (person.email, person.name, person.organisation) == ("amina@example.org", "Amina Diallo", "Bridge of Hope")
    assert (person.group.code, person.country.code, person.capacity) == ("civil-society", "SN", "official")
    assert (person.language, person.is_profile_complete) == ("fr", True)
    assert person.terms_accepted_at is not None
    assert person.check_password(PASSWORD)


def test_the_code_page_forgives_small_letters_and_a_missing_hyphen(client, mailoutbox):
    sign_up(client)

    client.post(CODE_PAGE, {"code": code_in(mailoutbox[0]).lower().replace("-", " ")})

    assert is_signed_in(client)


def test_three_wrong_codes_end_it_and_the_password_leads_to_a_new_code(client, mailoutbox):
    sign_up(client)
    for _ in range(2):
        assert client.post(CODE_PAGE, {"code": "XXXX-XXXX"}).status_code == 200
    assert client.post(CODE_PAGE, {"code": "XXXX-XXXX"}).url == "/en/accounts/login/"

    assert sign_in(client, "amina@example.org").url == CODE_PAGE
    client.post(CODE_PAGE, {"code": code_in(mailoutbox[-1])})

    assert is_signed_in(client)


def test_a_new_code_can_be_asked_for(client, mailoutbox):
    sign_up(client)

    client.post(CODE_PAGE, {"action": "resend"})
    client.post(CODE_PAGE, {"code": code_in(mailoutbox[-1])})

    assert len(mailoutbox) == 2
    assert is_signed_in(client)


def test_the_address_is_kept_in_small_letters(client, mailoutbox):
    sign_up(client, email="Amina@EXAMPLE.org")

    assert User.objects.get().email == "amina@example.org"


def test_signing_up_in_french_keeps_french_pages_and_writes_french_mail(client, mailoutbox):
    page = client.get("/fr/accounts/signup/")
    assert page.context["form"]["language"].initial == "fr"
    assert ">Société civile</option>" in page.content.decode()

    response = sign_up(client, pages="fr")
    response = client.post(response.url, {"code": code_in(mailoutbox[0])})

    assert response.url == "/fr/"
    assert "Pour confirmer l’adresse" in mailoutbox[0].body


def test_all_but_the_organisation_must_be_answered(client):
    response = client.post("/en/accounts/signup/", {})

    required = {"email", "password1", "name", "group", "country", "capacity", "language", "consent"}
    assert set(errors_of(response)) == required
    assert response.context["form"].fields.keys() - required == {"organisation"}
    assert User.objects.count() == 0


def test_a_form_that_came_back_keeps_what_was_typed_and_names_the_error_in_its_title(client):
    response = sign_up(client, consent="")

    html = response.content.decode()
    assert "<title>Error:" in html
    assert html.count('class="error-summary"') == 1
    assert 'href="#id_consent"' in html
    assert 'value="Amina Diallo"' in html
    assert PASSWORD not in html


@pytest.mark.parametrize("field", ["name", "organisation"])
@pytest.mark.parametrize(
    "typed", ["A\nBcc: everybody@example.org", "A\r\nSubject: x", "A\u2028B", "A\x07B", "A\u0085B"]
)
def test_line_ends_and_control_characters_in_names_are_refused(client, field, typed):
    response = sign_up(client, **{field: typed})

    assert errors_of(response) == {field: ["Please write this on one line, without control characters."]}


@pytest.mark.parametrize("field", ["name", "organisation"])
def test_what_turns_the_direction_of_reading_in_names_is_refused_in_words(client, field):
    response = sign_up(client, **{field: "A\u202eB"})

    told = "Please type this anew: it holds invisible characters that turn the direction of reading."
    assert errors_of(response) == {field: [told]}


@pytest.mark.parametrize("field", ["name", "organisation"])
def test_nul_in_names_is_refused_in_words(client, field):
    response = sign_up(client, **{field: "A\0B"})

    assert errors_of(response) == {field: ["Null characters are not allowed."]}


@pytest.mark.parametrize("typed", ["\u200b\u200b", "\u3164", "\u2060 \u200f", "\u2800"])
def test_a_name_that_cannot_be_seen_is_refused(client, typed):
    response = sign_up(client, name=typed)

    assert errors_of(response) == {"name": ["Please write something that can be read."]}


@pytest.mark.parametrize(
    "typed",
    [
        "أمينة ديالو",
        "李小龍",
        "Nguyễn Thị Minh Khai",
        "O’Connor-Šťastná",
        "أمينة\u200f Diallo",
        "<script>alert(1)</script>",
        "Robert'); DROP TABLE students;--",
        "e\u0301 is not \u00e9",
        "👩🏽‍🌾",
    ],
)
def test_names_of_every_script_stay_as_they_are_typed(client, mailoutbox, typed):
    sign_up(client, name=typed, organisation=typed)

    person = User.objects.get()
    assert (person.name, person.organisation) == (typed, typed)


@pytest.mark.parametrize(
    ("field", "typed"),
    [
        ("name", "x" * 151),
        ("organisation", "x" * 201),
        ("email", f"{'x' * 60}@{'y' * 60}.{'z' * 60}.{'a' * 60}.{'b' * 60}.org"),
        ("email", "amina@example"),
        ("email", "amina@example.org\nBcc: everybody@example.org"),
        ("email", "amina\0@example.org"),
        ("group", "999999"),
        ("group", "civil-society"),
        ("group", "9" * 40),
        ("country", "XX"),
        ("country", "\0"),
        ("capacity", "royal"),
        ("language", "de"),
        ("password1", "short"),
        ("password1", "amina@example.org"),
        ("password1", "password1234"),
    ],
)
def test_what_cannot_be_stored_is_refused_beside_its_field(client, field, typed):
    response = sign_up(client, **{field: typed})

    assert response.status_code == 200
    assert set(errors_of(response)) == {field}
    assert User.objects.count() == 0


def test_a_poor_password_is_told_all_that_is_wrong_in_one_complaint(client):
    response = sign_up(client, password1="password")

    [complaint] = errors_of(response)["password1"]
    assert complaint == (
        "This password is too short. It must contain at least 10 characters. This password is too common."
    )


def test_the_hint_about_passwords_names_the_length_that_is_asked_for(client, settings):
    [length] = [row["OPTIONS"]["min_length"] for row in settings.AUTH_PASSWORD_VALIDATORS if "OPTIONS" in row]

    assert f"At least {length} characters" in client.get("/en/accounts/signup/").content.decode()


def test_the_same_form_sent_twice_goes_on_with_the_same_person(client, mailoutbox):
    again = Client()
    sign_up(client)

    response = sign_up(again, name="Amina B. Diallo")
    again.post(response.url, {"code": code_in(mailoutbox[-1])})

    assert is_signed_in(again)
    assert [person.name for person in User.objects.all()] == ["Amina B. Diallo"]


def test_somebody_else_cannot_go_on_with_an_unconfirmed_account(client, mailoutbox):
    sign_up(client)
    other = Client()

    response = sign_up(other, name="Mallory", password1="another fine password")
    other.post(response.url, {"code": code_in(mailoutbox[0])})

    assert not is_signed_in(other)
    assert mailoutbox[-1].subject == "[Migration Network Hub] Ce compte existe déjà"
    assert [person.name for person in User.objects.all()] == ["Amina Diallo"]


def test_a_confirmed_account_is_never_gone_on_with(client, mailoutbox):
    sign_up(client)
    client.post(CODE_PAGE, {"code": code_in(mailoutbox[0])})

    sign_up(Client(), name="Mallory")

    assert [person.name for person in User.objects.all()] == ["Amina Diallo"]


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_two_sign_ups_at_the_same_moment_make_one_person(client, mailoutbox, monkeypatch):
    full_clean = SignupForm.full_clean

    def let_the_other_one_in_after_the_check(form):
        full_clean(form)
        monkeypatch.setattr(SignupForm, "full_clean", full_clean)
        if not User.objects.exists():
            factories.user("Amina Diallo", email="amina@example.org", password=PASSWORD)

    monkeypatch.setattr(SignupForm, "full_clean", let_the_other_one_in_after_the_check)

    response = sign_up(client)

    assert response.url.startswith(CODE_PAGE)
    assert User.objects.count() == 1


def test_the_terms_open_beside_the_form(client):
    html = client.get("/es/accounts/signup/").content.decode()

    assert '<a href="/es/pages/terms/" target="_blank">' in html
    assert '<a href="/es/pages/privacy/" target="_blank">' in html


def test_every_field_of_sign_up_helps_the_browser_to_fill_it_in(client):
    form = client.get("/en/accounts/signup/").context["form"]

    told = {name: field.widget.attrs.get("autocomplete") for name, field in form.fields.items()}
    assert told == {
        "email": "email",
        "password1": "new-password",
        "name": "name",
        "organisation": "organization",
        "group": "off",
        "country": "country",
        "capacity": None,  # HTML has no such attribute for radio buttons and boxes
        "language": "language",
        "consent": None,
    }


def test_the_sign_up_page_costs_few_queries(client, django_assert_max_num_queries):
    client.get("/en/accounts/signup/")

    with django_assert_max_num_queries(6):
        client.get("/en/accounts/signup/")
