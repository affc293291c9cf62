"""The way out of every mail: one press, without signing in, and nothing else ends with it."""

import pytest
from django.core import signing
from django.core.management import call_command
from django.test import Client

from accounts.models import Mail
from consultation import notifications, way_out
from consultation.models import Kind, MailPreference, Notice, Pace, Subscription
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def roundtable():
    return factories.roundtable(slug="talks")


def paces(person):
    return MailPreference.objects.paces([person.pk])[person.pk]


def link_of(mail):
    """Return the path of the link in the header, which has to be the one in both parts."""
    address = mail.extra_headers["List-Unsubscribe"].strip("<>")
    assert mail.extra_headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert address in mail.body
    assert address in mail.alternatives[0].content
    return address.removeprefix("https://hub.example.org")


def test_a_mail_programme_ends_a_kind_by_one_post_without_a_token(roundtable, mailoutbox):
    author = factories.user()
    factories.comment(roundtable, author, status="pending").approve(by=factories.moderator(roundtable))
    call_command("send_outbox", verbosity=0)
    link = link_of(mailoutbox[0])

    response = Client(enforce_csrf_checks=True).post(link, {"List-Unsubscribe": "One-Click"})

    assert response.status_code == 200
    assert paces(author) | {"decision": "never"} == paces(author)
    assert [kind for kind, pace in paces(author).items() if pace == "never"] == ["decision"]


def test_opening_the_link_changes_nothing_and_asks_first(client, roundtable):
    person = factories.user()

    response = client.get(way_out.path_for(person, kinds=[Kind.REPLY]))

    assert '<h1 id="title" tabindex="-1">No more of this mail?</h1>' in response.content.decode()
    assert "<li>A reply to me</li>" in response.content.decode()
    assert paces(person)["reply"] == "at_once"
    assert person.name not in response.content.decode()


def test_leaving_one_place_keeps_the_others(client, roundtable, mailoutbox):
    person = factories.user()
    MailPreference.objects.choose(person, {Kind.FOLLOWED: Pace.AT_ONCE})
    first = factories.comment(roundtable)
    thread = Subscription.objects.create(person=person, thread=first)
    whole = Subscription.objects.create(person=person, roundtable=roundtable)
    factories.comment(roundtable, factories.moderator(roundtable), answers=first, role="moderator")
    call_command("send_outbox", verbosity=0)
    [mail] = [
        mail for mail in mailoutbox if mail.to == [person.email] and "New" in mail.subject and "Mod" not in mail.body
    ][:1]

    client.post(link_of(mail))

    assert list(Subscription.objects.all()) in ([whole], [thread])
    assert paces(person)["followed"] == "at_once"


def test_the_link_of_a_digest_ends_the_kinds_that_are_in_it(client, roundtable):
    person = factories.user()

    client.post(way_out.path_for(person, kinds=[Kind.FOLLOWED, Kind.MENTION]))

    assert sorted(kind for kind, pace in paces(person).items() if pace == "never") == ["followed", "mention"]


def test_what_was_still_to_be_told_is_not_told_after_that(client, roundtable, mailoutbox):
    author = factories.user()
    factories.comment(roundtable, author, status="pending").approve(by=factories.moderator(roundtable))
    notifications.announce()
    client.post(way_out.path_for(author, kinds=[Kind.DECISION]))

    call_command("send_outbox", verbosity=0)

    assert mailoutbox == []
    assert Notice.objects.get().is_done
    assert Mail.objects.count() == 0


def test_pressed_twice_or_after_the_place_is_gone_it_is_the_same(client, roundtable):
    person = factories.user()
    path = way_out.path_for(person, subscription=Subscription.objects.create(person=person, roundtable=roundtable))

    statuses = [client.post(path).status_code for _ in range(2)] + [client.get(path).status_code]

    assert statuses == [200, 200, 200]
    assert Subscription.objects.count() == 0
    assert set(paces(person).values()) <= {"at_once", "daily"}


@pytest.mark.parametrize(
    "token",
    [
        "nonsense",
        "a:b:c",
        "\x00",
        "é" * 500,
        signing.dumps({"p": 1, "k": ["reply"]}, salt="another"),
        signing.dumps({"p": 10**9, "k": ["reply"]}, salt=way_out.SALT),
    ],
    # A token holds the second at which it was signed: as a name, each worker would have another test.
    ids=["nonsense", "parts", "nul", "long", "other salt", "nobody"],
)
@pytest.mark.parametrize("method", ["get", "post"])
def test_a_link_that_we_did_not_write_leads_nowhere(client, token, method):
    response = getattr(client, method)(f"/en/accounts/notifications/leave/{token}/")

    assert response.status_code == 404
    assert MailPreference.objects.count() == 0


def test_an_unknown_kind_in_an_old_link_is_left_out(client):
    person = factories.user()

    client.post(way_out.path_for(person, kinds=["reply", "gone"]))

    assert list(MailPreference.objects.values_list("kind", "pace")) == [("reply", "never")]
