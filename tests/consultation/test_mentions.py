"""Mentions: which names in a text are somebody's, how they are shown, who is meant, and which names are offered."""

import pytest
from django.db import connection
from django.db.models import Value
from django.db.models.functions import Concat
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from consultation import mentions, text
from consultation.models import Comment
from consultation.models.mention import MOST_MENTIONS, Names
from tests import factories
from tests.discussions import plant
from tests.markup import page, parse

pytestmark = pytest.mark.django_db

Status = Comment.Status


@pytest.fixture
def roundtable():
    return factories.roundtable(slug="safe-paths")


def marked(body, *names):
    """Return what is marked in a text where these names can be mentioned."""
    html = text.render(body, Names([(name, None) for name in names]).end_of_name).html
    return [each.words for each in parse(html).all("span", class_="mention")]


def offered(client, roundtable, typed):
    return client.get(reverse("mention_names", args=[roundtable.slug]), {"q": typed}).json()["names"]


# --- What is a mention


@pytest.mark.parametrize(
    ("body", "names", "expected"),
    [
        ("@Amina Diallo, thank you.", ["Amina Diallo"], ["@Amina Diallo"]),
        ("Thank you @amina diallo!", ["Amina Diallo"], ["@amina diallo"]),
        ("(@Amina Diallo) and **@Andy Shen**", ["Amina Diallo", "Andy Shen"], ["@Amina Diallo", "@Andy Shen"]),
        ("- @Amina\n\n> @Amina", ["Amina"], ["@Amina", "@Amina"]),
        ("@Ana María and @Ana", ["Ana", "Ana María"], ["@Ana María", "@Ana"]),
        ("@Ana Marías", ["Ana", "Ana María"], ["@Ana"]),
        ("@José Ñandú @Jose Nandu", ["José Ñandú"], ["@José Ñandú", "@Jose Nandu"]),
        ("@Jose\u0301 N\u0303andu\u0301.", ["José Ñandú"], ["@Jose\u0301 N\u0303andu\u0301"]),
        ("@Seán O'Brien's text, @Seán O’Brien", ["Seán O’Brien"], ["@Seán O'Brien", "@Seán O’Brien"]),
        ("@Anne-Marie N’Diaye: oui", ["Anne-Marie N’Diaye"], ["@Anne-Marie N’Diaye"]),
        ("شكرا @ليلى حداد، نعم", ["ليلى حداد"], ["@ليلى حداد"]),
        ("@सुनीता शर्मा धन्यवाद", ["सुनीता शर्मा"], ["@सुनीता शर्मा"]),
        ("@R&D <Unit>", ["R&D <Unit>"], ["@R&D <Unit"]),
        ("write to amina@diallo.org or @Nobody Here", ["Diallo", "Amina"], []),
        ("https://example.org/@Amina and [see @Amina](https://example.org)", ["Amina"], []),
        ("Amina Diallo", ["Amina Diallo"], []),
        ("@ Amina", ["Amina"], []),
        ("@@Amina", ["Amina"], []),
        ("@Aminata", ["Amina"], []),
    ],
)
def test_a_name_behind_an_at_sign_is_marked_where_somebody_is_called_so(body, names, expected):
    assert marked(body, *names) == expected


def test_a_mention_is_safe_whatever_a_name_holds():
    name = 'A<img src=x onerror=alert(1)>"'

    html = text.render(f"@{name}", Names([(name, None)]).end_of_name).html

    assert html == '<p><span class="mention">@A&lt;img src=x onerror=alert(1</span>)&gt;"</p>\n'


def test_nobody_types_the_mark_of_a_mention():
    assert marked('<span class="mention">@Amina</span>', "Nobody") == []


def test_a_text_full_of_signs_is_read_to_its_end_and_means_fifty_people_at_most():
    people = [f"Person{number}" for number in range(MOST_MENTIONS + 5)]
    names = Names([(name, None) for name in people])

    html = text.render(" ".join(f"@{name} @Nobody @" for name in people) + " end" + " @" * 5000, names.end_of_name).html

    assert html.count('class="mention"') == MOST_MENTIONS
    assert "@Person54" in html


def test_a_long_text_is_folded_beside_a_mention_and_comes_together_again():
    rendered = text.render("@Amina says so. " * 200, Names([("Amina", None)]).end_of_name)

    assert rendered.rest != ""
    assert rendered.html.count('<span class="mention">@Amina</span> says so.') == 200


# --- Who can be mentioned, and who is meant


def test_those_who_published_here_and_the_moderators_are_recognised_when_a_text_is_saved(roundtable):
    author, moderator = factories.user("Andy Shen"), factories.moderator(roundtable, "Ingrid Solheim")
    factories.comment(roundtable, author)

    made = factories.comment(roundtable, body="@Andy Shen and @Ingrid Solheim, see **this**.")

    assert made.html == (
        '<p><span class="mention">@Andy Shen</span> and <span class="mention">@Ingrid Solheim</span>, '
        "see <strong>this</strong>.</p>\n"
    )
    assert made.body == "@Andy Shen and @Ingrid Solheim, see **this**."
    assert mentions.people_mentioned(made) == sorted([author, moderator], key=lambda person: person.pk)


@pytest.mark.parametrize("status", [status for status in Status if status != Status.APPROVED])
def test_whose_text_is_not_published_is_neither_recognised_nor_offered(client, roundtable, status):
    hidden = factories.user("Heldcanary Person")
    factories.comment(roundtable, hidden, status=status)
    factories.comment(factories.roundtable(), factories.user("Elsewhere Person"))
    made = factories.comment(roundtable, factories.user("Writer"), body="@Heldcanary Person, @Elsewhere Person")
    client.force_login(factories.user())

    assert "mention" not in made.html
    assert mentions.people_mentioned(made) == []
    assert [offered(client, roundtable, typed) for typed in ("Held", "Person", "")] == [[], [], ["Writer"]]


def test_an_author_means_nobody_by_their_own_name(roundtable):
    author = factories.user("Amina Diallo")
    factories.comment(roundtable, author)

    made = factories.comment(roundtable, author, body="@Amina Diallo wrote this, that is me.")

    assert mentions.people_mentioned(made) == []
    assert made.author_name == "Amina Diallo"


def test_two_people_of_one_name_are_both_meant_and_those_without_an_account_are_not(roundtable):
    both = [factories.user("Ana Li"), factories.user("Ana Li")]
    for person in both:
        factories.comment(roundtable, person)
    gone = factories.comment(roundtable, factories.user("Old Author"))
    Comment.objects.filter(pk=gone.pk).update(author=None)
    asleep = factories.user("Asleep Person")
    factories.comment(roundtable, asleep)
    asleep.is_active = False
    asleep.save()

    made = factories.comment(roundtable, body="@Ana Li, @Old Author, @Asleep Person")

    assert mentions.people_mentioned(made) == both
    assert made.html.count('class="mention"') == 3


def test_a_text_that_is_revised_is_read_again(roundtable):
    factories.comment(roundtable, factories.user("Andy Shen"))
    made = factories.comment(roundtable, status=Status.PENDING, body="Nobody.")

    revised = made.revise(factories.new_text("@Andy Shen!"), by=made.author)

    assert "mention" in revised.html


def test_the_preview_shows_mentions_as_they_will_be(client, roundtable):
    factories.comment(roundtable, factories.user("Andy Shen"))
    client.force_login(factories.user())

    response = client.post(
        reverse("comment_contribute", args=[roundtable.slug]),
        {"body": "Thanks @Andy Shen", "language": "en", "action": "preview"},
    )

    assert page(response).one("section", class_="preview").one("span", class_="mention").words == "@Andy Shen"


# --- What is offered while typing


def test_names_are_offered_that_go_on_as_typed_those_that_begin_so_first(client, roundtable):
    for name in ("Zoé Ana", "Anabel Ñ", "Ana María", "Bo Li", "Seán O’Brien", "ليلى حداد"):
        factories.comment(roundtable, factories.user(name))
    client.force_login(factories.user())

    found = {typed: offered(client, roundtable, typed) for typed in ("ana", "Zoe a", "o'b", "ليل", "xyz", "na")}

    assert found == {
        "ana": ["Ana María", "Anabel Ñ", "Zoé Ana"],
        "Zoe a": ["Zoé Ana"],
        "o'b": ["Seán O’Brien"],
        "ليل": ["ليلى حداد"],
        "xyz": [],
        "na": [],
    }


def test_eight_names_are_offered_and_all_are_counted(client, roundtable):
    for number in range(12):
        factories.comment(roundtable, factories.user(f"Person {number:02}"))
    client.force_login(factories.user())

    response = client.get(reverse("mention_names", args=[roundtable.slug]), {"q": "Per"})

    assert response.json() == {"names": [f"Person {number:02}" for number in range(8)], "said": "12 names found"}


@pytest.mark.parametrize("typed", ["%00", "%ED%A0%80", "%25", "%C3%A9" * 5000, "@", "%27;--", "%3Cb%3E", "%FF"])
def test_whatever_is_typed_is_answered(client, roundtable, typed):
    client.force_login(factories.user())

    response = client.get(f"{reverse('mention_names', args=[roundtable.slug])}?q={typed}")

    assert response.status_code == 200


def test_names_of_an_unpublished_roundtable_are_not_offered_to_participants(client):
    hidden = factories.roundtable(is_published=False, slug="hidden")
    factories.moderator(hidden, "Hidden Moderator")
    client.force_login(factories.user())

    assert client.get(reverse("mention_names", args=["hidden"])).status_code == 404


# --- What it costs


def asked(action):
    with CaptureQueriesContext(connection) as queries:
        action()
    return len(queries)


def test_mentions_take_the_same_queries_at_any_size_and_none_without_an_at_sign(client, roundtable):
    client.force_login(factories.user())
    where = reverse("mention_names", args=[roundtable.slug])
    author = factories.user("Andy Shen")
    found = []

    for size in (20, 200):
        planted = plant(roundtable, [None] * size)
        Comment.objects.filter(pk__in=[one.pk for one in planted]).update(author_name=Concat(Value("Person "), "pk"))
        body = f"@Person {planted[3].pk} and @Person {planted[7].pk}"
        made = factories.comment(roundtable, author, body=body)
        plain = factories.comment(roundtable, author, body="Nobody, a@example.org")
        found.append(
            [
                asked(lambda: client.get(where, {"q": "per"})),
                asked(lambda made=made: mentions.people_mentioned(made)),
                asked(lambda plain=plain: mentions.people_mentioned(plain)),
            ]
        )

    assert found == [[5, 3, 0]] * 2
