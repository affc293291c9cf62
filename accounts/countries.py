"""States by the names the United Nations uses: its 193 members and two observers.

Everyday names come from django-countries; the names that differ at the United Nations from `data/gcm.json`, and
those of its statistical standard M49 (https://unstats.un.org/unsd/methodology/m49/) from the table below.
"""

import unicodedata

from django.utils.functional import lazystr
from django.utils.translation import get_language

from .gcm import facts

# Members on https://www.un.org/en/about-us/member-states, and the observers Holy See (VA) and Palestine (PS).
CODES = (  # noqa: SIM905 -- easier to read than 195 quoted words
    "AD AE AF AG AL AM AO AR AT AU AZ BA BB BD BE BF BG BH BI BJ BN BO BR BS BT BW BY BZ CA CD CF CG CH CI CL CM CN "
    "CO CR CU CV CY CZ DE DJ DK DM DO DZ EC EE EG ER ES ET FI FJ FM FR GA GB GD GE GH GM GN GQ GR GT GW GY HN HR HT "
    "HU ID IE IL IN IQ IR IS IT JM JO JP KE KG KH KI KM KN KP KR KW KZ LA LB LC LI LK LR LS LT LU LV LY MA MC MD ME "
    "MG MH MK ML MM MN MR MT MU MV MW MX MY MZ NA NE NG NI NL NO NP NR NZ OM PA PE PG PH PK PL PS PT PW PY QA RO RS "
    "RU RW SA SB SC SD SE SG SI SK SL SM SN SO SR SS ST SV SY SZ TD TG TH TJ TL TM TN TO TR TT TV TZ UA UG US UY UZ "
    "VA VC VE VN VU WS YE ZA ZM ZW"
).split()

M49 = {
    "AD": ("Andorra", "Andorre", "Andorra"),
    "BD": ("Bangladesh", "Bangladesh", "Bangladesh"),
    "BH": ("Bahrain", "Bahreïn", "Bahrein"),
    "BJ": ("Benin", "Bénin", "Benin"),
    "BS": ("Bahamas", "Bahamas", "Bahamas"),
    "BT": ("Bhutan", "Bhoutan", "Bhután"),
    "BW": ("Botswana", "Botswana", "Botswana"),
    "BZ": ("Belize", "Belize", "Belice"),
    "CF": ("Central African Republic", "République centrafricaine", "República Centroafricana"),
    "CY": ("Cyprus", "Chypre", "Chipre"),
    "DJ": ("Djibouti", "Djibouti", "Djibouti"),
    "FJ": ("Fiji", "Fidji", "Fiji"),
    "GT": ("Guatemala", "Guatemala", "Guatemala"),
    "GW": ("Guinea-Bissau", "Guinée-Bissau", "Guinea-Bissau"),
    "GY": ("Guyana", "Guyana", "Guyana"),
    "IQ": ("Iraq", "Iraq", "Iraq"),
    "KE": ("Kenya", "Kenya", "Kenya"),
    "KN": ("Saint Kitts and Nevis", "Saint-Kitts-et-Nevis", "Saint Kitts y Nevis"),
    "KZ": ("Kazakhstan", "Kazakhstan", "Kazajstán"),
    "LS": ("Lesotho", "Lesotho", "Lesotho"),
    "MH": ("Marshall Islands", "Îles Marshall", "Islas Marshall"),
    "MM": ("Myanmar", "Myanmar", "Myanmar"),
    "MW": ("Malawi", "Malawi", "Malawi"),
    "NG": ("Nigeria", "Nigéria", "Nigeria"),
    "NL": ("Netherlands (Kingdom of the)", "Pays-Bas (Royaume des)", "Países Bajos (Reino de los)"),
    "NZ": ("New Zealand", "Nouvelle-Zélande", "Nueva Zelandia"),
    "PG": ("Papua New Guinea", "Papouasie-Nouvelle-Guinée", "Papua Nueva Guinea"),
    "PW": ("Palau", "Palaos", "Palau"),
    "QA": ("Qatar", "Qatar", "Qatar"),
    "RO": ("Romania", "Roumanie", "Rumania"),
    "RW": ("Rwanda", "Rwanda", "Rwanda"),
    "SA": ("Saudi Arabia", "Arabie saoudite", "Arabia Saudita"),
    "SB": ("Solomon Islands", "Îles Salomon", "Islas Salomón"),
    "SR": ("Suriname", "Suriname", "Suriname"),
    "SV": ("El Salvador", "El Salvador", "El Salvador"),
    "TD": ("Chad", "Tchad", "Chad"),
    "TL": ("Timor-Leste", "Timor-Leste", "Timor-Leste"),
    "TT": ("Trinidad and Tobago", "Trinité-et-Tobago", "Trinidad y Tabago"),
    "VC": ("Saint Vincent and the Grenadines", "Saint-Vincent-et-les Grenadines", "San Vicente y las Granadinas"),
    "ZW": ("Zimbabwe", "Zimbabwe", "Zimbabwe"),
}


def un_names():
    """Return code → name in the language of the moment, for django-countries' COUNTRIES_OVERRIDE."""
    names = {code: dict(zip(("en", "fr", "es"), row, strict=True)) for code, row in M49.items()}
    names |= {row["code"]: row["name"] for row in facts()["countries"]["un_name_overrides"]}
    return {code: lazystr(_Name(by_language)) for code, by_language in names.items()}


def in_order(named):
    """Return (code, name) pairs as English, French and Spanish alike sort: by letters, whatever their accents."""
    return sorted(named, key=lambda country: _letters(country[1]))


def _letters(name):
    # Capitals, hyphens and brackets do not count either.
    return [c for c in unicodedata.normalize("NFKD", name.casefold()) if c.isalnum() or c == " "]


class _Name:
    def __init__(self, by_language):
        self.by_language = by_language

    def __str__(self):
        return self.by_language.get((get_language() or "en")[:2], self.by_language["en"])
