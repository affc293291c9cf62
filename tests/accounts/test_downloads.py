"""What is downloaded is counted for each person, whatever it is."""

import pytest
from django.test import Client
from django.urls import reverse

from tests import factories

pytestmark = pytest.mark.django_db


def test_a_person_downloads_six_files_an_hour_and_is_then_told_so(time_machine):
    time_machine.move_to("2030-05-17T10:05:00Z", tick=False)
    roundtable = factories.roundtable()
    moderator, other = (factories.moderator(roundtable) for _ in range(2))
    addresses = [reverse(name, args=[roundtable.slug]) for name in ("roundtable_csv", "roundtable_json")]
    addresses.append(reverse("moderation_csv", args=[roundtable.slug]))
    client, others = Client(), Client()
    client.force_login(moderator)
    others.force_login(other)

    answers = [client.get(address) for address in addresses]
    time_machine.shift(20 * 60)
    answers += [client.get(address) for address in addresses]
    refused = client.get(addresses[0], REMOTE_ADDR="192.0.2.7", HTTP_X_FORWARDED_FOR="192.0.2.8")

    assert [answer.status_code for answer in answers] == [200] * 6
    assert refused.status_code == 429
    assert refused.headers["Retry-After"] == str(35 * 60)
    assert others.get(addresses[0]).status_code == 200


def test_what_is_refused_for_want_of_rights_is_not_counted():
    roundtable = factories.roundtable()
    client = Client()
    client.force_login(factories.user())

    answers = [client.get(reverse("roundtable_csv", args=[roundtable.slug])) for _ in range(8)]

    assert [answer.status_code for answer in answers] == [404] * 8
