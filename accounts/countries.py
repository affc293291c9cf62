"""States by the names the United Nations uses: its 193 members and two observers.

Everyday names come from django-countries; the names that differ at the United Nations from `data/gcm.json`.
"""

from django.utils.functional import lazystr
from django.utils.translation import get_language

from .gcm import facts

# Members on https://www.un.org/en/about-us/member-states, and the observers Holy See (VA) and Palestine (PS).
CODES = (
    "AD AE AF AG AL AM AO AR AT AU AZ BA BB BD BE BF BG BH BI BJ BN BO BR BS BT BW BY BZ CA CD CF CG CH CI CL CM CN "
    "CO CR CU CV CY CZ DE DJ DK DM DO DZ EC EE EG ER ES ET FI FJ FM FR GA GB GD GE GH GM GN GQ GR GT GW GY HN HR HT "
    "HU ID IE IL IN IQ IR IS IT JM JO JP KE KG KH KI KM KN KP KR KW KZ LA LB LC LI LK LR LS LT LU LV LY MA MC MD ME "
    "MG MH MK ML MM MN MR MT MU MV MW MX MY MZ NA NE NG NI NL NO NP NR NZ OM PA PE PG PH PK PL PS PT PW PY QA RO RS "
    "RU RW SA SB SC SD SE SG SI SK SL SM SN SO SR SS ST SV SY SZ TD TG TH TJ TL TM TN TO TR TT TV TZ UA UG US UY UZ "
    "VA VC VE VN VU WS YE ZA ZM ZW"
).split()


def un_names():
    """Return code → name in the language of the moment, for django-countries' COUNTRIES_OVERRIDE."""
    return {row["code"]: lazystr(_Name(row["name"])) for row in facts()["countries"]["un_name_overrides"]}


class _Name:
    def __init__(self, by_language):
        self.by_language = by_language

    def __str__(self):
        return self.by_language.get((get_language() or "en")[:2], self.by_language["en"])
