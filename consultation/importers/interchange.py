"""The consultation interchange format, version 1: one UTF-8 JSON file is one roundtable of an old site.

A file is read and checked whole before anything is written. Unknown keys are ignored, never refused.
"""

import datetime
import gzip
import json
import math
import re
import zlib
from pathlib import Path

from consultation.models import Comment, Event, Roundtable
from consultation.models.objective import NUMBERS
from consultation.models.question import GENERAL

STATUSES = ("published", "pending", "rejected", "removed")
ROLES = (None, "participant", "moderator", "secretariat", "official", "organisation", "question_author")
BASES = ("shown", "official", "none")
# What is kept of a comment; anything under another key may hold what cannot be stored.
COMMENT_KEYS = (
    *("id", "author", "author_id", "author_role", "organisation", "language", "body", "truncation_marker"),
    *("in_reply_to_author", "mentions", "attachments", "extra", "reconstruction"),
)
_KEY = re.compile(r"[a-z0-9][a-z0-9-]*")
_LANGUAGE = re.compile(r"[a-z]{2}")
_UNSTORABLE = re.compile("[\0\ud800-\udfff]")


class Refused(Exception):
    """A file was not taken over; `complaints` are pairs of place and reason."""

    def __init__(self, complaints):
        super().__init__("; ".join(f"{place}: {reason}" for place, reason in complaints))
        self.complaints = complaints


def read(path):
    """Return what a .json or .json.gz file holds. Raises Refused."""
    try:
        raw = Path(path).read_bytes()
        if str(path).endswith(".gz"):
            raw = gzip.decompress(raw)
    except (OSError, EOFError, zlib.error) as error:
        raise Refused([("file", f"cannot be read: {error}")]) from error
    try:
        return json.loads(raw.decode("utf-8"), parse_constant=_refuse_constant)
    except UnicodeDecodeError as error:
        raise Refused([(f"byte {error.start + 1}", "is not UTF-8")]) from error
    except json.JSONDecodeError as error:
        raise Refused([(f"line {error.lineno}, column {error.colno}", f"is not JSON: {error.msg}")]) from error
    except (ValueError, RecursionError) as error:
        raise Refused([("file", f"is not JSON: {error}")]) from error


def _refuse_constant(name):
    raise ValueError(f"{name} is no JSON number")


def check(document):
    """Return what is wrong with a document as pairs of place and reason; none where it can be stored."""
    checker = _Checker()
    if not isinstance(document, dict):
        checker.say("file", "must hold one object")
    elif (document.get("format"), document.get("version")) != ("consultation-interchange", 1):
        checker.say("file", "format must be consultation-interchange, version 1")
    elif not isinstance(document.get("roundtable"), dict):
        checker.say("file", "roundtable is missing")
    else:
        checker.roundtable(document["roundtable"])
        questions = checker.rows(document, "questions", "question", set(), checker.question)
        comments = checker.rows(document, "comments", "comment", set(questions), checker.comment)
        checker.questions_together(questions)
        checker.answers(questions, comments)
    return checker.complaints


class _Checker:
    """Collects complaints."""

    def __init__(self):
        self.complaints = []

    def say(self, place, reason):
        self.complaints.append((place, reason))

    # --- One value

    def text(self, row, key, place, *, most=None, is_optional=False):
        value = row.get(key)
        if value is None and is_optional:
            return
        if not isinstance(value, str) or not value.strip():
            self.say(place, f"{key} must be text")
        elif most and len(value) > most:
            self.say(place, f"{key} is longer than {most} characters")

    def paragraphs(self, row, key, place, *, may_be_empty=True):
        value = row.get(key)
        if not isinstance(value, list) or not all(_is_line(line) for line in value):
            self.say(place, f"{key} must be a list of non-empty one-line paragraphs")
        elif not value and not may_be_empty:
            self.say(place, f"{key} must not be empty")

    def language(self, row, key, place, *, is_optional=False):
        value = row.get(key)
        if not (value is None and is_optional) and not (isinstance(value, str) and _LANGUAGE.fullmatch(value)):
            self.say(place, f"{key} must be a two-letter code")

    def moment(self, row, key, place):
        value = row.get(key)
        if value is None:
            return
        try:
            moment = datetime.datetime.fromisoformat(value)
            if moment.tzinfo is None:
                self.say(place, f"{key} has no UTC offset")
            else:
                moment.astimezone(datetime.UTC)
        except (TypeError, ValueError, OverflowError):
            self.say(place, f"{key} is not an ISO 8601 date and time")

    def day(self, row, key, place):
        try:
            day = datetime.date.fromisoformat(row[key]) if row.get(key) is not None else None
        except (TypeError, ValueError):
            self.say(place, f"{key} is not an ISO 8601 date")
            return None
        # At either end of the calendar a day has no moment in UTC.
        if day and not 1 < day.year < datetime.MAXYEAR:
            self.say(place, f"{key} is not a date of this world")
        return day

    def storable(self, value, place):
        todo = [value]
        while todo:
            value = todo.pop()
            if isinstance(value, dict):
                todo += [*value, *value.values()]
            elif isinstance(value, list):
                todo += value
            elif isinstance(value, float) and not math.isfinite(value):
                self.say(place, "holds a number that is too large")
            elif isinstance(value, str) and _UNSTORABLE.search(value):
                self.say(place, "holds a character that cannot be stored (NUL or half of a pair)")
                return

    # --- One row

    def rows(self, document, key, kind, taken, check_row):
        """Check the rows of one list, and return them by their id."""
        rows = document.get(key, [])
        if not isinstance(rows, list):
            self.say("file", f"{key} must be a list")
            return {}
        found = {}
        for position, row in enumerate(rows, 1):
            if not isinstance(row, dict):
                self.say(f"{kind} in place {position}", "must be an object")
                continue
            own = row.get("id")
            is_named = isinstance(own, str) and bool(own.strip())
            place = f"{kind} {own}" if is_named else f"{kind} in place {position}"
            if not is_named or own in found or own in taken:
                self.say(place, "id missing or repeated")
            elif len(own) > Comment._meta.get_field("external_id").max_length:
                self.say(place, "id is too long")
            if row.get("position") != position:
                self.say(place, "position must count 1, 2, 3 in file order")
            if is_named:
                found.setdefault(own, row)
            check_row(row, place)
        return found

    def roundtable(self, row):
        place = "roundtable"
        key = row.get("key")
        if not isinstance(key, str) or not _KEY.fullmatch(key):
            self.say(place, "key must be a slug")
        elif len(key) > Roundtable._meta.get_field("import_key").max_length:
            self.say(place, "key is too long")
        self.text(row, "title", place, most=Roundtable._meta.get_field("title").max_length)
        self.language(row, "language", place)
        self.paragraphs(row, "intro", place)
        if row.get("instructions") is not None:
            self.paragraphs(row, "instructions", place)
        numbers = row.get("objectives")
        is_sound = isinstance(numbers, list) and all(_is_whole(number) and number in NUMBERS for number in numbers)
        if not is_sound or len(set(numbers)) != len(numbers):
            self.say(place, "objectives must be distinct numbers 1 to 23")
        if row.get("objectives_basis") not in BASES:
            self.say(place, f"objectives_basis must be one of {', '.join(BASES)}")
        opens, closes = self.day(row, "opens", place), self.day(row, "closes", place)
        if opens and closes and closes < opens:
            self.say(place, "closes comes before opens")
        self._event(row.get("event"))
        self._organisers(row.get("organisers"))
        self.storable([row.get(key) for key in ("title", "intro", "instructions", "event", "organisers")], place)

    def _event(self, row):
        if row is not None and not isinstance(row, dict):
            self.say("roundtable", "event must be an object or null")
        elif row is not None:
            self.text(row, "name", "event", most=Event._meta.get_field("name").max_length)

    def _organisers(self, rows):
        if rows is not None and not (isinstance(rows, list) and all(isinstance(row, dict) for row in rows)):
            self.say("roundtable", "organisers must be a list of objects")
            return
        for row in rows or ():
            self.text(row, "name", "organisers", most=200)
            roles = row.get("roles")
            if not isinstance(roles, list) or not all(isinstance(role, str) for role in roles):
                self.say("organisers", "roles must be a list of text")

    def question(self, row, place):
        number = row.get("number")
        if not _is_whole(number) or not 1 <= number < GENERAL:
            self.say(place, f"number must be a whole number from 1 to {GENERAL - 1}")
        self.text(row, "text", place)
        self.language(row, "language", place, is_optional=True)
        if "body" in row:
            self.paragraphs(row, "body", place)
        translations = row.get("translations") or {}
        if not isinstance(translations, dict):
            self.say(place, "translations must be an object")
            translations = {}
        for code, value in translations.items():
            if not _LANGUAGE.fullmatch(code) or not isinstance(value, str) or not value.strip():
                self.say(place, f"translation {code!r} is not sound")
        self.moment(row, "created_at", place)
        self.storable([row.get(key) for key in ("id", "text", "body", "translations")], place)

    def comment(self, row, place):
        status = row.get("status")
        if status not in STATUSES:
            self.say(place, f"status must be one of {', '.join(STATUSES)}")
        self.paragraphs(row, "body", place, may_be_empty=status == "removed")
        for key, field in (("author", "author_name"), ("organisation", "author_organisation")):
            self.text(row, key, place, most=Comment._meta.get_field(field).max_length, is_optional=True)
        for key in ("author_id", "in_reply_to_author"):
            self.text(row, key, place, is_optional=True)
        if row.get("author_role") not in ROLES:
            self.say(place, "author_role is not known")
        self.language(row, "language", place, is_optional=status == "removed")
        self.moment(row, "created_at", place)
        truncated = row.get("truncated")
        if not isinstance(truncated, bool) or truncated != (row.get("truncation_marker") is not None):
            self.say(place, "truncated must be true exactly where a truncation_marker is given")
        for key in ("mentions", "attachments"):
            if not isinstance(row.get(key), list):
                self.say(place, f"{key} must be a list")
        for attachment in row["attachments"] if isinstance(row.get("attachments"), list) else ():
            self.text(attachment if isinstance(attachment, dict) else {}, "title", f"{place}, attachment")
        self.storable([row.get(key) for key in COMMENT_KEYS], place)

    # --- Rows together

    def questions_together(self, questions):
        numbers = [row["number"] for row in questions.values() if _is_whole(row.get("number"))]
        if len(set(numbers)) != len(numbers):
            self.say("questions", "numbers repeat")

    def answers(self, questions, comments):
        for own, row in comments.items():
            question, parent = row.get("question"), row.get("parent")
            if question is not None and not (isinstance(question, str) and question in questions):
                self.say(f"comment {own}", f"question {question!r} is not in the file")
            if parent is not None and not (isinstance(parent, str) and parent in comments):
                self.say(f"comment {own}", f"parent {parent!r} is not in the file")
            elif parent is not None and comments[parent].get("question") != question:
                self.say(f"comment {own}", "answers a comment under another question")
        self._circles({own: row.get("parent") for own, row in comments.items()})

    def _circles(self, parents):
        checked = set()
        for at in parents:
            trail = set()
            while isinstance(at, str) and at in parents and at not in checked:
                if at in trail:
                    self.say(f"comment {at}", "stands in a circle of replies")
                    break
                trail.add(at)
                at = parents[at]
            checked |= trail


def _is_whole(value):
    return isinstance(value, int) and not isinstance(value, bool)


def _is_line(value):
    return isinstance(value, str) and bool(value.strip()) and "\n" not in value
