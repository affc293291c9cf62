"""Digests: what somebody wants to hear of once a day or once a week, in one mail, by roundtable and question."""

from collections import defaultdict
from datetime import UTC, timedelta
from itertools import groupby
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db.models import CharField, Value
from django.db.models.functions import Cast, Concat
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from accounts import outbox
from accounts.models import Mail

from . import notifications, reference, way_out
from .letters import Letters, excerpt, headline, sameness, words
from .models import Kind, Notice, Pace
from .models.question import GENERAL

KIND = "digest"
PEOPLE = 100  # in a batch
MOST_TOLD = 50  # in one mail; how many more there are is said in words
EXCERPT = 200
SUBJECTS = {Pace.DAILY: _("Your daily digest"), Pace.WEEKLY: _("Your weekly digest")}


def last_moment(pace, now=None):
    """Return when the latest digest was due: at the set hour of the day, or of Monday, in the set time zone."""
    now = now or timezone.now()
    day = now.astimezone(ZoneInfo(settings.DIGEST_TIME_ZONE)).replace(
        hour=settings.DIGEST_HOUR, minute=0, second=0, microsecond=0, fold=0
    )
    # Compared in UTC: on one clock the hour that comes twice in autumn cannot be told from itself.
    day -= timedelta(days=day.astimezone(UTC) > now)
    return day - timedelta(days=day.weekday() if pace == Pace.WEEKLY else 0)


def write_digests():
    """Write the digests that are due, at most one a period for a person; return how many."""
    return sum(_write(pace, last_moment(pace)) for pace in (Pace.DAILY, Pace.WEEKLY))


def _write(pace, moment):
    count, last, letters = 0, 0, Letters()
    due = Notice.objects.filter(pace=pace, is_done=False, created_at__lt=moment)
    while people := _next_people(due, last):
        last = people[-1]
        count += _write_to(people, due, pace, f"{KIND}:{pace}:{moment:%Y-%m-%d}:", letters)
    return count


def _next_people(due, last):
    following = due.filter(person__gt=last).order_by("person").values_list("person", flat=True).distinct()
    return list(following[:PEOPLE])


def _write_to(people, due, pace, key, letters):
    """Write one digest to each of some people; `key` is followed by the number of the person."""
    now = timezone.now()  # before the texts are read: a change that comes later is seen when the mail is sent
    written = Mail.objects.filter(key__in=[f"{key}{person}" for person in people])
    # Who had theirs already is told in the next one what came to light too late for it.
    people = set(people).difference(written.values_list("recipient", flat=True))
    notices = due.filter(person__in=people).order_by("pk").whole()
    by_person = defaultdict(list)
    for notice in notices:
        by_person[notice.person].append(notice)
    readers = notifications.Readers(by_person, {notice.roundtable for notice in notices})
    mails, told = [], []
    for person, its_notices in by_person.items():
        worth_telling = [one for one in its_notices if one.read_at is None and readers.may_be_told(one)]
        if worth_telling:
            mail = Mail(key=f"{key}{person.pk}", kind=KIND, created_at=now)
            mails.append(fill_in(mail, person, pace, worth_telling, letters))
            told += worth_telling
    notifications.store(mails, told, notices, Concat(Value(key), Cast("person", CharField())))
    return len(mails)


def fill_in(mail, person, pace, notices, letters):
    """Write a digest of some notices."""
    mail.recipient, mail.to, mail.language = person, person.email, person.language
    shown, more = notices[:MOST_TOLD], max(len(notices) - MOST_TOLD, 0)
    with override(person.language):
        out = way_out.path_for(person, kinds={notice.kind for notice in notices})
        key = (person.language, pace, more, *map(sameness, shown))
        letter = letters.keep(key, lambda: _letter(mail, pace, shown, more, letters))
    outbox.put_in(mail, letter, out)
    return mail


def _letter(mail, pace, notices, more, letters):
    context = {
        "headline": SUBJECTS[pace],
        "sections": _sections(
            notices, lambda notice: letters.keep((mail.language, sameness(notice)), lambda: _told(notice))
        ),
        "more": more,
        "reference": reference.load(letters.stamp),
    }
    return outbox.letter(mail, template="digest", subject=SUBJECTS[pace], context=context, has_way_out=True)


def _sections(notices, tell):
    """Return [(roundtable, [(question or None, [what is told])])] in the order of the roundtables and questions."""

    def place(notice):
        number = notice.comment.question_number if notice.comment else 0
        return (notice.roundtable.position, notice.roundtable.pk, number, notice.comment.path if notice.comment else "")

    sections = []
    for _key, in_roundtable in groupby(sorted(notices, key=place), key=lambda notice: notice.roundtable_id):
        in_roundtable = list(in_roundtable)
        questions = []
        for number, group in groupby(in_roundtable, key=lambda notice: place(notice)[2]):
            group = list(group)
            question = group[0].comment.question if number else None
            questions.append((question, number == GENERAL, [tell(notice) for notice in group]))
        sections.append((in_roundtable[0].roundtable, questions))
    return sections


def _told(notice):
    comment = notice.comment
    is_text = comment is not None and notice.kind != Kind.DECISION
    return {
        "headline": str(headline(notice)) % words(notice),
        "language": comment.language if is_text else "",
        "excerpt": excerpt(comment, EXCERPT) if is_text else "",
        "event": notice.event if notice.kind == Kind.DECISION else None,
        "state": comment.get_status_display() if comment else "",
        "address": comment.get_absolute_url() if comment else notice.roundtable.get_absolute_url(),
    }
