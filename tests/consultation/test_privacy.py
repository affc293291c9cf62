"""One's own data, and closing an account so that nothing of it stays behind."""

import json

import pytest
from django.db import connection

from accounts.models import User
from consultation.models import Comment
from consultation.privacy import KEEP, WITHDRAW, close_account
from tests import factories

pytestmark = pytest.mark.django_db


def dump():
    """Everything the database holds, as text."""
    rows = []
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")
            rows += [str(row) for row in cursor.fetchall()]
    return "\n".join(rows)


def discussion():
    person = factories.user("Zubaydah Quillfeather", email="zubaydah@example.org", organisation="Quill Society")
    roundtable = factories.roundtable()
    said = factories.comment(roundtable, person, body="What I have to say.", question=roundtable.questions.first())
    answer = factories.comment(roundtable, answers=said, body="An answer by somebody else.")
    return person, roundtable, said, answer


def test_closing_an_account_leaves_no_trace_of_the_person_in_the_database():
    person, _, _, _ = discussion()
    before = dump()

    close_account(person, contributions=KEEP)

    after = dump()
    found = [word for word in ("Zubaydah", "zubaydah@example.org", "Quill Society", "zubaydah") if word in before]
    assert found == ["Zubaydah", "zubaydah@example.org", "Quill Society", "zubaydah"]
    assert [word for word in found if word in after] == []


def test_contributions_that_are_kept_stand_under_former_participant(client):
    person, roundtable, said, _ = discussion()

    close_account(person, contributions=KEEP)

    page = client.get(roundtable.get_absolute_url()).content.decode()
    kept = Comment.objects.get(pk=said.pk)
    assert (kept.status, kept.body, str(kept.shown_name)) == ("approved", "What I have to say.", "Former participant")
    assert page.count("What I have to say.") == 1
    assert "In reply to <a" in page and "Former participant</a>" in page


def test_contributions_that_are_withdrawn_lose_their_text_and_replies_stay():
    person, roundtable, said, answer = discussion()

    close_account(person, contributions=WITHDRAW)

    gone = Comment.objects.get(pk=said.pk)
    roundtable.refresh_from_db()
    assert (gone.status, gone.body, gone.lead_html) == ("withdrawn", "", "")
    assert "What I have to say." not in dump()
    assert Comment.objects.get(pk=answer.pk).body == "An answer by somebody else."
    assert roundtable.visible_count == 1
    assert roundtable.questions.first().visible_count == 1
    assert Comment.objects.find_problems() == ([], [], [], [], [])


def test_closing_ends_every_session_and_asks_what_becomes_of_contributions(client):
    person, _, _, _ = discussion()
    client.force_login(person)
    session = client.session
    session["account_authentication_methods"] = [{"method": "password", "at": 4102444800.0}]
    session.save()

    refused = client.post("/en/accounts/close/", {})
    done = client.post("/en/accounts/close/", {"contributions": "keep", "is_sure": "on"})

    assert refused.status_code == 422
    assert refused.content.decode().count("error-summary") == 1
    assert (done.status_code, User.objects.filter(email="zubaydah@example.org").count()) == (302, 0)
    assert client.get("/en/comments/mine/").status_code == 302


def test_my_data_holds_every_text_of_mine_and_nobody_elses(client):
    person, _, said, _ = discussion()
    client.force_login(person)
    session = client.session
    session["account_authentication_methods"] = [{"method": "password", "at": 4102444800.0}]
    session.save()

    data = json.loads(client.get("/en/accounts/data/").content)

    assert data["person"]["email"] == "zubaydah@example.org"
    assert [(one["id"], one["texts"][0]["text"]) for one in data["contributions"]] == [(said.pk, "What I have to say.")]


@pytest.mark.parametrize("address", ["/en/accounts/data/", "/en/accounts/close/"])
def test_a_visitor_is_asked_to_sign_in_first(client, address):
    assert client.get(address).headers["Location"].startswith("/en/accounts/login/")
