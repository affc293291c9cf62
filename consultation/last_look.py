"""The last look at mail before it is sent: is what it tells still true, wanted, and open to whoever gets it."""

from collections import defaultdict

from django.db.models import Max

from . import digests, papers, reminders
from .letters import Letters, fill_in_notice
from .models import Kind, MailPreference, ModerationEvent, Notice, Pace, Subscription
from .notifications import REWRITING, Readers, followed_places, places

OF_NOTICES = {*Kind.values, digests.KIND} - {Kind.WAITING}


def still_wanted(mails):
    """Return the numbers of the mails that may go out, in a few queries for all; mail of other origins always may.

    What changed since a mail was written is written anew in it.
    """
    by_origin = defaultdict(list)
    for mail in mails:
        by_origin["notices" if mail.kind in OF_NOTICES else mail.kind].append(mail)
    asked = {"notices": _still_tell, papers.KIND: papers.still_wanted, Kind.WAITING: reminders.still_wanted}
    wanted = {mail.pk for mail in mails}
    for origin, look in asked.items():
        if its_mails := by_origin[origin]:
            wanted -= {mail.pk for mail in its_mails} - look(its_mails)
    return wanted


def _still_tell(mails):
    tellable, changed = _tellable(mails), []
    changed_at = _last_changes(tellable)
    for mail in mails:
        notices, all_of_it = tellable[mail.pk]
        if notices and (len(notices) < all_of_it or _is_outdated(mail, notices, changed_at)):
            changed.append((mail, notices))
    if changed:
        _write_anew(changed)
    return {number for number, (notices, _all) in tellable.items() if notices}


def _tellable(mails):
    """Return {mail: (notices that may be told, how many it was written of)} by number."""
    people = {mail.recipient_id for mail in mails}
    of_mails, followed = defaultdict(list), defaultdict(set)
    notices = Notice.objects.filter(mail__in=[mail.pk for mail in mails]).order_by("pk").whole()
    for notice in notices:
        of_mails[notice.mail_id].append(notice)
    readers = Readers([mail.recipient for mail in mails], {notice.roundtable for notice in notices})
    paces = MailPreference.objects.paces(people)
    subscriptions = Subscription.objects.filter(person__in=people)
    for person, *place in subscriptions.values_list("person", "roundtable", "question", "thread__path"):
        followed[person].add(tuple(place))

    def is_tellable(mail, notice):
        if paces[notice.person_id][notice.kind] == Pace.NEVER or not readers.may_be_told(notice):
            return False
        if mail.kind == digests.KIND and notice.read_at:
            return False
        return notice.kind != Kind.FOLLOWED or not followed[notice.person_id].isdisjoint(places(notice.comment))

    told = {mail.pk: [one for one in of_mails[mail.pk] if is_tellable(mail, one)] for mail in mails}
    return {number: (notices, len(of_mails[number])) for number, notices in told.items()}


def _last_changes(tellable):
    """Return {comment: when something last happened to it that may have changed what a mail tells of it}."""
    told = {notice.comment_id for notices, _all in tellable.values() for notice in notices} - {None}
    events = ModerationEvent.objects.filter(comment__in=told, action__in=REWRITING).order_by()
    return dict(events.values_list("comment").annotate(Max("created_at")))


def _is_outdated(mail, notices, changed_at):
    """Return whether a text that a mail tells of was covered or changed since the mail was written."""
    comments = [notice.comment for notice in notices if notice.comment]
    return any(one.covered_for or changed_at.get(one.pk, mail.created_at) > mail.created_at for one in comments)


def _write_anew(changed):
    letters = Letters()
    followed = followed_places([notice for mail, notices in changed for notice in notices if mail.kind != digests.KIND])
    for mail, notices in changed:
        if mail.kind == digests.KIND:
            digests.fill_in(mail, mail.recipient, notices[0].pace, notices, letters)
        else:
            fill_in_notice(mail, notices[0], followed, letters)
