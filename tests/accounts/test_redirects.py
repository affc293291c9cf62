"""Where people are sent after signing in, up or out: this site, whatever an address asks for."""

from urllib.parse import urljoin, urlsplit

import pytest
from django.core.cache import caches
from django.test import Client
from django.utils.http import urlencode

from accounts.addresses import is_local

from .steps import PASSWORD, code_in, is_signed_in, person, sign_in, sign_up

pytestmark = pytest.mark.any_database

HOSTILE = [
    "http://evil.example",
    "http://evil.example/",
    "https://evil.example/en/",
    "HTTP://evil.example",
    "//evil.example",
    "//evil.example/%2e%2e",
    "///evil.example",
    "////evil.example",
    "/\\evil.example",
    "\\\\evil.example",
    "\\/evil.example",
    "/\\/evil.example",
    "//\\evil.example",
    "/%09/evil.example/../\\evil.example",
    "/\t/evil.example",
    "/\n/evil.example",
    "/\r/evil.example",
    "\t//evil.example",
    " //evil.example",
    "\x00//evil.example",
    "/\x00/evil.example",
    "/\x0b/evil.example",
    "\u00a0//evil.example",
    "\u2028//evil.example",
    "http:evil.example",
    "http:/evil.example",
    "http:///evil.example",
    "https:evil.example",
    "http://[::ffff:evil.example]/",
    "http://[evil.example",
    "http://]",
    "//[::1",
    "//[::ffff:evil.example]/",
    "http://testserver@evil.example/",
    "http://testserver:80@evil.example/",
    "//testserver@evil.example/",
    "http://testserver\\@evil.example/",
    "http://evil.example#testserver",
    "http://evil.example?testserver",
    "http://testserver.evil.example/",
    "http://testserver/en/",
    "javascript:alert(1)",
    "JaVaScRiPt:alert(1)",
    "java\nscript:alert(1)",
    "data:text/html,<script>alert(1)</script>",
    "vbscript:x",
    "file:///etc/passwd",
    "ftp://evil.example/",
    "mailto:a@evil.example",
    "evil.example",
    "en/objectives/",
    "?next=//evil.example",
    "#//evil.example",
    "../../evil.example",
    "http://evil。example/",
    "/en/\r\nSet-Cookie: session=evil",
    "/en/\u0000",
    "/" + "a" * 2000,
    "http://" + "a" * 3000,
    "ht\ttp://evil.example",
    "http://%65vil.example",
    "//google%E3%80%82com",
    "〱evil.example",
    "/\ud7ff\uffff/../..//\\evil.example",
]
WELCOME = ["/en/objectives/", "/fr/search/?q=asile+%26+été&page=2", "/es/#title", "/en/a:b/", "/en/../..//evil.example"]


def stays(response, base="http://testserver/en/accounts/login/"):
    """Return whether a browser that follows the response is still on the site."""
    assert response.status_code in (200, 302), response.status_code
    if response.status_code == 200:
        return True
    target = urlsplit(urljoin(base, response["Location"]))
    return (target.scheme, target.netloc) == ("http", "testserver") and "\\" not in response["Location"]


def test_the_list_is_long_enough_to_mean_something():
    assert len(HOSTILE) >= 40
    assert len(set(HOSTILE)) == len(HOSTILE)


@pytest.mark.parametrize("address", HOSTILE)
def test_only_paths_of_this_site_are_local(address):
    assert not is_local(address)


@pytest.mark.parametrize("address", ["/" + "a" * 100_000, "http://" + "a" * 100_000, "/\ud800"])
def test_addresses_that_no_browser_sends_are_not_local(address):
    assert not is_local(address)


@pytest.mark.parametrize("address", WELCOME)
def test_paths_of_this_site_are_local(address):
    assert is_local(address)


def each(addresses):
    """Go through the addresses, each without what was counted for the one before."""
    for address in addresses:
        caches["default"].clear()
        yield address, urlencode({"next": address})


@pytest.mark.django_db
def test_nobody_is_led_away_by_signing_in():
    for address, query in each(HOSTILE):
        client = Client()
        assert client.get(f"/en/accounts/login/?{query}").status_code == 200

        response = sign_in(client, person(), next=address)

        assert response["Location"] == "/en/", address
        assert is_signed_in(client)


@pytest.mark.django_db
def test_nobody_is_led_away_who_is_signed_in_already(client):
    client.force_login(person())
    for address, query in each(HOSTILE):
        for page in ("login", "signup", "login/code"):
            assert client.get(f"/en/accounts/{page}/?{query}")["Location"] == "/en/", address


@pytest.mark.django_db
def test_nobody_is_led_away_by_signing_up(mailoutbox):
    for number, (address, query) in enumerate(each(HOSTILE)):
        client = Client()
        assert client.get(f"/en/accounts/signup/?{query}").status_code == 200
        assert stays(sign_up(client, next=address, email=f"{number}@example.org")), address

        response = client.post("/en/accounts/confirm-email/", {"code": code_in(mailoutbox[-1]), "next": address})

        assert response["Location"] == "/en/", address
        assert is_signed_in(client)


@pytest.mark.django_db
def test_nobody_is_led_away_by_signing_out():
    who = person()
    for address, query in each(HOSTILE):
        client = Client()
        client.force_login(who)
        assert client.post("/en/accounts/logout/", {"next": address})["Location"] == "/en/", address
        assert client.get(f"/en/accounts/logout/?{query}")["Location"] == "/en/", address


@pytest.mark.django_db
def test_nobody_is_led_away_by_forms_for_guests():
    who = person()
    for address, query in each(HOSTILE):
        client = Client()
        assert stays(client.post(f"/en/accounts/login/code/?{query}", {"email": who.email})), address
        assert stays(client.post(f"/en/accounts/password/reset/?{query}", {"email": who.email})), address
        response = client.get(f"/admin/login/?{query}")
        assert response["Location"].startswith("/en/accounts/login/?"), address


@pytest.mark.django_db
def test_nobody_is_led_away_by_forms_for_people(client):
    who = person()
    client.force_login(who)
    profile = {**client.get("/en/accounts/profile/").context["form"].initial, "group": who.group_id}
    for address, query in each(HOSTILE):
        assert stays(client.get(f"/en/accounts/profile/?{query}")), address
        saved = client.post("/en/accounts/profile/", {**profile, "next": address})
        assert saved["Location"] == "/en/accounts/profile/", address
        response = client.post(f"/en/accounts/reauthenticate/?{query}", {"password": PASSWORD})
        assert response["Location"] == "/en/", address


@pytest.mark.django_db
def test_people_are_led_back_to_any_page_of_this_site():
    who = person()
    for address, _ in each(WELCOME):
        assert sign_in(Client(), who, next=address)["Location"].replace("%C3%A9", "é") == address
