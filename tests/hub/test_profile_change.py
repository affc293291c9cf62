"""A changed profile is shown beside all contributions of the person."""

import pytest

from tests import factories

pytestmark = pytest.mark.django_db


def test_a_new_name_stands_beside_earlier_contributions_at_once(client):
    person = factories.user("Old Name", country="KE")
    roundtable = factories.roundtable()
    factories.comment(roundtable, person)
    before = client.get(roundtable.get_absolute_url())
    client.force_login(person)

    saved = client.post(
        "/en/accounts/profile/",
        {
            "name": "New Name",
            "organisation": "Elsewhere",
            "group": person.group_id,
            "country": "KE",
            "capacity": "personal",
            "language": "en",
        },
    )
    client.logout()

    after = client.get(roundtable.get_absolute_url())
    assert saved.status_code == 302
    assert (before.content.count(b"Old Name"), after.content.count(b"Old Name")) == (2, 0)
    assert (after.content.count(b"New Name"), after.content.count(b"Elsewhere")) == (2, 1)
