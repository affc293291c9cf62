"""The pages of moderation beyond one decision: many at once, undoing, reports, covered passages, filing, notes."""

import csv
import io
import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from consultation.forms.queue import place_of
from consultation.models import Comment, Flag, FollowUp, InternalNote, Roundtable
from tests import factories
from tests.discussions import plant
from tests.markup import page

from .test_undoing import assert_sound

pytestmark = pytest.mark.django_db

Status = Comment.Status
QUEUE = "/en/moderation/"


@pytest.fixture
def roundtable():
    return factories.roundtable(title_en="Safe paths")


@pytest.fixture
def moderator(client, roundtable):
    person = factories.moderator(roundtable, "Mara")
    client.force_login(person)
    return person


def address(act, *comments):
    return reverse(f"moderation_{act}", args=[each.pk for each in comments])


def stored(comment):
    return Comment.objects.get(pk=comment.pk)


def actions(comment):
    return [event.action for event in comment.events.all() if event.action != "submit"]


def main_of(response):
    return page(response).one("main")


def seen(*comments):
    return [f"{each.pk}:{each.revision_number}:{each.status}:{each.proposed_revision or ''}" for each in comments]


# --- The queue


def test_new_texts_changed_texts_and_reports_wait_in_one_list_that_can_be_narrowed(client, roundtable, moderator):
    factories.comment(roundtable, factories.user("New"), status=Status.PENDING)
    changed = factories.comment(roundtable, factories.user("Changed"))
    changed.propose_edit(factories.new_text("Another text."), by=changed.author)
    reported = factories.comment(roundtable, factories.user("Reported"))
    Flag.objects.report(comment=reported, reporter=factories.user(), reason="offensive", message="Look.")
    other = factories.roundtable(slug="other")
    other.moderators.add(moderator)
    factories.comment(other, factories.user("Elsewhere"), status=Status.PENDING)

    def shown(query=""):
        return {each.words for each in main_of(client.get(f"{QUEUE}{query}")).one("ul", class_="queue").all("h2")}

    assert shown() == {"New", "Changed", "Reported", "Elsewhere"}
    assert shown("?kind=new") == {"New", "Elsewhere"}
    assert shown("?kind=changed") == {"Changed"}
    assert shown("?kind=reported") == {"Reported"}
    assert shown("?roundtable=other") == {"Elsewhere"}
    assert shown("?roundtable=nowhere&kind=odd&after=x-y&at=1-%00&done=²,99999999999999999999") == shown()
    assert "Look." in client.get(f"{QUEUE}?kind=reported").content.decode()


def test_the_queue_goes_on_page_by_page_and_says_how_old_the_oldest_is(client, roundtable, moderator):
    now = timezone.now()
    plant(
        roundtable,
        [None] * 60,
        status="pending",
        published_at=None,
        body=lambda place: f"Text {place}",
    )
    for place, comment in enumerate(Comment.objects.order_by("pk")):
        Comment.objects.filter(pk=comment.pk).update(waiting_since=now - timedelta(hours=100 - place))
    found, where = [], QUEUE
    assert "The oldest has waited for 4 days, 4 hours." in main_of(client.get(QUEUE)).words.replace("\xa0", " ")

    while where:
        main = main_of(client.get(where))
        found += [each.words for each in main.all("div", class_="comment__body")]
        following = main.all("a", rel="next")
        where = following[0].attrs["href"].replace("?", f"{QUEUE}?", 1) if following else None

    assert found == [f"Text {place}" for place in range(60)]


def test_the_queue_costs_the_same_however_much_waits(client, roundtable, moderator):
    def cost():
        with CaptureQueriesContext(connection) as queries:
            rows = main_of(client.get(QUEUE)).all("li", class_="waiting")
        return len(queries), len(rows)

    plant(roundtable, [None] * 30, status="pending", published_at=None)
    client.get(QUEUE)
    few = cost()
    for _ in range(3):
        plant(roundtable, [None] * 90, status="pending", published_at=None, author=factories.user())

    assert cost() == few
    assert few[1] == 25


def test_the_item_after_the_decided_one_is_the_next(client, roundtable, moderator):
    waiting = [factories.comment(roundtable, factories.user(f"Nr {n}"), status=Status.PENDING) for n in range(4)]

    def following(comment):
        main = main_of(client.get(f"{QUEUE}?at={place_of(comment)}"))
        return main.one("li", id="next").one("h2").words

    assert [following(each) for each in waiting] == ["Nr 1", "Nr 2", "Nr 3", "Nr 0"]


# --- Many at once


@pytest.mark.parametrize(
    ("sent", "status", "event"),
    [
        ({"decision": "approve"}, Status.APPROVED, ("approve", "", "")),
        ({"decision": "return", "message": "Name the place."}, Status.RETURNED, ("return", "", "Name the place.")),
        ({"decision": "reject", "reason": "off_topic"}, Status.REJECTED, ("reject", "off_topic", "")),
    ],
)
def test_many_are_decided_at_once_each_with_its_own_event(client, roundtable, moderator, sent, status, event):
    comments = [factories.comment(roundtable, status=Status.PENDING) for _ in range(3)]

    response = client.post(address("bulk"), sent | {"chosen": seen(*comments)}, follow=True)

    assert [stored(each).status for each in comments] == [status] * 3
    events = [each.events.get() for each in comments]
    assert [(each.action, each.reason, each.message) for each in events] == [event] * 3
    assert main_of(response).one("div", class_="notice--success").words.startswith("3 contributions were decided.")


def test_a_decision_about_many_says_which_were_not_decided_and_why(client, roundtable, moderator):
    fine, taken, revised, reported = [
        factories.comment(roundtable, factories.user(name), status=Status.PENDING)
        for name in ("Fine", "Taken", "Revised", "Reported")
    ]
    elsewhere = factories.comment(factories.roundtable(), status=Status.PENDING)
    reported = reported.approve(by=moderator)
    chosen = seen(fine, taken, revised, reported, elsewhere)
    taken.reject(by=factories.moderator(roundtable, "Quinn"), reason="other")
    revised.revise(factories.new_text("Another text."), by=revised.author)

    response = client.post(address("bulk"), {"decision": "approve", "chosen": chosen})

    main = main_of(response)
    assert response.status_code == 200
    assert main.one("div", class_="notice--success").words.startswith("Approved: the contribution of Fine")
    told = [each.words for each in main.one("div", class_="error-summary").all("li")]
    named = sorted(each.split(": ")[0].removeprefix("Contribution of ") for each in told)
    assert named == ["Reported", "Revised", "Taken"]
    assert any("Rejected, by Quinn" in each for each in told)
    assert any("the author changed the text" in each for each in told)
    assert stored(elsewhere).status == Status.PENDING
    assert client.post(address("bulk"), {"decision": "approve", "chosen": chosen}).status_code == 409


def test_a_changed_text_is_decided_among_many_as_what_it_is(client, roundtable, moderator):
    comment = factories.comment(roundtable, status=Status.PENDING).approve(by=moderator)
    comment.propose_edit(factories.new_text("Another text."), by=comment.author)

    client.post(address("bulk"), {"decision": "approve", "chosen": seen(stored(comment))})

    assert (stored(comment).body, actions(comment)[-1]) == ("Another text.", "approve_edit")


@pytest.mark.parametrize(
    "sent",
    [
        {},
        {"decision": "approve"},
        {"decision": "reject", "chosen": "1:1:pending:"},
        {"decision": "return", "chosen": "1:1:pending:"},
    ],
)
def test_a_decision_about_many_that_lacks_something_comes_back_with_the_ticks(client, roundtable, moderator, sent):
    comment = factories.comment(roundtable, status=Status.PENDING)
    if "chosen" in sent:
        sent = sent | {"chosen": seen(comment)}

    response = client.post(address("bulk"), sent)

    main = main_of(response)
    assert response.status_code == 422
    assert len(main.all("div", class_="error-summary")) == 1
    assert ("checked" in main.one("input", name="chosen").attrs) == ("chosen" in sent)
    assert stored(comment).status == Status.PENDING


# --- Undoing


def test_the_page_after_a_decision_offers_to_undo_it(client, roundtable, moderator):
    comment = factories.comment(roundtable, status=Status.PENDING)
    sent = {"decision": "reject", "reason": "other", "revision": 1, "status": "pending"}
    form = main_of(client.post(address("decide", comment), sent, follow=True)).one("form", action=address("undo"))
    event = {"event": form.one("input", name="event").attrs["value"]}

    undone = client.post(address("undo"), event, follow=True)
    again = client.post(address("undo"), event)

    assert main_of(undone).one("div", class_="notice--success").words.startswith("Undone")
    assert (again.status_code, actions(comment)) == (302, ["reject", "undo"])
    assert stored(comment).status == Status.PENDING


def test_undoing_is_refused_to_those_who_are_late_or_moderate_elsewhere(client, roundtable, moderator):
    comment = factories.comment(roundtable, status=Status.PENDING)
    event = comment.return_for_revision(by=moderator, message="More").events.last()
    comment.reject(by=factories.moderator(roundtable, "Quinn"), reason="other")

    late = client.post(address("undo"), {"event": event.pk})
    client.force_login(factories.moderator(factories.roundtable()))
    other = client.post(address("undo"), {"event": comment.events.last().pk})
    odd = client.post(address("undo"), {"event": ["²", "-1", "9" * 30, "\0"]})

    assert (late.status_code, other.status_code, odd.status_code) == (409, 409, 409)
    assert "by Quinn" in main_of(late).words
    assert stored(comment).status == Status.REJECTED


def test_the_same_decision_sent_twice_is_one_and_no_conflict(client, roundtable, moderator):
    comment = factories.comment(roundtable, status=Status.PENDING)
    sent = {"decision": "approve", "revision": 1, "status": "pending"}

    answers = [client.post(address("decide", comment), sent) for _ in range(2)]

    assert [each.status_code for each in answers] == [302, 302]
    assert actions(comment) == ["approve"]


def test_a_visitor_who_sends_a_decision_is_led_to_the_queue_after_sign_in(client, roundtable):
    comment = factories.comment(roundtable, status=Status.PENDING)

    ends = {client.post(where)["Location"] for where in (address("bulk"), address("undo"), address("settle", comment))}

    assert ends == {"/en/accounts/login/?next=/en/moderation/"}


# --- Approve and reply in one go; a changed text; removing


def test_a_reply_is_posted_with_the_approval_once(client, roundtable, moderator):
    comment = factories.comment(roundtable, status=Status.PENDING)
    form = main_of(client.get(address("decide", comment))).one("form", action=address("decide", comment))
    hidden = {each.attrs["name"]: each.attrs.get("value", "") for each in form.all("input", type="hidden")}
    sent = hidden | {"decision": "reply", "reply": "Thank you.", "language": "fr"}

    answers = [client.post(address("decide", comment), sent) for _ in range(2)]

    reply = Comment.objects.get(in_reply_to=comment)
    done = f"{QUEUE}?done={comment.events.get().pk}"
    assert [bool(re.match(rf"{re.escape(done)}[&#]", each["Location"])) for each in answers] == [True] * 2
    assert (reply.body, reply.language, reply.author, reply.status) == ("Thank you.", "fr", moderator, "approved")
    assert actions(comment) == ["approve"]


def approve_and_reply(client, comment, text="Thank you."):
    """Approve a comment with a reply; return the event and the reply."""
    form = main_of(client.get(address("decide", comment))).one("form", action=address("decide", comment))
    hidden = {each.attrs["name"]: each.attrs.get("value", "") for each in form.all("input", type="hidden")}
    client.post(address("decide", comment), hidden | {"decision": "reply", "reply": text, "language": "fr"})
    return comment.events.get(action="approve"), Comment.objects.get(in_reply_to=comment)


def test_one_undo_takes_back_an_approval_and_the_reply_that_came_with_it(client, roundtable, moderator):
    comment = factories.comment(roundtable, factories.user("Ada"), status=Status.PENDING)
    event, reply = approve_and_reply(client, comment)

    offered = main_of(client.get(f"{QUEUE}?done={event.pk}")).one(class_="notice--success")
    undone = [client.post(address("undo"), {"event": event.pk}, follow=True) for _ in range(2)]

    after = stored(reply)
    assert offered.one("button").words == "Undo the approval and withdraw your reply"
    assert [main_of(each).one(class_="notice--success").words for each in undone] == [
        "Undone: the contribution of Ada is as it was before, and your reply is withdrawn."
    ] * 2
    assert (actions(comment), stored(comment).status, stored(comment).published_at) == (
        ["approve", "undo"],
        Status.PENDING,
        None,
    )
    assert ([each.action for each in reply.events.all()], after.status, after.body) == (
        ["submit", "withdraw"],
        Status.WITHDRAWN,
        "",
    )
    assert (after.is_public, list(Comment.objects.public())) == (False, [])
    assert_sound(roundtable)
    # Nothing typed is lost: the form of the decision and the panel have it again, until it is sent.
    again = main_of(client.get(address("decide", comment))).one("textarea", name="reply").text.strip()
    panel = page(client.get(address("context", comment), headers={"HX-Request": "true"}))
    assert (again, panel.one("textarea", name="reply").text.strip()) == ("Thank you.", "Thank you.")


def test_an_approval_is_not_undone_with_a_reply_that_others_answered_or_acted_on(client, roundtable, moderator):
    second = factories.moderator(roundtable, "Quinn")
    acts = {
        "answered": lambda reply: factories.comment(roundtable, answers=reply, status=Status.PENDING),
        "removed": lambda reply: reply.remove(by=second, reason="other"),
        "covered": lambda reply: reply.cover(by=second, passages=[(0, 5)], reason="other", seen_revision=1),
    }
    told = {}
    for name, act in acts.items():
        comment = factories.comment(roundtable, status=Status.PENDING)
        event, reply = approve_and_reply(client, comment)
        act(stored(reply))
        said = main_of(client.get(f"{QUEUE}?done={event.pk}")).one(class_="notice--success")
        response = client.post(address("undo"), {"event": event.pk})
        told[name] = main_of(response).one(class_="error-summary").one("li").words
        assert (response.status_code, actions(comment), stored(comment).status) == (409, ["approve"], Status.APPROVED)
        assert bool(said.all("button")) == (name == "covered")  # what the queue does not look up, undoing does
        assert "withdraw" not in actions(reply)

    assert told["answered"].startswith("Contribution of Mara: others have answered it by now.")
    assert told["removed"].startswith("Contribution of Mara: somebody else was quicker. Removed, by Quinn, ")
    assert told["covered"].startswith("Contribution of Mara: somebody else was quicker. Part of the text covered, by Q")


def test_a_second_moderator_does_not_take_back_the_reply_of_the_first(client, roundtable, moderator):
    comment = factories.comment(roundtable, factories.user("Ada"), status=Status.PENDING)
    event, reply = approve_and_reply(client, comment)
    client.force_login(factories.moderator(roundtable, "Quinn"))

    theirs = main_of(client.get(address("decide", comment))).one("form", action=address("undo"))
    response = client.post(address("undo"), {"event": event.pk})
    client.force_login(moderator)
    own = main_of(client.get(address("decide", comment))).one("form", action=address("undo"))

    labels = [each.one("button").words for each in (theirs, own)]
    assert labels == ["Undo the last decision: Approved", "Undo the approval and withdraw your reply"]
    assert main_of(response).one(class_="error-summary").one("li").words.startswith("Contribution of Ada: others have")
    assert (stored(comment).status, stored(reply).status) == (Status.APPROVED, Status.APPROVED)


def test_saying_what_was_done_takes_the_same_queries_for_any_number_of_replies(client, roundtable, moderator):
    events, costs = [], []
    for size in (1, 3, 30):
        while len(events) < size:
            event, _reply = approve_and_reply(client, factories.comment(roundtable, status=Status.PENDING))
            events.append(event.pk)
        with CaptureQueriesContext(connection) as queries:
            client.get(f"{QUEUE}?done={','.join(map(str, events))}")
        costs.append(len(queries))

    assert costs[1] == costs[2]
    assert costs[0] == costs[1]


def test_a_reply_that_one_has_withdrawn_oneself_is_not_in_the_way(client, roundtable, moderator):
    comment = factories.comment(roundtable, status=Status.PENDING)
    event, reply = approve_and_reply(client, comment)
    reply.withdraw(by=moderator)

    response = client.post(address("undo"), {"event": event.pk})

    assert (response.status_code, stored(comment).status) == (302, Status.PENDING)
    assert list(Comment.objects.public()) == []
    assert_sound(roundtable)


def test_no_reply_is_offered_where_the_roundtable_is_closed(client, roundtable, moderator):
    comment = factories.comment(roundtable, status=Status.PENDING)
    Roundtable.objects.update(closes_at=timezone.now() - timedelta(seconds=1))

    form = main_of(client.get(address("decide", comment))).one("form", action=address("decide", comment))

    assert [each.attrs["value"] for each in form.all("input", type="radio")] == ["approve", "return", "reject"]
    assert form.all("textarea", name="reply") == []


def test_a_changed_text_is_shown_word_by_word_and_approved_as_it_was_seen(client, roundtable, moderator):
    comment = factories.comment(roundtable, status=Status.PENDING, body="We ask for safe paths.").approve(by=moderator)
    comment.propose_edit(factories.new_text("We ask for safe and short paths."), by=comment.author)
    main = main_of(client.get(address("decide", comment)))
    form = main.one("form", action=address("decide", comment))
    hidden = {each.attrs["name"]: each.attrs.get("value", "") for each in form.all("input", type="hidden")}
    comment.propose_edit(factories.new_text("Quite another text."), by=comment.author)

    late = client.post(address("decide", comment), hidden | {"decision": "approve_edit"})
    again = late.context["decision_form"].initial["proposed"]
    done = client.post(address("decide", comment), hidden | {"decision": "approve_edit", "proposed": again})

    assert "and short" in main.one("ins").words
    assert (late.status_code, done.status_code) == (409, 302)
    assert "another text." in main_of(late).words
    assert stored(comment).body == "Quite another text."


def test_a_published_contribution_is_removed_for_a_reason_and_shown_again(client, roundtable, moderator):
    comment = factories.comment(roundtable)
    sent = {"revision": 1, "status": "approved", "decision": "remove"}

    refused = client.post(address("decide", comment), sent)
    client.post(address("decide", comment), sent | {"reason": "offensive"})
    removed = stored(comment).status
    client.post(address("decide", comment), {"revision": 1, "status": "removed", "decision": "restore"})

    assert (refused.status_code, removed, stored(comment).status) == (422, Status.REMOVED, Status.APPROVED)
    assert actions(comment)[-2:] == ["remove", "restore"]


# --- Reports


def reporter(client):
    person = factories.user()
    client.force_login(person)
    return person


def report(comment):
    return reverse("comment_report", args=[comment.pk])


def test_a_reader_reports_once_and_sees_what_became_of_it(client, roundtable):
    comment = factories.comment(roundtable)
    person = reporter(client)

    answers = [client.post(report(comment), {"reason": "offensive", "message": "Look."}) for _ in range(2)]
    Flag.objects.get().comment.dismiss_flags(by=factories.staff(), seen_flag=Flag.objects.get().pk)
    told = main_of(client.get(reverse("comment_reports"))).words

    assert [each["Location"] for each in answers] == ["/en/comments/reports/"] * 2
    flag = Flag.objects.get()
    assert (flag.reporter, flag.reason, flag.message, flag.status) == (person, "offensive", "Look.", "dismissed")
    assert "The moderators left the contribution as it is" in told


def test_the_twenty_first_report_of_an_hour_is_refused_with_what_was_typed(client, roundtable, settings):
    person = reporter(client)
    comments = plant(roundtable, [None] * 21)
    for comment in comments[:20]:
        Flag.objects.report(comment=comment, reporter=person, reason="other")

    response = client.post(report(comments[20]), {"reason": "other", "message": "Kept words."})

    assert (response.status_code, Flag.objects.count()) == (429, 20)
    assert 3500 < int(response["Retry-After"]) <= 3600
    assert main_of(response).one("textarea", name="message").text.strip() == "Kept words."
    Flag.objects.update(created_at=timezone.now() - timedelta(hours=1))
    assert client.post(report(comments[20]), {"reason": "other"}).status_code == 302


@pytest.mark.parametrize(
    ("status", "expected"),
    [(Status.PENDING, 404), (Status.REJECTED, 404), (Status.REMOVED, 403), (Status.WITHDRAWN, 403)],
)
def test_only_what_is_published_is_reported(client, roundtable, status, expected):
    comment = factories.comment(roundtable, status=status)
    reporter(client)

    assert client.post(report(comment), {"reason": "other"}).status_code == expected
    assert Flag.objects.count() == 0


def test_ones_own_contribution_is_not_reported_and_odd_words_are_refused(client, roundtable):
    comment = factories.comment(roundtable)
    client.force_login(comment.author)
    own = client.post(report(comment), {"reason": "other"}).status_code
    reporter(client)

    found = [
        client.post(report(comment), {"reason": "other", "message": message}).status_code
        for message in ("a\0b", "x" * 2001)
    ]

    assert (own, found, Flag.objects.count()) == (403, [422, 422], 0)


def test_all_reports_that_were_seen_are_settled_at_once_and_one_that_came_later_stays(client, roundtable, moderator):
    comment = factories.comment(roundtable)
    for _ in range(2):
        Flag.objects.report(comment=comment, reporter=factories.user(), reason="offensive")
    form = main_of(client.get(address("decide", comment))).one("form", action=address("settle", comment))
    sent = {each.attrs["name"]: each.attrs["value"] for each in form.all("input", type="hidden")}
    Flag.objects.report(comment=comment, reporter=factories.user(), reason="other")

    answers = [client.post(address("settle", comment), sent | {"decision": "dismiss"}).status_code for _ in range(2)]
    client.force_login(factories.moderator(roundtable))
    answers.append(client.post(address("settle", comment), sent | {"decision": "dismiss"}).status_code)

    assert answers == [302, 302, 409]
    assert list(Flag.objects.order_by("pk").values_list("status", flat=True)) == ["dismissed", "dismissed", "open"]
    assert (stored(comment).open_flags, actions(comment)) == (1, ["approve", "settle"])
    assert Comment.objects.awaiting(moderator).count() == 1


@pytest.mark.parametrize(
    ("sent", "status", "counted"),
    [
        ({"decision": "remove", "reason": "offensive"}, Status.REMOVED, 0),
        ({"decision": "return", "message": "Leave the name out."}, Status.RETURNED, 0),
    ],
)
def test_founded_reports_take_the_contribution_down_with_one_event(
    client, roundtable, moderator, sent, status, counted
):
    comment = factories.comment(roundtable)
    flag, _is_new = Flag.objects.report(comment=comment, reporter=factories.user(), reason="offensive")
    hidden = {"flag": flag.pk, "revision": 1}
    lacking = client.post(address("settle", comment), hidden | {"decision": sent["decision"]}).status_code

    client.post(address("settle", comment), hidden | sent)

    assert (lacking, stored(comment).status, Flag.objects.get().status) == (422, status, "upheld")
    assert actions(comment) == ["approve", sent["decision"]]
    assert Roundtable.objects.get(pk=roundtable.pk).visible_count == counted
    assert not Comment.objects.awaiting(moderator).exists()


# --- Covered passages


def test_a_passage_is_covered_by_ticking_or_pasting_and_nobody_but_moderators_reads_it(client, roundtable, moderator):
    comment = factories.comment(roundtable, body="We met Jane Doe. She lives at Secret Street.\n\nAll agreed.")
    form = main_of(client.get(address("cover", comment)))
    sentences = {each.words: each.one("input").attrs["value"] for each in form.all("label") if each.all("input")}

    refused = client.post(address("cover", comment), {"revision": 1, "reason": "personal_data"})
    unknown = client.post(address("cover", comment), {"revision": 1, "reason": "other", "passage": "Nobody"})
    sent = {"revision": 1, "reason": "personal_data", "passage": "Jane Doe"}
    done = client.post(address("cover", comment), sent | {"passages": sentences["She lives at Secret Street."]})

    assert (refused.status_code, unknown.status_code, done.status_code) == (422, 422, 302)
    shown = client.get(address("decide", comment)).content.decode()
    client.force_login(factories.user())
    outside = "".join(
        client.get(where).content.decode()
        for where in (
            comment.get_absolute_url(),
            roundtable.get_absolute_url(),
            "/en/search/?q=Jane",
            "/en/search/?q=Secret",
            reverse("comment_versions", args=[comment.pk]),
            reverse("comment_reply", args=[comment.pk]),
            reverse("roundtable_all", args=[roundtable.slug]),
        )
    )
    client.force_login(moderator)
    files = [client.get(reverse(name, args=[roundtable.slug])) for name in ("roundtable_csv", "roundtable_json")]
    outside += "".join((file.getvalue() if file.streaming else file.content).decode() for file in files)
    assert "Jane Doe" in shown and "Secret Street" in shown
    assert [word for word in ("Jane Doe", "Secret Street") if word in outside] == []
    assert "Names or exposes a private person" in outside
    form = main_of(client.get(address("decide", comment)))
    for each in form.all("form", action=address("uncover", comment)):
        fields = {
            "passage": each.one("textarea").text.lstrip("\n"),
            "reason": each.one("input", name="reason").attrs["value"],
        }
        assert client.post(address("uncover", comment), fields).status_code == 302
    assert stored(comment).body.startswith("We met Jane Doe. She lives at Secret Street.")


# --- Where contributions belong


def test_contributions_are_filed_on_pages_and_old_links_lead_there(client, roundtable, moderator):
    other = factories.roundtable(slug="other")
    other.moderators.add(moderator)
    author = factories.user("Andy Shen")
    target = factories.comment(roundtable)
    moved, attached = factories.comment(roundtable), factories.comment(roundtable)
    first, second = factories.comment(roundtable, author), factories.comment(roundtable, author, body="Part two.")
    twin, cut = factories.comment(roundtable), factories.comment(roundtable, body="One.\n\nTwo.")

    answers = [
        client.post(address("move", moved), {"place": f"{other.pk}:2"}),
        client.post(address("attach", attached), {"below": f"https://example.org/fr/comments/{target.pk}/#comment-1"}),
        client.post(address("join", second), {"parts": [first.pk], "revision": 1}),
        client.post(address("duplicate", twin), {"of": str(target.pk)}),
        client.post(address("split", cut), {"at": 6, "revision": 1}),
    ]

    again = [
        client.post(address("move", moved), {"place": f"{other.pk}:2"}),
        client.post(address("join", second), {"parts": [first.pk], "revision": 1}),
        client.post(address("split", cut), {"at": 6, "revision": 1}),
    ]

    assert [each.status_code for each in (*answers, *again)] == [302] * 8
    assert (stored(moved).roundtable, stored(moved).question_number) == (other, 2)
    assert stored(attached).in_reply_to == target
    assert (stored(second).merged_into, stored(first).body.endswith("Part two.")) == (first, True)
    assert stored(twin).merged_into == target
    assert Comment.objects.filter(body="Two.", depth=1).count() == 1
    client.logout()
    assert [client.get(old.get_absolute_url()).headers["Location"] for old in (second, twin)] == [
        f"/en/comments/{first.pk}/?from={second.pk}#comment-{first.pk}",
        f"/en/comments/{target.pk}/?from={twin.pk}#comment-{target.pk}",
    ]
    assert client.get(moved.get_absolute_url()).status_code == 200


def test_pages_of_filing_refuse_what_makes_no_sense_and_what_is_not_ones_own(client, roundtable, moderator):
    elsewhere = factories.roundtable()
    foreign = factories.comment(elsewhere)
    comment = factories.comment(roundtable)

    statuses = [
        client.post(address("move", comment), {"place": f"{elsewhere.pk}:0"}).status_code,
        client.post(address("attach", comment), {"below": str(foreign.pk)}).status_code,
        client.post(address("attach", comment), {"below": str(comment.pk)}).status_code,
        client.post(address("duplicate", comment), {"of": str(foreign.pk)}).status_code,
        client.post(address("duplicate", comment), {"of": "\0"}).status_code,
        client.post(address("join", comment), {"parts": [foreign.pk], "revision": 1}).status_code,
        client.post(address("split", comment), {"at": "4", "revision": 1}).status_code,
    ]

    assert statuses == [422] * 7
    assert [client.get(address(act, foreign)).status_code for act in ("move", "attach", "join", "cover")] == [404] * 4
    assert actions(comment) == ["approve"]


# --- Among moderators


def test_notes_and_follow_ups_are_read_by_moderators_only(client, roundtable, moderator):
    comment = factories.comment(roundtable, factories.user("Andy Shen"))
    for about in ("comment", "person"):
        for _ in range(2):
            client.post(address("note", comment), {"about": about, "note": f"Notecanary {about}"})
    client.post(address("follow_up", comment), {"what": "Notecanary call", "assigned_to": moderator.pk})
    listed = client.get(address("follow_ups")).content.decode()
    shown = client.get(address("decide", comment)).content.decode()

    assert InternalNote.objects.count() == 2
    assert [shown.count(f"Notecanary {each}") > 0 for each in ("comment", "person", "call")] == [True] * 3
    assert "Notecanary call" in listed
    for person in (None, factories.user(), comment.author, factories.moderator(factories.roundtable())):
        client.logout()
        if person:
            client.force_login(person)
        pages = (
            comment.get_absolute_url(),
            roundtable.get_absolute_url(),
            "/en/comments/mine/",
            address("follow_ups"),
            reverse("moderation_register", args=[roundtable.slug]),
            "/en/search/?q=Notecanary",
        )
        assert [where for where in pages if "Notecanary c" in client.get(where).content.decode()] == []


def test_a_follow_up_is_assigned_to_those_who_moderate_and_closed(client, roundtable, moderator):
    comment = factories.comment(roundtable)

    wrong = client.post(address("follow_up", comment), {"assigned_to": factories.user().pk}).status_code
    client.post(address("follow_up", comment), {"assigned_to": moderator.pk})
    mine = len(main_of(client.get(f"{address('follow_ups')}?state=mine")).one("ul", class_="cards").all("h2"))
    for _ in range(2):
        client.post(address("follow_up", comment), {"action": "close"})

    assert (wrong, mine) == (422, 1)
    assert FollowUp.objects.get().closed_at is not None
    assert main_of(client.get(address("follow_ups"))).one("ul", class_="cards").all("h2") == []
    assert actions(comment) == ["approve"]


# --- The register


def test_the_register_counts_decisions_by_kind_and_reason_without_names_or_texts(client, roundtable):
    moderator = factories.moderator(roundtable, "Mara Secret")
    author = factories.user("Author Secret")
    one, two, three, four = (
        factories.comment(roundtable, author, status=Status.PENDING, body=f"Secret {n}") for n in range(4)
    )
    one.approve(by=moderator)
    two.reject(by=moderator, reason="off_topic", message="Secret message")
    three.reject(by=moderator, reason="advertising")
    four.reject(by=moderator, reason="advertising")
    four.undo(by=moderator, event=four.events.last())
    factories.comment(factories.roundtable(), status=Status.PENDING).reject(by=moderator, reason="other")

    main = main_of(client.get(reverse("moderation_register", args=[roundtable.slug])))

    assert [[cell.words for cell in row.all("td")] for row in main.all("tr") if row.all("td")] == [
        ["Approved", "1"],
        ["Rejected", "2"],
        ["Does not concern this roundtable", "1"],
        ["Advertising", "1"],
    ]
    assert "1 decision was undone" in main.words
    assert "Secret" not in main.words


def test_the_export_of_decisions_holds_each_with_its_reason_and_no_formula(client, roundtable, moderator):
    comment = factories.comment(roundtable, factories.user("Author Secret"), status=Status.PENDING, body="Secret text")
    comment.reject(by=moderator, reason="other", message='=HYPERLINK("x")')

    answer = client.get(reverse("moderation_csv", args=[roundtable.slug]))
    rows = list(csv.DictReader(io.StringIO(answer.getvalue().decode("utf-8-sig"))))

    assert [(each["decision"], each["reason"], each["message"], each["decided_by"]) for each in rows] == [
        ("reject", "other", '\'=HYPERLINK("x")', "Mara")
    ]
    assert "Secret" not in str(rows)


# --- What the page of a comment shows of others


def test_a_similar_text_from_elsewhere_is_shown_only_while_everybody_may_read_it(client, roundtable, moderator):
    body = "We ask all States to keep families together at every border, whatever papers they hold. Similarcanary."
    elsewhere, hidden = factories.roundtable(), factories.roundtable()
    shown = {}
    for place, change in (
        (elsewhere, lambda comment: None),
        (elsewhere, lambda comment: comment.remove(by=comment.author, reason="personal_data")),
        (hidden, lambda comment: Roundtable.objects.filter(pk=hidden.pk).update(is_published=False)),
        (roundtable, lambda comment: comment.remove(by=comment.author, reason="personal_data")),
    ):
        Comment.objects.update(similar_to=None)
        other = factories.comment(place, body=body)
        comment = factories.comment(roundtable, body="A text.")
        Comment.objects.filter(pk=comment.pk).update(similar_to=other, similarity=90)
        change(other)
        shown[other.pk] = b"Similarcanary" in client.get(address("decide", comment)).content

    assert list(shown.values()) == [True, False, False, True]


def test_moderators_learn_the_name_of_a_reporter_and_never_the_address(client, roundtable, moderator):
    comment = factories.comment(roundtable)
    nameless = factories.user(email="reportcanary@example.org")
    type(nameless).objects.filter(pk=nameless.pk).update(name="")
    for reporter in (nameless, factories.user("Zoe Canary")):
        Flag.objects.report(comment=comment, reporter=reporter, reason="offensive")

    text = main_of(client.get(address("decide", comment))).words

    assert ("Zoe Canary" in text, "reportcanary" in text) == (True, False)
