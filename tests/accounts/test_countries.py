"""Names of States."""

import pytest
from django.utils.translation import override
from django_countries import countries

from accounts.countries import CODES, M49


def test_the_list_is_of_193_members_and_two_observers():
    assert len(set(CODES)) == len(countries) == 195


@pytest.mark.parametrize(
    ("language", "names"),
    [
        ("en", {"NL": "Netherlands (Kingdom of the)", "BO": "Bolivia (Plurinational State of)", "CZ": "Czechia"}),
        ("fr", {"GY": "Guyana", "MM": "Myanmar", "MH": "Îles Marshall", "TR": "Türkiye", "TL": "Timor-Leste"}),
        ("es", {"TT": "Trinidad y Tabago", "CF": "República Centroafricana", "DJ": "Djibouti", "RO": "Rumania"}),
    ],
)
def test_states_bear_the_names_they_have_at_the_united_nations(language, names):
    with override(language):
        assert {code: str(countries.name(code)) for code in names} == names


def test_the_table_names_states_of_the_list_in_order():
    assert list(M49) == sorted(M49)
    assert set(M49) <= set(CODES)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("language", "order"),
    [
        ("en", ["Cyprus", "Czechia", "Democratic People’s Republic of Korea"]),
        ("fr", ["Dominique", "Égypte", "El Salvador", "Émirats arabes unis", "Équateur", "Érythrée", "Espagne"]),
        ("es", ["República de Moldova", "República Democrática del Congo", "República Democrática Popular Lao"]),
    ],
)
def test_countries_stand_in_the_order_of_the_language(client, language, order):
    with override(language):
        names = [
            str(name)
            for _, name in client.get(f"/{language}/accounts/signup/").context["form"]["country"].field.choices
        ]

    place = names.index(order[0])
    assert names[place : place + len(order)] == order
    assert len(names) == 196
