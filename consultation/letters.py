"""How a notice reads: headline, excerpt, and the mail about one thing."""

import html
import re

from django.utils.html import strip_tags
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from accounts import outbox

from . import reference, way_out
from .models import Comment, Kind, ModerationEvent

LONGEST_EXCERPT = 400
BREAKS = re.compile(r"</(?:p|li|blockquote)>|<br[^>]*>|\s+")
Action = ModerationEvent.Action

HEADLINES = {
    Kind.REPLY: _("%(name)s replied to you"),
    Kind.MENTION: _("%(name)s mentions you"),
    Kind.FOLLOWED: _("New contribution by %(name)s"),
    Kind.CLOSING: _("Closing soon: %(title)s"),
    Kind.NOTE: _("The background note is published: %(title)s"),
}
DECISIONS = {
    Action.APPROVE: _("Your contribution is published"),
    Action.RETURN: _("Your contribution is returned to you for revision"),
    Action.REJECT: _("Your contribution is not published"),
    Action.REMOVE: _("Your contribution was removed"),
    Action.REFILE: _("Your contribution stands under another question now"),
    Action.MOVE: _("Your contribution stands in another place now"),
    Action.SPLIT: _("Your contribution was divided into several"),
    Action.JOIN: _("Your contribution was joined with another one of yours"),
    Action.DUPLICATE: _("Your contribution was marked as a duplicate"),
    Action.APPROVE_EDIT: _("The change to your contribution is published"),
    Action.REJECT_EDIT: _("The change to your contribution is not published"),
    Action.REDACT: _("Part of your contribution was covered"),
    Action.UNCOVER: _("The covered part of your contribution is shown again"),
    Action.COVER_TITLE: _("A title of your contribution was covered"),
    Action.SHOW_TITLE: _("The covered title of your contribution is shown again"),
    Action.RESTORE: _("Your contribution is shown again"),
    Action.UNDO: _("A decision about your contribution was undone"),
}


def headline(notice):
    """Return what a notice says in a line, with %(name)s and %(title)s to be filled in."""
    if notice.kind == Kind.DECISION:
        return DECISIONS[notice.event.action]
    return HEADLINES[notice.kind]


def words(notice):
    """Return what the headline of a notice is filled in with, in the language of the moment."""
    comment = notice.comment
    return {
        "name": outbox.one_line(str(comment.shown_name)) if comment else "",
        "title": outbox.one_line(str(notice.roundtable)),
    }


def excerpt(comment, longest=LONGEST_EXCERPT):
    """Return the beginning of a comment as readers see it, on one line: from its HTML, where what is covered is not."""
    text = html.unescape(strip_tags(BREAKS.sub(" ", comment.lead_html)))
    line = " ".join(text.split())
    if len(line) <= longest:
        return line + (" …" if comment.rest_html else "")
    end = line.rfind(" ", 0, longest)
    return line[: end if end > 0 else longest].rstrip(" ,;:–—-") + "…"


class Letters:
    """What mails say, worked out once for all who are told the same in one language, batch after batch."""

    MOST = 500

    def __init__(self):
        self.stamp, self._kept = reference.last_change(), {}

    def keep(self, key, make):
        """Return what was made under a key before, or make it."""
        if key not in self._kept:
            if len(self._kept) >= self.MOST:
                self._kept.clear()
            self._kept[key] = make()
        return self._kept[key]


def sameness(notice):
    """Return what two notices have in common that read the same; what happens in a roundtable makes a difference."""
    event = notice.event_id if notice.kind == Kind.DECISION else None
    return notice.kind, notice.comment_id, event, notice.roundtable_id, notice.roundtable.activity


def fill_in_notice(mail, notice, followed, letters):
    """Write the mail about one notice, with what they follow it comes from."""
    person = notice.person
    mail.recipient, mail.to, mail.language = person, person.email, person.language
    subscription = followed.get((person.pk, notice.comment_id))
    with override(person.language):
        out = way_out.path_for(person, kinds=[notice.kind], subscription=subscription)
        key = (person.language, sameness(notice))
        letter = letters.keep(key, lambda: _letter(mail, notice, letters.stamp))
    outbox.put_in(mail, letter, out)
    return mail


def _letter(mail, notice, stamp):
    filled_in = words(notice)
    context = {
        **filled_in,
        "notice": notice,
        "headline": str(headline(notice)) % filled_in,
        "comment": notice.comment,
        "event": notice.event if notice.kind == Kind.DECISION else None,
        "roundtable": notice.roundtable,
        "excerpt": excerpt(notice.comment) if notice.comment and notice.kind != Kind.DECISION else "",
        "can_revise": notice.kind == Kind.DECISION and _is_for_revision(notice.comment),
        "reference": reference.load(stamp),
    }
    return outbox.letter(mail, template="notice", subject=headline(notice), context=context, has_way_out=True)


def _is_for_revision(comment):
    # What waits may be revised too, but nothing asks its author to.
    return comment.status == Comment.Status.RETURNED and comment.roundtable.is_open
