"""Questions that participants ask: posted, shown, listed, and answered by a reply."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from consultation.models import Comment, Roundtable
from consultation.models.asking import NoAnswer
from consultation.views.moderation.register import decisions_in
from tests import factories
from tests.discussions import plant
from tests.markup import page

pytestmark = pytest.mark.django_db

Status = Comment.Status
LIST = "/en/roundtables/safe-paths/participant-questions/"


@pytest.fixture
def roundtable():
    return factories.roundtable(slug="safe-paths", title_en="Safe paths")


@pytest.fixture
def asker():
    return factories.user("Amina Diallo")


@pytest.fixture
def moderator(roundtable):
    return factories.moderator(roundtable, "Mara")


def sign_in(person):
    client = Client()
    if person:
        client.force_login(person)
    return client


def asked(roundtable, asker, asks="moderators", **fields):
    return factories.comment(roundtable, asker, **{"body": "Who pays?", "asks": asks} | fields)


def stored(comment):
    return Comment.objects.get(pk=comment.pk)


def mark(client, comment, reply=""):
    return client.post(reverse("comment_answered", args=[comment.pk]), {"reply": reply and reply.pk})


def listed(client, query=""):
    """Return the texts of the items of a list."""
    items = page(client.get(f"{LIST}{query}")).one("ul", class_="cards").all("li")
    return [item.all("p")[1].words for item in items if item.all("h3")]


def line(client, roundtable, comment):
    """Return what a discussion says of a question, or None."""
    article = page(client.get(roundtable.get_absolute_url())).one("article", id=f"comment-{comment.pk}")
    found = article.all("p", class_="asks")
    return found[0].words if found else None


# --- Asking


@pytest.mark.parametrize("asks", ["", "moderators", "all"])
def test_a_contribution_says_whom_it_asks(roundtable, asker, asks):
    data = {"body": "Who pays?", "language": "en", "asks": asks}

    response = sign_in(asker).post(reverse("comment_contribute", args=["safe-paths"]), data)

    assert response.status_code == 302
    assert Comment.objects.get().asks == asks


def test_asking_somebody_else_is_refused_beside_the_field(roundtable, asker):
    data = {"body": "Who pays?", "language": "en", "asks": "nobody"}

    response = sign_in(asker).post(reverse("comment_contribute", args=["safe-paths"]), data)

    assert response.status_code == 422
    assert page(response).one("div", class_="error-summary").one("a").attrs["href"] == "#id_asks_group"
    assert page(response).one("textarea").words == "Who pays?"


def test_whom_a_waiting_text_asks_can_be_changed_and_a_published_one_stays_as_it_is(roundtable, asker):
    waiting = asked(roundtable, asker, status=Status.PENDING)
    published = asked(roundtable, asker)
    data = {"body": "Who pays for it?", "language": "en", "asks": "all"}

    for comment in (waiting, published):
        sign_in(asker).post(reverse("comment_revise", args=[comment.pk]), data | {"seen": 1})

    assert (stored(waiting).asks, stored(waiting).body) == ("all", "Who pays for it?")
    assert (stored(published).asks, stored(published).proposed.body) == ("moderators", "Who pays for it?")


# --- Answering


def test_a_question_says_whom_it_asks_and_since_when_it_waits_or_who_answered(client, roundtable, asker, moderator):
    to_moderators, to_all = asked(roundtable, asker), asked(roundtable, asker, asks="all")
    plain = factories.comment(roundtable)
    moment = timezone.datetime(2026, 5, 3, 12, tzinfo=timezone.get_current_timezone())
    Comment.objects.filter(pk__in=[to_moderators.pk, to_all.pk]).update(published_at=moment)
    before = [line(client, roundtable, comment) for comment in (to_moderators, to_all, plain)]
    reply = factories.comment(roundtable, moderator, answers=to_moderators, role="moderator", body="We do.")

    to_moderators.mark_answered(by=asker, reply=reply)

    assert before == [
        "Question to the moderators · awaiting an answer since 3 May 2026",
        "Question to everybody · awaiting an answer since 3 May 2026",
        None,
    ]
    assert line(client, roundtable, to_moderators) == "Question to the moderators · answered by Mara"


def test_an_answer_changes_the_page_for_everybody_and_can_be_undone(client, roundtable, asker):
    comment = asked(roundtable, asker)
    reply = factories.comment(roundtable, answers=comment)
    version = Roundtable.objects.get().version

    first = mark(sign_in(asker), comment, reply)
    again = mark(sign_in(asker), comment, reply)

    assert [first.status_code, again.status_code] == [302, 302]
    assert (stored(comment).answered_by, stored(comment).answered_at is None) == (reply, False)
    assert Roundtable.objects.get().version == version + 1
    mark(sign_in(asker), comment)
    assert (stored(comment).answered_by, stored(comment).answered_at) == (None, None)
    assert Roundtable.objects.get().version == version + 2


def test_only_who_asked_and_moderators_say_what_answered_it(roundtable, asker, moderator):
    comment = asked(roundtable, asker)
    reply = factories.comment(roundtable, answers=comment)
    elsewhere = factories.moderator(factories.roundtable())
    people = {"visitor": None, "other": factories.user(), "replier": reply.author, "elsewhere": elsewhere}

    found = {kind: mark(sign_in(person), comment, reply).status_code for kind, person in people.items()}

    assert found == {"visitor": 302, "other": 403, "replier": 403, "elsewhere": 403}
    assert stored(comment).answered_by is None
    assert mark(sign_in(moderator), comment, reply).status_code == 302
    assert stored(comment).answered_by == reply


def test_only_a_published_reply_to_the_question_answers_it(roundtable, asker):
    comment = asked(roundtable, asker)
    others = [
        factories.comment(roundtable),
        factories.comment(roundtable, answers=comment, status=Status.PENDING, body="Heldcanary"),
        factories.comment(roundtable, answers=comment, status=Status.REMOVED),
        factories.comment(factories.roundtable()),
        comment,
    ]
    client = sign_in(asker)

    found = [mark(client, comment, other) for other in others]
    odd = [client.post(reverse("comment_answered", args=[comment.pk]), {"reply": odd}) for odd in ("x", "9" * 30, "\0")]

    assert [response.status_code for response in found + odd] == [422] * 8
    assert b"Heldcanary" not in found[0].content
    assert stored(comment).answered_by is None
    for other in others:
        with pytest.raises(NoAnswer):
            comment.mark_answered(by=asker, reply=other)


def test_nothing_is_answered_that_asks_nothing_or_is_not_published(roundtable, asker):
    plain = factories.comment(roundtable, asker)
    held = asked(roundtable, asker, status=Status.PENDING)

    assert [mark(sign_in(asker), comment).status_code for comment in (plain, held)] == [404, 404]


def test_a_question_waits_again_once_its_answer_is_gone(client, roundtable, asker, moderator):
    comment = asked(roundtable, asker)
    removed, withdrawn = (factories.comment(roundtable, moderator, answers=comment) for _ in range(2))

    comment.mark_answered(by=asker, reply=removed)
    removed.remove(by=moderator, reason="other")
    after_removal = line(client, roundtable, comment), listed(client), listed(client, "?state=answered")
    comment.mark_answered(by=asker, reply=withdrawn)
    withdrawn.withdraw(by=moderator)

    assert "awaiting an answer" in after_removal[0]
    assert after_removal[1:] == (["Who pays?"], [])
    assert stored(comment).answered_by is None


def test_the_reply_of_a_moderator_is_suggested_as_the_answer(roundtable, asker, moderator):
    comment = asked(roundtable, asker)
    factories.comment(roundtable, answers=comment, body="I do not know.")
    reply = factories.comment(roundtable, moderator, answers=comment, role="moderator", body="We do.")
    client = sign_in(asker)

    card = page(client.get(LIST)).one("ul", class_="cards").one("li")
    choices = page(client.get(reverse("comment_answered", args=[comment.pk]))).all("input", type="radio")
    form = card.one("form")
    response = client.post(form.attrs["action"], {"reply": form.one("input", name="reply").attrs["value"]})

    assert card.one("form").one("button").words == "This answered it"
    assert "Mara, who moderates, replied on" in card.words
    assert [choice.attrs["value"] for choice in choices if "checked" in choice.attrs] == [str(reply.pk)]
    assert response.status_code == 302
    assert stored(comment).answered_by == reply


def test_each_mark_is_one_event_and_a_moderator_undoes_the_last(roundtable, asker, moderator):
    comment = asked(roundtable, asker)
    first, second = (factories.comment(roundtable, answers=comment) for _ in range(2))
    for client, reply in ((asker, first), (asker, first), (moderator, second), (moderator, "")):
        mark(sign_in(client), comment, reply)
    events = list(comment.events.filter(action__in=("answer", "unanswer")).order_by("pk"))
    marked_at = events[1].created_at

    comment.undo(by=moderator, event=events[2])

    after = stored(comment)
    assert [(event.action, event.actor, event.note) for event in events] == [
        ("answer", asker, f"– → {first.pk}"),
        ("answer", moderator, f"{first.pk} → {second.pk}"),
        ("unanswer", moderator, f"{second.pk} → –"),
    ]
    assert (after.answered_by, after.answered_at) == (second, marked_at)
    # Whoever asked decides about their own question: the register counts what moderators decided.
    decisions = decisions_in(roundtable).exclude(action="approve").order_by("pk")
    assert [event.action for event in decisions] == ["answer", "unanswer", "undo"]


def test_a_mark_is_not_undone_towards_an_answer_that_is_gone(roundtable, asker, moderator):
    comment = asked(roundtable, asker)
    first, second = (factories.comment(roundtable, answers=comment) for _ in range(2))
    comment.mark_answered(by=moderator, reply=first)
    comment.mark_answered(by=moderator, reply=second)
    first.remove(by=moderator, reason="other")

    with pytest.raises(Comment.AlreadyDecided):
        comment.undo(by=moderator, event=comment.events.order_by("pk").last())

    assert stored(comment).answered_by == second


# --- The list


def test_everybody_sees_what_waits_for_whom_and_how_long_and_what_answered_the_rest(client, roundtable, asker):
    waiting, answered = asked(roundtable, asker), asked(roundtable, asker, asks="all", body="What next?")
    asked(roundtable, asker, status=Status.PENDING, body="Heldcanary")
    asked(factories.roundtable(), asker, body="Elsewhere.")
    factories.comment(roundtable, body="No question.")
    reply = factories.comment(roundtable, factories.user("Ben Okoro"), answers=answered)
    answered.mark_answered(by=asker, reply=reply)
    Comment.objects.filter(pk=waiting.pk).update(published_at=timezone.now() - timedelta(days=3))

    assert listed(client) == ["Who pays?"]
    assert listed(client, "?state=answered") == ["What next?"]
    card = page(client.get(LIST)).one("ul", class_="cards").one("li").words
    assert "Question to the moderators · waiting for 3 days, since" in card
    link = page(client.get(f"{LIST}?state=answered")).one("ul", class_="cards").one("li").all("a")[1]
    assert link.words.startswith("Answered by Ben Okoro")
    assert link.attrs["href"] == f"/en/comments/{reply.pk}/#comment-{reply.pk}"
    discussion = page(client.get(roundtable.get_absolute_url()))
    assert LIST in [link.attrs["href"] for link in discussion.all("a")]


def test_a_list_of_many_goes_on_page_by_page_and_odd_cursors_do_no_harm(client, roundtable, asker, settings):
    settings.COMMENTS_PER_PAGE = 2
    comments = plant(roundtable, [None] * 5, author=asker, asks="all", body=lambda place: f"Question {place}")
    replies = [factories.comment(roundtable, answers=comment) for comment in comments[:3]]
    for comment, reply in zip(comments, replies, strict=False):
        comment.mark_answered(by=asker, reply=reply)
    found = {}
    for query in ("?", "?state=answered&"):
        found[query], address = [], f"{LIST}{query}"
        while address:
            response = client.get(address)
            found[query] += listed(client, address.removeprefix(LIST))
            following = page(response).all("a", rel="next")
            address = following and f"{LIST}{following[0].attrs['href']}"

    assert found == {
        "?": ["Question 3", "Question 4"],
        "?state=answered&": ["Question 2", "Question 1", "Question 0"],
    }
    for odd in ("x", "-1", "²", "9" * 40, "\0"):
        assert client.get(LIST, {"after": odd, "state": odd}).status_code == 200


def test_the_list_takes_the_same_queries_at_20_and_at_200_questions(roundtable, asker, moderator):
    clients = [sign_in(person) for person in (None, asker, moderator)]

    def costs():
        found = []
        for client in clients:
            for query in ("", "?state=answered"):
                with CaptureQueriesContext(connection) as queries:
                    assert client.get(f"{LIST}{query}").status_code == 200
                found.append(len(queries))
        return found

    def ask(count):
        """Ask so many questions; a moderator replies to each, and one in two is answered by that."""
        parents = [*[None] * count, *range(count)]
        asks, role = ["moderators"] * count + [""] * count, ["participant"] * count + ["moderator"] * count
        made = plant(roundtable, parents, author=asker, asks=asks.__getitem__, author_role=role.__getitem__)
        for comment, reply in list(zip(made, made[count:], strict=False))[::2]:
            Comment.objects.filter(pk=comment.pk).update(answered_by=reply, answered_at=timezone.now())

    ask(20)
    costs()
    first = costs()
    ask(180)

    assert costs() == first
    assert max(first) <= 9


def test_moderators_find_open_questions_to_them_in_their_queue(roundtable, asker, moderator):
    comment = asked(roundtable, asker)
    asked(roundtable, asker, asks="all", body="For everybody.")
    asked(roundtable, asker, status=Status.PENDING, body="Not published.")
    asked(factories.roundtable(), asker, body="Of others.")
    client = sign_in(moderator)

    before = page(client.get("/en/moderation/")).one("section", **{"aria-labelledby": "open-questions"}).all("li")
    comment.mark_answered(by=moderator, reply=factories.comment(roundtable, moderator, answers=comment))

    assert [item.words for item in before] == ["Amina Diallo Waiting for 0 minutes Who pays?"]
    assert page(client.get("/en/moderation/")).all("section", **{"aria-labelledby": "open-questions"}) == []
