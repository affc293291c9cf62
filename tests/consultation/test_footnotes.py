"""Terms carry their footnote on every page, in every text on it, without anybody remembering."""

import pytest

from consultation import reference
from consultation.models import Term
from tests import factories

pytestmark = pytest.mark.django_db

FOOTNOTE = "resolution 1244 (1999)"


def marks(page):
    return page.count('href="#footnote-kosovo"')


def test_every_text_of_a_discussion_is_marked_and_the_footnote_stands_once(client):
    roundtable = factories.roundtable(title_en="Talks", purpose_en="On Kosovo.", questions=0)
    roundtable.questions.create(number=1, text_en="What of Kosovo?")
    author = factories.user(organisation="Kosovo Women")
    factories.comment(roundtable, author, body="I live in Kosovo.")

    page = client.get(roundtable.get_absolute_url()).content.decode()

    # Purpose, organisation, text, the question above its thread; in the list the question is a link itself.
    assert (marks(page), page.count("<sup>*</sup>")) == (4, 1)
    assert (page.count(FOOTNOTE), page.count('id="footnote-kosovo"')) == (1, 1)


@pytest.mark.parametrize(("language", "words"), [("fr", "résolution 1244 (1999)"), ("es", "resolución 1244 (1999)")])
def test_the_footnote_is_in_the_language_of_the_page(client, language, words):
    roundtable = factories.roundtable()
    factories.comment(roundtable, body="I live in Kosovo.")

    page = client.get(f"/{language}/roundtables/{roundtable.slug}/").content.decode()

    assert page.count(words) == 1


def test_what_people_type_is_given_back_without_marks(client):
    roundtable = factories.roundtable()
    client.force_login(factories.user())

    page = client.post(
        f"/en/roundtables/{roundtable.slug}/contribute/", {"body": "Kosovo", "language": "xx"}
    ).content.decode()

    assert page.count("Kosovo</textarea>") == 1


def test_a_page_without_the_term_has_no_footnote(client):
    roundtable = factories.roundtable()
    factories.comment(roundtable, body="I live elsewhere.")

    page = client.get(roundtable.get_absolute_url()).content.decode()

    assert (marks(page), page.count(FOOTNOTE)) == (0, 0)


def test_a_term_that_the_secretariat_adds_is_marked_from_then_on(client):
    roundtable = factories.roundtable()
    factories.comment(roundtable, body="On Atlantis and more.")
    before = client.get(roundtable.get_absolute_url()).content.decode()

    Term.objects.create(code="atlantis", word_en="Atlantis", footnote_en="A myth.")
    reference.touch()

    after = client.get(roundtable.get_absolute_url()).content.decode()
    assert (before.count("footnote-atlantis"), after.count("A myth.")) == (0, 1)
