"""What the secretariat says of people: whether their affiliation was checked, and whether they may contribute."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format

from accounts.models import AffiliationCheck, Mail, Suspension, User
from accounts.suspending import suspend
from consultation.models import Comment, Flag, Roundtable
from consultation.reminders import _waiting_for
from hub.logs import JSONFormatter
from tests import factories
from tests.admin_forms import fields
from tests.markup import page

pytestmark = pytest.mark.django_db


@pytest.fixture
def secretariat():
    return factories.staff("Maya Haddad")


@pytest.fixture
def desk(secretariat):
    """The browser of the secretariat."""
    client = Client()
    client.force_login(secretariat)
    return client


def address(act, *people):
    where = reverse("admin:accounts_user_standing", args=[act])
    return where + (f"?person={people[0].pk}" if people else "")


def say(desk, act, person, **answers):
    """Open the page of an act about a person and confirm it."""
    data = fields(desk.get(address(act, person)), "standing_form")
    return desk.post(address(act), data | answers)


def browser(person):
    client = Client()
    client.force_login(person)
    return client


def marks(client, roundtable):
    """Return the marks of verified affiliations on a discussion's page."""
    return [each.words for each in page(client.get(roundtable.get_absolute_url())).all("span", class_="verified")]


# --- Verified affiliations


def test_a_verified_affiliation_is_marked_beside_every_contribution_at_once(client, desk, secretariat):
    person, roundtable = factories.user("Ana", organisation="UNODC"), factories.roundtable()
    factories.comment(roundtable, person)
    factories.comment(roundtable)
    before = client.get(roundtable.get_absolute_url())

    response = say(desk, "verify", person, note="Letter of the mission")

    assert response.status_code == 302
    assert before.content.count(b"affiliation verified") == 0
    assert client.get(roundtable.get_absolute_url(), headers={"if-none-match": before["ETag"]}).status_code == 200
    assert marks(client, roundtable) == ["✓ affiliation verified"]
    factories.comment(roundtable, User.objects.get(pk=person.pk))
    assert marks(client, roundtable) == ["✓ affiliation verified"] * 2
    check = AffiliationCheck.objects.get()
    assert (check.person, check.organisation, check.is_verified) == (person, "UNODC", True)
    assert (check.note, check.checked_by, check.checked_by_name) == (
        "Letter of the mission",
        secretariat,
        "Maya Haddad",
    )


def test_a_verification_is_taken_back_and_both_stand_in_the_history(client, desk):
    person, roundtable = factories.user("Ana"), factories.roundtable()
    factories.comment(roundtable, person)
    say(desk, "verify", person)

    say(desk, "unverify", person, note="Left the organisation")

    person.refresh_from_db()
    assert (person.is_affiliation_verified, marks(client, roundtable)) == (False, [])
    assert list(AffiliationCheck.objects.values_list("is_verified", "note")) == [
        (False, "Left the organisation"),
        (True, ""),
    ]
    shown = desk.get(reverse("admin:accounts_user_change", args=[person.pk])).content.decode()
    assert shown.count("Left the organisation") == 1


@pytest.mark.parametrize(
    "changes",
    [
        {"name": "Ana B."},
        {"organisation": "Elsewhere"},
        {"country": "CH"},
        {"capacity": "official"},
        {"group": "academia"},
    ],
)
def test_whoever_changes_their_affiliation_loses_the_mark_and_is_told_before(client, changes):
    person, roundtable = factories.user("Ana"), factories.roundtable()
    person.verify_affiliation(by=factories.staff())
    factories.comment(roundtable, person)
    own = browser(person)
    shown = own.get("/en/accounts/profile/")
    data = shown.context["form"].initial | {"group": person.group_id}
    data.pop("is_listed")
    if "group" in changes:
        changes = {"group": type(person.group).objects.get(code="academia").pk}

    untouched = own.post("/en/accounts/profile/", data | {"language": "fr"})
    kept = marks(client, roundtable)
    own.post("/en/accounts/profile/", data | changes)

    assert "the mark disappears from your contributions" in shown.content.decode()
    assert (untouched.status_code, kept, marks(client, roundtable)) == (302, ["✓ affiliation verified"], [])
    assert AffiliationCheck.objects.first().checked_by == person


def test_an_affiliation_that_was_changed_meanwhile_is_not_verified_unseen(desk):
    person = factories.user("Ana", organisation="UNODC")
    data = fields(desk.get(address("verify", person)), "standing_form")
    User.objects.filter(pk=person.pk).update(organisation="Ministry of Magic")

    response = desk.post(address("verify"), data)

    assert (response.status_code, AffiliationCheck.objects.count()) == (422, 0)
    assert "Ministry of Magic" in response.content.decode()
    assert "Somebody changed the affiliation" in response.content.decode()


def test_a_change_by_the_secretariat_takes_the_mark_away_too(client, desk):
    person, roundtable = factories.user("Ana"), factories.roundtable()
    person.verify_affiliation(by=factories.staff())
    factories.comment(roundtable, person)
    where = reverse("admin:accounts_user_change", args=[person.pk])

    desk.post(where, fields(desk.get(where), "user_form") | {"organisation": "Elsewhere"})

    assert (marks(client, roundtable), AffiliationCheck.objects.count()) == ([], 2)


def test_moderators_read_whether_the_affiliation_was_checked(desk):
    verified, other, roundtable = factories.user("Ana"), factories.user("Bea"), factories.roundtable()
    verified.verify_affiliation(by=factories.staff())
    held = [factories.comment(roundtable, who, status=Comment.Status.PENDING) for who in (verified, other)]

    pages = [desk.get(reverse("moderation_decide", args=[comment.pk])).content.decode() for comment in held]

    assert ["✓ affiliation verified" in shown for shown in pages] == [True, False]
    assert ["affiliation not verified" in shown for shown in pages] == [False, True]


def test_several_people_are_verified_after_one_confirmation(desk):
    people = [factories.user(f"Ana {number}") for number in range(3)]
    chosen = {"action": "verify_selected", "_selected_action": [person.pk for person in people]}

    asked = desk.post(reverse("admin:accounts_user_changelist"), chosen)
    before = AffiliationCheck.objects.count()
    desk.post(address("verify"), fields(asked, "standing_form"))

    assert (before, AffiliationCheck.objects.filter(is_verified=True).count()) == (0, 3)


def test_people_are_found_by_their_standing(desk):
    verified, suspended, other = factories.user("Ana"), factories.user("Bea"), factories.user("Cleo")
    verified.verify_affiliation(by=other)
    suspended.suspend(by=other, reason="Advertising.")
    where = reverse("admin:accounts_user_changelist")

    found = [
        list(desk.get(f"{where}?{query}").context["cl"].result_list) for query in ("verified=yes", "suspended=yes")
    ]

    assert found == [[verified], [suspended]]


# --- Suspended people


def test_a_suspended_person_is_told_why_and_until_when_by_mail(desk, secretariat):
    person = factories.user("Ana", language="fr")
    last_day = timezone.now().date() + timedelta(days=2)

    response = say(desk, "suspend", person, reason="Advertising, three times.", last_day=last_day.isoformat())

    person.refresh_from_db()
    suspension, mail = Suspension.objects.get(), Mail.objects.get()
    end = datetime.combine(last_day + timedelta(days=1), datetime.min.time(), UTC)
    assert response.status_code == 302
    assert (suspension.reason, suspension.ends_at, suspension.suspended_by) == (
        "Advertising, three times.",
        end,
        secretariat,
    )
    assert (person.is_suspended, person.suspended_until) == (True, end)
    assert (mail.recipient, mail.language, mail.text.count("Advertising, three times.")) == (person, "fr", 1)


@pytest.mark.parametrize("answers", [{"reason": ""}, {"reason": "Why", "last_day": "2020-01-01"}])
def test_a_suspension_needs_a_reason_and_an_end_to_come(desk, answers):
    person = factories.user("Ana")

    response = say(desk, "suspend", person, **answers)

    assert (response.status_code, Suspension.objects.count()) == (422, 0)
    assert page(response).one("input", name="last_day").attrs.get("value", "") == answers.get("last_day", "")


@pytest.fixture
def suspended():
    """A suspended person with a published and a held contribution, and a returned one."""
    person, roundtable = factories.user("Ana"), factories.roundtable(slug="talks")
    other = factories.comment(roundtable)
    held = factories.comment(roundtable, person, status=Comment.Status.PENDING)
    suspend(person, by=factories.staff(), reason="Attacks on other participants.")
    return person, roundtable, other, held


def test_no_form_takes_anything_of_a_suspended_person_and_what_they_typed_is_given_back(suspended):
    person, _roundtable, other, held = suspended
    own, before = browser(person), list(Comment.objects.values())
    forms = [
        reverse("comment_answer", args=["talks", 1]),
        reverse("comment_contribute", args=["talks"]),
        reverse("comment_reply", args=[other.pk]),
        reverse("comment_revise", args=[held.pk]),
        reverse("paper_submit", args=["talks"]),
        reverse("comment_report", args=[other.pk]),
    ]
    typed = {"body": "What I typed.", "message": "What I typed.", "language": "en", "reason": "other"}

    for where in forms:
        for response in (own.get(where), own.post(where, typed)):
            words = page(response).one("main").words
            assert response.status_code == 403
            assert "You are suspended" in words
            assert "Attacks on other participants." in words
            assert "lasts until the secretariat lifts it" in words
            assert "consultations@example.org" in words
        assert page(response).one("textarea", id="typed").text.strip() == "What I typed."
    assert (list(Comment.objects.values()), Flag.objects.count()) == (before, 0)


def test_what_a_suspended_person_typed_is_in_no_log(suspended, caplog):
    person, _roundtable, _other, _held = suspended
    caplog.set_level("INFO")

    browser(person).post(reverse("comment_contribute", args=["talks"]), {"body": "Loggedcanary", "language": "en"})

    written = "\n".join(JSONFormatter().format(record) for record in caplog.records)
    assert ('"status": 403' in written, f'"user": {person.pk}' in written, "Loggedcanary" in written) == (
        True,
        True,
        False,
    )


def test_the_late_box_is_closed_to_suspended_people_too(suspended):
    person, roundtable, _other, _held = suspended
    now = timezone.now()
    Roundtable.objects.filter(pk=roundtable.pk).update(closes_at=now - timedelta(days=1), takes_late=True)
    where, data = reverse("comment_late", args=["talks"]), {"body": "Late.", "language": "en", "late_reason": "Ill."}

    found = {
        who: browser(one).post(where, data) for who, one in {"suspended": person, "free": factories.user()}.items()
    }

    assert {who: response.status_code for who, response in found.items()} == {"suspended": 403, "free": 302}
    assert "You are suspended" in page(found["suspended"]).one("main").words


def test_a_suspended_person_is_offered_no_form_and_costs_no_query_more(suspended):
    person, roundtable, _other, _held = suspended
    where, own = roundtable.get_absolute_url(), browser(person)
    free = browser(factories.user())
    for client in (own, free):
        client.get(where)

    counts = []
    for client in (own, free):
        with CaptureQueriesContext(connection) as queries:
            response = client.get(where)
        counts.append(len(queries))

    shown = page(own.get(where))
    assert counts[0] == counts[1]
    assert [link for link in shown.all("a") if "/reply/" in link.attrs.get("href", "")] == []
    assert "You are suspended and cannot contribute for now." in shown.one("main").words
    assert page(response).words.count("You are suspended") == 0


def test_a_page_from_before_the_suspension_is_not_called_fresh(client):
    person, roundtable = factories.user(), factories.roundtable()
    own = browser(person)
    etag = own.get(roundtable.get_absolute_url())["ETag"]

    suspend(person, by=factories.staff(), reason="Why")

    assert own.get(roundtable.get_absolute_url(), headers={"if-none-match": etag}).status_code == 200


def test_a_suspension_ends_by_itself(suspended, time_machine):
    person, _roundtable, _other, _held = suspended
    now = timezone.now()
    suspend(person, by=factories.staff(), reason="Shorter", ends_at=now + timedelta(hours=1))
    own = browser(person)
    where = reverse("comment_contribute", args=["talks"])
    found = [own.get(where).status_code]

    time_machine.move_to(now + timedelta(minutes=61))

    assert [*found, own.get(where).status_code] == [403, 200]
    person.refresh_from_db()
    assert (person.is_suspended, person.suspension) == (False, None)
    # The earlier one, without an end, gave way to the later one.
    assert list(Suspension.objects.values_list("reason", "lifted_at").order_by("pk"))[1] == ("Shorter", None)


def test_a_lifted_suspension_stays_in_the_history_and_the_person_is_told(desk, secretariat, suspended):
    person, _roundtable, _other, _held = suspended

    say(desk, "lift", person)
    again = desk.get(address("lift", person))

    suspension = Suspension.objects.get()
    person.refresh_from_db()
    assert (person.is_suspended, person.suspended_until, suspension.lifted_by) == (False, None, secretariat)
    assert list(Mail.objects.order_by("pk").values_list("kind", flat=True)) == ["suspension", "suspension"]
    assert again.status_code == 302
    assert browser(person).get(reverse("comment_contribute", args=["talks"])).status_code == 200


def test_the_secretariat_is_not_suspended_and_a_superuser_is_out_of_reach(desk, secretariat):
    root = factories.user("Root", is_superuser=True)
    others = [secretariat, factories.staff("Other"), root]

    found = [desk.get(address("suspend", person)).status_code for person in others]
    found.append(desk.get(address("verify", root)).status_code)

    assert (found, Suspension.objects.count(), AffiliationCheck.objects.count()) == ([302] * 4, 0, 0)


@pytest.mark.parametrize("role", ["moderator", "staff"])
def test_a_suspended_moderator_decides_nothing_until_the_end_and_keeps_what_was_typed(role, time_machine):
    roundtable, now = factories.roundtable(), timezone.now()
    moderator = factories.moderator(roundtable) if role == "moderator" else factories.staff()
    held = factories.comment(roundtable, status=Comment.Status.PENDING)
    ends_at = now + timedelta(days=2)
    suspend(moderator, by=factories.staff(), reason="Took sides.", ends_at=ends_at)
    own, typed = browser(moderator), {"decision": "return", "revision": 1, "message": "Typedcanary", "note": "Noted."}
    written = own.post(reverse("comment_contribute", args=[roundtable.slug]), {"body": "No.", "language": "en"})
    acts = ("decide", "settle", "cover", "uncover", "note", "follow_up", "refile", "attach", "duplicate", "join")
    posts = [own.post(reverse(f"moderation_{act}", args=[held.pk]), typed) for act in (*acts, "split", "concern")]
    posts += [own.post(reverse(name), typed) for name in ("moderation_bulk", "moderation_undo")]
    shown = own.get(reverse("comment_detail", args=[held.pk]))
    mails = [_waiting_for([moderator])[moderator.pk], list(Comment.objects.awaiting(moderator))]

    said = page(posts[0]).one("main")
    after = Comment.objects.get(pk=held.pk)
    assert {response.status_code for response in (written, *posts, own.get(reverse("moderation_queue")))} == {403}
    assert ("Took sides." in said.words, date_format(ends_at, "DATETIME_FORMAT") in said.words) == (True, True)
    assert said.one("textarea", id="typed").text.strip() == "Typedcanary\n\nNoted."
    assert (after.status, after.events.count(), shown.status_code, mails) == ("pending", 0, 404, [[], []])
    time_machine.move_to(ends_at + timedelta(minutes=1))
    assert own.post(reverse("moderation_decide", args=[held.pk]), typed | {"status": "pending"}).status_code == 302


@pytest.mark.parametrize("role", ["moderator", "staff"])
def test_a_suspended_moderator_is_told_so_instead_of_every_list_and_export_of_their_own_roundtables_only(role):
    roundtable, other = factories.roundtable(), factories.roundtable()
    moderator = factories.moderator(roundtable) if role == "moderator" else factories.staff()
    lists = ("moderation_links", "moderation_documents", "moderation_concerns")
    names = (*lists, "moderation_csv", "roundtable_csv", "roundtable_json")

    def found(person, place):
        answers = [browser(person).get(reverse(name, args=[place])) for name in names]
        told = ["Took sides." in each.content.decode() for each in answers if not each.streaming]
        return [each.status_code for each in answers], any(told), bool(told) and all(told)

    allowed = found(moderator, roundtable.slug)
    for person in (moderator, participant := factories.user()):
        suspend(person, by=factories.staff(), reason="Took sides.")

    assert allowed == ([200] * 6, False, False)
    assert found(moderator, roundtable.slug) == ([403] * 6, True, True)
    nothing = ([404] * 6, False, False)
    assert found(moderator, other.slug) == (([403] * 6, True, True) if role == "staff" else nothing)
    assert [found(moderator, "nowhere"), found(participant, roundtable.slug)] == [nothing, nothing]


def test_a_suspended_participant_of_no_roundtable_finds_no_moderation(suspended):
    person, _roundtable, _other, held = suspended

    assert browser(person).get(reverse("moderation_decide", args=[held.pk])).status_code == 404


def test_whoever_became_staff_while_suspended_reaches_the_admin_and_decides_nothing_there():
    person, roundtable = factories.user(), factories.roundtable()
    held = factories.comment(roundtable, status=Comment.Status.PENDING)
    suspend(person, by=factories.staff(), reason="Why")
    User.objects.filter(pk=person.pk).update(is_staff=True)
    own = browser(User.objects.get(pk=person.pk))
    where = reverse("admin:consultation_comment_decide", args=["reject"])
    seen = {"seen": f"{held.pk}:1:pending", "reason": "other", "message": "Typedcanary"}

    index = own.get(reverse("admin:index"))
    asked = own.get(f"{where}?comment={held.pk}", follow=True)
    posted = own.post(where, seen)
    own_lift = own.get(address("lift", person))

    assert [each.status_code for each in (index, asked, posted, own_lift)] == [200, 200, 200, 302]
    assert "You are suspended until that is lifted" in page(asked).words
    assert "Typedcanary" in posted.content.decode()
    assert Comment.objects.get(pk=held.pk).status == "pending"
    # A superuser is nobody's to wait for: the site cannot lock itself out.
    User.objects.filter(pk=person.pk).update(is_superuser=True)
    assert own.get(address("lift", person)).status_code == 200


def test_a_suspended_person_neither_names_an_answer_nor_clears_a_paper():
    person, roundtable = factories.user("Ana"), factories.roundtable()
    asked = factories.comment(roundtable, person, asks="all")
    reply = factories.comment(roundtable, answers=asked)
    paper = factories.paper(roundtable, focal_points=[person])
    clearance = paper.clearances.get()
    suspend(person, by=factories.staff(), reason="Took sides.")
    own, where = browser(person), reverse("clearance_detail", args=[clearance.key])

    marked = own.post(reverse("comment_answered", args=[asked.pk]), {"reply": reply.pk})
    cleared = own.post(where, {"decision": "declined", "revision": 1, "message": "Typedcanary"})
    shown = page(own.get(where)).one("main")
    links = [link.attrs.get("href", "") for link in page(own.get(roundtable.get_absolute_url())).all("a")]

    assert [(each.status_code, "Took sides." in page(each).words) for each in (marked, cleared)] == [(403, True)] * 2
    assert page(cleared).one("textarea", id="typed").text.strip() == "Typedcanary"
    assert (Comment.objects.get(pk=asked.pk).answered_by, paper.clearances.get().status) == (None, "waiting")
    assert ("You are suspended" in shown.words, shown.all("form")) == (True, [])
    assert [link for link in links if "/answered/" in link] == []


@pytest.mark.parametrize("act", ["verify", "unverify", "suspend", "lift"])
def test_odd_input_changes_nothing(desk, act):
    where = address(act)

    found = [desk.get(f"{where}?person={value}").status_code for value in ("", "x", "9" * 30, "²", "1;2", "-1")]
    found += [desk.post(where, {"seen": value}).status_code for value in ("", "1:2", "x" * 1000)]

    assert set(found) <= {302, 422}
    assert desk.get(reverse("admin:accounts_user_standing", args=["promote"])).status_code == 404
    assert (AffiliationCheck.objects.count(), Suspension.objects.count()) == (0, 0)


def test_the_page_of_a_person_costs_the_same_however_long_the_history(desk, django_assert_max_num_queries):
    person, by = factories.user(), factories.staff()
    where = reverse("admin:accounts_user_change", args=[person.pk])
    for _ in range(20):
        person.verify_affiliation(by=by)
        person.suspend(by=by, reason="Why")

    with django_assert_max_num_queries(12):
        desk.get(where)


def test_all_roundtables_of_a_person_are_told_that_their_pages_changed(desk):
    person, roundtables = factories.user(), [factories.roundtable() for _ in range(3)]
    for roundtable in roundtables[:2]:
        factories.comment(roundtable, person)
    before = list(Roundtable.objects.order_by("pk").values_list("version", flat=True))

    say(desk, "verify", person)

    after = Roundtable.objects.order_by("pk").values_list("version", flat=True)
    assert [now - then for now, then in zip(after, before, strict=True)] == [1, 1, 0]
