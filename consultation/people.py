"""Who runs a roundtable: organisations by their part, and moderators by name, in one query."""

from dataclasses import dataclass, field

from django.db.models import F, TextField, Value
from django.db.models.functions import Cast, Coalesce, NullIf
from django.utils.translation import get_language

from .models import Organiser, Roundtable

PERSON = "person"


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
    """Return who runs a roundtable, in the language of the moment."""
    language = get_language()
    organisations = roundtable.organisers.order_by().values_list(
        Cast("role", TextField()),
        _shown("organisation__name", language),
        _shown("organisation__acronym", language),
        F("pk"),
    )
    persons = Roundtable.moderators.through.objects.filter(roundtable=roundtable).values_list(
        Value(PERSON, TextField()), Cast("user__name", TextField()), Cast("user__organisation", TextField()), F("pk")
    )
    people = People()
    for role, name, more, _ in sorted(organisations.union(persons, all=True), key=lambda row: row[3]):
        if role == PERSON:
            people.moderators.append((name, more))
        else:
            people.by_role.setdefault(role, []).append((name, more))
    return people


def _shown(field, language):
    order = dict.fromkeys([language, "en", "fr", "es"])
    shown = (NullIf(Cast(f"{field}_{code}", TextField()), Value("", TextField())) for code in order)
    return Coalesce(*shown, Value("", TextField()))
