"""`manage.py load_demo`"""

import datetime
import json
import os
from pathlib import Path

from allauth.account.models import EmailAddress
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from accounts.models import Organisation, StakeholderGroup, User
from consultation.importers import free_slug
from consultation.management.demo_life import live
from consultation.models import Comment, Event, ModerationEvent, Organiser, Question, Revision, Roundtable
from consultation.models.counters import recount
from consultation.models.forest import lock_forest
from consultation.models.noticing import compare_all
from consultation.models.planting import plant_all
from consultation.models.question import GENERAL

FOLDER = Path(__file__).parent.parent.parent / "demo"
EVENT = {
    "name": (
        "International Migration Review Forum",
        "Forum d’examen des migrations internationales",
        "Foro de Examen de la Migración Internacional",
    ),
    "abbreviation": ("IMRF", "FEMI", "FEMI"),
    "place": ("United Nations, New York", "Nations Unies, New York", "Naciones Unidas, Nueva York"),
}
EVENT_DAYS = 4
LIVELY = 2
TIME_TO_DECIDE = datetime.timedelta(hours=2)

SECRETARIAT = "secretariat@example.org"
FIRST, SECOND = "moderator@example.org", "other.moderator@example.org"
# Those whom a visitor may be: who, where they begin, e-mail address, name, group, country, language, moderates.
SIGN_INS = (
    ("participant", "/en/roundtables/", "participant@example.org", "Alex Morgan", "civil-society", "KE", "en", ()),
    ("participant (fr)", "/fr/roundtables/", "participante@example.org", "Camille Perrin", "academia", "FR", "fr", ()),
    ("moderator (1, 2)", "/en/moderation/", FIRST, "Ingrid Solheim", "un-entity", "CH", "en", (1, 2)),
    ("moderator (3)", "/en/moderation/", SECOND, "Tomasz Wieczorek", "un-entity", "CH", "en", (3,)),
    ("secretariat", "/admin/", SECRETARIAT, "Maya Haddad", "un-entity", "CH", "en", ()),
)


class Command(BaseCommand):
    """Fill the forum with roundtables, people and contributions to try things out with."""

    help = "Loads demonstration roundtables and people; again, it adds what is missing and changes nothing else."

    def add_arguments(self, parser):
        """Name the option."""
        parser.add_argument(
            "--lively", action="store_true", help="let people write drafts, papers, questions and reports as well"
        )

    def handle(self, lively=False, **options):
        """Load what is missing and print who can sign in where."""
        if not (settings.DEBUG or settings.DEMO):
            raise CommandError("Sign-ins with a known password are for DEMO=1 or DEBUG=1 only.")
        password = os.environ.get("DEMO_PASSWORD") or "consultation-demo"
        documents = [json.loads(path.read_text("utf-8")) for path in sorted(FOLDER.glob("roundtable-*.json"))]
        with transaction.atomic():
            lock_forest(Comment.objects.db)
            loader = _Loader()
            loader.sign_ins(password)
            for document in documents:
                is_new = loader.load(document)
                if is_new and lively and document["number"] == LIVELY:
                    live(Roundtable.objects.get(import_key=_import_key(document["slug"])))
        self._print_table(password)

    def _print_table(self, password):
        rows = [("who", "begins at", "signs in as", "with the password")]
        rows.append(("reader", f"{settings.SITE_URL}/", "–", "–"))
        for who, address, email, *_ in SIGN_INS:
            is_known = User.objects.get(email__iexact=email).check_password(password)
            rows.append((who, settings.SITE_URL + address, email, password if is_known else "(another one by now)"))
        widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
        for row in rows:
            self.stdout.write("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip())


class _Loader:
    """Adds what is missing; every date counts from the day of the first loading."""

    def __init__(self):
        self.now = timezone.now()
        self.groups = {group.code: group for group in StakeholderGroup.objects.all()}
        first = User.objects.filter(email=SECRETARIAT).values_list("date_joined", flat=True).first()
        self.first_moment = first or self.now

    def load(self, document):
        """Add what is missing of one roundtable; return whether all of it was."""
        people = {row["key"]: self._person(row) for row in document["people"]}
        roundtable = Roundtable.objects.filter(import_key=_import_key(document["slug"])).first()
        is_new = roundtable is None
        if is_new:
            roundtable = self._roundtable(document)
            emails = [row[2] for row in SIGN_INS if document["number"] in row[-1]]
            roundtable.moderators.set(
                [
                    *(people[row["key"]] for row in document["people"] if row["role"] == Comment.Role.MODERATOR),
                    *User.objects.filter(email__in=emails),
                ]
            )
        questions = {row["number"]: self._question(roundtable, row) for row in document["questions"]}
        if self._comments(roundtable, document, people, questions):
            recount(roundtable)
        return is_new

    # --- People

    def sign_ins(self, password):
        """Add those whom a visitor may be."""
        for _, _, email, name, group, country, language, moderates in SIGN_INS:
            is_secretariat = email == SECRETARIAT
            row = {"email": email, "name": name, "group": group, "country": country, "language": language}
            if moderates or is_secretariat:
                row |= {"organisation": "United Nations Network on Migration", "capacity": User.Capacity.OFFICIAL}
            user, is_new = self._user(row, self.first_moment, is_staff=is_secretariat, is_superuser=is_secretariat)
            if is_new:
                user.set_password(password)
                user.save()
                keys = [_import_key(f"roundtable-{number}") for number in moderates]
                user.moderated_roundtables.add(*Roundtable.objects.filter(import_key__in=keys))

    def _person(self, row):
        return self._user(row, self.first_moment - datetime.timedelta(days=100), is_listed=True)[0]

    def _user(self, row, joined, **more):
        found = User.objects.filter(email__iexact=row["email"]).first()
        if found:
            return found, False
        known = {name: row[name] for name in ("name", "organisation", "country", "capacity", "language") if name in row}
        # The secretariat has verified whoever speaks for an organisation.
        is_verified = bool(row.get("organisation")) and row.get("capacity") == User.Capacity.OFFICIAL
        user = User.objects.create_user(
            row["email"],
            group=self.groups.get(row["group"]),
            terms_accepted_at=joined,
            date_joined=joined,
            affiliation_verified_at=joined if is_verified else None,
            **known,
            **more,
        )
        if is_verified:
            user.affiliation_checks.create(
                organisation=user.organisation, capacity=user.capacity, is_verified=True, checked_at=joined
            )
        EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
        return user, True

    # --- The head of a discussion

    def _roundtable(self, document):
        roundtable = Roundtable(
            import_key=_import_key(document["slug"]),
            slug=free_slug(document["slug"]),
            position=document["number"],
            objective_numbers=tuple(document["objectives"]),
            co_chairs=document["co_chairs"],
            is_published=True,
            **_in_languages(document, ("title", "purpose", "how_to")),
        )
        day = self._day_of(roundtable)
        opens_on, closes_on, due_on, event_on = (
            day + datetime.timedelta(days=document[f"{what}_in_days"])
            for what in ("opens", "closes", "note_due", "event")
        )
        roundtable.opens_at = datetime.datetime.combine(opens_on, datetime.time.min, roundtable.tz)
        roundtable.closes_at = roundtable.end_of(closes_on)
        roundtable.note_due_on = due_on
        if closes_on < day:
            roundtable.note_status = Roundtable.NoteStatus.DRAFTING
        roundtable.event = self._event(event_on)
        roundtable.save()
        for row in document["organisers"]:
            organisation = self._organisation(row)
            for role in row["roles"]:
                Organiser.objects.create(roundtable=roundtable, organisation=organisation, role=role)
        return roundtable

    def _day_of(self, roundtable):
        return self.first_moment.astimezone(roundtable.tz).date()

    def _event(self, day):
        found = Event.objects.filter(roundtables__in=_demo_roundtables()).first()
        texts = {
            f"{field}_{code}": text
            for field in EVENT
            for code, text in zip(settings.LANGUAGE_CODES, EVENT[field], strict=True)
        }
        ends_on = day + datetime.timedelta(days=EVENT_DAYS - 1)
        return found or Event.objects.create(starts_on=day, ends_on=ends_on, **texts)

    def _organisation(self, row):
        names = {f"name_{code}": row["organisation"][code] for code in settings.LANGUAGE_CODES}
        acronyms = {f"acronym_{code}": row["acronym"][code] for code in settings.LANGUAGE_CODES}
        same = Q(name_en=names["name_en"])
        if acronyms["acronym_en"]:
            same |= Q(acronym_en=acronyms["acronym_en"])
        return Organisation.objects.filter(same).first() or Organisation.objects.create(**names, **acronyms)

    def _question(self, roundtable, row):
        key = f"{roundtable.import_key}:{row['number']}"
        same = Q(external_id=key) | Q(number=row["number"])
        return Question.objects.filter(same, roundtable=roundtable).first() or Question.objects.create(
            roundtable=roundtable, number=row["number"], external_id=key, **_in_languages(row, ("text", "body"))
        )

    # --- Comments

    def _comments(self, roundtable, document, people, questions):
        """Add the missing comments with their texts and decisions; return whether there were any."""
        stored = Comment.objects.filter(roundtable=roundtable, external_id__isnull=False).select_related("question")
        known = {comment.external_id: comment for comment in stored}
        roles = {row["key"]: row["role"] for row in document["people"]}
        moderators = [people[key] for key, role in roles.items() if role == Comment.Role.MODERATOR]
        rows = sorted(document["comments"], key=lambda row: (-row["days_ago"], row["time"]))
        last_answers = {row["parent"]: self._moment(roundtable, row) for row in rows}
        new, events = [], []
        for row in rows:
            if row["id"] in known:
                continue
            answered = known.get(row["parent"])
            question = answered.question if answered else questions.get(row["question"])
            comment = Comment(
                roundtable=roundtable,
                question=question,
                question_number=question.number if question else GENERAL,
                in_reply_to=answered,
                external_id=row["id"],
                language=row["language"],
                objective_numbers=tuple(row["objectives"]),
                author_role=roles[row["author"]],
                posted_at=self._moment(roundtable, row),
            )
            comment.submitted_at = comment.last_activity_at = comment.posted_at
            comment.set_author(people[row["author"]])
            comment.set_body(row["body"])
            events += self._decide(comment, row, last_answers.get(row["id"]), moderators)
            known[row["id"]] = comment
            new.append(comment)
        plant_all(new)
        compare_all(new)
        Revision.objects.bulk_create(
            Revision(comment=each, number=1, body=each.body, language=each.language, created_at=each.posted_at)
            for each in new
        )
        dates = [event.created_at for event in events]
        ModerationEvent.objects.bulk_create(events)
        for event, date in zip(events, dates, strict=True):
            event.created_at = date  # which storing had set to the moment of storing
        ModerationEvent.objects.bulk_update(events, ["created_at"])
        return bool(new)

    def _moment(self, roundtable, row):
        day = self._day_of(roundtable) - datetime.timedelta(days=row["days_ago"])
        return datetime.datetime.combine(day, datetime.time.fromisoformat(row["time"]), roundtable.tz)

    def _decide(self, comment, row, last_answered_at, moderators):
        """Bring an unsaved comment to its status; return the unsaved events that led there."""
        approve, end = ("approve", Comment.Status.APPROVED), (_ACTIONS.get(row["status"]), row["status"])
        is_from_participant = comment.author_role == Comment.Role.PARTICIPANT
        was_public = row["status"] in Comment.PUBLIC_STATUSES
        steps = [approve] if was_public and is_from_participant else []
        steps += [end] if end[0] else []
        decided_at = comment.posted_at + TIME_TO_DECIDE if is_from_participant else comment.posted_at
        comment.status = Comment.Status.PENDING if is_from_participant else Comment.Status.APPROVED
        comment.published_at = min(decided_at, self.now) if was_public else None
        events = []
        for action, status in steps:
            if status in (Comment.Status.REMOVED, Comment.Status.WITHDRAWN):
                # Its answers were written while it could still be read.
                decided_at = max(decided_at, last_answered_at or decided_at) + TIME_TO_DECIDE
                comment.removed_at = min(decided_at, self.now)
            actor = comment.author if action == "withdraw" else _moderator_for(comment, moderators)
            reason = row.get("reason") or {}
            events.append(
                ModerationEvent(
                    comment=comment,
                    is_announced=True,
                    actor=actor,
                    actor_name=actor.name,
                    action=action,
                    reason=reason.get("code", "") if action != "approve" else "",
                    message=reason.get("message", "") if action != "approve" else "",
                    status_before=comment.status,
                    status_after=status,
                    created_at=min(decided_at, self.now),
                )
            )
            comment.status = status
        comment.waiting_since = comment.posted_at if comment.status == Comment.Status.PENDING else None
        if comment.status == Comment.Status.REMOVED:
            comment.removal_reason = events[-1].reason
        return events


_ACTIONS = {"returned": "return", "rejected": "reject", "removed": "remove", "withdrawn": "withdraw"}


def _moderator_for(comment, moderators):
    """Return the moderator who speaks the comment's language, or else the first."""
    return next((person for person in moderators if person.language == comment.language), moderators[0])


def _import_key(slug):
    return f"demo:{slug}"


def _demo_roundtables():
    return Roundtable.objects.filter(import_key__startswith=_import_key(""))


def _in_languages(row, fields):
    return {f"{field}_{code}": row[field][code] for field in fields if field in row for code in settings.LANGUAGE_CODES}
