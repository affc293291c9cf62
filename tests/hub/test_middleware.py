"""What happens to every request."""

from urllib.parse import quote_plus, urlencode

import pytest
from django.core.exceptions import RequestDataTooBig, TooManyFieldsSent
from django.http import QueryDict
from django.test import RequestFactory
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as some

from consultation.models import Draft
from hub.middleware import LARGE_FORM, LargeFormMiddleware, read_form
from tests import factories

pytestmark = pytest.mark.django_db
URL_ENCODED = "application/x-www-form-urlencoded"


@pytest.mark.parametrize("encoding", ["unicode_escape", "raw_unicode_escape", "utf-16", "UTF-8", "no-such"])
def test_a_form_is_read_as_utf_8_whatever_encoding_it_names(client, encoding):
    roundtable = factories.roundtable()
    client.force_login(factories.user())
    form = {"body": "\\ud800é", "language": "en", "draft_seen": "\\ud800/", "action": "draft"}
    parts = [
        f'--part\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n' for name, value in form.items()
    ]
    content_type = f"multipart/form-data; boundary=part; charset={encoding}"
    address = reverse("comment_contribute", args=[roundtable.slug])

    answer = client.generic("POST", address, f"{''.join(parts)}--part--\r\n".encode(), content_type)

    assert (answer.status_code, Draft.objects.get().body) == (302, "\\ud800é")


def sent(body, content_type=URL_ENCODED):
    """Return a request with this body, after the middleware has looked at it."""
    request = RequestFactory().generic("POST", "/", body, content_type)
    LargeFormMiddleware(None).process_view(request, None, (), {})
    return request


@given(some.lists(some.tuples(some.text(), some.text())), some.sampled_from(["", "&", "&&a&b=&=c&", "&a=%C3&b=%ff%00"]))
def test_a_large_form_is_read_as_django_reads_it(fields, end):
    body = (urlencode(fields, errors="replace") + end).encode()

    assert read_form(body) == QueryDict(body, encoding="utf-8")


@pytest.mark.parametrize("odd", [b"a=%", b"a=%zz", b"%4=1", "a=é".encode(), b"a=\xff", b"a=%\n41"])
def test_what_is_odd_about_a_large_form_is_left_to_django(odd):
    body = odd + b"&body=" + quote_plus("é" * LARGE_FORM).encode()

    request = sent(body)

    assert not hasattr(request, "_post")
    assert list(request.POST.lists()) == list(QueryDict(body, encoding="utf-8").lists())


def test_only_large_url_encoded_forms_are_read_before_the_view():
    large = urlencode({"body": "é" * LARGE_FORM}).encode()

    found = [
        hasattr(sent(body, content_type), "_post")
        for body, content_type in [
            (large, URL_ENCODED),
            (large, f"{URL_ENCODED}; charset=utf-8"),
            (b"body=x", URL_ENCODED),
            (large, "multipart/form-data; boundary=part"),
            (large, "text/plain"),
        ]
    ]

    assert found == [True, True, False, False, False]
    assert (sent(large).POST["body"], sent(large).FILES) == ("é" * LARGE_FORM, {})


def test_a_large_form_is_held_to_the_same_limits(settings):
    settings.DATA_UPLOAD_MAX_NUMBER_FIELDS = 3
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 2 * LARGE_FORM
    text = "x" * LARGE_FORM

    assert len(sent(f"a=1&b=2&c={text}").POST) == 3
    with pytest.raises(TooManyFieldsSent):
        sent(f"a=1&b=2&c=3&d={text}")
    with pytest.raises(RequestDataTooBig):
        sent(f"c={text}{text}")
