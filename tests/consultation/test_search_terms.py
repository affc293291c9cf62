"""Search: accents, plurals and apostrophes do not matter; what is shown is the original text."""

import re
import tempfile
import unicodedata
from datetime import UTC, datetime
from html import unescape
from pathlib import Path

import pytest
from django.contrib.sessions.models import Session
from django.utils.safestring import SafeString
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.configuration import set_hypothesis_home_dir

from consultation import search
from consultation.search import MAX_TERM, MAX_TERMS, highlight, matches_filter, normalise, search_terms

# Its notes are of no use to us, and a folder of them in the project would be collected as tests.
set_hypothesis_home_dir(Path(tempfile.gettempdir(), "hypothesis"))

TEXTS = {
    "en-smuggling": "States should distinguish the smuggling of migrants from trafficking in persons.",
    "en-data": "Disaggregated data on each country of origin helps policy-makers; so does a follow-up review.",
    "en-women": "Migrant women’s organisations, children and people in vulnerable situations were not consulted.",
    "en-work": "Fair recruitment, decent work and labour mobility: the process must be inclusive.",
    "en-un": "The UN Network on Migration and IOM support the International Migration Review Forum in 2022.",
    "fr-asile": "Le droit à l’asile doit être protégé aux frontières; l'État d'accueil en répond.",
    "fr-regional": "Les accords internationaux et les réseaux régionaux sont au cœur du travail des communautés.",
    "fr-enfant": "L'enfant n'est jamais détenu: des solutions de rechange à la détention existent ailleurs.",
    "fr-pays": "Chaque pays choisit ses propres lois et niveaux de qualification; la paix d’abord.",
    "fr-economie": "L’économie locale profite de l’œuvre des réfugiés et des travailleurs saisonniers.",
    "es-coalicion": "La Coalición por los derechos de las personas migrantes pide vías regulares.",
    "es-mujer": "Cada mujer migrante conoce su derecho a la salud y a la educación de sus niños.",
    "es-ninez": "La niñez no acompañada, los países de tránsito y la integración en el país de destino.",
    "es-voz": "Que la voz de las comunidades indígenas se escuche en la región, dijo el señor Núñez.",
    "ru": "Защита прав мигрантов — ответственность государств.",
    "ar": "حقوق المهاجرين مسؤولية الدول",
}

FOUND = {
    # accents, given or not
    "coalicion": ["es-coalicion"],
    "COALICIÓN": ["es-coalicion"],
    "protege": ["fr-asile"],
    "núñez": ["es-voz"],
    "ninez": ["es-ninez"],
    "regionaux": ["fr-regional"],
    "coeur": ["fr-regional"],
    "œuvre": ["fr-economie"],
    # plural and singular, either way
    "migrants smuggling": ["en-smuggling"],
    "persona migrante": ["es-coalicion"],
    "mujeres": ["es-mujer"],
    "coaliciones": ["es-coalicion"],
    "countries": ["en-data"],
    "policies": ["en-data"],
    "economies": ["fr-economie"],
    "réfugié": ["fr-economie"],
    "international": ["en-un", "fr-regional"],
    "travaux": ["fr-economie", "fr-regional"],
    "niveau": ["fr-pays"],
    "derechos": ["es-coalicion", "es-mujer"],
    "voces": ["es-voz"],
    "processes": ["en-work"],
    "pais": ["es-ninez", "fr-pays"],
    # apostrophes and hyphens
    "asile": ["fr-asile"],
    "l'asile": ["fr-asile"],
    "l’état": ["fr-asile"],
    "womens": ["en-women"],
    "women's": ["en-women"],
    "follow up": ["en-data"],
    "policy-makers": ["en-data"],
    # the beginning of a word
    "smuggl": ["en-smuggling"],
    "disaggreg": ["en-data"],
    "vulnerab": ["en-women"],
    "détent": ["fr-enfant"],
    # several words, in any order, with or without the small ones
    "the smuggling of migrants": ["en-smuggling"],
    "migration network": ["en-un"],
    "derecho a la salud": ["es-mujer"],
    "solutions de rechange à la détention": ["fr-enfant"],
    "forum 2022": ["en-un"],
    # short words are whole words
    "UN": ["en-un"],
    "pays": ["fr-pays"],
    "lois": ["fr-pays"],
    # other scripts
    "мигрантов": ["ru"],
    "المهاجرين": ["ar"],
    # and what must not be found
    "asi": [],
    "muggling": [],
    "payment": [],
    "trafficking coalición": [],
    "police": [],
    "%": [],
    "s_uggling": [],
    "": [],
    "…!?": [],
}


@pytest.fixture
def stored_texts(db):
    """Texts in a table that every installation has, so that the database itself does the finding."""
    expires = datetime(2100, 1, 1, tzinfo=UTC)
    Session.objects.bulk_create(
        Session(session_key=key, session_data=normalise(text), expire_date=expires) for key, text in TEXTS.items()
    )


@pytest.mark.parametrize("query", FOUND)
def test_a_query_finds_exactly_the_texts_it_should(stored_texts, query):
    condition = matches_filter(search_terms(query), field="session_data")

    found = Session.objects.filter(condition).values_list("session_key", flat=True)

    assert sorted(found) == FOUND[query]


def test_the_filter_asks_for_the_field_it_is_given_and_for_search_text_otherwise():
    assert matches_filter(["migrant"]).deconstruct()[1] == (("search_text__contains", " migrant"),)
    assert matches_filter(["migrant"], "body").deconstruct()[1] == (("body__contains", " migrant"),)


def test_a_normalised_text_holds_bare_words_between_single_blanks():
    assert normalise("L’Été, à  l'œuvre!\n(ÆON) straße Łódź m²") == " l ete a l oeuvre aeon strasse lodz m2 "
    assert normalise("") == normalise(" —… ") == " "


def test_composed_and_decomposed_accents_are_searched_alike():
    assert normalise("Coalici\u00f3n") == normalise("Coalicio\u0301n") == " coalicion "


def test_letters_of_other_scripts_stay():
    assert normalise("Мигранты, Їжак") == " мигранты іжак "
    assert normalise("حُقُوقٌ، المهاجـرين") == " حقوق المهاجرين "
    assert normalise("难民 प्रवासी") == " 难民 परवासी "


def test_invisible_characters_divide_no_word_but_the_blank_of_no_width_does():
    assert normalise("mi\u00adgrant \u202emi\u200dgrant mi\u200bgrant") == " migrant migrant mi grant "


def test_no_text_fills_the_memory_with_all_of_unicode():
    rare = "".join(map(chr, range(0x4E00, 0x4E00 + 20_000)))

    assert normalise(rare) == f" {rare} "
    assert len(search._spelling) == 10_000


def test_small_words_are_left_out_unless_there_is_nothing_else():
    assert search_terms("the rights of the migrants") == ["right", "migrant"]
    assert search_terms("los derechos de las personas") == ["derecho", "persona"]
    assert search_terms("qu'est-ce que l'asile") == ["asile"]
    assert search_terms("to be or not to be") == ["to", "be", "or", "not"]


def test_words_are_looked_for_in_the_singular_and_once():
    assert search_terms("migrants Migrant réseaux policies access gas") == [
        "migrant",
        "reseau",
        "policy",
        "access",
        "gas",
    ]


def test_a_query_is_cut_to_eight_terms_of_forty_characters():
    terms = search_terms(" ".join(f"{chr(97 + n) * 60}" for n in range(20)))

    assert (len(terms), {len(term) for term in terms}) == (MAX_TERMS, {MAX_TERM}) == (8, {40})


def test_a_hit_is_marked_in_the_original_text_and_all_else_is_escaped():
    shown = highlight("La <b>Coalición</b> y las coaliciones", search_terms("coalicion"))

    assert shown == "La &lt;b&gt;<mark>Coalición</mark>&lt;/b&gt; y las <mark>coaliciones</mark>"
    assert isinstance(shown, SafeString)


def test_the_hits_of_every_term_are_marked_as_whole_words():
    shown = highlight("Women’s rights: every woman, all women", search_terms("women right"))

    assert shown == "<mark>Women</mark>’s <mark>rights</mark>: every woman, all <mark>women</mark>"


def test_offsets_are_right_after_letters_that_become_longer_or_shorter():
    decomposed = "L’œuvre: ßßß ﬁnal ½ Coalicio\u0301n, cafe\u0301, ici"

    shown = highlight(decomposed, search_terms("coalición café"))

    assert shown == "L’œuvre: ßßß ﬁnal ½ <mark>Coalicio\u0301n</mark>, <mark>cafe\u0301</mark>, ici"


def test_the_excerpt_of_a_long_text_is_around_the_first_hit_in_whole_words():
    text = "before " * 100 + "Coalición " + "after " * 100 + "Coalición"

    shown = highlight(text, ["coalicion"], length=60)

    assert shown == "…before before <mark>Coalición</mark> after after after after after after…"


def test_the_excerpt_of_a_long_text_without_a_hit_is_its_beginning():
    assert highlight("one two three four", ["nothing"], length=9) == "one two…"


def test_a_hit_in_a_word_longer_than_the_excerpt_is_cut():
    assert highlight("x " * 50 + "a" * 500, ["aaaa"], length=30) == f"…x x x x <mark>{'a' * 22}</mark>…"


@settings(deadline=None, database=None, max_examples=300)
@given(st.text(max_size=300))
def test_normalising_never_fails_and_doing_it_twice_changes_nothing(text):
    normal = normalise(text)

    assert normal == normalise(normal)
    assert normal[0] == normal[-1] == " "
    assert "  " not in normal
    assert [char for char in normal if unicodedata.combining(char)] == []


@settings(deadline=None, database=None, max_examples=300)
@given(st.text(alphabet="aé<>&\"' x\n\u0301½ßœ", max_size=300), st.integers(10, 80))
def test_a_highlighted_text_is_a_piece_of_the_original_with_nothing_but_marks_in_it(text, length):
    shown = highlight(text, search_terms("a x"), length)

    plain = unescape(re.sub("</?mark>", "", shown)).removeprefix("…").removesuffix("…")
    assert plain in re.sub("[ \n]+", " ", text)
    assert len(plain) <= length
    assert re.findall("<[^m/]|</[^m]", shown) == []


@settings(deadline=None, database=None, max_examples=200)
@given(st.text(max_size=100))
def test_every_text_is_found_by_each_of_its_own_words(text):
    normal = normalise(text)

    for word in normal.split():
        terms = search_terms(word)
        forms = [value for _, value in _lookups(matches_filter(terms))]
        assert [form for form in forms if form in normal] != []


def _lookups(condition):
    for child in condition.deconstruct()[1]:
        yield from _lookups(child) if hasattr(child, "deconstruct") else [child]
