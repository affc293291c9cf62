"""What an author is told of their text: while they write, and once more before it is stored what they left open.

Objectives that it names, nearly equal texts, a language that was not chosen; it is only ever a question. Whoever sends
the same form with the same text again has it taken as it is.
"""

import hashlib

from django.conf import settings
from django.template.loader import render_to_string

from consultation.forms.checking import AS_IT_IS, CHANGES, KEEPS, READS, CheckForm
from consultation.models import Comment
from consultation.models.noticing import Noticed, concerned
from consultation.models.objective import listed
from consultation.tongues import reads_as

MOST_SHOWN = 3
MOST_DOCUMENTS_SHOWN = 12


class Found:
    """What is noticed in a text, less what its author ticked or declined already."""

    def __init__(self, request, form, *, revises=None):
        data = form.cleaned_data if form.is_bound else form.begun
        self.noticed = Noticed(data.get("body", ""))
        self.ticked, declined = data.get("objectives", []), data.get("declined") or frozenset()
        recognised = self.noticed.recognised
        self.objectives = [
            number for number in recognised.objectives if number not in self.ticked and f"o{number}" not in declined
        ]
        self.chosen, language = data.get("language", ""), reads_as(data.get("body", ""))
        is_open = self.chosen and language not in (self.chosen, "") and f"l{language}" not in declined
        self.language = language if is_open else ""
        # A change is always like what it changes.
        alike = [] if revises else [comment for _, comment in self.noticed.alike(Comment.objects.all())]
        self.is_sent = any(_is_this(comment, request.user, data.get("key")) for comment in alike)
        told = (comment for comment in alike if f"c{comment.pk}" not in declined)
        self.alike = [comment for comment in told if _may_be_told(comment, request.user)][:MOST_SHOWN]

    def concerned(self, roundtable):
        """Return the other published roundtables of the event that the text may concern; one query, or none."""
        others = concerned(roundtable, self.ticked, self.noticed.recognised, {})
        return [other for other, _why in others if other.is_published][:MOST_SHOWN]


class Check:
    """What was noticed in a text that somebody sends, and what they are asked about it."""

    def __init__(self, request, form, reference, *, revises=None):
        body = form.cleaned_data["body"]
        self.form = None
        self.title = f"{form['body'].auto_id}_check"
        answer = CheckForm(request.POST)
        seen = hashlib.sha256(body.encode()).hexdigest()
        if answer.is_valid() and answer.cleaned_data["checked"] == seen:
            self.noticed = Noticed(body)
            if request.POST.get("action") != AS_IT_IS:
                answer.apply(form.cleaned_data)
            return
        # Load runs send the same text by the hundred, and nobody answers.
        if settings.POSTING_LIMITS_OFF:
            self.noticed = Noticed(body)
            return
        found = Found(request, form, revises=revises)
        self.noticed, self.alike = found.noticed, found.alike
        if not found.is_sent and (found.objectives or found.alike or found.language):
            self.form = CheckForm(initial={"checked": seen}, auto_id=f"{form['body'].auto_id}_%s")
            self.form.offer(found.objectives, reference)
            self.form.offer_language(found.chosen, found.language)
            self.objectives, self.language = found.objectives, found.language

    @property
    def has_questions(self):
        """Whether the author is asked before the text is stored."""
        return self.form is not None


def say_meanwhile(request, form, reference, *, roundtable, revises=None, **_about):
    """Return as HTML what is shown below a text while its author writes; empty where there is nothing to say."""
    found = Found(request, form, revises=revises)
    documents = [
        f"{symbol}, § {paragraph}" if paragraph else symbol
        for symbol, paragraph in found.noticed.recognised.documents[:MOST_DOCUMENTS_SHOWN]
    ]
    context = {
        "numbers": listed(found.objectives),
        "tags": ", ".join(map(str, found.objectives)),
        "objectives": [(number, reference.objectives[number].title) for number in found.objectives],
        "documents": "; ".join(documents),
        "concerned": found.concerned(roundtable),
        "alike": [] if found.is_sent else found.alike,
        "language": found.language,
    }
    if not any(context.values()):
        return ""
    if found.language:
        context |= {
            "reads": READS[found.language],
            "change": CHANGES[found.language],
            "keep": KEEPS[found.chosen],
        }
    return render_to_string("consultation/comment/_noticed.html", context, request=request)


def _is_this(comment, user, key):
    """Whether the form was sent already and became this comment: pressing twice needs no question."""
    return comment.author_id == user.pk and comment.submission_key == key


def _may_be_told(comment, user):
    """Whether this person may learn of a comment: it is published where they read, or their own."""
    comment.is_own = comment.author_id == user.pk
    if comment.is_own:
        return comment.status in (Comment.Status.APPROVED, *Comment.WAITING_STATUSES)
    is_read = comment.roundtable.is_published or user.is_staff
    return comment.status == Comment.Status.APPROVED and is_read
