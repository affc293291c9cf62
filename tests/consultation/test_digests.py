"""Digests: one mail a period at most, by roundtable and question, without what was read; none without news."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts import delivery
from accounts.models import Mail, User
from consultation import digests, last_look, notifications, reference, reminders
from consultation.models import Comment, Kind, MailPreference, ModerationEvent, Notice, Pace, Subscription
from tests import factories

pytestmark = pytest.mark.django_db

MONDAY = datetime(2026, 3, 2, 12, tzinfo=UTC)  # behind the hour of that day's digests


@pytest.fixture
def clock():
    with time_machine.travel(MONDAY, tick=False) as clock:
        yield clock


@pytest.fixture
def roundtable(clock):
    return factories.roundtable(slug="talks")


@pytest.fixture
def moderator(roundtable):
    return factories.moderator(roundtable, "Mara")


def follower(roundtable, pace=Pace.DAILY, **fields):
    person = factories.user(**fields)
    MailPreference.objects.choose(person, {Kind.FOLLOWED: pace})
    Subscription.objects.create(person=person, roundtable=roundtable)
    return person


def say(roundtable, moderator, body="News.", **fields):
    made = factories.comment(roundtable, moderator, role="moderator", body=body, **fields)
    notifications.announce()
    return made


def next_day(clock, days=1):
    clock.shift(timedelta(days=days))
    call_command("send_outbox", verbosity=0)


def test_a_digest_says_which_decision_was_undone_and_how_things_stand(clock, roundtable, moderator, mailoutbox):
    author = factories.user()
    MailPreference.objects.choose(author, {Kind.DECISION: Pace.DAILY})
    comment = factories.comment(roundtable, author, status="pending").reject(by=moderator, reason="offensive")
    notifications.announce()
    next_day(clock)
    comment.undo(by=moderator, event=comment.events.get(action="reject"))
    notifications.announce()

    next_day(clock)

    said = "It was this decision: Rejected. The state of your contribution is now: Awaiting moderation."
    first, second = [mail for mail in mailoutbox if mail.to == [author.email]]
    assert [said in first.body, "Reason: Offends" in first.body] == [False, True]
    assert [said in second.body, "Reason:" in second.body] == [True, False]
    assert said in second.alternatives[0].content


def test_a_digest_goes_out_once_a_day_and_only_where_there_is_news(clock, roundtable, moderator, mailoutbox):
    follower(roundtable)
    say(roundtable, moderator)
    call_command("send_outbox", verbosity=0)
    on_the_day = len(mailoutbox)

    next_day(clock)
    say(roundtable, moderator)
    call_command("send_outbox", verbosity=0)
    next_morning = len(mailoutbox)
    next_day(clock)
    next_day(clock)

    assert (on_the_day, next_morning, len(mailoutbox)) == (0, 1, 2)


@pytest.mark.parametrize(
    ("now", "daily", "weekly"),
    [
        # Paris goes over to summer time on Sunday 29 March, and back on Sunday 25 October.
        ("2026-03-29T03:59", "2026-03-28T05:00", "2026-03-23T05:00"),
        ("2026-03-29T04:00", "2026-03-29T04:00", "2026-03-23T05:00"),
        ("2026-03-30T04:00", "2026-03-30T04:00", "2026-03-30T04:00"),
        ("2026-10-25T04:59", "2026-10-24T04:00", "2026-10-19T04:00"),
        ("2026-10-25T05:00", "2026-10-25T05:00", "2026-10-19T04:00"),
    ],
)
def test_digests_are_due_in_the_morning_of_the_time_zone_in_summer_and_winter(settings, now, daily, weekly):
    settings.DIGEST_TIME_ZONE = "Europe/Paris"
    now = datetime.fromisoformat(now).replace(tzinfo=UTC)

    found = [digests.last_moment(pace, now).astimezone(UTC) for pace in (Pace.DAILY, Pace.WEEKLY)]

    assert [f"{moment:%Y-%m-%dT%H:%M}" for moment in found] == [daily, weekly]


def test_what_comes_to_light_after_the_digest_is_told_in_the_next(clock, roundtable, moderator, mailoutbox):
    follower(roundtable)
    say(roundtable, moderator, "In time.")
    next_day(clock)
    late = say(roundtable, moderator, "Late.")
    Notice.objects.filter(comment=late).update(created_at=digests.last_moment(Pace.DAILY) - timedelta(seconds=1))

    call_command("send_outbox", verbosity=0)
    on_the_day = len(mailoutbox)
    next_day(clock)

    assert (on_the_day, len(mailoutbox)) == (1, 2)
    assert "Late." in mailoutbox[1].body


def test_a_weekly_digest_goes_out_on_mondays(clock, roundtable, moderator, mailoutbox):
    follower(roundtable, Pace.WEEKLY)
    say(roundtable, moderator)
    days = []

    for _ in range(15):
        next_day(clock)
        days.append(sum("weekly" in mail.subject for mail in mailoutbox))

    assert days == [0] * 6 + [1] * 9


def test_a_digest_is_grouped_by_roundtable_and_question_with_excerpts(clock, roundtable, moderator, mailoutbox):
    person = follower(roundtable)
    other = factories.roundtable(title_en="Other talks")
    Subscription.objects.create(person=person, roundtable=other)
    first, second, _third = roundtable.questions.all()
    say(roundtable, moderator, "On the second.", question=second)
    say(roundtable, moderator, "In general.")
    say(roundtable, moderator, "On the first.", question=first)
    say(other, factories.moderator(other, "Milo"), "Elsewhere.")

    next_day(clock)

    [mail] = mailoutbox
    lines = [line for line in mail.body.splitlines() if line.startswith(("==", "-- ", ">", "New"))]
    assert mail.subject == "[Migration Network Hub] Your daily digest"
    assert lines == [
        f"== {roundtable.title} ==",
        "-- Question 1. What about matter 1?",
        "New contribution by Mara",
        "> On the first.",
        "-- Question 2. What about matter 2?",
        "New contribution by Mara",
        "> On the second.",
        "-- General contributions",
        "New contribution by Mara",
        "> In general.",
        "== Other talks ==",
        "-- General contributions",
        "New contribution by Milo",
        "> Elsewhere.",
    ]
    assert mail.alternatives[0].content.count("<h3>") == 4


def test_what_was_read_is_left_out_and_where_all_was_read_nothing_comes(clock, roundtable, moderator, mailoutbox):
    one, other = follower(roundtable), follower(roundtable)
    made = [say(roundtable, moderator, f"Number {number}.") for number in range(2)]
    notifications.mark_read(one, [made[0].pk])
    notifications.mark_read(other, [comment.pk for comment in made])

    next_day(clock)

    [mail] = mailoutbox
    assert mail.to == [one.email]
    assert "Number 0." not in mail.body
    assert "Number 1." in mail.body
    assert Notice.objects.filter(is_done=False).count() == 0


@pytest.mark.parametrize("when", ["before it is written", "before it is sent"])
def test_what_can_no_longer_be_read_is_taken_out_before_the_digest_goes(clock, roundtable, moderator, mailoutbox, when):
    one, other = follower(roundtable), follower(roundtable)
    gone, kept = say(roundtable, moderator, "Gonecanary."), say(roundtable, moderator, "Kept.")
    notifications.mark_read(other, [kept.pk])
    clock.shift(timedelta(days=1))
    if when == "before it is sent":
        assert digests.write_digests() == 2
    gone.remove(by=moderator, reason="other")
    ModerationEvent.objects.update(is_announced=True)

    call_command("send_outbox", verbosity=0)

    [mail] = mailoutbox
    assert mail.to == [one.email]
    assert "Kept." in mail.body
    assert "Gonecanary" not in mail.body + mail.alternatives[0].content


def test_a_long_digest_says_how_much_more_there_is(clock, roundtable, moderator, mailoutbox):
    follower(roundtable)
    for number in range(digests.MOST_TOLD + 2):
        factories.comment(roundtable, moderator, role="moderator", body=f"Number {number}.")
    notifications.announce()

    next_day(clock)

    assert mailoutbox[0].body.count("New contribution by Mara") == digests.MOST_TOLD
    assert "And 2 more." in mailoutbox[0].body


def test_a_digest_in_french_speaks_french(clock, roundtable, moderator, mailoutbox):
    follower(roundtable, language="fr")
    say(roundtable, moderator)

    next_day(clock)

    assert '<html lang="fr"' in mailoutbox[0].alternatives[0].content
    assert "https://hub.example.org/fr/comments/" in mailoutbox[0].body


def test_writing_digests_takes_the_same_statements_for_many_people(clock, roundtable, moderator):
    found = {}
    reference.load()
    for size in (3, 50):  # SQLite takes no more rows at once
        for _ in range(size):
            follower(roundtable)
        say(roundtable, moderator)
        clock.shift(timedelta(days=1))
        with CaptureQueriesContext(connection) as queries:
            digests.write_digests()
        found[size] = len(queries)

    assert Mail.objects.count() == 3 + 53
    assert found[3] == found[50]


def test_one_letter_for_all_who_are_told_the_same_and_a_way_out_for_each(clock, roundtable, moderator, mailoutbox):
    people = [follower(roundtable), follower(roundtable), follower(roundtable, language="fr")]
    say(roundtable, moderator)

    next_day(clock)

    ways = [mail.extra_headers["List-Unsubscribe"].strip("<>") for mail in mailoutbox]
    assert len(set(ways)) == len(people)
    assert [mail.body.count(way) for mail, way in zip(mailoutbox, ways, strict=True)] == [1, 1, 1]
    assert [mail.alternatives[0].content.count(way) for mail, way in zip(mailoutbox, ways, strict=True)] == [1, 1, 1]
    bodies = {mail.to[0]: mail.body.replace(way, "") for mail, way in zip(mailoutbox, ways, strict=True)}
    one, other, french = (bodies[person.email] for person in people)
    assert one == other != french
    assert ".invalid" not in "".join(bodies.values())


def test_sending_a_digest_takes_the_same_statements_for_many_contributions(clock, roundtable, moderator):
    follower(roundtable)
    found = {}
    for size in (2, 20):
        for _ in range(size):
            factories.comment(roundtable, moderator, role="moderator")
        notifications.announce()
        clock.shift(timedelta(days=1))
        digests.write_digests()
        with CaptureQueriesContext(connection) as queries:
            delivery.send_due(still_wanted=last_look.still_wanted)
        found[size] = len(queries)

    assert found[2] == found[20]


# --- By the clock


def reminded(kind):
    return sorted(Notice.objects.filter(kind=kind).values_list("person__name", flat=True))


def test_those_who_take_part_are_reminded_once_before_a_roundtable_closes(clock, roundtable, moderator, mailoutbox):
    factories.comment(roundtable, factories.user("Author"), status=Comment.Status.PENDING)
    Subscription.objects.create(person=factories.user("Follower"), roundtable=roundtable)
    Subscription.objects.create(person=factories.user("Of a question"), question=roundtable.questions.first())
    writer = factories.user("Writer")
    writer.drafts.create(place="/answer/", roundtable=roundtable)
    factories.user("Nobody")
    ModerationEvent.objects.update(is_announced=True)
    early = [next_day(clock) or reminded("closing") for _ in range(2)]

    for _ in range(3):
        next_day(clock, days=1)

    assert early == [[], []]
    assert reminded("closing") == ["Author", "Follower", "Of a question", "Writer"]
    mails = [mail for mail in mailoutbox if "Closing soon" in mail.subject]
    assert len(mails) == 4
    assert "Contributions are taken until" in mails[0].body


def test_a_closing_date_that_is_put_off_is_told_again(clock, roundtable):
    Subscription.objects.create(person=factories.user("Follower"), roundtable=roundtable)
    next_day(clock, days=5)
    roundtable.closes_at += timedelta(days=5)
    roundtable.save()

    next_day(clock, days=5)

    assert reminded("closing") == ["Follower", "Follower"]


def test_a_published_note_is_told_once_to_those_who_took_part(clock, roundtable, mailoutbox):
    Subscription.objects.create(person=factories.user("Follower", language="fr"), roundtable=roundtable)
    type(roundtable).objects.update(note_status="published", closes_at=MONDAY, title_fr="Table ronde")

    next_day(clock)
    Subscription.objects.create(person=factories.user("Late"), roundtable=roundtable)
    next_day(clock)

    assert reminded("note") == ["Follower"]
    assert mailoutbox[0].subject.endswith(": Table ronde")
    assert "https://hub.example.org/fr/roundtables/talks/note/" in mailoutbox[0].body


# --- Moderators


def test_moderators_are_told_daily_what_waits_and_how_long_and_no_text(clock, roundtable, moderator, mailoutbox):
    factories.moderator(factories.roundtable(), "Elsewhere")
    for hours in (2, 30):
        held = factories.comment(roundtable, status=Comment.Status.PENDING, body="Heldcanary.")
        Comment.objects.filter(pk=held.pk).update(waiting_since=MONDAY - timedelta(hours=hours))

    for _ in range(3):
        call_command("send_outbox", verbosity=0)

    [mail] = mailoutbox
    assert (mail.to, mail.subject) == ([moderator.email], "[Migration Network Hub] Waiting for you: 2")
    assert f"{roundtable.title}\n2 waiting, the oldest for 1\xa0day, 6\xa0hours\n" in mail.body
    assert "https://hub.example.org/en/moderation/\n" in mail.body
    assert "Heldcanary" not in mail.body + mail.alternatives[0].content
    next_day(clock)
    assert len(mailoutbox) == 2


def test_the_secretariat_is_told_what_waits_too_long(clock, roundtable, mailoutbox, settings):
    staff = factories.staff()
    held = factories.comment(roundtable, status=Comment.Status.PENDING)
    counts = []

    for hours in (settings.WAITING_TOO_LONG_HOURS - 1, settings.WAITING_TOO_LONG_HOURS + 1):
        Comment.objects.filter(pk=held.pk).update(waiting_since=MONDAY - timedelta(hours=hours))
        call_command("send_outbox", verbosity=0)
        counts.append([(mail.to, mail.subject.partition("] ")[2]) for mail in mailoutbox])

    assert counts == [[], [([staff.email], "Waiting too long for a decision: 1")]]


@pytest.mark.parametrize("change", ["decided", "no moderator any more", "suspended", "not wanted"])
def test_a_mail_about_what_waits_is_dropped_where_it_is_no_longer_so(clock, roundtable, moderator, mailoutbox, change):
    held = factories.comment(roundtable, status=Comment.Status.PENDING)
    if change == "not wanted":
        MailPreference.objects.choose(moderator, {Kind.WAITING: Pace.NEVER})
    written = reminders.write_waiting()
    if change == "decided":
        held.reject(by=moderator, reason="other")
        ModerationEvent.objects.update(is_announced=True)
    elif change == "no moderator any more":
        roundtable.moderators.clear()
    elif change == "suspended":
        User.objects.filter(pk=moderator.pk).update(suspended_until=MONDAY + timedelta(days=9))

    call_command("send_outbox", verbosity=0)

    assert written == (change != "not wanted")
    assert mailoutbox == []
