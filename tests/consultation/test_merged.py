"""Addresses of contributions that were joined with another one, or say the same as it."""

import pytest
from django.test import Client

from consultation.models import Comment, Roundtable
from tests import factories
from tests.markup import page

pytestmark = pytest.mark.django_db

Status = Comment.Status


@pytest.fixture
def roundtable():
    return factories.roundtable()


@pytest.fixture
def moderator(roundtable):
    return factories.moderator(roundtable, "Mara")


def browser(person=None):
    client = Client()
    if person:
        client.force_login(person)
    return client


def merged(roundtable, moderator, **fields):
    """Join a contribution into an earlier one of the same person; return (part, whole)."""
    author = factories.user()
    whole, part = (factories.comment(roundtable, author, body=f"Part {n}.", **fields) for n in (1, 2))
    whole.join(by=moderator, parts=[part])
    return part, whole


@pytest.mark.parametrize("language", ["en", "fr", "es"])
def test_a_link_to_a_joined_contribution_leads_to_the_whole_which_says_so(roundtable, moderator, language):
    part, whole = merged(roundtable, moderator)
    visitor, here = browser(), f"/{language}/comments"

    answers = [ask(f"{here}/{part.pk}/") for ask in (visitor.get, visitor.head)]
    arrived = visitor.get(answers[0]["Location"])

    leads = (302, f"{here}/{whole.pk}/?from={part.pk}#comment-{whole.pk}")
    assert [(answer.status_code, answer["Location"]) for answer in answers] == [leads] * 2
    [line] = page(arrived).one("main").all("p", class_="hint", role="status")
    assert (str(part.pk) in line.words, line.all("a")) == (True, [])


def test_author_and_moderators_are_led_to_the_original_text(roundtable, moderator):
    part, whole = merged(roundtable, moderator)
    where = f"/en/comments/{part.pk}/"
    found = {}
    for name, person in {"author": part.author, "moderator": moderator, "other": factories.user()}.items():
        answer = browser(person).get(where, follow=True)
        [line] = page(answer).one("main").all("p", class_="hint", role="status")
        found[name] = [link.attrs["href"] for link in line.all("a")]

    assert found == {
        "author": [f"{where}?original=1"],
        "moderator": [f"/en/moderation/comments/{part.pk}/"],
        "other": [],
    }
    own, others = (browser(who).get(f"{where}?original=1") for who in (part.author, None))
    assert ["Part 2." in page(answer).one("main").words for answer in (own, others)] == [True, False]
    assert f"Contribution {whole.pk}" in page(others).one("main").words


def test_a_chain_leads_to_its_end_and_a_hidden_or_gone_end_to_nowhere(roundtable, moderator):
    first, second, third = (factories.comment(roundtable, body=f"Text {n}.") for n in range(3))
    first.mark_duplicate(by=moderator, of=second)
    second.mark_duplicate(by=moderator, of=third)
    where = f"/en/comments/{first.pk}/"
    found = [browser().get(where).get("Location")]
    elsewhere = factories.roundtable(is_published=False)
    Comment.objects.filter(pk=third.pk).update(roundtable=elsewhere)
    found.append(browser().get(where).get("Location"))
    Comment.objects.filter(pk=third.pk).update(roundtable=roundtable, question=None)
    third.remove(by=moderator, reason="other")
    gone = browser().get(where)

    assert found == [f"/en/comments/{third.pk}/?from={first.pk}#comment-{third.pk}", None]
    assert (gone.status_code, gone.get("Location")) == (200, None)
    assert "This contribution says the same as another one" in page(gone).one("main").words


def test_what_the_address_claims_is_looked_up(roundtable, moderator):
    part, whole = merged(roundtable, moderator)
    unseen, target = merged(roundtable, moderator, status=Status.PENDING)  # no reader ever knew of it
    target.approve(by=moderator)
    other = factories.comment(roundtable)
    claims = ["", "x", "²", "-1", "0", "9" * 30, "9" * 18, str(other.pk), str(whole.pk), f"{part.pk}&from=<b>"]
    asked = [(whole, claim) for claim in claims] + [(other, part.pk), (target, unseen.pk)]

    found = [browser().get(f"/en/comments/{comment.pk}/?from={claim}") for comment, claim in asked]

    assert {answer.status_code for answer in found} == {200}
    assert [page(answer).one("main").all("p", class_="hint", role="status") for answer in found] == [[]] * len(asked)


def test_an_undone_joining_gives_the_address_back_and_nobody_writes_by_reading(roundtable, moderator):
    part, whole = merged(roundtable, moderator)
    before = Roundtable.objects.values().get(pk=roundtable.pk)
    browser().get(f"/en/comments/{part.pk}/", follow=True)
    untouched = Roundtable.objects.values().get(pk=roundtable.pk) == before
    whole.undo(by=moderator, event=whole.events.order_by("pk").last())

    answer = browser().get(f"/en/comments/{part.pk}/")

    assert (untouched, answer.status_code) == (True, 200)
    assert "Part 2." in page(answer).one("main").words


def test_two_contributions_never_lead_to_each_other(roundtable, moderator):
    first, second = (factories.comment(roundtable, body=f"Text {n}.") for n in range(2))
    first.mark_duplicate(by=moderator, of=second)
    first.restore(by=moderator)
    second.mark_duplicate(by=moderator, of=first)

    with pytest.raises(Comment.AlreadyDecided):
        first.undo(by=moderator, event=first.events.order_by("pk").last())

    assert Comment.objects.get(pk=first.pk).merged_into is None
