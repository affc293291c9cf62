"""Reference texts: each in the language asked for, one query to load them, and an old copy is never shown."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from accounts.models import StakeholderGroup
from consultation import reference
from consultation.models import Comment, Objective, ReferenceStamp, Roundtable, Term, TextBlock
from tests import factories
from tests.markup import outline, parse

pytestmark = pytest.mark.django_db

ATTACK = "<script>alert(1)</script>\"'><img src=x onerror=alert(1)>"


def load(language="en"):
    with translation.override(language):
        return reference.load()


# --- What is loaded


def test_all_reference_texts_are_loaded_in_the_order_they_are_shown_in():
    found = load()

    assert list(found.objectives) == list(range(1, 24))
    groups = StakeholderGroup.objects.order_by("position")
    assert list(found.groups.items()) == [(group.pk, group.label_en) for group in groups]
    assert set(found.blocks) == set(TextBlock.objects.values_list("key", flat=True))
    assert list(found.pages) == list(
        TextBlock.objects.filter(is_page=True).order_by("pk").values_list("key", flat=True)
    )
    assert [(term.word, term.mark, term.anchor) for term in found.terms] == [("Kosovo", "*", "kosovo")]


@pytest.mark.parametrize("language", ["en", "fr", "es"])
def test_every_text_is_in_the_language_asked_for(language):
    found = load(language)

    objective, block = Objective.objects.get(number=23), TextBlock.objects.get(key="disclaimer")
    assert (found.objectives[23].title, found.objectives[23].body) == (
        getattr(objective, f"short_{language}"),
        getattr(objective, f"title_{language}"),
    )
    assert (found.blocks["disclaimer"].title, found.blocks["disclaimer"].body) == (
        getattr(block, f"title_{language}"),
        getattr(block, f"body_{language}"),
    )
    assert {text.language for text in found.objectives.values()} == {language}
    assert found.terms[0].footnote == getattr(Term.objects.get(), f"footnote_{language}")


@pytest.mark.parametrize(
    ("there", "asked", "shown"),
    [("en", "fr", "en"), ("fr", "en", "fr"), ("es", "fr", "es"), ("fr es", "en", "fr"), ("en es", "fr", "en")],
)
def test_a_text_that_is_missing_is_shown_in_another_language_which_it_names(there, asked, shown):
    texts = {f"title_{code}": f"Title {code}" if code in there else None for code in ("en", "fr", "es")}
    texts |= {f"body_{code}": f"Body {code}" if code in there else "" for code in ("en", "fr", "es")}
    TextBlock.objects.filter(key="about").update(**texts)
    reference.touch()

    found = load(asked).blocks["about"]

    assert (found.title, found.body, found.language) == (f"Title {shown}", f"Body {shown}", shown)


def test_a_title_whose_body_is_not_translated_yet_is_shown_in_a_language_that_has_both():
    TextBlock.objects.filter(key="about").update(title_fr="Titre", body_fr="", title_es=None, body_es="Texto")
    reference.touch()

    found = load("fr").blocks["about"]
    TextBlock.objects.filter(key="about").update(body_en="")
    reference.touch()
    torn = load("fr").blocks["about"]

    english = TextBlock.objects.get(key="about").title_en
    assert (found.title, bool(found.body), found.language) == (english, True, "en")
    assert (torn.title, torn.body, torn.language) == ("Titre", "", "fr")


def test_a_text_without_any_title_is_empty_and_breaks_nothing():
    TextBlock.objects.filter(key="about").update(title_en=None, title_fr="", title_es=None)
    reference.touch()

    assert (load("fr").blocks["about"].title, load("fr").blocks["about"].language) == ("", "fr")


def test_a_term_is_looked_for_in_the_spelling_of_every_language():
    Term.objects.create(
        code="palestine", mark="†", word_en="Palestine", word_fr="Palestine", word_es="Palestina", footnote_en="Note"
    )
    reference.touch()

    found = [(term.word, term.mark, term.footnote, term.anchor) for term in load("fr").terms][1:]

    assert found == [("Palestine", "†", "Note", "palestine"), ("Palestina", "†", "Note", "palestine")]


def test_the_texts_of_the_site_are_made_safe():
    TextBlock.objects.filter(key="about").update(body_en=f"*Fine* {ATTACK}")
    reference.touch()

    html = load().blocks["about"].html

    assert outline(parse(html)) == [("p", []), ("em", [])]
    assert ATTACK in parse(html).text


# --- Copies


def queries_of(load_with=None):
    with CaptureQueriesContext(connection) as queries:
        reference.load(load_with) if load_with else reference.load()
    return len(queries)


def test_all_of_it_is_one_query_and_none_where_the_number_of_the_last_change_is_known():
    number = ReferenceStamp.objects.get().value

    found = [queries_of(), queries_of(), queries_of(number)]
    reference.forget()

    assert found == [2, 1, 0]
    assert queries_of(number) == 1


def test_a_change_is_seen_by_the_next_request_of_every_process():
    before = load()
    kept_elsewhere = dict(reference._copies)
    TextBlock.objects.filter(key="about").update(title_en="New")
    same = load()

    reference.touch()
    reference._copies.update(kept_elsewhere)  # another worker, which did not make the change
    after = load()

    assert same is before
    assert (before.blocks["about"].title != "New", after.blocks["about"].title) == (True, "New")


def test_each_language_has_a_copy_of_its_own():
    first = {language: load(language) for language in ("en", "fr", "es")}
    second = {language: load(language) for language in ("en", "fr", "es")}

    assert len({id(each) for each in first.values()}) == 3
    assert all(first[language] is second[language] for language in first)


def test_the_number_of_the_last_change_comes_with_a_query_that_runs_anyway():
    factories.roundtable()

    with CaptureQueriesContext(connection) as queries:
        [roundtable] = Roundtable.objects.annotate(stamp=reference.stamp())
    ReferenceStamp.objects.all().delete()

    assert (len(queries), roundtable.stamp) == (1, 1)
    assert Roundtable.objects.annotate(stamp=reference.stamp()).get().stamp == 0


def test_the_first_change_of_all_is_counted_too():
    ReferenceStamp.objects.all().delete()

    numbers = []
    for _ in range(2):
        reference.touch()
        numbers.append(ReferenceStamp.objects.get().value)

    assert numbers == [1, 2]


# --- What stands beside a name


def test_an_affiliation_is_told_as_far_as_it_is_known():
    found = load()
    group = StakeholderGroup.objects.get(code="academia")

    assert [
        found.affiliation("Open University", group.pk, "KE", "official"),
        found.affiliation("Open University", None, "", ""),
        found.affiliation("", group.pk, "", "personal"),
        found.affiliation("", None, "", ""),
        found.affiliation("", 10**6, "XX", ""),
    ] == [
        f"<span>Open University · {group.label_en} · Kenya · Official capacity</span>",
        "<span>Open University</span>",
        f"<span>{group.label_en} · Personal capacity</span>",
        "",
        "",
    ]


def test_markup_in_an_affiliation_is_shown_as_typed():
    found = parse(load().affiliation(ATTACK, None, "", ""))

    assert (outline(found), found.text) == ([("span", [])], ATTACK)


def test_affiliations_do_not_fill_the_memory(monkeypatch):
    monkeypatch.setattr(reference, "MOST_AFFILIATIONS", 3)
    found = load()

    shown = [found.affiliation(f"House {number}", None, "", "") for number in range(20)]

    assert shown == [f"<span>House {number}</span>" for number in range(20)]
    assert len(found._affiliations) <= 4


def test_a_group_that_is_renamed_is_shown_with_its_new_name():
    roundtable = factories.roundtable()
    author = factories.user(group=StakeholderGroup.objects.get(code="academia"))
    factories.comment(roundtable, author)
    address = f"/en/roundtables/{roundtable.slug}/"
    before = Client().get(address).content.decode()

    StakeholderGroup.objects.filter(code="academia").update(label_en="Scholars")
    reference.touch()
    after = Client().get(address).content.decode()

    assert (" · Scholars · " in before, " · Scholars · " in after) == (False, True)
    assert Comment.objects.count() == 1
