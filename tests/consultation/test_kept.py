"""Kept parts of pages: what is printed is what would be printed anew, for everybody and after every change."""

import re
from datetime import timedelta

import pytest
from django.core.cache import caches
from django.template import Context, Template, TemplateSyntaxError
from django.test import Client
from django.utils import timezone, translation

from consultation.models import Roundtable
from consultation.templatetags import kept
from tests import factories

pytestmark = pytest.mark.django_db

TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="[^"]*"')


def read(client, address):
    caches["pages"].clear()
    return TOKEN.sub("", client.get(address).content.decode())


def read_anew(client, address):
    kept.forget()
    return read(client, address)


def test_a_part_is_printed_once_for_each_language_and_set_of_keys_and_after_ten_minutes(time_machine):
    time_machine.move_to("2026-03-02T12:00:00Z", tick=False)
    source = Template('{% load kept %}{% kept "part" number %}{{ words }} {{ number }}{% endkept %}')

    def printed(**context):
        return source.render(Context(context))

    assert [printed(number=1, words="first"), printed(number=1, words="second")] == ["first 1", "first 1"]
    assert printed(number=2, words="third") == "third 2"
    with translation.override("fr"):
        assert printed(number=1, words="premier") == "premier 1"
    assert printed(number=1, words="still") == "first 1"
    time_machine.shift(600)
    assert printed(number=1, words="last") == "last 1"


def test_a_token_cannot_be_kept():
    with pytest.raises(TemplateSyntaxError):
        Template('{% load kept %}{% kept "form" %}{% if a %}{% csrf_token %}{% endif %}{% endkept %}')


def test_parts_that_others_have_read_change_no_page():
    roundtable = factories.roundtable()
    factories.comment(roundtable, question=roundtable.questions.first(), body="A text.")
    people = {
        "visitor": None,
        "one": factories.user("Ana"),
        "two": factories.user("Boris"),
        "moderator": factories.moderator(roundtable),
        "secretariat": factories.staff(),
        "suspended": factories.user("Carla", suspended_until=timezone.now() + timedelta(days=1)),
    }
    clients = {kind: Client() for kind in people}
    for kind, person in people.items():
        if person:
            clients[kind].force_login(person)
    queries = ("", "?objective=3", "?sort=newest&organisers=on", "?since=2024-01-31", "?language=fr")
    places = ("/en/roundtables/safe-paths/", "/fr/roundtables/safe-paths/", "/en/roundtables/safe-paths/questions/1/")
    addresses = [f"{place}{query}" for place in places for query in queries]
    now = timezone.now()

    for state in (
        {"closes_at": now + timedelta(days=1, hours=1)},
        {"closes_at": now - timedelta(hours=1), "takes_late": True},
        {"opens_at": now + timedelta(days=1), "closes_at": None},
        {"opens_at": None, "title_en": "Another title", "note_status": "published"},
    ):
        Roundtable.objects.filter(pk=roundtable.pk).update(**state)
        Roundtable.objects.record_change(public=True)
        for address in addresses:
            for client in clients.values():
                read(client, address)  # fills what is kept, and remembers the visit
            shared = {kind: read(client, address) for kind, client in clients.items()}
            assert shared == {kind: read_anew(client, address) for kind, client in clients.items()}
