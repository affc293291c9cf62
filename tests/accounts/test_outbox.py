"""The outbox: each mail once, however often it is sent, whoever else sends, and whatever happens on the way."""

import os
import subprocess
import sys
import time
from collections import Counter
from datetime import timedelta

import pytest
import time_machine
from django.conf import settings as project
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts import delivery, outbox
from accounts.models import Mail
from tests import factories
from tests.mail_sink import MailSink

pytestmark = pytest.mark.django_db


def mail(key="a", recipient=None, **letter):
    letter = {"kind": "test", "template": "base", "subject": _("Hello"), **letter}
    return outbox.write_mail(key=key, recipient=recipient or factories.user(), **letter)


def statuses():
    return Counter(Mail.objects.values_list("status", flat=True))


@pytest.fixture
def sink(settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    with MailSink() as sink:
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", sink.port
        yield sink


# --- Writing


def test_a_mail_is_written_once_for_its_key_and_sent_once(mailoutbox):
    first, second = mail("a"), mail("a")
    delivery.send_due()
    delivery.send_due()

    assert (first.key, second) == ("a", None)
    assert len(mailoutbox) == 1
    assert Mail.objects.get().status == "sent"


def test_a_mail_is_in_the_language_of_whoever_gets_it_with_both_parts():
    written = mail(recipient=factories.user(language="fr"))

    assert written.language == "fr"
    assert '<html lang="fr" dir="ltr">' in written.html
    assert "https://hub.example.org" in written.text
    assert "<" not in written.text


def test_somebody_without_an_account_is_written_to_by_address():
    written = outbox.write_mail(
        key="a", kind="test", template="base", subject=_("Hello"), to="focal@example.org", language="es"
    )

    assert (written.recipient, written.to, written.language) == (None, "focal@example.org", "es")


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("Amina\r\nBcc: everybody@example.org", "Amina Bcc: everybody@example.org"),
        ("Amina\u202egnp.exe", "Amina gnp.exe"),
        ("Amina\x00\x1b[31m\u2028Diallo", "Amina [31m Diallo"),
        ("\ud800Amina", "Amina"),
        ("100 % %(name)s", "100 % %(name)s"),
        ("نیم‌فاصله", "نیم‌فاصله"),
    ],
)
def test_a_hostile_name_stays_one_line_of_the_subject(mailoutbox, name, shown):
    mail(subject=_("%(name)s has replied"), context={"name": name})
    delivery.send_due()

    [message] = mailoutbox
    assert message.subject == f"[Migration Network Hub] {shown} has replied"
    assert message.message()["Bcc"] is None


def test_a_subject_without_end_is_cut():
    assert len(mail(subject=_("%(name)s"), context={"name": "long" * 10_000}).subject) == 150


# --- Sending


def test_headers_say_that_a_machine_wrote_it_and_how_to_get_no_more(sink):
    mail(way_out="/en/way/out/")
    delivery.send_due()

    [message] = sink.messages()
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["List-Unsubscribe"] == "<https://hub.example.org/en/way/out/>"
    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert [part.get_content_type() for part in message.walk()] == [
        "multipart/alternative",
        "text/plain",
        "text/html",
    ]
    assert all(
        "https://hub.example.org/en/way/out/" in part.get_content()
        for part in message.walk()
        if not part.is_multipart()
    )


def test_a_mail_that_is_not_wanted_any_more_is_dropped(mailoutbox):
    mail("a"), mail("b")

    delivery.send_due(still_wanted=lambda mails: {mail.pk for mail in mails if mail.key == "b"})

    assert len(mailoutbox) == 1
    assert {mail.key: mail.status for mail in Mail.objects.all()} == {"a": "dropped", "b": "sent"}


def test_whoever_may_no_longer_sign_in_gets_no_mail(mailoutbox):
    mail(recipient=factories.user(is_active=False))
    delivery.send_due()

    assert mailoutbox == []
    assert statuses() == {"dropped": 1}


def test_a_mail_goes_to_the_address_that_a_person_has_now(mailoutbox):
    person = factories.user(email="old@example.org")
    mail(recipient=person)
    type(person).objects.filter(pk=person.pk).update(email="new@example.org")
    delivery.send_due()

    assert mailoutbox[0].to == ["new@example.org"]


def test_a_mail_whose_address_a_server_refuses_for_good_is_given_up_at_once(sink):
    sink.refused = {"gone@example.org": "550 no such person"}
    mail("a", recipient=factories.user(email="gone@example.org"))
    mail("b")

    assert delivery.send_due() == {"dead": 1, "sent": 1}
    assert Mail.objects.get(key="a").last_error == "SMTPRecipientsRefused 550"
    assert (len(sink.received), sink.connections) == (1, 1)


def test_a_mail_that_a_server_refuses_for_now_is_tried_again_later_and_later_and_then_given_up(sink):
    sink.refused = {"grey@example.org": "451 come back later"}
    mail("a", recipient=factories.user(email="grey@example.org"))
    mail("b")
    tries = []

    with time_machine.travel(timezone.now(), tick=False) as clock:
        for _turn in range(10):
            delivery.send_due()
            refused = Mail.objects.get(key="a")
            tries.append((refused.attempts, refused.status, (refused.due_at - timezone.now()) // timedelta(minutes=1)))
            clock.shift(refused.due_at - timezone.now())

    assert tries[:6] == [
        (1, "waiting", 1),
        (2, "waiting", 5),
        (3, "waiting", 25),
        (4, "waiting", 120),
        (5, "waiting", 720),
        (6, "dead", 5),
    ]
    assert Mail.objects.get(key="a").last_error == "SMTPRecipientsRefused 451"
    assert Mail.objects.get(key="b").status == "sent"
    assert len(sink.received) == 1


def test_a_server_that_hangs_up_after_some_mails_is_called_again_and_no_mail_is_lost_or_doubled(sink):
    sink.hangs_up_after = 2
    for number in range(5):
        mail(f"{number}")

    with time_machine.travel(timezone.now(), tick=False) as clock:
        while Mail.objects.filter(status="waiting").exists():
            delivery.send_due()
            clock.shift(timedelta(minutes=5))

    assert statuses() == {"sent": 5}
    assert set(copies(sink).values()) == {1}
    assert sink.connections > 2


@pytest.mark.parametrize("trouble", ["away", "wrong password", "sender refused", "too slow"])
def test_what_is_wrong_with_the_server_ends_the_round_and_is_held_against_no_mail(sink, settings, caplog, trouble):
    if trouble == "away":
        sink.__exit__()
    elif trouble == "wrong password":
        settings.EMAIL_HOST_USER, settings.EMAIL_HOST_PASSWORD = "forum", "wrong"
    elif trouble == "sender refused":
        sink.refused = {"no-reply@example.org": "530 sign in first"}
    else:
        settings.EMAIL_TIMEOUT, sink.greets = 0.1, False
    mail("a"), mail("b")

    with caplog.at_level("WARNING"):
        assert [delivery.send_due() for _turn in range(7)] == [{"unreachable": 1}] * 7
    assert {mail.status: mail.attempts for mail in Mail.objects.all()} == {"waiting": 0}
    assert {record.reason for record in caplog.records} == {
        {
            "away": "ConnectionRefusedError",
            "wrong password": "SMTPAuthenticationError 535",
            "sender refused": "SMTPSenderRefused 530",
            "too slow": "SMTPServerDisconnected",
        }[trouble]
    }


def test_whether_a_mail_is_wanted_is_asked_again_where_sending_takes_its_time(sink, monkeypatch):
    monkeypatch.setattr(delivery, "FRESH", -1)
    mail("a"), mail("b")

    def still_wanted(mails):
        return {mail.pk for mail in mails} if not sink.received else set()

    assert delivery.send_due(still_wanted=still_wanted) == {"sent": 1, "dropped": 1}


def test_whoever_is_told_to_end_ends_between_two_mails(sink):
    mail("a"), mail("b")

    assert delivery.send_due(is_ending=lambda: len(sink.received) == 1) == {"sent": 1}
    assert statuses() == {"sent": 1, "waiting": 1}
    assert set(Mail.objects.filter(status="waiting").values_list("attempts", flat=True)) == {0}


def test_a_mail_that_cannot_even_be_built_keeps_no_other_from_going(mailoutbox):
    broken, _fine = mail("a"), mail("b")
    Mail.objects.filter(pk=broken.pk).update(headers={"X-Bad": "a\nb"})

    delivery.send_due()

    assert len(mailoutbox) == 1
    assert Mail.objects.get(key="a").last_error == "BadHeaderError"


def test_sending_takes_two_statements_a_mail(monkeypatch):
    monkeypatch.setattr(delivery, "FRESH", 3600)
    found = {}
    for size in (5, 25):
        for number in range(size):
            mail(f"{size}-{number}")
        with CaptureQueriesContext(connection) as queries:
            delivery.send_due()
        found[size] = len(queries) - 2  # which are due, before and after

    assert found == {5: 10, 25: 50}


def test_what_was_settled_long_ago_is_emptied_and_not_written_again():
    mail("a"), mail("b")
    delivery.send_due()
    Mail.objects.filter(key="a").update(created_at=timezone.now() - timedelta(days=31))
    old = Mail.objects.get(key="a")

    call_command("send_outbox")

    old.refresh_from_db()
    assert (old.to, old.subject, old.text, old.html, old.headers) == ("", "", "", "", {})
    assert Mail.objects.get(key="b").text != ""
    assert mail("a") is None


# --- In the admin


def test_the_secretariat_sees_what_became_of_a_mail_and_not_what_it_says(client):
    client.force_login(factories.staff())
    written = mail(subject=_("Secretcanary"), context={})
    Mail.objects.filter(pk=written.pk).update(text="Textcanary", html="<p>Textcanary</p>", status="dead")

    pages = [
        client.get("/admin/accounts/mail/").content.decode(),
        client.get(f"/admin/accounts/mail/{written.pk}/change/").content.decode(),
    ]

    assert [written.to in page for page in pages] == [True, True]
    assert [page for page in pages if "canary" in page] == []


def test_what_was_given_up_is_sent_again_and_nothing_else(client, mailoutbox):
    client.force_login(factories.staff())
    kept = {status: mail(status) for status in Mail.Status.values}
    for status, written in kept.items():
        Mail.objects.filter(pk=written.pk).update(status=status, attempts=6)
    chosen = {"action": "send_again", "_selected_action": [written.pk for written in kept.values()]}

    response = client.post("/admin/accounts/mail/", chosen, follow=True)

    assert "1 mail will be sent again." in response.content.decode()
    assert {one.key: (one.status, one.attempts) for one in Mail.objects.all()} == {
        "waiting": ("waiting", 6),
        "sent": ("sent", 6),
        "dead": ("waiting", 0),
        "dropped": ("dropped", 6),
    }


# --- Several at once, killed at any moment


def environment(sink):
    """Return the environment of a process that sends from the database of this test to the sink."""
    database = connection.settings_dict
    url = f"sqlite:///{database['NAME']}"
    if connection.vendor == "postgresql":
        url = "postgres://{USER}:{PASSWORD}@{HOST}:{PORT}/{NAME}".format(**database)
    server = f"smtp://127.0.0.1:{sink.port}"
    return {**os.environ, "DATABASE_URL": url, "EMAIL_URL": server, "PYTHONPATH": str(project.BASE_DIR)}


def run(sink, *arguments):
    """Run the command in processes of their own."""
    script = project.BASE_DIR / "tests" / "accounts" / "outbox_runner.py"
    command = [sys.executable, script, *map(str, arguments)]
    done = subprocess.run(command, env=environment(sink), capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def copies(sink):
    return Counter(message["Message-ID"] for message in sink.messages())


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_killed_twenty_times_every_mail_is_sent_and_none_more_than_twice(settings):
    people = [factories.user() for _ in range(3)]
    for number in range(150):
        mail(f"{number}", recipient=people[number % 3])

    with MailSink(delay=0.005) as sink:
        run(sink, 20, 0.1, 1)
        killed_at = len(sink.received)
        Mail.objects.filter(status="waiting").update(due_at=timezone.now())
        run(sink, 1, 0, 1)
        found = copies(sink)

    assert killed_at > 0
    assert statuses() == {"sent": 150}
    assert len(found) == 150
    assert set(found.values()) <= {1, 2}
    # Only a kill between the server's answer and the next statement makes a second copy.
    assert Counter(found.values())[2] <= 20


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_three_at_once_send_every_mail_once():
    people = [factories.user() for _ in range(3)]
    for number in range(100):
        mail(f"{number}", recipient=people[number % 3])

    with MailSink() as sink:
        run(sink, 1, 0, 3)
        found = copies(sink)

    assert statuses() == {"sent": 100}
    assert Counter(found.values()) == {1: 100}


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_a_loop_outlives_a_database_that_fails_and_ends_when_it_is_told_to():
    command = [sys.executable, "manage.py", "send_outbox", "--loop", "--seconds", "0.1"]

    def wait_until(is_so):
        for _turn in range(2400):
            if is_so():
                return
            time.sleep(0.05)
        raise AssertionError("waited in vain")

    with MailSink() as sink:
        loop = subprocess.Popen(
            command, env=environment(sink) | {"LOG_LEVEL": "ERROR"}, cwd=project.BASE_DIR, stderr=subprocess.PIPE
        )
        mail("before")
        wait_until(lambda: len(sink.received) == 1)
        with connection.cursor() as cursor:
            cursor.execute("ALTER TABLE accounts_mail RENAME TO elsewhere")
        assert b"a round failed" in loop.stderr.readline()
        with connection.cursor() as cursor:
            cursor.execute("ALTER TABLE elsewhere RENAME TO accounts_mail")
        mail("after")
        wait_until(lambda: len(sink.received) == 2)
        loop.terminate()
        loop.communicate(timeout=120)

    assert loop.returncode == 0
    assert statuses() == {"sent": 2}
