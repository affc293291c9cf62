"""A changed profile is shown beside all contributions of the person."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from consultation.privacy import KEEP, close_account
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


def saved(client, person):
    """Save a profile with another name."""
    client.force_login(person)
    data = client.get("/en/accounts/profile/").context["form"].initial | {"group": person.group_id, "name": "New"}
    data.pop("is_listed")
    assert client.post("/en/accounts/profile/", data).status_code == 302


@pytest.mark.parametrize("change", [saved, lambda client, person: close_account(person, contributions=KEEP)])
def test_whoever_changes_a_person_with_their_comments_waits_for_the_forest_first(client, change):
    person = factories.user("Old")
    factories.comment(factories.roundtable(), person)

    with CaptureQueriesContext(connection) as queries:
        change(client, person)

    kinds = [
        "lock" if "pg_advisory" in query["sql"] else "person"
        for query in queries
        if "pg_advisory" in query["sql"]
        or query["sql"].startswith(('UPDATE "accounts_user" SET "n', 'DELETE FROM "acc'))
    ]
    # SQLite locks the whole database at the beginning of a transaction.
    assert kinds[0] == ("lock" if connection.vendor == "postgresql" else "person")
    assert "person" in kinds
