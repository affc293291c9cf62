"""Who runs a roundtable: organisations by their part, and moderators by name, in one query."""

from dataclasses import dataclass, field

from django.db import connection
from django.utils.translation import get_language

from .models import Organiser

PERSON = "person"
# Written as SQL because it stands on every discussion page: as a union of querysets, building the statement
# takes ten times as long as running it. It has no input but the roundtable's number.
SQL = """
    SELECT o.role, o.id, g.name_en, g.name_fr, g.name_es, g.acronym_en, g.acronym_fr, g.acronym_es
    FROM consultation_organiser o JOIN accounts_organisation g ON g.id = o.organisation_id
    WHERE o.roundtable_id = %s
    UNION ALL
    SELECT 'person', m.id, u.name, NULL, NULL, u.organisation, NULL, NULL
    FROM consultation_roundtable_moderators m JOIN accounts_user u ON u.id = m.user_id
    WHERE m.roundtable_id = %s AND u.is_active
    ORDER BY 2
"""


@dataclass
class People:
    """What a page says about who runs a roundtable."""

    moderators: list = field(default_factory=list)  # (name, organisation)
    by_role: dict = field(default_factory=dict)  # role -> [(name, acronym)]

    @property
    def organisers(self):
        """[(what they do, [(name, acronym)])] in the order of the roles."""
        return [(role.label, self.by_role[role]) for role in Organiser.Role if role in self.by_role]


def people_of(roundtable):
    """Return who runs a roundtable, in the language of the moment or the first that has a name."""
    place = {"en": 0, "fr": 1, "es": 2}.get(get_language(), 0)
    people = People()
    with connection.cursor() as cursor:
        cursor.execute(SQL, [roundtable.pk, roundtable.pk])
        for role, _id, *texts in cursor.fetchall():
            names, acronyms = texts[:3], texts[3:]
            shown = (names[place] or next(filter(None, names), ""), acronyms[place] or next(filter(None, acronyms), ""))
            if role == PERSON:
                people.moderators.append(shown)
            else:
                people.by_role.setdefault(role, []).append(shown)
    return people
