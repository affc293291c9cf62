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
