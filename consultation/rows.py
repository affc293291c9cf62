"""Comments of a page as HTML: one flat loop, everything that repeats worked out once.

This is the one place where the markup of a comment in its thread is written. It is written in Python and
not in a template because it is printed by the thousand: a template loop costs five times as much
(CONTRIBUTING.md, Decisions). Whatever people wrote goes through `escape`; the body was made safe when
it was saved.
"""

from collections import Counter
from dataclasses import dataclass
from functools import cache
from html import escape

from django.template.defaultfilters import filesizeformat
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.safestring import mark_safe
from django.utils.translation import get_language, get_language_info, gettext, ngettext

from .models import Attachment, Comment
from .models.covering import MARK
from .models.question import GENERAL
from .models.titling import neutral_titles, title_words
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

    def __init__(self, roundtable, rights, reference, *, is_unfolded=False, focus=None, since=None):
        self.rights, self.reference, self.focus = rights, reference, focus
        # The moment of the reader's last visit; what was published later is new, and leads to what is new after it.
        self.since, self._after_new = since, {}
        self.is_unfolded = is_unfolded
        # Read by js/reply.js; a visitor's link leads through sign-in instead.
        self.in_place = " data-reply" if rights.can_post else ""
        self.can_reply = rights.can_post or rights.should_sign_in
        self.can_report = rights.is_signed_in and not rights.is_suspended and not rights.can_moderate
        self.tz = roundtable.tz
        self.language = get_language()
        self.comments_url = reverse("comment_detail", args=[0])[:-2]
        self.decide_url = reverse("moderation_decide", args=[0])[:-2]
        self.objective_url = f"{escape(roundtable.get_absolute_url())}?objective="
        self._days, self._languages = {}, {}
        self._roles, self._words = _words_in(self.language)

    @property
    def first_new(self):
        """The first comment of the printed page that is new to the reader, or None."""
        return next(iter(self._after_new), None)

    def sections(self, page):
        """Return [(question number, HTML of its list's items)]; None as number where questions are mixed."""
        replies = Counter(row.in_reply_to_id for row in page.rows)
        on_page = {row.id for row in page.rows}
        new = [row.id for row in page.rows if self._is_new(row)] if self.since else []
        self._after_new = dict(zip(new, [*new[1:], None], strict=False))
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
        elif row.id in self._after_new:
            state, focus = f"{state} is-new", ' tabindex="-1"'
        start = f'<article class="comment{state}" id="comment-{row.id}" lang="{language}"{focus}>'
        if is_gone:
            link = f'<a href="{self.comments_url}{row.id}/">{self._date(row)}</a>'
            return f"{start}<p{ui}>{link} {self._gone(row)}</p></article>"
        title = f'<p class="comment__title" dir="auto">{title_html(row.title)}</p>' if row.title else ""
        files = files_html(row.files, ui) if row.files else ""
        return (
            f"{start}{self._header(row, ui, names_question)}{self._answers(row, ui, on_page)}"
            f"{self._asks(row, ui, on_page) if row.asks else ''}{title}"
            f'<div class="comment__body" dir="auto">{self._body(row)}</div>{files}'
            f"{self._notice(row, ui, is_held)}{self._footer(row, ui, is_held)}</article>"
        )

    def _header(self, row, ui, names_question):
        name = self._name(row)
        level = len(row.path) // STEP
        extra = f"<span>{self._words['level'] % {'number': level}}</span>" if level > SHOWN_LEVELS else ""
        if names_question:
            extra += f"<span>{escape(self.question_label(row.question_number))}</span>"
        affiliation = self.reference.affiliation(
            row.author_organisation,
            row.author_group_id,
            row.author_country,
            row.author_capacity,
            is_verified=row.is_author_verified,
        )
        return (
            f"<header{ui}><h3>{name}</h3>{self._new(row)}{self._roles.get(row.author_role, '')}{affiliation}"
            f'<a href="{self.comments_url}{row.id}/">{self._date(row)}</a>{self._edited(row)}{self._late(row)}'
            f"<span>{self._language_name(row.language)}</span>{extra}</header>"
        )

    def _edited(self, row):
        if row.edited_at is None:
            return ""
        words = self._words["edited"] % {"date": self._day(row.edited_at.astimezone(self.tz).date())}
        return f'<a href="{self.comments_url}{row.id}/versions/">{words}</a>'

    def _new(self, row):
        return f'<b class="new">{self._words["new"]}</b>' if row.id in self._after_new else ""

    def _late(self, row):
        return f"<span>{self._words['late']}</span>" if row.late_reason else ""

    def _asks(self, row, ui, on_page):
        asked = self._words[f"asks_{row.asks}"]
        if row.answered_by_id and row.answered_by__status == Status.APPROVED:
            is_former = row.answered_by__author_role == Comment.Role.FORMER
            name = self._words["former"] if is_former else escape(row.answered_by__author_name) or self._words["nobody"]
            is_here = row.answered_by_id in on_page
            href = f"#comment-{row.answered_by_id}" if is_here else f"{self.comments_url}{row.answered_by_id}/"
            state = self._words["answered"] % {"name": f'<a href="{href}">{name}</a>'}
        else:
            asked_at = row.published_at or row.posted_at
            date = self._day(asked_at.astimezone(self.tz).date()) if asked_at else ""
            state = self._words["unanswered"] % {"date": date}
        return f'<p class="asks"{ui}><b>{asked}</b> · {state}</p>'

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
        elif row.proposed_revision and not row.is_cleared and (self._is_mine(row) or self.rights.can_moderate):
            words = gettext("A new version awaits clearance by the organisations: until then everybody reads this one.")
        elif row.proposed_revision and self._is_mine(row):
            words = gettext("Your change awaits moderation: until then everybody reads this text.")
        elif row.proposed_revision and self.rights.can_moderate:
            words = gettext("A change of this text awaits moderation.")
        elif row.covered_for:
            reasons = ", ".join(str(Comment.Reason(code).label) for code in row.covered_for.split(","))
            words = gettext("A moderator covered a part of this contribution. Reason: %(reason)s.")
            words %= {"reason": reasons}
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
        if not row.is_cleared:
            return gettext("Awaiting clearance by its organisations: only they, you and the moderators see it.")
        return gettext("Awaiting moderation: only you and the moderators see it.")

    def _footer(self, row, ui, is_held):
        links = [
            f'<a class="n" href="{self.objective_url}{number}" '
            f'aria-label="{self._words["objective"] % {"number": number}}">{number}</a>'
            for number in row.objective_numbers
        ]
        if self.can_reply and row.status == Status.APPROVED:
            is_named = row.author_name and row.author_role != Comment.Role.FORMER
            words = self._words["reply" if is_named else "reply_to_nobody"] % {"name": escape(row.author_name)}
            links.append(f'<a href="{self.comments_url}{row.id}/reply/"{self.in_place}>{words}</a>')
        if self.rights.can_post and row.status in Comment.CHANGEABLE_STATUSES and self._is_mine(row):
            words = self._words["edit" if row.status == Status.APPROVED else "revise"]
            links.append(f'<a href="{self.comments_url}{row.id}/revise/">{words}</a>')
        may_mark = not self.rights.is_suspended and (self.rights.can_moderate or self._is_mine(row))
        if row.asks and row.status == Status.APPROVED and may_mark:
            links.append(f'<a href="{self.comments_url}{row.id}/answered/">{self._words["answer"]}</a>')
        if row.id in self._after_new:
            following = self._after_new[row.id]
            href, words = (f"comment-{following}", "next_new") if following else ("discussion", "no_more_new")
            links.append(f'<a href="#{href}">{self._words[words]}</a>')
        if self.rights.can_moderate:
            words = self._words["decide" if is_held else "moderate"]
            links.append(f'<a href="{self.decide_url}{row.id}/">{words}</a>')
        elif self.can_report and row.status == Status.APPROVED and not self._is_mine(row):
            links.append(f'<a href="{self.comments_url}{row.id}/report/">{self._words["report"]}</a>')
        return f"<footer{ui}>{''.join(links)}</footer>" if links else ""

    def _name(self, row):
        if row.author_role == Comment.Role.FORMER:
            return self._words["former"]
        return escape(row.author_name) or self._words["nobody"]

    def _is_new(self, row):
        is_later = row.published_at is not None and row.published_at > self.since
        return is_later and row.status == Status.APPROVED and not self._is_mine(row)

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
            self._languages[code] = escape(language_name(code))
        return self._languages[code]

    def _gone(self, row):
        date = self._day(timezone.localtime(row.removed_at, self.tz).date()) if row.removed_at else ""
        if row.status == Status.WITHDRAWN:
            words = gettext("Withdrawn by its author on %(date)s.") % {"date": date}
        elif row.merged_into_id:
            return self._merged(row, date)
        elif row.removal_reason:
            words = gettext("Removed by a moderator on %(date)s. Reason: %(reason)s.") % {
                "date": date,
                "reason": Comment.Reason(row.removal_reason).label,
            }
        else:
            words = gettext("Removed on %(date)s.") % {"date": date} if date else gettext("Removed.")
        return escape(words)

    def _merged(self, row, date):
        """Say into which contribution it went, or which it repeats, with a link there."""
        if row.removal_reason:
            words = gettext("Removed by a moderator on %(date)s: it says the same as %(other)s.")
        else:
            words = gettext("Joined by a moderator on %(date)s with %(other)s.")
        other = self._words["other"] % {"number": row.merged_into_id}
        link = f'<a href="{self.comments_url}{row.merged_into_id}/">{other}</a>'
        return escape(words) % {"date": escape(date), "other": link}

    @staticmethod
    def question_label(number):
        """Return what a page calls the place of a comment."""
        if number == GENERAL:
            return gettext("General contributions")
        return gettext("Question %(number)s") % {"number": number}


@cache
def _words_in(language):
    """Return the marks of roles, and all other words beside comments, in the language of the moment."""
    marked = (Comment.Role.MODERATOR, Comment.Role.SECRETARIAT)
    roles = {role: f'<b class="role">{escape(str(role.label))}</b>' for role in marked}
    words = {
        "more": escape(gettext("Read more")),
        "reply": escape(gettext("Reply to %(name)s")),
        "reply_to_nobody": escape(gettext("Reply to a contribution")),
        "to": escape(gettext("In reply to %(name)s")),
        "level": escape(gettext("Level %(number)s")),
        "objective": escape(gettext("Objective %(number)s")),
        "nobody": escape(gettext("Author not recorded")),
        "former": escape(str(Comment.Role.FORMER.label)),
        "gone": escape(gettext("a contribution that is no longer shown")),
        "revise": escape(gettext("Revise")),
        "edit": escape(gettext("Edit")),
        "edited": escape(gettext("edited on %(date)s")),
        "late": escape(gettext("received after the deadline")),
        "asks_moderators": escape(gettext("Question to the moderators")),
        "asks_all": escape(gettext("Question to everybody")),
        "answered": escape(gettext("answered by %(name)s")),
        "unanswered": escape(gettext("awaiting an answer since %(date)s")),
        "answer": escape(gettext("Which reply answered it?")),
        "new": escape(gettext("New")),
        "next_new": escape(gettext("Next new contribution")),
        "no_more_new": escape(gettext("No more new ones: back to the beginning")),
        "decide": escape(gettext("Decide")),
        "moderate": escape(gettext("Moderate")),
        "report": escape(gettext("Report")),
        "other": escape(gettext("contribution %(number)s")),
    }
    return roles, words


def language_name(code):
    """Return what a language is called in the language of the moment."""
    try:
        return str(get_language_info(code)["name_translated"]).capitalize()
    except (KeyError, TypeError):
        return code


def files_html(files, ui=""):
    """Return the links to the files of a comment, as `Comment.files` keeps them; `ui` is the list's own `lang`."""
    return mark_safe(
        f'<ul class="files"{ui}>{"".join(f"<li>{file_link(file)}{covered_note(file)}</li>" for file in files)}</ul>'
    )


def file_link(file):
    """Return a link to a file: its title, kind, size and language are its words."""
    of_link = f' hreflang="{escape(file["language"])}"' if file["language"] else ""
    address = reverse("attachment_download", args=[file["id"]])
    return mark_safe(f'<a class="attachment" href="{address}"{of_link}>{file_words(file)}</a>')


def file_words(file):
    """Return what is said of a file: its title, unless that is not to be read, kind, size and language."""
    facts = [Attachment.Kind(file["kind"]).label, filesizeformat(file["size"]), language_name(file["language"])]
    facts = escape(", ".join(filter(None, map(str, facts))))
    if "title" not in file:
        return mark_safe(facts)
    of_title = f' lang="{escape(file["language"])}"' if file["language"] else ""
    return mark_safe(f"<bdi{of_title}>{title_html(file['title'])}</bdi> ({facts})")


def covered_note(file):
    """Say of a copy that passages of it are covered, and why; nothing of other files."""
    if "covered" not in file:
        return mark_safe("")
    words = gettext("Passages of this file were covered by a moderator. Reason: %(reason)s.")
    return mark_safe(f" <span>{MARK} {escape(words % {'reason': Comment.Reason(file['covered']).label})}</span>")


def title_html(title):
    """Return a title as HTML; what only says that it is covered carries the `lang` in which that is said."""
    if title in neutral_titles():
        return mark_safe(f'<span lang="{get_language()}">{escape(title_words(title))}</span>')
    return mark_safe(escape(title))


def _leave(open_items, path):
    """Close every open item that `path` does not stand below."""
    closing = ""
    while open_items and not (path and path.startswith(open_items[-1].path)):
        closing += open_items.pop().end
    return closing
