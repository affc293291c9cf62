"""Where people are sent after signing in, up or out: this site, whatever an address asks for."""

from urllib.parse import urljoin, urlsplit

import pytest
from django.utils.http import urlencode

from accounts.addresses import is_local

from .steps import PASSWORD, code_in, is_signed_in, person, sign_in, sign_up

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


@pytest.mark.django_db
@pytest.mark.parametrize("address", HOSTILE)
def test_nobody_is_led_away_by_signing_in(client, address):
    who = person()
    assert client.get(f"/en/accounts/login/?{urlencode({'next': address})}").status_code == 200

    response = sign_in(client, who, next=address)

    assert response["Location"] == "/en/"
    assert is_signed_in(client)


@pytest.mark.django_db
@pytest.mark.parametrize("address", HOSTILE)
def test_nobody_is_led_away_who_is_signed_in_already(client, address):
    client.force_login(person())
    query = urlencode({"next": address})

    for page in ("login", "signup", "login/code"):
        assert client.get(f"/en/accounts/{page}/?{query}")["Location"] == "/en/"


@pytest.mark.django_db
@pytest.mark.parametrize("address", HOSTILE)
def test_nobody_is_led_away_by_signing_up(client, mailoutbox, address):
    assert client.get(f"/en/accounts/signup/?{urlencode({'next': address})}").status_code == 200
    response = sign_up(client, next=address)
    assert stays(response)

    response = client.post("/en/accounts/confirm-email/", {"code": code_in(mailoutbox[0]), "next": address})

    assert response["Location"] == "/en/"
    assert is_signed_in(client)


@pytest.mark.django_db
@pytest.mark.parametrize("address", HOSTILE)
def test_nobody_is_led_away_by_signing_out(client, address):
    client.force_login(person())

    assert client.post("/en/accounts/logout/", {"next": address})["Location"] == "/en/"
    assert client.get(f"/en/accounts/logout/?{urlencode({'next': address})}")["Location"] == "/en/"


@pytest.mark.django_db
@pytest.mark.parametrize("address", HOSTILE)
def test_nobody_is_led_away_by_other_forms(client, address):
    who = person()
    query = urlencode({"next": address})
    assert stays(client.post(f"/en/accounts/login/code/?{query}", {"email": who.email}))
    assert stays(client.post(f"/en/accounts/password/reset/?{query}", {"email": who.email}))
    client.force_login(who)
    assert stays(client.get(f"/en/accounts/profile/?{query}"))
    form = client.get("/en/accounts/profile/").context["form"]
    saved = client.post("/en/accounts/profile/", {**form.initial, "group": who.group_id, "next": address})
    assert saved["Location"] == "/en/accounts/profile/"
    response = client.post(f"/en/accounts/reauthenticate/?{query}", {"password": PASSWORD})
    assert response["Location"] == "/en/"
    # The admin answers whoever is no member of staff with 403.
    assert client.get(f"/admin/login/?{query}").status_code == 403


@pytest.mark.django_db
@pytest.mark.parametrize("address", HOSTILE)
def test_nobody_is_led_away_on_the_way_to_the_admin(client, address):
    response = client.get(f"/admin/login/?{urlencode({'next': address})}")

    assert stays(response, "http://testserver/admin/login/")
    assert response["Location"].startswith("/en/accounts/login/?")


@pytest.mark.django_db
@pytest.mark.parametrize("address", WELCOME)
def test_people_are_led_back_to_any_page_of_this_site(client, address):
    response = sign_in(client, person(), next=address)

    assert response["Location"].replace("%C3%A9", "é") == address
