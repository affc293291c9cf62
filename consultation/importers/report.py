"""What an import says at its end: what it did, and what was odd about the file."""

from collections import defaultdict
from dataclasses import dataclass, field

from consultation import search
from consultation.models.comment_manager import DEEPEST

from .roundtable import NOT_AN_ORGANISATION, ORGANISER_ROLES, SITE_LANGUAGES, first_day

LISTED = 20  # of many places that say the same, so many are named
SHOWN = 5  # of many copies of one text, so many are named


@dataclass
class Outcome:
    """What was done with one file."""

    address: str = ""
    is_new: bool = False
    new: dict = field(default_factory=lambda: {"questions": [], "comments": []})
    changed: dict = field(default_factory=lambda: defaultdict(list))  # what → which of its fields
    kept: dict = field(default_factory=lambda: defaultdict(list))  # why → which comments
    odd: list = field(default_factory=list)

    @property
    def has_changes(self):
        """Whether anything was written."""
        return bool(self.is_new or any(self.new.values()) or self.changed)

    def lines(self):
        """Return the report, a line each."""
        if not self.has_changes:
            yield "nothing changed"
        if self.is_new:
            yield f"new roundtable at /roundtables/{self.address}/"
        for kind, added in self.new.items():
            if added:
                yield f"{len(added)} {kind if len(added) > 1 else kind[:-1]} added"
        yield from (f"changed: {what}: {', '.join(fields)}" for what, fields in list(self.changed.items())[:LISTED])
        if len(self.changed) > LISTED:
            yield f"changed: {len(self.changed) - LISTED} more"
        for why, comments in self.kept.items():
            yield f"{why}: {listed(comments)}"
        yield from (f"to look at: {line}" for line in self.odd)


def listed(names):
    """Return how many there are, and the first of them by name."""
    names = list(names)
    more = f" and {len(names) - LISTED} more" if len(names) > LISTED else ""
    return f"{len(names)} ({', '.join(names[:LISTED])}{more})"


def oddities(document):
    """Return what is sound in a checked document but should be looked at by a person, a sentence each."""
    comments = {row["id"]: row for row in document.get("comments", [])}
    found = [
        (
            "authors unknown",
            [own for own, row in comments.items() if not row.get("author") and _is_there(row)],
        ),
        ("texts cut off by the old site", [own for own, row in comments.items() if row["truncated"]]),
        ("likely duplicates", _duplicates(comments)),
        ("replies listed before what they answer", _early(comments)),
        ("removed ones with living replies", _removed_with_replies(comments)),
        (f"replies below level {DEEPEST}, placed beside what they answer", _deep(comments)),
        ("languages unknown to the site, kept as they are", _languages(comments)),
        ("persons sharing a name", _namesakes(comments)),
        *_about_questions(document),
        *_about_roundtable(document["roundtable"]),
    ]
    return [f"{what}: {listed(which)}" for what, which in found if which]


def _is_there(row):
    return row["status"] != "removed"


def _duplicates(comments):
    same = defaultdict(list)
    for own, row in comments.items():
        words = " ".join(search.normalise(" ".join(row["body"])).split())
        if words:
            same[words].append(own)
    return [_equal(group) for group in same.values() if len(group) > 1]


def _equal(group):
    more = f" = {len(group) - SHOWN} more" if len(group) > SHOWN else ""
    return " = ".join(group[:SHOWN]) + more


def _early(comments):
    return [
        own
        for own, row in comments.items()
        if row.get("parent") is not None and comments[row["parent"]]["position"] > row["position"]
    ]


def _removed_with_replies(comments):
    answered = {row.get("parent") for row in comments.values() if _is_there(row)}
    return [own for own, row in comments.items() if not _is_there(row) and own in answered]


def _deep(comments):
    depths = {}
    for own in comments:
        trail, at = [], own
        while at is not None and at not in depths:
            trail.append(at)
            at = comments[at].get("parent")
        depth = depths[at] if at is not None else 0
        for step in reversed(trail):
            depth += 1
            depths[step] = depth
    return [own for own in comments if depths[own] > DEEPEST]


def _languages(comments):
    spoken = defaultdict(list)
    for own, row in comments.items():
        if row.get("language") and row["language"] not in SITE_LANGUAGES:
            spoken[row["language"]].append(own)
    return [f"{code} in {', '.join(which)}" for code, which in spoken.items()]


def _namesakes(comments):
    people = defaultdict(dict)
    for row in comments.values():
        if row.get("author") and row.get("author_id"):
            people[row["author"].strip()][row["author_id"]] = None
    return [f"{name} ({', '.join(numbers)})" for name, numbers in people.items() if len(numbers) > 1]


def _about_questions(document):
    questions = document.get("questions", [])
    numbers = [row["number"] for row in questions]
    if numbers != sorted(numbers):
        yield "questions out of number order", [f"{row['id']} is number {row['number']}" for row in questions]
    codes = [(row["id"], code) for row in questions for code in (row.get("language"), *(row.get("translations") or ()))]
    yield (
        "questions in languages unknown to the site",
        [f"{own}: {code}" for own, code in codes if code and code not in SITE_LANGUAGES],
    )


def _about_roundtable(row):
    language, when = row["language"], (row.get("event") or {}).get("when")
    if language not in SITE_LANGUAGES:
        yield (
            f"the roundtable's language is unknown to the site, its texts are stored as {SITE_LANGUAGES[0]}",
            [language],
        )
    if when is not None and first_day(when) is None:
        yield "the event's date is not known to the month, left out", [str(when)]
    parts = [(part["name"], role) for part in row.get("organisers") or () for role in part["roles"]]
    yield (
        "organisers that are no organisation, left out",
        [name for name, role in parts if role == NOT_AN_ORGANISATION],
    )
    known = {NOT_AN_ORGANISATION, *ORGANISER_ROLES}
    yield (
        "unknown roles of organisers, left out",
        [f"{name}: {role}" for name, role in parts if role not in known],
    )
    contacts = [contact for contact in row.get("contacts") or () if isinstance(contact, dict)]
    yield (
        "contacts, for which roundtables have no place, left out",
        [str(contact.get("email")) for contact in contacts],
    )
