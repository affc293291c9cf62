"""The mailbox of the demonstration, which no real server has."""

import pytest
from django.core.mail import EmailMultiAlternatives, get_connection
from django.urls import NoReverseMatch, reverse

pytestmark = pytest.mark.django_db


@pytest.fixture
def send(settings, tmp_path):
    """Return a function that puts a mail into a mailbox of this test."""
    settings.MAILBOX_DIR, settings.HAS_MAILBOX = tmp_path / "mail", True

    def put(subject="Hello", text="Some text.", html="", to="amina@example.org"):
        message = EmailMultiAlternatives(subject, text, to=[to], connection=get_connection("hub.mailbox.EmailBackend"))
        if html:
            message.attach_alternative(html, "text/html")
        assert message.send() == 1

    return put


def test_a_real_server_has_no_mailbox(client):
    with pytest.raises(NoReverseMatch):
        reverse("demo_mailbox")
    assert client.get("/demo/mailbox/").status_code == 404
    assert "mailbox" not in client.get("/en/").content.decode()


@pytest.mark.urls("tests.hub.demo_urls")
def test_mails_are_listed_the_newest_first_and_every_page_leads_there(client, send):
    send("First")
    send("Sécond", to="bo@example.org")

    html = client.get("/demo/mailbox/").content.decode()

    assert html.index("Sécond") < html.index("First")
    assert "To bo@example.org, " in html
    assert 'href="/demo/mailbox/"' in client.get("/en/").content.decode()


@pytest.mark.urls("tests.hub.demo_urls")
def test_an_empty_mailbox_says_so(client, send):
    assert "Nothing so far." in client.get("/demo/mailbox/").content.decode()


@pytest.mark.urls("tests.hub.demo_urls")
def test_a_mail_shows_its_text_with_links_and_its_html_as_a_page_that_runs_nothing(client, send, settings):
    send("<b>", "See https://hub.example.org/en/ & <i>this</i>\n\nNext.", "<p>See <script>alert(1)</script></p>")
    [path] = settings.MAILBOX_DIR.iterdir()

    html = client.get(f"/demo/mailbox/{path.stem}/").content.decode()
    part = client.get(f"/demo/mailbox/{path.stem}/html/")

    assert '<a href="https://hub.example.org/en/" rel="nofollow">' in html
    assert "&lt;i&gt;this&lt;/i&gt;" in html
    assert f'href="/demo/mailbox/{path.stem}/html/"' in html
    assert "alert(1)" not in html
    assert part.content.decode().strip() == "<p>See <script>alert(1)</script></p>"
    assert part.headers["Content-Security-Policy"] == (
        "sandbox allow-popups allow-top-navigation; default-src 'none'; style-src 'unsafe-inline'"
    )


@pytest.mark.urls("tests.hub.demo_urls")
@pytest.mark.parametrize("number", ["0", "99999999999999999999999"])
def test_a_mail_that_does_not_exist_is_not_found(client, send, number):
    assert client.get(f"/demo/mailbox/{number}/").status_code == 404
    assert client.get(f"/demo/mailbox/{number}/html/").status_code == 404
