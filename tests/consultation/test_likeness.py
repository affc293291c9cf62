"""Nearly equal texts: found by a few numbers, compared word by word, told to moderators with the comment."""

import random

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from consultation.likeness import LEAST_WORDS, likeness, prints_of, words_of
from consultation.models import Comment, DocumentCitation, TextPrint
from consultation.models.noticing import compare_all
from tests import factories
from tests.discussions import plant

PAPER = (
    "The Mayors Mechanism submits its position paper for Roundtable 2. This paper has been prepared for the forum. It "
    "shows the contributions of local and regional governments toward the objectives under discussion, and it proposes "
    "recommendations to national governments for joint action."
)
OTHER = (
    "Nos adhérents tiennent une permanence au port : ils y reçoivent chaque matin des marins qui n’ont pas touché "
    "leur salaire depuis des mois, et qui ne savent à qui s’adresser dans une langue qui n’est pas la leur."
)


def alike(text, other):
    return likeness(words_of(text), words_of(other))


# --- Comparing


def test_the_same_words_are_alike_whatever_their_case_accents_and_signs():
    assert alike("Coalición, «por» Venezuela", "coalicion por venezuela!") == 100


def test_a_paper_handed_in_for_another_roundtable_is_nearly_the_same():
    assert alike(PAPER, PAPER.replace("Roundtable 2", "Roundtable 4")) == 97


def test_a_text_inside_a_longer_one_is_not_the_same():
    assert alike(PAPER, f"{OTHER} {OTHER} {OTHER} {PAPER}") == 0
    assert alike(PAPER, OTHER) == 0


def test_short_texts_have_no_prints():
    words = [f"word{number}" for number in range(LEAST_WORDS)]

    assert prints_of(words[:-1]) == []
    assert len(prints_of(words)) > 0


def test_a_text_has_few_prints_that_a_database_can_hold():
    prints = prints_of(words_of(f"{PAPER} {OTHER}" * 50))

    assert len(prints) == 8
    assert all(0 <= value < 2**63 for value in prints)


def test_texts_that_differ_in_one_word_of_ten_share_a_print():
    rng = random.Random(1)
    missed = 0
    for _ in range(200):
        words = [f"w{rng.randrange(5000)}" for _ in range(80)]
        changed = [f"x{place}" if place % 10 == 5 else word for place, word in enumerate(words)]
        missed += not set(prints_of(words)) & set(prints_of(changed))

    assert missed <= 20


# --- Stored with a comment


@pytest.mark.django_db
def test_a_comment_knows_which_older_one_it_repeats_in_whatever_roundtable():
    first = factories.comment(factories.roundtable(), body=PAPER)
    factories.comment(factories.roundtable(), body=OTHER)

    second = factories.comment(
        factories.roundtable(), body=PAPER.replace("Roundtable 2", "Roundtable 4"), status="pending"
    )

    assert (second.similar_to, second.similarity) == (first, 97)
    assert (first.similar_to, first.similarity) == (None, 0)


@pytest.mark.django_db
def test_a_short_text_and_one_that_was_withdrawn_are_no_repetition():
    roundtable = factories.roundtable()
    factories.comment(roundtable, body=PAPER, status="withdrawn")
    factories.comment(roundtable, body="We agree.")

    texts = [PAPER, "We agree."]

    assert [factories.comment(roundtable, body=body).similar_to for body in texts] == [None, None]


@pytest.mark.django_db
def test_another_text_is_noticed_anew():
    roundtable = factories.roundtable()
    first = factories.comment(roundtable, body=PAPER)
    second = factories.comment(roundtable, status="pending", body=f"{PAPER} (A/HRC/44/42)")

    second.revise(factories.new_text(f"{OTHER} (A/RES/73/195)", "fr"), by=second.author)

    second.refresh_from_db()
    assert (second.similar_to, second.similarity) == (None, 0)
    assert [cited.symbol for cited in DocumentCitation.objects.all()] == ["A/RES/73/195"]
    assert sorted(second.prints.values_list("value", flat=True)) == prints_of(words_of(second.body))
    assert sorted(first.prints.values_list("value", flat=True)) == prints_of(words_of(PAPER))


@pytest.mark.django_db
def test_what_is_covered_is_no_longer_cited():
    comment = factories.comment(factories.roundtable(), body=f"{PAPER} Ask Ann Lee (A/HRC/44/42).")
    start = comment.body.index("Ann")

    comment.cover(by=factories.staff(), passages=[(start, len(comment.body))], reason="personal_data")

    assert list(comment.documents.all()) == []


@pytest.mark.django_db
def test_many_texts_are_compared_at_once():
    roundtable = factories.roundtable()
    old = factories.comment(roundtable, body=OTHER)
    bodies = [PAPER, "We agree.", PAPER + " Thank you.", OTHER, PAPER]

    comments = plant(roundtable, [None] * 5, body=lambda place: bodies[place])
    compare_all(comments)

    found = Comment.objects.in_bulk([comment.pk for comment in comments])
    expected = [None, None, comments[0], old, comments[0]]
    assert [found[comment.pk].similar_to for comment in comments] == expected
    assert TextPrint.objects.filter(comment=comments[1]).count() == 0


@pytest.mark.django_db
def test_posting_a_repetition_takes_the_same_statements_among_20_and_among_200():
    roundtable = factories.roundtable()
    author, poster = factories.user(), factories.user()
    counts = []

    for size in (20, 200):
        plant(roundtable, [None] * size, author=author, body=PAPER)
        with CaptureQueriesContext(connection) as queries:
            comment = factories.comment(roundtable, poster, body=PAPER, status="pending")
        assert comment.similarity == 100
        counts.append(len(queries))

    assert counts == [counts[0]] * 2
