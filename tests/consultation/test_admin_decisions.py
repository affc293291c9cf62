"""Decisions about comments in the secretariat's admin, and who gets to take them."""

import pytest
from django.urls import reverse

from consultation.models import Comment, ModerationEvent
from tests import factories
from tests.admin_forms import fields

pytestmark = pytest.mark.django_db

Status = Comment.Status
LIST = "admin:consultation_comment_changelist"
ATTACK = "<script>alert(1)</script>\"><img src=x onerror=alert(2)>'{{7*7}}"


@pytest.fixture
def secretariat():
    return factories.staff("Ines")


@pytest.fixture
def staff_client(client, secretariat):
    client.force_login(secretariat)
    return client


def detail(comment):
    return reverse("admin:consultation_comment_change", args=[comment.pk])


def decision(name):
    return reverse("admin:consultation_comment_decide", args=[name])


def seen(*comments):
    return {"seen": " ".join(f"{comment.pk}:{comment.revision_number}:{comment.status}" for comment in comments)}


def messages_of(response):
    return [str(message) for message in response.context["messages"]]


def statuses(*comments):
    found = dict(Comment.objects.values_list("pk", "status"))
    return [found[comment.pk] for comment in comments]


# --- Decisions


def test_a_bulk_approval_is_confirmed_and_then_leaves_one_event_each(staff_client, secretariat):
    roundtable = factories.roundtable()
    comments = [factories.comment(roundtable, status=Status.PENDING, body=f"Text {number}") for number in range(3)]
    chosen = {"action": "approve_selected", "_selected_action": [comment.pk for comment in comments]}

    asked = staff_client.post(f"{reverse(LIST)}?status__exact=pending", chosen)
    data = fields(asked, "decide_form")
    before = statuses(*comments)
    answer = staff_client.post(decision("approve"), data, follow=True)

    assert [f"Text {number}" in asked.content.decode() for number in range(3)] == [True] * 3
    assert before == [Status.PENDING] * 3
    assert statuses(*comments) == [Status.APPROVED] * 3
    assert list(ModerationEvent.objects.order_by("pk").values_list("comment", "action", "actor")) == [
        (comment.pk, "approve", secretariat.pk) for comment in comments
    ]
    assert messages_of(answer) == ["3 comments were approved."]
    assert answer.redirect_chain == [(f"{reverse(LIST)}?status__exact=pending", 302)]
    roundtable.refresh_from_db()
    assert roundtable.visible_count == 3


@pytest.mark.parametrize(
    ("name", "before", "answers", "missing", "expected"),
    [
        ("return", Status.PENDING, {"message": "Say more"}, "message", (Status.RETURNED, "return", "", "Say more")),
        (
            "reject",
            Status.PENDING,
            {"reason": "off_topic", "message": ""},
            "reason",
            (Status.REJECTED, "reject", "off_topic", ""),
        ),
        (
            "remove",
            Status.APPROVED,
            {"reason": "personal_data", "message": "Names a child"},
            "reason",
            (Status.REMOVED, "remove", "personal_data", "Names a child"),
        ),
    ],
)
def test_a_decision_asks_for_what_it_needs(staff_client, name, before, answers, missing, expected):
    comment = factories.comment(factories.roundtable(), status=before)
    ModerationEvent.objects.all().delete()

    refused = staff_client.post(decision(name), seen(comment) | answers | {missing: " "})
    status_then = statuses(comment)
    staff_client.post(decision(name), seen(comment) | answers)

    assert list(refused.context["form"].errors) == [missing]
    assert (
        refused.content.decode().count("This field is required.")
        + refused.content.decode().count("Select a valid choice")
        == 1
    )
    assert status_then == [before]
    event = ModerationEvent.objects.get()
    assert (statuses(comment)[0], event.action, event.reason, event.message) == expected


def test_those_decided_in_between_are_told_with_who_was_quicker(staff_client):
    roundtable = factories.roundtable()
    ana = factories.moderator(roundtable, "Ana")
    first, second = (factories.comment(roundtable, status=Status.PENDING) for _ in range(2))
    data = seen(first, second) | {"filters": ""}
    first.approve(by=ana)

    answer = staff_client.post(decision("approve"), data, follow=True)

    assert messages_of(answer) == ["1 comment was approved.", "1 comment was already decided by Ana."]
    assert ModerationEvent.objects.count() == 2


def test_those_decided_before_the_question_are_not_asked_about(staff_client):
    roundtable = factories.roundtable()
    waiting, done = factories.comment(roundtable, status=Status.PENDING), factories.comment(roundtable)
    chosen = {"action": "approve_selected", "_selected_action": [waiting.pk, done.pk]}

    asked = staff_client.post(reverse(LIST), chosen)
    nothing = staff_client.post(reverse(LIST), chosen | {"_selected_action": [done.pk]}, follow=True)

    assert fields(asked, "decide_form")["seen"] == [f"{waiting.pk}:1:pending"]
    assert len(messages_of(asked)) == 1
    assert nothing.redirect_chain == [(reverse(LIST), 302)]


def test_a_text_revised_since_it_was_shown_is_not_approved_unread(staff_client):
    author = factories.user()
    comment = factories.comment(factories.roundtable(), author, status=Status.PENDING)
    data = seen(comment)
    comment.revise(factories.new_text("Quite another text"), by=author)

    answer = staff_client.post(decision("approve"), data)

    assert statuses(comment) == [Status.PENDING]
    assert messages_of(answer) == ["1 comment was revised after you opened it. Please read the new text."]
    assert "Quite another text" in answer.content.decode()
    assert fields(answer, "decide_form")["seen"] == [f"{comment.pk}:2:pending"]


def test_an_approval_of_what_waited_does_not_undo_a_rejection_that_came_first(staff_client):
    roundtable = factories.roundtable()
    comment = factories.comment(roundtable, status=Status.PENDING)
    data = seen(comment) | {"filters": ""}
    comment.reject(by=factories.moderator(roundtable, "Ana"), reason="other")

    answer = staff_client.post(decision("approve"), data, follow=True)

    assert messages_of(answer) == ["1 comment was already decided by Ana."]
    assert statuses(comment) == [Status.REJECTED]


def test_a_removed_comment_is_shown_again(staff_client):
    comment = factories.comment(factories.roundtable(), status=Status.REMOVED)

    staff_client.post(decision("restore"), seen(comment))

    assert statuses(comment) == [Status.APPROVED]


def test_a_decision_from_the_page_of_a_comment_leads_back_there(staff_client):
    comment = factories.comment(factories.roundtable(), status=Status.PENDING)

    asked = staff_client.get(f"{decision('approve')}?comment={comment.pk}")
    answer = staff_client.post(decision("approve"), fields(asked, "decide_form"))

    assert (answer.status_code, answer["Location"]) == (302, detail(comment))
    assert statuses(comment) == [Status.APPROVED]


def test_asking_decides_nothing(staff_client):
    comment = factories.comment(factories.roundtable(), status=Status.PENDING)

    for name in ("approve", "return", "reject"):
        assert staff_client.get(f"{decision(name)}?comment={comment.pk}").status_code == 200

    assert statuses(comment) == [Status.PENDING]
    assert ModerationEvent.objects.count() == 0


@pytest.mark.parametrize("data", ["", "x", "1:1:1 :: ²:1", "999999999999999999:1", "99999999999999999999999:1"])
def test_a_decision_about_nothing_decides_nothing(staff_client, data):
    assert staff_client.post(decision("approve"), {"seen": data}).status_code == 302
    assert staff_client.get(f"{decision('approve')}?comment={data}").status_code == 302
    assert staff_client.get(reverse("admin:consultation_comment_decide", args=["delete"])).status_code == 404


def test_more_than_can_be_read_are_not_decided_at_once(staff_client, monkeypatch):
    monkeypatch.setattr("consultation.admin.decisions.AT_ONCE", 2)
    roundtable = factories.roundtable()
    comments = [factories.comment(roundtable, status=Status.PENDING) for _ in range(3)]
    chosen = {"action": "approve_selected", "_selected_action": comments[0].pk, "select_across": "1"}

    answer = staff_client.post(reverse(LIST), chosen, follow=True)

    assert messages_of(answer) == ["Choose at most 2 comments at a time, so that they can be read."]
    assert statuses(*comments) == [Status.PENDING] * 3


# --- Who


@pytest.mark.parametrize("kind", ["nobody", "participant", "moderator", "inactive"])
def test_only_the_secretariat_gets_in(client, kind):
    roundtable = factories.roundtable()
    comment = factories.comment(roundtable, status=Status.PENDING)
    person = {
        "nobody": lambda: None,
        "participant": factories.user,
        "moderator": lambda: factories.moderator(roundtable),
        "inactive": lambda: factories.staff(is_active=False),
    }[kind]()
    if person:
        client.force_login(person)

    addresses = [
        reverse("admin:index"),
        reverse(LIST),
        detail(comment),
        decision("approve"),
        reverse("admin:autocomplete"),
    ]
    answers = {client.get(address).status_code for address in addresses}
    answers |= {client.post(address, seen(comment)).status_code for address in addresses}
    followed = client.get(reverse("admin:index"), follow=True)

    assert answers == {302}
    assert followed.status_code == (403 if kind in ("participant", "moderator") else 200)
    assert statuses(comment) == [Status.PENDING]


def test_a_right_taken_away_works_on_the_next_request(staff_client, secretariat):
    before = staff_client.get(reverse(LIST)).status_code
    secretariat.is_staff = False
    secretariat.save()

    assert (before, staff_client.get(reverse(LIST)).status_code) == (200, 302)
