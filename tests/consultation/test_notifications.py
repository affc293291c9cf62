"""Who is told what: each person once, only what they may read now, never what they did themselves."""

from collections import Counter
from datetime import timedelta

import pytest
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import Mail
from consultation import digests, last_look, notifications, reference
from consultation.models import Comment, Kind, MailPreference, ModerationEvent, Notice, Pace, Subscription
from tests import factories
from tests.mail_sink import MailSink

pytestmark = pytest.mark.django_db

Status = Comment.Status


@pytest.fixture
def roundtable():
    return factories.roundtable(slug="talks", title_fr="Table ronde")


@pytest.fixture
def moderator(roundtable):
    return factories.moderator(roundtable, "Mara")


def told():
    """Return whom the notices tell of what."""
    return sorted(Notice.objects.values_list("person__name", "kind"))


def quietly():
    """Take what has happened so far as told."""
    ModerationEvent.objects.update(is_announced=True)


def send():
    call_command("send_outbox", verbosity=0)


# --- What concerns whom


def test_a_reply_is_told_to_whom_it_answers_once_it_is_published(roundtable, moderator):
    first = factories.comment(roundtable, factories.user("Amina"))
    quietly()
    reply = factories.comment(roundtable, factories.user("Bo"), answers=first, status=Status.PENDING)
    notifications.announce()
    before = told()

    reply.approve(by=moderator)
    notifications.announce()

    assert before == []
    assert told() == [("Amina", "reply"), ("Bo", "decision")]


def test_a_comment_that_is_published_at_once_is_told_of_too(roundtable, moderator):
    first = factories.comment(roundtable, factories.user("Amina"))
    quietly()
    factories.comment(roundtable, moderator, answers=first, role="moderator")

    notifications.announce()

    assert told() == [("Amina", "reply")]


def test_followers_of_roundtable_question_and_thread_are_told_once_each(roundtable, moderator):
    question = roundtable.questions.first()
    root = factories.comment(roundtable, factories.user("Amina"), question=question)
    elsewhere = factories.comment(roundtable, question=roundtable.questions.last())
    people = {name: factories.user(name) for name in ("Everything", "Question", "Thread", "Elsewhere", "All three")}
    for name in ("Everything", "All three"):
        Subscription.objects.create(person=people[name], roundtable=roundtable)
    for name in ("Question", "All three"):
        Subscription.objects.create(person=people[name], question=question)
    for name in ("Thread", "All three"):
        Subscription.objects.create(person=people[name], thread=root)
    Subscription.objects.create(person=people["Elsewhere"], thread=elsewhere)
    quietly()
    factories.comment(roundtable, moderator, answers=root, role="moderator")

    notifications.announce()

    assert told() == [
        ("All three", "followed"),
        ("Amina", "reply"),
        ("Everything", "followed"),
        ("Question", "followed"),
        ("Thread", "followed"),
    ]


def test_whoever_is_mentioned_is_told_of_it(roundtable, moderator):
    amina = factories.user("Amina Diallo")
    first = factories.comment(roundtable, amina)
    factories.comment(roundtable, factories.user("Bo"))
    quietly()
    factories.comment(roundtable, moderator, body="As @Amina Diallo says.", role="moderator")
    factories.comment(roundtable, moderator, answers=first, body="@Amina Diallo, yes.", role="moderator")

    notifications.announce()

    assert told() == [("Amina Diallo", "mention"), ("Amina Diallo", "reply")]


def test_whoever_a_change_mentions_is_told_once_it_is_published_unless_an_earlier_text_did(
    roundtable, moderator, mailoutbox
):
    author, amina, bo, chen = (factories.user(name) for name in ("Author", "Amina Diallo", "Bo Lind", "Chen Wei"))
    for person in (amina, bo, chen):
        factories.comment(roundtable, person)
    MailPreference.objects.choose(chen, {Kind.MENTION: Pace.NEVER})
    Subscription.objects.create(person=bo, roundtable=roundtable)
    comment = factories.comment(roundtable, author, body="As @Amina Diallo says.")
    send()
    mailoutbox.clear()
    before = set(Notice.objects.values_list("pk", flat=True))

    comment.propose_edit(factories.new_text("As @Amina Diallo, @Bo Lind, @Chen Wei and @Author say."), by=author)
    send()
    while_it_waits = [mail for mail in mailoutbox if mail.to == [bo.email]]
    comment.approve_edit(by=moderator)
    comment.undo(by=moderator, event=comment.events.last())
    send()
    while_it_was_undone = Notice.objects.filter(kind=Kind.MENTION).exclude(pk__in=before).count()
    comment.approve_edit(by=moderator)
    notifications.announce()
    comment.refresh_from_db()
    comment.undo(by=moderator, event=comment.events.last())
    send()
    mailed_of_what_was_undone = [mail for mail in mailoutbox if mail.to == [bo.email]]
    comment.approve_edit(by=moderator)
    send()
    again = factories.new_text("As @Bo Lind says, and @Amina Diallo.", role="moderator")
    comment.propose_edit(again, by=author)
    send()

    assert (while_it_waits, while_it_was_undone, mailed_of_what_was_undone) == ([], 0, [])
    assert [mail.to for mail in mailoutbox if mail.to not in ([author.email], [moderator.email])] == [[bo.email]]
    assert "@Bo Lind, @Chen Wei" in next(mail.body for mail in mailoutbox if mail.to == [bo.email])


def test_two_changes_before_anybody_is_told_make_one_notice_of_a_mention(roundtable, moderator):
    factories.comment(roundtable, factories.user("Amina Diallo"))
    comment = factories.comment(roundtable, moderator, role="moderator")
    quietly()
    for body in ("As @Amina Diallo says.", "As @Amina Diallo says so well."):
        comment.propose_edit(factories.new_text(body, role="moderator"), by=moderator)

    for _twice in range(2):
        notifications.announce()
        ModerationEvent.objects.filter(action="edit").update(is_announced=False)

    assert [notice.person.name for notice in Notice.objects.filter(kind=Kind.MENTION)] == ["Amina Diallo"]


def test_nobody_is_told_of_what_they_did_themselves(roundtable, moderator):
    Subscription.objects.create(person=moderator, roundtable=roundtable)
    first = factories.comment(roundtable, moderator, role="moderator")
    factories.comment(roundtable, moderator, answers=first, body="@Mara", role="moderator")
    held = factories.comment(roundtable, moderator, status=Status.PENDING)
    held.approve(by=moderator)

    notifications.announce()

    assert told() == []


@pytest.mark.parametrize(
    ("decision", "headline"),
    [
        ("approve", "Your contribution is published"),
        ("return", "Your contribution is returned to you for revision"),
        ("reject", "Your contribution is not published"),
        ("remove", "Your contribution was removed"),
    ],
)
def test_an_author_is_told_what_was_decided_and_why_with_the_way_on(
    roundtable, moderator, mailoutbox, decision, headline
):
    status = Status.APPROVED if decision == "remove" else Status.PENDING
    comment = factories.comment(roundtable, factories.user("Amina"), status=status, body="Heldcanary.")
    quietly()
    if decision == "approve":
        comment.approve(by=moderator)
    elif decision == "return":
        comment.return_for_revision(by=moderator, message="Please say more.\nThank you.")
    else:
        do = comment.reject if decision == "reject" else comment.remove
        do(by=moderator, reason=Comment.Reason.OFF_TOPIC, message="Please say more.\nThank you.")

    send()

    [mail] = mailoutbox
    assert mail.subject == f"[Migration Network Hub] {headline}"
    assert mail.body.startswith(f"{headline}\n\n{roundtable.title}\nHanded in on ")
    assert ("> Please say more.\n> Thank you." in mail.body) == (decision != "approve")
    assert ("Reason: Does not concern this roundtable" in mail.body) == (decision in ("reject", "remove"))
    way_on = "revise/" if decision == "return" else ""
    assert f"https://hub.example.org/en/comments/{comment.pk}/{way_on}\n" in mail.body
    assert "Heldcanary" not in mail.body + mail.alternatives[0].content


def test_two_decisions_at_once_make_one_mail(roundtable, moderator, mailoutbox):
    comment = factories.comment(roundtable, status=Status.PENDING)
    comment.approve(by=moderator)
    with pytest.raises(Exception, match="approved"):
        comment.approve(by=factories.moderator(roundtable))

    for _ in range(2):
        send()

    assert len(mailoutbox) == 1


def test_a_decision_that_was_undone_before_anybody_was_told_is_told_to_nobody(roundtable, moderator):
    comment = factories.comment(roundtable, status=Status.PENDING)
    comment = comment.approve(by=moderator)
    decision = comment.events.get(action="approve")
    Comment.objects.filter(pk=comment.pk).update(status="pending", waiting_since=timezone.now())
    comment.refresh_from_db()
    undo = comment.record_event("undo", by=moderator, before="approved")
    ModerationEvent.objects.filter(pk=undo.pk).update(undoes=decision)

    notifications.announce()

    assert told() == []


def test_an_undone_decision_that_was_mailed_is_followed_by_a_mail_about_it(roundtable, moderator, mailoutbox):
    comment = factories.comment(roundtable, status=Status.PENDING).approve(by=moderator)
    decision = comment.events.get(action="approve")
    send()
    Comment.objects.filter(pk=comment.pk).update(status="pending", waiting_since=timezone.now())
    comment.refresh_from_db()
    undo = comment.record_event("undo", by=moderator, before="approved")
    ModerationEvent.objects.filter(pk=undo.pk).update(undoes=decision)

    send()

    assert [mail.subject.partition("] ")[2] for mail in mailoutbox if mail.to == [comment.author.email]] == [
        "Your contribution is published",
        "A decision about your contribution was undone",
    ]
    said = "It was this decision: Approved. The state of your contribution is now: Awaiting moderation."
    last = mailoutbox[-1]
    assert said in last.body and said in last.alternatives[0].content
    assert "See your contribution:" in last.body and "submit it again" not in last.body


def test_what_happened_long_ago_or_was_brought_in_is_told_to_nobody(roundtable, moderator):
    Subscription.objects.create(person=factories.user(), roundtable=roundtable)
    old = factories.comment(roundtable, moderator, role="moderator")
    old.events.update(created_at=timezone.now() - timedelta(days=8))
    brought_in = factories.comment(roundtable, moderator, role="moderator")
    brought_in.events.update(action="import")

    assert notifications.announce() == 2
    assert told() == []
    assert notifications.announce() == 0


# --- Preferences


@pytest.mark.parametrize(("pace", "kinds"), [("at_once", ["reply"]), ("never", [])])
def test_a_person_is_told_as_they_chose(roundtable, moderator, pace, kinds, mailoutbox):
    amina = factories.user("Amina")
    MailPreference.objects.choose(amina, {Kind.REPLY: pace})
    first = factories.comment(roundtable, amina)
    quietly()
    factories.comment(roundtable, moderator, answers=first, role="moderator")

    send()

    assert [notice.kind for notice in Notice.objects.all()] == kinds
    assert len(mailoutbox) == len(kinds)


def test_whoever_wants_no_mail_about_replies_still_hears_of_a_thread_they_follow(roundtable, moderator):
    amina = factories.user("Amina")
    MailPreference.objects.choose(amina, {Kind.REPLY: Pace.NEVER})
    first = factories.comment(roundtable, amina)
    Subscription.objects.create(person=amina, thread=first)
    quietly()
    factories.comment(roundtable, moderator, answers=first, role="moderator")

    notifications.announce()

    assert told() == [("Amina", "followed")]


# --- Only what may be read now


def a_reply(roundtable, moderator, **fields):
    amina = factories.user("Amina")
    first = factories.comment(roundtable, amina)
    quietly()
    reply = factories.comment(roundtable, moderator, answers=first, role="moderator", body="Secretcanary.", **fields)
    notifications.announce()
    return amina, first, reply


@pytest.mark.parametrize("step", ["before the mail is written", "before the mail is sent"])
@pytest.mark.parametrize(
    "change", ["removed", "withdrawn", "roundtable hidden", "person inactive", "no longer wanted", "nothing"]
)
def test_a_mail_goes_only_to_whoever_may_read_what_it_tells_when_it_is_sent(
    roundtable, moderator, mailoutbox, step, change
):
    amina, _first, reply = a_reply(roundtable, moderator)
    if step == "before the mail is sent":
        notifications.write_mails()
    if change == "removed":
        reply.remove(by=moderator, reason="other")
        quietly()
    elif change == "withdrawn":
        Comment.objects.filter(pk=reply.pk).update(status="withdrawn", removed_at=timezone.now())
    elif change == "roundtable hidden":
        type(roundtable).objects.update(is_published=False)
    elif change == "person inactive":
        type(amina).objects.filter(pk=amina.pk).update(is_active=False)
    elif change == "no longer wanted":
        MailPreference.objects.choose(amina, {Kind.REPLY: Pace.NEVER})

    send()

    assert len(mailoutbox) == (change == "nothing")
    assert Notice.objects.filter(is_done=False).count() == 0
    found = set(Mail.objects.values_list("status", flat=True))
    assert found == ({"sent"} if change == "nothing" else {"dropped"} if step.endswith("sent") else set())


def test_whoever_left_a_thread_before_the_mail_went_gets_none(roundtable, moderator, mailoutbox):
    person = factories.user()
    MailPreference.objects.choose(person, {Kind.FOLLOWED: Pace.AT_ONCE})
    Subscription.objects.create(person=person, roundtable=roundtable)
    factories.comment(roundtable, moderator, role="moderator")
    notifications.announce()
    notifications.write_mails()
    Subscription.objects.all().delete()

    send()

    assert mailoutbox == []


@pytest.mark.parametrize("pace", [Pace.AT_ONCE, Pace.DAILY])
@pytest.mark.parametrize("change", ["covered", "edited"])
def test_a_mail_that_waited_shows_the_text_as_it_is_when_it_is_sent(roundtable, moderator, mailoutbox, pace, change):
    _amina, _first, reply = a_reply(roundtable, moderator)
    Notice.objects.update(pace=pace, created_at=timezone.now() - timedelta(days=2))
    notifications.write_mails()
    digests.write_digests()
    written = Mail.objects.get().text
    if change == "covered":
        reply.cover(by=moderator, passages=[(0, 12)], reason="personal_data")
    else:
        reply.propose_edit(factories.new_text("Now.", role="moderator"), by=moderator)

    send()

    assert ("Secretcanary" in written, len(mailoutbox)) == (True, 1)
    assert "Secretcanary" not in mailoutbox[0].body + mailoutbox[0].alternatives[0].content


def test_an_excerpt_shows_what_readers_see_of_a_text(roundtable, moderator, mailoutbox):
    _amina, _first, reply = a_reply(roundtable, moderator)
    Comment.objects.filter(pk=reply.pk).update(lead_html="<p>We ask &amp; <b>[covered]</b></p><p>Again</p>")

    send()

    assert "> We ask & [covered] Again" in mailoutbox[0].body
    assert "Secretcanary" not in mailoutbox[0].body + mailoutbox[0].alternatives[0].content


# --- In which words


def test_a_mail_is_in_the_language_of_whoever_gets_it_and_the_excerpt_in_its_own(roundtable, moderator, mailoutbox):
    amina = factories.user("Amina", language="fr")
    first = factories.comment(roundtable, amina)
    quietly()
    factories.comment(roundtable, moderator, answers=first, role="moderator", language="es", body="Sí.")

    send()

    html = mailoutbox[0].alternatives[0].content
    assert '<html lang="fr" dir="ltr">' in html
    assert '<blockquote dir="auto" lang="es"><p>Sí.</p></blockquote>' in html
    assert "Table ronde" in html
    assert "https://hub.example.org/fr/comments/" in mailoutbox[0].body


ATTACK = "<script>alert(1)</script>\r\nBcc: all@example.org\u202e"


def test_hostile_names_and_titles_stay_words(roundtable, moderator, mailoutbox):
    type(roundtable).objects.update(title_en=ATTACK)
    type(moderator).objects.filter(pk=moderator.pk).update(name=ATTACK)
    moderator.refresh_from_db()
    a_reply(roundtable, moderator)

    send()

    message = mailoutbox[0]
    shown = "<script>alert(1)</script> Bcc: all@example.org"
    assert message.subject == f"[Migration Network Hub] {shown} replied to you"
    assert message.message()["Bcc"] is None
    assert message.body.startswith(f"{shown} replied to you\n\n{shown}\n")
    assert "<script" not in message.alternatives[0].content
    assert "\u202e" not in message.body + message.alternatives[0].content


def test_a_term_carries_its_footnote_in_both_parts(roundtable, moderator, mailoutbox):
    amina = factories.user()
    first = factories.comment(roundtable, amina)
    quietly()
    factories.comment(roundtable, moderator, answers=first, role="moderator", body="In Kosovo too.")

    send()

    assert "> In Kosovo* too." in mailoutbox[0].body
    assert "\n* " in mailoutbox[0].body
    assert 'role="doc-noteref">*</a>' in mailoutbox[0].alternatives[0].content


# --- What it costs


@pytest.mark.parametrize("kind", ["followers", "events"])
def test_announcing_takes_the_same_statements_for_many(roundtable, moderator, kind):
    found = {}
    for size in (2, 40):
        for _ in range(size if kind == "followers" else 1):
            Subscription.objects.create(person=factories.user(), roundtable=roundtable)
        for _ in range(size if kind == "events" else 1):
            factories.comment(roundtable, moderator, role="moderator")
        with CaptureQueriesContext(connection) as queries:
            assert notifications.announce() == (size if kind == "events" else 1)
        found[size] = len(queries)

    assert found[2] == found[40]


def test_writing_mails_takes_the_same_statements_for_many(roundtable, moderator):
    found = {}
    reference.load()
    for size in (2, 40):
        for _ in range(size):
            factories.comment(roundtable, status=Status.PENDING).approve(by=moderator)
        notifications.announce()
        with CaptureQueriesContext(connection) as queries:
            assert notifications.write_mails() == size
        found[size] = len(queries)

    assert found[2] == found[40]


def test_announcing_twice_at_once_writes_nothing_twice(roundtable, moderator):
    factories.comment(roundtable, status=Status.PENDING).approve(by=moderator)
    notifications.announce()
    ModerationEvent.objects.update(is_announced=False)
    notifications.announce()
    notifications.write_mails()
    Notice.objects.update(is_done=False, mail=None)
    notifications.write_mails()

    assert (Notice.objects.count(), Mail.objects.count()) == (1, 1)


def test_the_command_says_what_it_did(roundtable, moderator, settings, capsys):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    factories.comment(roundtable, status=Status.PENDING).approve(by=moderator)
    with MailSink() as sink:
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", sink.port
        call_command("send_outbox")

    assert capsys.readouterr().out == "1 announced, 1 sent\n"
    assert Counter(message["Auto-Submitted"] for message in sink.messages()) == {"auto-generated": 1}


def test_a_change_that_was_undone_goes_out_in_no_mail(roundtable, moderator):
    first = factories.comment(roundtable, factories.user("Amina"))
    reply = factories.comment(roundtable, answers=first, body="Before.")
    reply.propose_edit(factories.new_text("Undonecanary."), by=reply.author)
    reply.approve_edit(by=moderator)
    notifications.announce()
    notifications.write_mails()
    mail = Mail.objects.get(recipient=first.author, kind=Kind.REPLY)
    written = mail.text
    reply.undo(by=moderator, event=reply.events.order_by("pk").last())

    assert last_look.still_wanted([mail]) == {mail.pk}
    assert ("Undonecanary" in written, "Undonecanary" in mail.text, "Before." in mail.text) == (True, False, True)
