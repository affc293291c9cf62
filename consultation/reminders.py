"""What is told by the clock: a roundtable closes soon, a background note is out, something waits for a decision."""

from collections import defaultdict
from datetime import timedelta

from django.conf import settings
from django.db.models import Count, Min, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from accounts import outbox
from accounts.models import Mail, User

from . import digests, reference, way_out
from .models import Comment, Kind, MailPreference, Notice, Pace, Roundtable

# By whether somebody belongs to the secretariat.
SUBJECTS = {
    True: _("Waiting too long for a decision: %(total)d"),
    False: _("Waiting for you: %(total)d"),
}
# A note of a consultation that ended longer ago is no news.
NEWS = timedelta(days=365)


def remind():
    """Write the notices of roundtables that close soon and of notes that were published; return how many."""
    now = timezone.now()
    count = 0
    soon = now + timedelta(days=settings.CLOSING_REMINDER_DAYS)
    for roundtable in Roundtable.objects.filter(is_published=True, closes_at__gt=now, closes_at__lte=soon):
        if roundtable.is_open:
            # A closing date that is put off is another one to be reminded of.
            count += _tell(roundtable, Kind.CLOSING, f"closing:{roundtable.pk}:{roundtable.closes_at:%Y-%m-%dT%H:%M}")
    published = Roundtable.objects.filter(is_published=True, note_status=Roundtable.NoteStatus.PUBLISHED)
    for roundtable in published.filter(Q(closes_at__isnull=True) | Q(closes_at__gt=now - NEWS)):
        # Who takes up following it later finds the note there.
        if not Notice.objects.filter(roundtable=roundtable, kind=Kind.NOTE).exists():
            count += _tell(roundtable, Kind.NOTE, f"note:{roundtable.pk}")
    return count


def _tell(roundtable, kind, key):
    """Write a notice to everybody who takes part in a roundtable or follows something in it, once by the key."""
    people = _concerned(roundtable).exclude(notices__key=key).values_list("pk", flat=True)
    paces = MailPreference.objects.paces(people)
    notices = [
        Notice(person_id=person, kind=kind, pace=paces[person][kind], roundtable=roundtable, key=key)
        for person in paces
        if paces[person][kind] != Pace.NEVER
    ]
    Notice.objects.bulk_create(notices, ignore_conflicts=True, batch_size=500)
    return len(notices)


def _concerned(roundtable):
    follows = Q(subscriptions__roundtable=roundtable) | Q(subscriptions__question__roundtable=roundtable)
    follows |= Q(subscriptions__thread__roundtable=roundtable)
    takes_part = Q(pk__in=Comment.objects.filter(roundtable=roundtable).order_by().values("author"))
    takes_part |= Q(drafts__roundtable=roundtable)
    return User.objects.filter(follows | takes_part, is_active=True).order_by("pk").distinct()


# --- Moderators


def write_waiting():
    """Write to moderators what waits in their roundtables, and to the secretariat what waits too long.

    Once a period for each, with counts and ages and no text; return how many mails.
    """
    moderators = User.objects.filter(Q(moderated_roundtables__isnull=False) | Q(is_staff=True), is_active=True)
    people = list(moderators.order_by("pk").distinct())
    paces = MailPreference.objects.paces([person.pk for person in people])
    mails = []
    for person in people:
        pace = paces[person.pk][Kind.WAITING]
        if pace != Pace.NEVER:
            moment = digests.last_moment(Pace.WEEKLY if pace == Pace.WEEKLY else Pace.DAILY)
            key = f"waiting:{moment:%Y-%m-%d}:{person.pk}"
            mails.append(Mail(key=key, kind=Kind.WAITING, recipient=person, to=person.email))
    written = set(Mail.objects.filter(key__in=[mail.key for mail in mails]).values_list("key", flat=True))
    mails = _fill_in([mail for mail in mails if mail.key not in written])
    Mail.objects.bulk_create(mails, ignore_conflicts=True, batch_size=100)
    return len(mails)


def still_wanted(mails):
    """Write mails about what waits as it is now; return the numbers of those that have anything to tell."""
    paces = MailPreference.objects.paces([mail.recipient_id for mail in mails])
    return {
        mail.pk for mail in _fill_in([mail for mail in mails if paces[mail.recipient_id][Kind.WAITING] != Pace.NEVER])
    }


def _fill_in(mails):
    """Write mails about what waits, and return those whose recipients have anything to decide about."""
    waiting, stamp = _waiting_for([mail.recipient for mail in mails]), reference.last_change()
    filled_in = []
    for mail in mails:
        person = mail.recipient
        if not (rows := waiting[person.pk]):
            continue
        mail.language = person.language
        with override(mail.language):
            out = way_out.path_for(person, kinds=[Kind.WAITING])
            context = {"rows": rows, "total": sum(row["count"] for row in rows), "is_late": person.is_staff}
            context["reference"] = reference.load(stamp)
        outbox.fill_in(mail, template="waiting", subject=SUBJECTS[person.is_staff], context=context, way_out=out)
        filled_in.append(mail)
    return filled_in


def _waiting_for(people):
    """Return {person: [{roundtable, count, oldest}]} of what waits; for the secretariat, of what waits too long."""
    waiting = Comment.objects.filter(waiting_since__isnull=False).order_by()
    too_long = timezone.now() - timedelta(hours=settings.WAITING_TOO_LONG_HOURS)
    counted, late = _by_roundtable(waiting), _by_roundtable(waiting.filter(waiting_since__lt=too_long))
    moderating = defaultdict(set)
    through = Roundtable.moderators.through.objects.filter(user__in=[person.pk for person in people])
    for person, roundtable in through.values_list("user", "roundtable"):
        moderating[person].add(roundtable)
    roundtables = list(Roundtable.objects.filter(pk__in=counted))
    found = {}
    for person in people:
        rows = late if person.is_staff else {pk: row for pk, row in counted.items() if pk in moderating[person.pk]}
        rows = {} if person.is_suspended else rows
        found[person.pk] = [{**rows[one.pk], "roundtable": one} for one in roundtables if one.pk in rows]
    return found


def _by_roundtable(waiting):
    rows = waiting.values("roundtable").annotate(count=Count("pk"), oldest=Min("waiting_since"))
    return {row["roundtable"]: row for row in rows}
