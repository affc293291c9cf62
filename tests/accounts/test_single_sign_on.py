"""Single sign-on by OpenID Connect, where a server is named in the settings."""

import pytest
from allauth.socialaccount.models import SocialAccount

from accounts.models import User

from .identity_server import IdentityServer
from .steps import PASSWORD, code_in, is_signed_in, person, sign_in

pytestmark = pytest.mark.django_db

PROFILE = "/en/accounts/profile/"


@pytest.fixture
def server(settings, monkeypatch):
    """Return a running identity server that the settings name."""
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    with IdentityServer() as running:
        app = {
            "provider_id": "un",
            "name": "United Nations",
            "client_id": "forum",
            "secret": "x" * 32,
            "settings": {"server_url": running.address},
        }
        settings.SOCIALACCOUNT_PROVIDERS = {"openid_connect": {"OAUTH_PKCE_ENABLED": True, "APPS": [app]}}
        yield running


def test_without_a_server_in_the_settings_nothing_offers_single_sign_on(client):
    assert "oidc" not in client.get("/en/accounts/login/").content.decode()
    assert client.get("/en/accounts/oidc/un/login/").status_code == 404
    client.force_login(person())
    assert "3rdparty" not in client.get(PROFILE).content.decode()


def test_with_a_server_the_pages_offer_it_and_keep_the_way_back(client, server):
    for page in ("login", "signup"):
        html = client.get(f"/en/accounts/{page}/?next=/en/objectives/").content.decode()
        assert 'href="/en/accounts/oidc/un/login/?process=login&amp;next=%2Fen%2Fobjectives%2F"' in html
        assert "United Nations" in html
    assert client.get("/en/accounts/oidc/un/login/").status_code == 200
    client.force_login(person())
    assert 'href="/en/accounts/3rdparty/"' in client.get(PROFILE).content.decode()


def test_a_new_person_arrives_with_a_name_and_is_led_to_the_profile(client, server):
    server.claims |= {"email": "Amina@example.org", "email_verified": True, "name": "Amina Diallo"}

    response = server.sign_in(client, next="/en/objectives/")

    assert response.url == f"{PROFILE}?next=%2Fen%2Fobjectives%2F"
    made = User.objects.get()
    assert (made.name, made.email, made.has_usable_password()) == ("Amina Diallo", "amina@example.org", False)
    assert not made.is_profile_complete
    assert is_signed_in(client)


def test_of_what_the_server_says_only_name_and_address_are_kept(client, server):
    server.claims |= {"email": "amina@example.org", "email_verified": True, "name": "Amina", "phone": "+221 33"}

    server.sign_in(client)

    kept = SocialAccount.objects.get().extra_data
    assert kept == {"userinfo": {"name": "Amina", "email": "amina@example.org"}}


def test_whoever_comes_again_is_the_same_person_and_led_straight_on(client, server):
    server.claims |= {"email": "amina@example.org", "email_verified": True, "name": "Amina Diallo"}
    server.sign_in(client)
    User.objects.update(**{field: getattr(person(), field) for field in ("group", "country", "terms_accepted_at")})
    client.post("/en/accounts/logout/")

    response = server.sign_in(client, next="/en/objectives/")

    assert response.url == "/en/objectives/"
    assert SocialAccount.objects.count() == 1


def test_the_language_of_the_page_is_that_of_the_mails(client, server):
    server.claims |= {"email": "amina@example.org", "email_verified": True, "name": "Amina Diallo"}

    assert server.sign_in(client, language="es").url == "/es/accounts/profile/?next=%2Fes%2F"
    assert User.objects.get().language == "es"


@pytest.mark.parametrize(
    ("claims", "name"),
    [
        ({"given_name": "Amina", "family_name": "Diallo"}, "Amina Diallo"),
        ({"family_name": "Diallo"}, "Diallo"),
        ({"name": "Amina\r\nBcc: everybody@example.org"}, "Amina Bcc: everybody@example.org"),
        ({"name": "A\0B"}, "A B"),
        ({"name": "x" * 500}, "x" * 150),
        ({"name": "أمينة ديالو"}, "أمينة ديالو"),
        ({}, ""),
    ],
)
def test_a_name_is_taken_as_far_as_it_can_be_stored(client, server, claims, name):
    server.claims |= {"email": "amina@example.org", "email_verified": True, **claims}

    server.sign_in(client)

    assert User.objects.get().name == name


def test_an_address_that_the_server_did_not_confirm_is_sent_a_code(client, server, mailoutbox):
    server.claims |= {"email": "amina@example.org", "email_verified": False, "name": "Amina Diallo"}
    response = server.sign_in(client)
    assert not is_signed_in(client)

    client.post(response.url, {"code": code_in(mailoutbox[0])})

    assert is_signed_in(client)


def test_the_account_of_somebody_else_is_not_taken_over_by_its_address(client, server, mailoutbox):
    who = person(email="amina@example.org")
    server.claims |= {"email": "amina@example.org", "email_verified": True, "name": "Mallory"}

    response = server.sign_in(client)

    assert response.url.startswith("/en/accounts/confirm-email/")
    assert not is_signed_in(client)
    assert (User.objects.count(), SocialAccount.objects.count()) == (1, 0)
    assert mailoutbox[0].to == [who.email]


def test_somebody_whose_server_names_no_address_is_asked_for_the_rest(client, server):
    server.claims |= {"name": "Amina Diallo"}

    response = server.sign_in(client)
    page = client.get(response.url)

    assert response.url == "/en/accounts/3rdparty/signup/"
    assert page.context["form"].initial["name"] == "Amina Diallo"
    assert {"email", "name", "group", "consent"} <= set(page.context["form"].fields)
    assert "United Nations account to login to\nMigration Network Hub." in page.content.decode()


def test_a_connected_account_can_be_seen_and_removed(client, server):
    who = person()
    sign_in(client, who)
    client.post("/en/accounts/reauthenticate/", {"password": PASSWORD})
    server.sign_in(client, process="connect")
    [account] = SocialAccount.objects.filter(user=who)
    assert f'value="{account.pk}"' in client.get("/en/accounts/3rdparty/").content.decode()

    client.post("/en/accounts/3rdparty/", {"account": account.pk})

    assert not SocialAccount.objects.exists()


def test_the_server_sends_people_back_to_this_site_with_proof_of_who_asked(client, server):
    server.claims |= {"email": "amina@example.org", "email_verified": True, "name": "Amina Diallo"}
    server.sign_in(client)

    [asked] = server.asked
    assert asked["redirect_uri"] == "http://testserver/en/accounts/oidc/un/login/callback/"
    assert asked["code_challenge_method"] == "S256"


@pytest.mark.parametrize(
    "query", ["", "?error=access_denied", "?code=x", "?code=x&state=y", "?state=%00", "?code=%00&state=%00"]
)
def test_a_visit_without_proof_ends_on_a_page_of_ours(client, server, query):
    response = client.get(f"/en/accounts/oidc/un/login/callback/{query}", follow=True)

    assert response.status_code in (200, 401)
    assert '<h1 id="title"' in response.content.decode()
    assert not is_signed_in(client)


def test_a_server_that_does_not_answer_ends_on_a_page_of_ours(client, settings, server):
    settings.SOCIALACCOUNT_PROVIDERS["openid_connect"]["APPS"][0]["settings"]["server_url"] = "http://127.0.0.1:9"

    response = client.post("/en/accounts/oidc/un/login/", follow=True)

    assert response.status_code == 503
    assert '<h1 id="title"' in response.content.decode()


@pytest.mark.parametrize("name", ["nobody", "%00", "un%00", "..", "x" * 300])
def test_servers_that_are_not_named_do_not_exist(client, server, name):
    for page in ("login/", "login/callback/"):
        assert client.get(f"/en/accounts/oidc/{name}/{page}").status_code == 404
