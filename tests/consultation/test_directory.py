"""The directory of participants: whoever agreed to it, and nothing that they did not agree to."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import StakeholderGroup, User
from consultation import reference
from consultation.models import Comment
from consultation.privacy import KEEP, close_account
from tests import factories
from tests.markup import page

pytestmark = pytest.mark.django_db

PAGE = "/en/participants/"


def listed(name, **fields):
    return factories.user(name, is_listed=True, **fields)


def shown(response):
    """Return group → names on the page."""
    sections = page(response).all("section", class_="directory")
    return {each.one("h2").words: [name.words for name in each.all("h3")] for each in sections}


def names(response):
    return [name for members in shown(response).values() for name in members]


def test_only_active_people_who_agreed_are_listed(client):
    listed("Ana")
    factories.user("Bea")
    listed("Cleo", is_active=False)

    assert names(client.get(PAGE)) == ["Ana"]


def test_nobody_is_listed_before_they_say_so_in_their_profile(client):
    person = factories.user("Ana")
    client.force_login(person)
    data = client.get("/en/accounts/profile/").context["form"].initial | {"group": person.group_id}
    before = data.pop("is_listed")

    client.post("/en/accounts/profile/", data | {"is_listed": "on"})
    after = names(client.get(PAGE))
    client.post("/en/accounts/profile/", data)

    assert (before, after, names(client.get(PAGE))) == (False, ["Ana"], [])


def test_people_stand_by_group_and_organisation(client):
    academia = StakeholderGroup.objects.get(code="academia")
    society = StakeholderGroup.objects.get(code="civil-society")
    listed("Zoe", group=society, organisation="bridges")
    listed("Ana", group=society, organisation="Roads")
    listed("Bea", group=society, organisation="Bridges")
    listed("Carl", group=society, organisation="")
    listed("Dora", group=academia)
    listed("Emil", group=None)

    found = shown(client.get(PAGE))

    assert found[society.label_en] == ["Bea", "Zoe", "Ana", "Carl"]
    assert list(found.values())[-1] == ["Emil"]
    assert set(found) == {society.label_en, academia.label_en, "No stakeholder group"}


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("q=jose", ["José"]),
        ("q=JOSÉ+ville", ["José"]),
        ("q=vil", ["José"]),
        ("q=bridge+ana", ["Ana"]),
        ("q=nobody", []),
        ("country=FR", ["José"]),
        ("country=XX", ["Ana", "José"]),
        ("group=academia", ["Ana", "José"]),
        ("q=+", ["Ana", "José"]),
        ("q=%00", ["Ana", "José"]),
        ("q=%ED%A0%80", ["Ana", "José"]),
        ("page=x&country=", ["Ana", "José"]),
        ("page=-1", ["Ana", "José"]),
    ],
)
def test_people_are_found_by_name_organisation_and_country(client, query, found):
    listed("Ana", country="KE", organisation="Bridge of Hope")
    listed("José", country="FR", organisation="Réseau des villes")

    assert sorted(names(client.get(f"{PAGE}?{query}"))) == found


def test_countries_to_choose_from_stand_in_the_order_of_the_language(client):
    for code in ("BO", "BJ", "EC", "NP", "NL"):
        listed(code, country=code)

    choices = client.get(PAGE.replace("/en/", "/fr/")).context["form"]["country"].field.choices

    countries = ["Bénin", "Bolivie (État plurinational de)", "Équateur", "Népal", "Pays-Bas (Royaume des)"]
    assert [name for code, name in choices if code] == countries


def test_people_are_found_by_group(client):
    academia = StakeholderGroup.objects.get(code="academia")
    listed("Ana", group=academia)
    listed("Bea")

    assert names(client.get(f"{PAGE}?group={academia.pk}")) == ["Ana"]


def test_it_names_the_roundtables_in_which_something_of_theirs_is_published_and_no_others(client):
    person = listed("Ana")
    public, held, hidden = (factories.roundtable(title_en=title) for title in ("Public", "Held", "Hidden"))
    factories.comment(public, person)
    factories.comment(public, person)
    factories.comment(held, person, status=Comment.Status.PENDING)
    factories.comment(held, person, status=Comment.Status.REMOVED)
    factories.comment(hidden, person)
    type(hidden).objects.filter(pk=hidden.pk).update(is_published=False)
    silent = listed("Bea")

    response = client.get(PAGE)

    items = {item.one("h3").words: item for item in page(response).one("main").all("li") if item.all("h3")}
    assert [link.words for link in items["Ana"].all("a")] == ["Public"]
    assert items[silent.name].all("a") == []
    assert "Held" not in page(response).one("main").words


def test_no_address_and_no_number_of_anybody_is_shown(client):
    User.objects.bulk_create([User(pk=987654, email="secret@example.org", name="Ana", is_listed=True)])

    content = client.get(f"{PAGE}?q=ana").content.decode()

    assert ("Ana" in content, "secret@" in content, "987654" in content) == (True, False, False)


def test_a_verified_affiliation_is_marked(client):
    listed("Ana").verify_affiliation(by=factories.staff())
    listed("Bea")

    marks = page(client.get(PAGE)).all("span", class_="verified")

    assert [mark.words for mark in marks] == ["✓ affiliation verified"]


def test_markup_in_names_is_inert(client):
    attack = "<script>alert(1)</script>"
    listed(attack, organisation=attack)

    assert attack not in client.get(PAGE).content.decode()


def test_pages_follow_each_other_and_keep_the_filters(client):
    for number in range(120):
        listed(f"Person {number:03}", organisation="Same")
    listed("Somebody Else")
    found, address = [], f"{PAGE}?q=person"

    while address:
        response = client.get(address)
        found += names(response)
        following = page(response).all("a", rel="next")
        address = following and PAGE + following[0].attrs["href"]

    assert found == [f"Person {number:03}" for number in range(120)]
    assert client.get(f"{PAGE}?page=9").status_code == 404


@pytest.mark.parametrize("query", ["", "?q=person", "?country=KE"])
def test_the_directory_takes_the_same_few_queries_at_20_and_at_200_people(client, query):
    counts, roundtable = [], factories.roundtable()

    for size in (20, 200):
        for number in range(User.objects.count(), size):
            person = listed(f"Person {number}")
            if number % 10 == 0:
                factories.comment(roundtable, person)
        reference.forget()
        with CaptureQueriesContext(connection) as queries:
            client.get(PAGE + query)
        counts.append(len(queries))

    assert counts[0] == counts[1] <= 7


def test_it_is_linked_from_every_footer(client):
    links = [link.attrs["href"] for link in page(client.get("/fr/")).one("footer").all("a")]

    assert "/fr/participants/" in links


def test_whoever_closes_their_account_is_listed_no_longer(client):
    person = listed("Ana")
    close_account(person, contributions=KEEP)

    assert names(client.get(PAGE)) == []
