"""Comments of a page as HTML: one flat loop, everything that repeats worked out once.

This is the one place where the markup of a comment in its thread is written. It is written in Python and
not in a template because it is printed by the thousand: a template loop costs five times as much
(CONTRIBUTING.md, Decisions). Whatever people wrote goes through `escape`; the body was made safe when
it was saved.
"""

from collections import Counter
from dataclasses import dataclass
from html import escape

from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.safestring import mark_safe
from django.utils.translation import get_language, get_language_info, gettext, ngettext

from .models import Comment
from .models.question import GENERAL
from .threads import STEP

Status = Comment.Status
GONE = (Status.WITHDRAWN, Status.REMOVED)
HELD = (*Comment.WAITING_STATUSES, Status.REJECTED)
SHOWN_LEVELS = 5  # deeper ones stand below each other; the words "Level 7" say how deep they are


@dataclass(slots=True)
class OpenItem:
    """A list item that is open while what stands below it is printed."""

    path: str
    list_start: str
    list_end: str
    is_list_open: bool = False

    @property
    def end(self):
        """What closes the item and the list inside it."""
        return (self.list_end if self.is_list_open else "") + "</li>\n"


class Presenter:
    """Prints comments for one reader of one roundtable, in the language of the moment."""

    def __init__(self, roundtable, rights, reference, *, is_unfolded=False, focus=None):
        self.rights, self.reference, self.focus = rights, reference, focus
        self.is_unfolded = is_unfolded
        # Read by js/reply.js; a visitor's link leads through sign-in instead.
        self.in_place = " data-reply" if rights.can_post else ""
        self.can_reply = rights.can_post or rights.should_sign_in
        self.tz = roundtable.tz
        self.language = get_language()
        self.comments_url = reverse("comment_detail", args=[0])[:-2]
        self.decide_url = reverse("moderation_decide", args=[0])[:-2]
        self.objective_url = f"{escape(roundtable.get_absolute_url())}?objective="
        self._days, self._languages = {}, {}
        self._roles = {
            role: f'<b class="role">{escape(str(role.label))}</b>'
            for role in (Comment.Role.MODERATOR, Comment.Role.SECRETARIAT)
        }
        self._words = {
            "more": escape(gettext("Read more")),
            "reply": escape(gettext("Reply to %(name)s")),
            "to": escape(gettext("In reply to %(name)s")),
            "level": escape(gettext("Level %(number)s")),
            "objective": escape(gettext("Objective %(number)s")),
            "nobody": escape(gettext("Author not recorded")),
            "former": escape(str(Comment.Role.FORMER.label)),
            "gone": escape(gettext("a contribution that is no longer shown")),
            "revise": escape(gettext("Revise")),
            "decide": escape(gettext("Decide")),
        }

    def sections(self, page):
        """Return [(question number, HTML of its list's items)]; None as number where questions are mixed."""
        replies = Counter(row.in_reply_to_id for row in page.rows)
        on_page = {row.id for row in page.rows}
        sections, open_items = [], []
        for row in page.rows:
            number = None if page.is_flat or page.is_by_thread else row.question_number
            if not sections or sections[-1][0] != number:
                if sections:
                    sections[-1][1].append(_leave(open_items, ""))
                sections.append((number, []))
            parts = sections[-1][1]
            parts.append(_leave(open_items, "" if page.is_flat else row.path))
            if open_items and not open_items[-1].is_list_open:
                parts.append(open_items[-1].list_start)
                open_items[-1].is_list_open = True
            names_question = number is None and not open_items
            parts.append(f"<li>{self._article(row, on_page, names_question)}")
            open_items.append(self._open_item(row, replies[row.id], is_root=not open_items))
        if sections:
            sections[-1][1].append(_leave(open_items, ""))
        return [(number, mark_safe("".join(parts))) for number, parts in sections]

    def _open_item(self, row, replies, *, is_root):
        if self.is_unfolded or not (is_root and replies):
            return OpenItem(row.path, "<ol>", "</ol>")
        count = row.thread_count or replies
        label = ngettext("%(count)s reply", "%(count)s replies", count) % {"count": count}
        start = f'<details class="replies" open><summary>{escape(label)}</summary><ol>'
        return OpenItem(row.path, start, "</ol></details>")

    def _article(self, row, on_page, names_question):
        language = escape(row.language or self.language)
        ui = "" if row.language in (self.language, "") else f' lang="{self.language}"'
        is_gone, is_held = row.status in GONE, row.status in HELD
        state = " is-gone" if is_gone else " is-waiting" if is_held else ""
        focus = ""
        if row.id == self.focus:
            state, focus = f"{state} is-focus", ' tabindex="-1" autofocus'
        start = f'<article class="comment{state}" id="comment-{row.id}" lang="{language}"{focus}>'
        if is_gone:
            link = f'<a href="{self.comments_url}{row.id}/">{self._date(row)}</a>'
            return f"{start}<p{ui}>{link} {self._gone(row)}</p></article>"
        return (
            f"{start}{self._header(row, ui, names_question)}{self._answers(row, ui, on_page)}"
            f'<div class="comment__body" dir="auto">{self._body(row)}</div>'
            f"{self._notice(row, ui, is_held)}{self._footer(row, ui, is_held)}</article>"
        )

    def _header(self, row, ui, names_question):
        name = self._name(row)
        level = len(row.path) // STEP
        extra = f"<span>{self._words['level'] % {'number': level}}</span>" if level > SHOWN_LEVELS else ""
        if names_question:
            extra += f"<span>{escape(self.question_label(row.question_number))}</span>"
        affiliation = self.reference.affiliation(
            row.author_organisation, row.author_group_id, row.author_country, row.author_capacity
        )
        return (
            f"<header{ui}><h3>{name}</h3>{self._roles.get(row.author_role, '')}{affiliation}"
            f'<a href="{self.comments_url}{row.id}/">{self._date(row)}</a>'
            f"<span>{self._language_name(row.language)}</span>{extra}</header>"
        )

    def _answers(self, row, ui, on_page):
        if row.in_reply_to_id is None:
            return ""
        is_gone = row.in_reply_to__status in GONE
        is_held = row.in_reply_to__status not in Comment.PUBLIC_STATUSES and not self.rights.can_moderate
        is_former = row.in_reply_to__author_role == Comment.Role.FORMER
        known = self._words["former"] if is_former else escape(row.in_reply_to__author_name) or self._words["nobody"]
        name = self._words["gone"] if is_gone or is_held else known
        is_here = row.in_reply_to_id in on_page
        href = f"#comment-{row.in_reply_to_id}" if is_here else f"{self.comments_url}{row.in_reply_to_id}/"
        shown = name if is_held else f'<a href="{href}">{name}</a>'
        return f'<p class="to"{ui}>{self._words["to"] % {"name": shown}}</p>'

    def _body(self, row):
        if not row.rest_html:
            return row.lead_html
        state = " open" if self.is_unfolded or row.id == self.focus else ""
        return (
            f'{row.lead_html}<details class="more"{state}><summary aria-label="{self._words["more"]}">'
            f"</summary>{row.rest_html}</details>"
        )

    def _notice(self, row, ui, is_held):
        if is_held:
            words = self._held(row)
        elif row.is_truncated:
            words = gettext("The end of this text was cut off on the old site.")
        else:
            return ""
        return f'<p class="hint"{ui}>{escape(words)}</p>'

    def _held(self, row):
        if row.status == Status.REJECTED or not self._is_mine(row):
            return str(Status(row.status).label)
        if row.status == Status.RETURNED:
            return gettext("Returned to you for revision: only you and the moderators see it.")
        return gettext("Awaiting moderation: only you and the moderators see it.")

    def _footer(self, row, ui, is_held):
        links = [
            f'<a class="n" href="{self.objective_url}{number}" '
            f'aria-label="{self._words["objective"] % {"number": number}}">{number}</a>'
            for number in row.objective_numbers
        ]
        if self.can_reply and row.status == Status.APPROVED:
            words = self._words["reply"] % {"name": self._name(row)}
            links.append(f'<a href="{self.comments_url}{row.id}/reply/"{self.in_place}>{words}</a>')
        if row.status in Comment.WAITING_STATUSES and self.rights.can_post and self._is_mine(row):
            links.append(f'<a href="{self.comments_url}{row.id}/revise/">{self._words["revise"]}</a>')
        if is_held and self.rights.can_moderate:
            links.append(f'<a href="{self.decide_url}{row.id}/">{self._words["decide"]}</a>')
        return f"<footer{ui}>{''.join(links)}</footer>" if links else ""

    def _name(self, row):
        if row.author_role == Comment.Role.FORMER:
            return self._words["former"]
        return escape(row.author_name) or self._words["nobody"]

    def _is_mine(self, row):
        return row.author_id is not None and row.author_id == self.rights.user_id

    def _date(self, row):
        if row.posted_at is None:
            return escape(gettext("Date not recorded"))
        local = row.posted_at.astimezone(self.tz)
        iso = local.isoformat(timespec="minutes")
        return f'<time datetime="{iso}">{self._day(local.date())}, {iso[11:16]}</time>'

    def _day(self, day):
        if day not in self._days:
            self._days[day] = date_format(day, "DATE_FORMAT")
        return self._days[day]

    def _language_name(self, code):
        if code not in self._languages:
            try:
                name = str(get_language_info(code)["name_translated"]).capitalize()
            except (KeyError, TypeError):
                name = code
            self._languages[code] = escape(name)
        return self._languages[code]

    def _gone(self, row):
        date = self._day(timezone.localtime(row.removed_at, self.tz).date()) if row.removed_at else ""
        if row.status == Status.WITHDRAWN:
            words = gettext("Withdrawn by its author on %(date)s.") % {"date": date}
        elif row.removal_reason:
            words = gettext("Removed by a moderator on %(date)s. Reason: %(reason)s.") % {
                "date": date,
                "reason": Comment.Reason(row.removal_reason).label,
            }
        else:
            words = gettext("Removed on %(date)s.") % {"date": date} if date else gettext("Removed.")
        return escape(words)

    @staticmethod
    def question_label(number):
        """Return what a page calls the place of a comment."""
        if number == GENERAL:
            return gettext("General contributions")
        return gettext("Question %(number)s") % {"number": number}


def _leave(open_items, path):
    """Close every open item that `path` does not stand below."""
    closing = ""
    while open_items and not (path and path.startswith(open_items[-1].path)):
        closing += open_items.pop().end
    return closing
