"""A site with something of everything, for journeys and for visits to every page."""

from dataclasses import dataclass
from datetime import date, timedelta

from django.utils import timezone

from accounts.models import User
from consultation.models import Comment, Event, Organiser, Roundtable
from tests import factories
from tests.accounts.steps import person

Status = Comment.Status
LONG_TEXT = "\n\n".join(
    [f"Paragraph {number} says at length what was tried, where, and with whom. " * 3 for number in range(1, 12)]
    + ["1. A first point.\n2. A second point.", "The very last words."]
)


def roundtable(title="Roundtable 1: Safe paths", **fields):
    """Make an open roundtable with texts in three languages."""
    fields = {
        "title_en": title,
        "title_fr": "Table ronde 1 : des voies sûres",
        "title_es": "Mesa redonda 1: vías seguras",
        "purpose_en": "We would like to hear **from everybody**.",
        "purpose_fr": "Nous aimerions entendre **tout le monde**.",
        "purpose_es": "Nos gustaría escuchar **a todos**.",
        "how_to_en": "- Sign in\n- Choose a question",
        "objective_numbers": (2, 5, 18),
        "time_zone": "Europe/Zurich",
        **fields,
    }
    made = factories.roundtable(**fields)
    first = made.questions.get(number=1)
    first.text_fr, first.text_es = "Qu’en est-il du premier sujet ?", "¿Qué hay del primer asunto?"
    first.save()
    return made


def thread(root, authors, depth):
    """Make a chain of replies below a comment, down to a depth; return the deepest."""
    comment = root
    for level in range(2, depth + 1):
        author = authors[level % len(authors)]
        comment = factories.comment(root.roundtable, author, answers=comment, body=f"A reply on level {level}.")
    return comment


@dataclass
class Scene:
    """The people, roundtables and comments of a filled site."""

    participant: User
    other: User
    moderator: User
    secretariat: User
    open: Roundtable
    closed: Roundtable
    upcoming: Roundtable
    long: Comment
    deepest: Comment
    by_status: dict


def filled_site(depth=20):
    """Make a site with something of everything."""
    participant = person(name="Amina Diallo", organisation="Bridge of Hope")
    other = person(name="José Ñandú", organisation="Réseau des villes", language="fr")
    secretariat = person(name="Maya Haddad", is_staff=True, is_superuser=True)
    moderator = person(name="Ingrid Solheim", capacity="official")
    event = Event.objects.create(name_en="International Migration Review Forum", starts_on=date(2030, 5, 17))
    now = timezone.now()
    opened = roundtable(event=event, note_due_on=date(2030, 4, 1), co_chairs=["MA", "PT"])
    opened.moderators.add(moderator)
    Organiser.objects.create(roundtable=opened, organisation=factories.organisation(), role=Organiser.Role.MODERATOR)
    closed = factories.roundtable(opens_at=now - timedelta(days=9), closes_at=now - timedelta(days=1))
    closed.moderators.add(moderator)
    upcoming = factories.roundtable(opens_at=now + timedelta(days=9), closes_at=now + timedelta(days=19))
    question = opened.questions.get(number=1)
    long = factories.comment(opened, other, question=question, body=LONG_TEXT, objective_numbers=(2, 5), language="en")
    deepest = thread(long, [participant, other, moderator], depth)
    by_status = {
        status: factories.comment(opened, participant, question=question, status=status, objective_numbers=(18,))
        for status in Status
    }
    factories.comment(opened, other, question=question, body="Nous demandons des voies sûres.", language="fr")
    factories.comment(opened, other, body="See https://example.org/a/very/long/address?with=much&more=text for more.")
    factories.comment(closed, other, question=closed.questions.get(number=1))
    return Scene(participant, other, moderator, secretariat, opened, closed, upcoming, long, deepest, by_status)
