"""What goes wrong: pages of ours in the reader's language, without internals, and a line in the log without texts."""

import json
import logging
from pathlib import Path

import pytest
from django.core.exceptions import PermissionDenied
from django.db import InterfaceError, OperationalError
from django.test import Client
from django.urls import path, reverse
from django.utils.translation import get_language

from consultation.models import Comment
from hub import urls
from hub.logs import JSONFormatter
from hub.views import errors
from tests import factories
from tests.markup import page

pytestmark = pytest.mark.django_db

LANGUAGES = ["en", "fr", "es"]
CODE = str(Path(errors.__file__).parents[2])  # where it lies on this machine
INTERNALS = ("Traceback", "Exception", CODE, "site-packages", "secret-of-the-database", "SELECT ", "psycopg")


def broken(request):
    """Fail the way that the test asks for."""
    raise {
        "denied": PermissionDenied("secret-of-the-database"),
        "operational": OperationalError("secret-of-the-database at 10.0.0.7"),
        "interface": InterfaceError("secret-of-the-database"),
        "value": ValueError("secret-of-the-database"),
    }[request.GET["how"]]


@pytest.fixture
def fails(settings):
    """Give the site an address in each language where the view fails as asked."""

    class Addresses:
        urlpatterns = [*(path(f"{code}/broken/", broken) for code in LANGUAGES), *urls.urlpatterns]
        handler400, handler403, handler404 = urls.handler400, urls.handler403, urls.handler404
        handler429, handler500 = urls.handler429, urls.handler500

    settings.ROOT_URLCONF = Addresses
    return Client(raise_request_exception=False)


def is_ours(response, language):
    """Hold a failure page to what every one of them must be."""
    top = page(response)
    assert top.one("html").attrs["lang"] == language
    assert len(top.all("h1")) == 1
    assert top.one("h1").words != ""
    assert top.one("title").words.endswith("Migration Network Hub")
    assert any(link.attrs["href"].startswith("mailto:") for link in top.all("a"))
    content = response.content.decode()
    assert [word for word in INTERNALS if word in content] == []
    return top


# --- Pages


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(("how", "status"), [("denied", 403), ("operational", 503), ("interface", 503), ("value", 500)])
def test_a_failure_is_told_in_the_readers_language_without_internals(fails, language, how, status):
    response = fails.get(f"/{language}/broken/?how={how}")

    assert response.status_code == status
    is_ours(response, language)
    assert response.get("Retry-After") == ("5" if status == 503 else None)


def test_a_failure_reads_differently_in_each_language(fails):
    found = {
        how: {page(fails.get(f"/{language}/broken/?how={how}")).one("h1").words for language in LANGUAGES}
        for how in ("denied", "operational", "value")
    }

    assert [len(headings) for headings in found.values()] == [3, 3, 3]


def test_the_page_of_a_failure_asks_the_database_nothing(fails, django_assert_num_queries):
    for how in ("operational", "value"):
        with django_assert_num_queries(0):
            fails.get(f"/en/broken/?how={how}")


@pytest.mark.parametrize(("how", "status"), [("operational", 503), ("value", 500)])
@pytest.mark.parametrize("field", ["body", "message", "note"])
def test_what_was_typed_is_given_back_with_the_failure(fails, how, status, field):
    response = fails.post(f"/en/broken/?how={how}", {"password": "never this", field: "Kept </textarea> words"})

    top = page(response)
    assert response.status_code == status
    assert [area.text.strip() for area in top.all("textarea")] == ["Kept </textarea> words"]
    assert "never this" not in response.content.decode()


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_does_not_exist_is_not_found_on_a_page_of_ours(client, language):
    response = client.get(f"/{language}/nowhere/")

    top = is_ours(response, language)
    assert response.status_code == 404
    assert f"/{language}/roundtables/" in [link.attrs["href"] for link in top.one("main").all("a")]


def test_what_one_may_not_see_looks_like_what_does_not_exist(client):
    held = factories.comment(factories.roundtable(), status=Comment.Status.PENDING)
    client.force_login(factories.user())

    pages = [client.get(f"/en/comments/{pk}/").content.decode() for pk in (held.pk, held.pk + 1000)]

    pages = [html.replace(str(held.pk + 1000), "N").replace(f"/comments/{held.pk}/", "/comments/N/") for html in pages]
    without_tokens = [html[: html.index('name="csrfmiddlewaretoken"')] for html in pages]
    assert without_tokens[0] == without_tokens[1]


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_request_that_makes_no_sense_is_told_so(language):
    client = Client(raise_request_exception=False)

    response = client.get(f"/{language}/", headers={"host": "evil.example"})

    assert response.status_code == 400
    assert page(response).one("html").attrs["lang"] in LANGUAGES
    assert "evil" not in response.content.decode()


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_request_that_is_too_large_is_told_so(client, settings, language):
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 1000
    roundtable = factories.roundtable()
    client.force_login(factories.user())

    response = client.post(f"/{language}/roundtables/{roundtable.slug}/contribute/", {"body": "x" * 2000})

    assert response.status_code == 413
    is_ours(response, language)


def test_a_request_with_too_many_fields_is_refused(client, settings):
    settings.DATA_UPLOAD_MAX_NUMBER_FIELDS = 5
    client.force_login(factories.user())
    where = reverse("comment_contribute", args=[factories.roundtable().slug])

    response = client.post(where, "&".join(f"a{n}=1" for n in range(9)), "application/x-www-form-urlencoded")

    assert response.status_code == 400
    is_ours(response, "en")


def test_the_largest_text_that_a_form_may_hold_reaches_the_form(client, settings):
    roundtable = factories.roundtable()
    client.force_login(factories.user())
    where = reverse("comment_contribute", args=[roundtable.slug])
    body = "\U0001f600" * settings.COMMENT_LIMIT

    response = client.post(where, {"body": body, "language": "en"})

    assert response.status_code == 302
    assert Comment.objects.get().body == body
    assert settings.DATA_UPLOAD_MAX_MEMORY_SIZE > 12 * settings.COMMENT_LIMIT


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_form_from_elsewhere_is_refused_with_the_text_given_back(language):
    roundtable = factories.roundtable()
    client = Client(enforce_csrf_checks=True)
    client.force_login(factories.user())

    response = client.post(
        f"/{language}/roundtables/{roundtable.slug}/contribute/",
        {"body": "Kept </textarea> words"},
        headers={"origin": "https://evil.example"},
    )

    top = page(response)
    assert response.status_code == 403
    assert top.one("html").attrs["lang"] == language
    assert top.one("main").one("textarea").text.strip() == "Kept </textarea> words"
    assert Comment.objects.count() == 0


@pytest.mark.parametrize("language", LANGUAGES)
def test_somebody_who_tries_too_often_is_told_how_long_to_wait(rf, client, language):
    request = client.get(f"/{language}/contact/").wsgi_request

    response = errors.too_many_requests(request)

    assert (response.status_code, response["Retry-After"], get_language()) == (429, "60", language)
    assert page(response).one("html").attrs["lang"] == language


# --- The log


@pytest.fixture
def lines(caplog):
    """Return what the log says, line by line, as it is written."""
    caplog.set_level(logging.INFO)
    return lambda: [json.loads(JSONFormatter().format(record)) for record in caplog.records]


def test_each_denied_request_is_logged_once_with_who_what_and_when(client, lines):
    roundtable = factories.roundtable()
    person = factories.user("Amina Diallo")
    held = factories.comment(roundtable, status=Comment.Status.PENDING)
    client.force_login(person)

    client.post(reverse("moderation_decide", args=[held.pk]), {"decision": "approve", "message": "typed words"})

    [line] = lines()
    assert {key: line[key] for key in ("message", "level", "user", "method", "path", "status")} == {
        "message": "denied",
        "level": "WARNING",
        "user": person.pk,
        "method": "POST",
        "path": f"/en/moderation/comments/{held.pk}/",
        "status": 404,
    }
    assert line["at"].endswith("+00:00")
    assert len(line["request_id"]) == 12


@pytest.mark.parametrize(
    ("status", "ask"),
    [
        (400, lambda client, roundtable: client.get("/en/", headers={"host": "evil.example"})),
        (403, lambda client, roundtable: client.post(contribute(roundtable, closed=True), {"body": "typed words"})),
        (404, lambda client, roundtable: client.get("/en/comments/99999/")),
        (405, lambda client, roundtable: client.delete("/en/roundtables/")),
        (413, lambda client, roundtable: client.post(contribute(roundtable), {"body": "typed words" * 1000})),
        (429, lambda client, roundtable: [client.post(contribute(roundtable), sent("typed words")) for _ in "123"][-1]),
    ],
)
def test_every_kind_of_refusal_is_logged_without_what_was_typed(client, lines, settings, status, ask):
    settings.POSTS_PER_MINUTE, settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 2, 5000
    roundtable = factories.roundtable()
    client.force_login(factories.user())

    response = ask(client, roundtable)

    assert response.status_code == status
    denied = [line for line in lines() if line["message"] == "denied"]
    assert [line["status"] for line in denied] == [status]
    assert "typed words" not in json.dumps(lines())


def contribute(roundtable, closed=False):
    if closed:
        roundtable.closes_at = roundtable.opens_at + (roundtable.closes_at - roundtable.opens_at) / 4
        roundtable.save()
    return reverse("comment_contribute", args=[roundtable.slug])


def sent(body):
    return {"body": body, "language": "en"}


def test_what_is_allowed_leaves_no_line(client, lines):
    roundtable = factories.roundtable()
    client.force_login(factories.user())

    client.get(f"/en/roundtables/{roundtable.slug}/")
    client.post(contribute(roundtable), sent("typed words"))

    assert lines() == []


def test_a_failure_is_logged_with_where_it_happened(fails, lines):
    fails.get("/en/broken/?how=value")

    [line] = lines()
    assert (line["level"], line["logger"]) == ("ERROR", "django.request")
    assert line["traceback"].rstrip().endswith("ValueError: secret-of-the-database")


def test_a_line_of_the_log_is_one_line_whatever_is_in_it(caplog):
    caplog.set_level(logging.INFO)
    logging.getLogger("hub").info("two\nlines “and” %s", "é\u2028x", extra={"path": "/a\nb", "colour": "red"})

    [record] = caplog.records
    written = JSONFormatter().format(record)

    assert len(written.split("\n")) == 1
    line = json.loads(written)
    assert (line["message"], line["path"], "colour" in line) == ("two\nlines “and” é\u2028x", "/a\nb", False)


@pytest.mark.parametrize("address", ["/en/comments/999999/reply/", "/en/nowhere/"])
def test_what_was_typed_for_something_that_is_gone_is_given_back(client, address):
    client.force_login(factories.user())

    response = client.post(address, {"body": "Do <b>not</b> lose me."})
    plain = client.get(address)

    assert response.status_code == 404
    assert page(response).one("main").one("textarea").text.strip() == "Do <b>not</b> lose me."
    assert page(plain).one("main").all("textarea") == []
