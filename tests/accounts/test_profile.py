"""The profile page, who is led to it, and what others may hang on to it."""

import pytest
from django.contrib.auth.models import AnonymousUser
from django.contrib.messages.storage.session import SessionStorage
from django.db import IntegrityError, transaction
from django.http import HttpResponse
from django.urls import reverse

from accounts.models import User
from accounts.permissions import profile_required
from accounts.views.profile import profile
from tests import factories

from .steps import answers, errors_of, person, sign_in

pytestmark = pytest.mark.django_db

PAGE = "/en/accounts/profile/"


def changed(**changes):
    """Return the answers of the profile form."""
    form = answers(**changes)
    return {field: form[field] for field in ("name", "organisation", "group", "country", "capacity", "language")}


def imported():
    """Make somebody of whom little is known."""
    return person(group=None, country="", terms_accepted_at=None)


def test_people_change_their_profile(client):
    who = person(name="Amina")
    client.force_login(who)
    page = client.get(PAGE)
    assert page.context["form"].initial["name"] == "Amina"
    assert "consent" not in page.context["form"].fields

    assert client.post(PAGE, changed(name="Amina Diallo", country="FR")).url == PAGE

    who.refresh_from_db()
    assert (who.name, who.country.code, who.capacity, who.language) == ("Amina Diallo", "FR", "official", "fr")
    assert "Your profile has been saved." in client.get(PAGE).content.decode()


def test_a_refused_change_changes_nothing_not_even_the_name_in_the_menu(client):
    who = person(name="Amina")
    client.force_login(who)

    response = client.post(PAGE, changed(name="Mallory", group=""))

    assert set(errors_of(response)) == {"group"}
    assert "<bdi>Amina</bdi>" in response.content.decode()
    assert User.objects.get().name == "Amina"


def test_the_profile_is_for_those_who_are_signed_in(client):
    assert client.get(PAGE).url == f"/en/accounts/login/?next={PAGE}"
    assert client.post(PAGE, changed()).status_code == 302


def test_nobody_changes_the_profile_of_somebody_else(client):
    other = person(name="Untouched")
    client.force_login(person())

    client.post(PAGE, {**changed(), "id": other.pk, "pk": other.pk, "email": other.email, "is_staff": "on"})

    other.refresh_from_db()
    assert other.name == "Untouched"
    assert not User.objects.filter(is_staff=True).exists()


def test_other_methods_are_refused(client):
    client.force_login(person())

    for method in (client.put, client.patch, client.delete, client.options):
        assert method(PAGE).status_code == 405


def test_the_profile_leads_to_everything_about_the_account(client):
    client.force_login(person())
    html = client.get(PAGE).content.decode()

    for name in ("account_email", "account_change_password", "mfa_index", "usersessions_list"):
        assert f'href="{reverse(name)}"' in html
        assert client.get(reverse(name)).status_code == 200
    assert reverse("socialaccount_connections") not in html


# --- Profiles that are not complete ---------------------------------------------------------


def test_somebody_without_a_profile_is_led_to_it_after_signing_in_and_then_on(client):
    response = sign_in(client, imported(), next="/en/objectives/")
    assert response.url == f"{PAGE}?next=%2Fen%2Fobjectives%2F"
    page = client.get(response.url)
    assert "Please complete your profile before you contribute." in page.content.decode()
    assert '<input type="hidden" name="next" value="/en/objectives/">' in page.content.decode()

    response = client.post(PAGE, {**changed(), "consent": "on", "next": "/en/objectives/"})

    assert response.url == "/en/objectives/"
    assert User.objects.get().is_profile_complete
    assert "Please complete" not in client.get(PAGE).content.decode()


def test_the_terms_must_be_accepted_by_those_who_never_did(client):
    client.force_login(imported())

    assert set(errors_of(client.post(PAGE, changed()))) == {"consent"}
    assert not User.objects.get().is_profile_complete


def test_staff_are_not_held_up_on_their_way_to_the_admin(client):
    response = sign_in(client, person(is_staff=True, group=None), next="/admin/")

    assert response.url == "/admin/"


@profile_required
def _posting(request):
    return HttpResponse("here is the form")


def test_a_page_that_needs_a_profile_leads_there_and_back(rf):
    request = rf.get("/en/comments/5/reply/?page=2")
    request.user = factories.user(group=None)

    assert _posting(request).url == f"{PAGE}?next=%2Fen%2Fcomments%2F5%2Freply%2F%3Fpage%3D2"


@pytest.mark.parametrize("who", [factories.user, AnonymousUser])
def test_a_page_that_needs_a_profile_opens_for_those_who_have_one_and_leaves_guests_to_others(rf, who):
    request = rf.get("/en/comments/5/reply/")
    request.user = who()

    assert _posting(request).content == b"here is the form"


# --- What others hang on to it --------------------------------------------------------------


def post(rf, who, data, on_change):
    """Call the view as another package would wire it."""
    request = rf.post(PAGE, data)
    request.user, request.session = who, {}
    request._messages = SessionStorage(request)
    return profile(request, on_change=on_change)


def test_others_are_told_of_a_change_and_only_of_a_change(rf):
    who, told = person(), []

    def tell(person, save):
        save()
        told.append(person)

    response = post(rf, who, changed(name="Amina Diallo"), tell)
    assert (response.status_code, told) == (302, [who])
    assert told[0].name == "Amina Diallo"

    post(rf, who, changed(name="Amina Diallo"), tell)

    assert len(told) == 1


def test_a_change_that_others_cannot_follow_is_undone(rf):
    who = person(name="Amina")

    def fail(person, save):
        with transaction.atomic():
            save()
            raise IntegrityError

    with pytest.raises(IntegrityError):
        post(rf, who, changed(name="Amina Diallo"), fail)

    assert User.objects.get().name == "Amina"
