"""What happens to every request."""

import pytest
from django.urls import reverse

from consultation.models import Draft
from tests import factories

pytestmark = pytest.mark.django_db


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
