"""Rows of a page of threads, ready to print: a flat loop in the template shows them without asking anything.

Dates, labels, addresses and the places where lists open and close are worked out here, each once.
"""

from collections import Counter
from dataclasses import dataclass

from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.safestring import mark_safe
from django.utils.translation import get_language, get_language_info, gettext, ngettext
from django_countries import countries

from accounts.models import User

from . import text
from .models import Comment
from .models.question import GENERAL
from .threads import STEP

Status = Comment.Status
SHOWN_LEVELS = 5  # deeper ones stand below each other; the words "level 7" say how deep they are


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
        return (self.list_end if self.is_list_open else "") + "</li>"


@dataclass(slots=True)
class Row:
    """One comment as it is printed."""

    id: int
    question_number: int
    before: str  # closes and opens lists
    after: str  # closes those that are still open after the last row of a list
    state: str  # classes
    lang: str
    ui_lang: str  # ' lang="en"' where the interface speaks another language than the comment
    name: str
    role: str
    affiliation: str
    date: str
    iso: str
    language: str
    level: int  # told in words where the indent no longer tells it
    reply_href: str
    reply_name: str
    body: str
    rest: str
    gone: str
    notice: str
    numbers: tuple
    question: str  # where it stands, on pages that are not in the order of the questions
    can_reply: bool
    can_revise: bool
    can_decide: bool


class Presenter:
    """Makes rows for one reader of one roundtable, in the language of the moment."""

    def __init__(self, roundtable, rights, reference, *, is_foldable=True, focus=None):
        self.roundtable, self.rights, self.reference = roundtable, rights, reference
        self.is_foldable, self.focus = is_foldable, focus
        self.tz = roundtable.tz
        self.language = get_language()
        self.comments_url = reverse("comment_detail", args=[0])[:-2]
        self.footnotes = []
        self._days, self._affiliations, self._language_names = {}, {}, {}
        self._roles = {
            Comment.Role.PARTICIPANT: "",
            **{r: str(r.label) for r in (Comment.Role.MODERATOR, Comment.Role.SECRETARIAT)},
        }

    def sections(self, page):
        """Return [(question number, rows)] in the order of the page; a flat page is one section."""
        replies = Counter(row.in_reply_to_id for row in page.rows)
        on_page = {row.id for row in page.rows}
        sections, open_items = [], []
        for row in page.rows:
            number = None if page.is_flat or page.is_by_thread else row.question_number
            if not sections or sections[-1][0] != number:
                self._end(sections, open_items)
                sections.append((number, []))
            before = "" if page.is_flat else self._leave(open_items, row.path)
            if page.is_flat:
                before = "</li>" if sections[-1][1] else ""
            elif open_items and not open_items[-1].is_list_open:
                before += open_items[-1].list_start
                open_items[-1].is_list_open = True
            names_question = number is None and (page.is_flat or not open_items)
            sections[-1][1].append(self._row(row, f"{before}<li>", on_page, names_question=names_question))
            if not page.is_flat:
                open_items.append(self._item(row, replies[row.id], is_root=not open_items))
        self._end(sections, open_items)
        if page.is_flat and sections:
            sections[-1][1][-1].after = mark_safe("</li>")
        return sections

    def _item(self, row, replies, *, is_root):
        if not (is_root and replies and self.is_foldable):
            return OpenItem(row.path, "<ol>", "</ol>")
        count = row.thread_count or replies
        label = ngettext("%(count)s reply", "%(count)s replies", count) % {"count": count}
        start = format_html('<details class="replies" open><summary>{}</summary><ol>', label)
        return OpenItem(row.path, start, "</ol></details>")

    @staticmethod
    def _leave(open_items, path):
        """Close every open item that `path` does not stand below."""
        closing = ""
        while open_items and not path.startswith(open_items[-1].path):
            closing += open_items.pop().end
        return closing

    def _end(self, sections, open_items):
        if open_items:
            sections[-1][1][-1].after = mark_safe(self._leave(open_items, ""))

    def _row(self, row, before, on_page, *, names_question=False):
        is_gone = row.status in (Status.WITHDRAWN, Status.REMOVED)
        is_mine = row.author_id is not None and row.author_id == self.rights.user_id
        is_waiting = row.status in Comment.WAITING_STATUSES
        same_language = row.language == self.language or not row.language
        state = " is-gone" if is_gone else " is-waiting" if is_waiting else ""
        true_level = len(row.path) // STEP
        return Row(
            id=row.id,
            question_number=row.question_number,
            before=mark_safe(before),
            after="",
            state=state + (" is-focus" if row.id == self.focus else ""),
            lang=row.language or self.language,
            ui_lang="" if same_language else mark_safe(f' lang="{self.language}"'),
            name="" if is_gone else row.author_name or gettext("Author not recorded"),
            role="" if is_gone else self._roles[row.author_role],
            affiliation="" if is_gone else self._affiliation(row),
            date=self._date(row.posted_at),
            iso=row.posted_at.strftime("%Y-%m-%dT%H:%MZ") if row.posted_at else "",
            language="" if is_gone else self.language_name(row.language),
            level=true_level if true_level > SHOWN_LEVELS else 0,
            reply_href=self._href(row.in_reply_to_id, on_page),
            reply_name=self._reply_name(row),
            body="" if is_gone else self._marked(row.lead_html),
            rest="" if is_gone else self._marked(row.rest_html),
            gone=self._gone(row) if is_gone else "",
            notice=self._notice(row, is_waiting, is_mine),
            numbers=() if is_gone else row.objective_numbers,
            question=self.question_label(row.question_number) if names_question else "",
            can_reply=self.rights.can_post and row.status == Status.APPROVED,
            can_revise=is_mine and is_waiting and self.rights.can_post,
            can_decide=is_waiting and self.rights.can_moderate,
        )

    def _href(self, comment_id, on_page):
        if comment_id is None:
            return ""
        return f"#comment-{comment_id}" if comment_id in on_page else f"{self.comments_url}{comment_id}/"

    def _reply_name(self, row):
        if row.in_reply_to_id is None:
            return ""
        if row.in_reply_to__status in (Status.WITHDRAWN, Status.REMOVED):
            return gettext("a contribution that is no longer shown")
        return row.in_reply_to__author_name or gettext("Author not recorded")

    def _affiliation(self, row):
        key = (row.author_organisation, row.author_group_id, row.author_country, row.author_capacity)
        if key not in self._affiliations:
            organisation, group, country, capacity = key
            parts = [
                organisation,
                self.reference.groups.get(group, ""),
                countries.name(country) if country else "",
                str(User.Capacity(capacity).label) if capacity else "",
            ]
            self._affiliations[key] = " · ".join(part for part in parts if part)
        return self._affiliations[key]

    def _date(self, moment):
        if moment is None:
            return gettext("Date not recorded")
        local = timezone.localtime(moment, self.tz)
        day = local.date()
        if day not in self._days:
            self._days[day] = date_format(day, "DATE_FORMAT")
        return f"{self._days[day]}, {local:%H:%M}"

    def language_name(self, code):
        """Return a language's name in the language of the moment, or its code where nobody knows a name."""
        if code not in self._language_names:
            try:
                self._language_names[code] = (
                    str(get_language_info(code)["name_translated"]).capitalize() if code else ""
                )
            except KeyError:
                self._language_names[code] = code
        return self._language_names[code]

    @staticmethod
    def question_label(number):
        """Return what a page calls the place of a comment."""
        if number == GENERAL:
            return gettext("General contributions")
        return gettext("Question %(number)s") % {"number": number}

    def _marked(self, html):
        marked, used = text.mark_terms(html, self.reference.terms)
        self.footnotes += [term for term in used if term not in self.footnotes]
        return mark_safe(marked)

    def _gone(self, row):
        date = date_format(timezone.localtime(row.removed_at, self.tz).date(), "DATE_FORMAT") if row.removed_at else ""
        if row.status == Status.WITHDRAWN:
            return gettext("Withdrawn by its author on %(date)s.") % {"date": date}
        if row.removal_reason:
            reason = str(Comment.Reason(row.removal_reason).label)
            return gettext("Removed by a moderator on %(date)s. Reason: %(reason)s.") % {"date": date, "reason": reason}
        if date:
            return gettext("Removed on %(date)s.") % {"date": date}
        return gettext("Removed.")

    def _notice(self, row, is_waiting, is_mine):
        if is_waiting and is_mine:
            if row.status == Status.RETURNED:
                return gettext("Returned to you for revision: only you and the moderators see it.")
            return gettext("Awaiting moderation: only you and the moderators see it.")
        if is_waiting:
            return str(Status(row.status).label)
        if row.is_truncated:
            return gettext("The end of this text was cut off on the old site.")
        return ""
