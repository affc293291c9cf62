"""Storing the head of a discussion: roundtable, event, organisers, questions."""

import datetime
import re

from django.conf import settings
from django.db.models import Max, Q

from accounts.models import Organisation
from consultation.models import Comment, Event, Organiser, Question, Roundtable
from consultation.models.question import GENERAL

from .interchange import Refused
from .wording import joined

ORGANISER_ROLES = {
    "moderator": Organiser.Role.MODERATOR,
    "background-note": Organiser.Role.BACKGROUND_NOTE,
    "on-behalf-of": Organiser.Role.ON_BEHALF_OF,
}
NOT_AN_ORGANISATION = "co-chair"
SITE_LANGUAGES = settings.LANGUAGE_CODES


def free_slug(wanted):
    """Return an address that no roundtable has yet: the one wanted, or with the first free number behind it."""
    field = Roundtable._meta.get_field("slug")
    slug, number = wanted[: field.max_length], 1
    while Roundtable.objects.filter(slug=slug).exists():
        number += 1
        slug = f"{wanted[: field.max_length - 5]}-{number}"
    return slug


def first_day(when):
    """Return the day that "2022-05-17" is or "2022-05" begins with; None for anything else."""
    found = re.fullmatch(r"(\d{4})-(\d{2})(?:-(\d{2}))?", when) if isinstance(when, str) else None
    try:
        return datetime.date(int(found[1]), int(found[2]), int(found[3] or 1)) if found else None
    except ValueError:
        return None


def set_differing(row, values, languages=SITE_LANGUAGES):
    """Set and save the fields of a stored row that differ, and return their names; what is empty erases nothing."""
    changed = [name for name, value in values.items() if value not in (None, "", ()) and getattr(row, name) != value]
    for name in changed:
        setattr(row, name, values[name])
    if changed:
        fields = {field.name for field in row._meta.concrete_fields}
        # The untranslated column holds what was saved last, so it goes with its translation.
        originals = {name[:-3] for name in changed if name[-2:] in languages} & fields
        row.save(update_fields={*changed, *originals})
    return changed


def store_roundtable(document, outcome):
    """Create or update the roundtable with its event and organisers, and return it; `outcome` learns what was done."""
    head = document["roundtable"]
    code = head["language"] if head["language"] in SITE_LANGUAGES else SITE_LANGUAGES[0]
    roundtable = Roundtable.objects.filter(import_key=head["key"]).first()
    if roundtable is None:
        outcome.is_new = True
        last = Roundtable.objects.aggregate(last=Max("position"))["last"] or 0
        roundtable = Roundtable(
            import_key=head["key"], slug=free_slug(head["key"]), position=last + 1, is_published=True
        )
    values = {
        f"title_{code}": head["title"].strip(),
        f"purpose_{code}": joined(head["intro"]),
        f"how_to_{code}": joined(_not_said_before(head.get("instructions") or (), head["intro"])),
        "objective_numbers": tuple(sorted(head["objectives"])),
        "opens_at": _moment(head.get("opens"), lambda day: _start_of(day, roundtable.tz)),
        "closes_at": _moment(head.get("closes"), roundtable.end_of),
        "event": _event(head.get("event"), code, roundtable.event),
    }
    if outcome.is_new:
        for name, value in values.items():
            setattr(roundtable, name, value)
        roundtable.save()
    elif changed := set_differing(roundtable, values):
        outcome.changed["roundtable"] += changed
    for name, role in _organisers(head.get("organisers") or ()):
        organisation = _organisation(name, code)
        _, is_new = Organiser.objects.get_or_create(roundtable=roundtable, organisation=organisation, role=role)
        if is_new and not outcome.is_new:
            outcome.changed["roundtable"].append(f"organiser {name}")
    outcome.address = roundtable.slug
    return roundtable


def _moment(day, of_day):
    return of_day(datetime.date.fromisoformat(day)) if day is not None else None


def _start_of(day, tz):
    return datetime.datetime.combine(day, datetime.time.min, tz)


def _not_said_before(instructions, intro):
    said = " ".join(" ".join(intro).split())
    return [line for line in instructions if " ".join(line.split()) not in said]


def _event(row, code, current):
    if row is None:
        return None
    name, day = row["name"].strip(), first_day(row.get("when"))
    named = Q()
    for language in SITE_LANGUAGES:
        named |= Q(**{f"name_{language}__iexact": name})
    found = Event.objects.filter(named).order_by("pk")
    if current in found:
        return current
    if day:
        # Forums of one name come back every few years.
        found = found.filter(Q(starts_on=None) | Q(starts_on__year=day.year, starts_on__month=day.month))
    return found.first() or Event.objects.create(**{f"name_{code}": name, "starts_on": day})


def _organisers(rows):
    for row in rows:
        for role in row["roles"]:
            if role in ORGANISER_ROLES:
                yield row["name"].strip(), ORGANISER_ROLES[role]


def _organisation(name, code):
    named = Q()
    for language in SITE_LANGUAGES:
        named |= Q(**{f"name_{language}__iexact": name}) | Q(**{f"acronym_{language}__iexact": name})
    found = Organisation.objects.filter(named).order_by("pk").first()
    if found:
        return found
    is_acronym = name.isupper() and " " not in name and len(name) <= 40
    return Organisation.objects.create(**{f"name_{code}": name, f"acronym_{code}": name if is_acronym else ""})


def store_questions(document, roundtable, outcome):
    """Create or update the questions in the order of their numbers, and return them by their id in the file."""
    rows = sorted(document.get("questions", []), key=lambda row: row["number"])
    stored = {question.external_id: question for question in roundtable.questions.all() if question.external_id}
    _renumber(rows, stored, roundtable, outcome)
    questions = {}
    for row in rows:
        values = _texts(row, document["roundtable"]["language"])
        question = stored.get(row["id"])
        if question is None:
            question = Question.objects.create(
                roundtable=roundtable, number=row["number"], external_id=row["id"], **values
            )
            outcome.new["questions"].append(row["id"])
        elif changed := set_differing(question, values):
            outcome.changed[f"question {row['id']}"] += changed
        questions[row["id"]] = question
    return questions


def _renumber(rows, stored, roundtable, outcome):
    """Give stored questions the numbers that the file has, by way of free ones, as no two may share one."""
    in_file = {row["id"]: row["number"] for row in rows}
    taken = {question.number for question in roundtable.questions.all() if question.external_id not in in_file}
    if clashes := [own for own, number in in_file.items() if number in taken]:
        raise Refused(
            [(f"question {own}", f"number {in_file[own]} is taken by a question made here") for own in clashes]
        )
    moving = [question for own, question in stored.items() if own in in_file and question.number != in_file[own]]
    used = taken | set(in_file.values()) | {question.number for question in stored.values()}
    free = (number for number in range(GENERAL - 1, 0, -1) if number not in used)
    for question, number in zip(moving, free, strict=False):
        Question.objects.filter(pk=question.pk).update(number=number)
    for question in moving:
        question.number = in_file[question.external_id]
        question.save(update_fields=["number"])
        Comment.objects.filter(question=question).update(question_number=question.number)
        outcome.changed[f"question {question.external_id}"].append("number")


def _texts(row, default):
    prefix = re.compile(rf"\A\s*{row['number']}\s*[.):]\s+(?=\S)")
    own = row.get("language") or default
    texts = {**(row.get("translations") or {}), own: row["text"]}
    known = {code: prefix.sub("", texts[code], count=1).strip() for code in texts if code in SITE_LANGUAGES}
    # A question that nobody could read would be worse than one under the wrong language.
    if not known:
        own, known = SITE_LANGUAGES[0], {SITE_LANGUAGES[0]: prefix.sub("", row["text"], count=1).strip()}
    values = {f"text_{code}": known_text for code, known_text in known.items()}
    body_code = own if own in SITE_LANGUAGES else SITE_LANGUAGES[0]
    return values | {f"body_{body_code}": joined(row.get("body") or ())}
