"""Covering passages of a text: what everybody reads carries a mark, the revision keeps what was written."""

from django.conf import settings
from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from .status import Reason, Status
from .transitions import AlreadyDecided

MARK = "▒▒▒"


def covered(body, redactions, language):
    """Return a text with its covered passages replaced by a mark that says why, in the language of the text."""
    parts, at = [], 0
    for redaction in sorted(redactions, key=lambda each: (each.start, -each.end)):
        if redaction.start >= len(body) or redaction.end <= at:
            continue
        if redaction.start >= at:
            parts += [body[at : redaction.start], mark(redaction.reason, language)]
        at = redaction.end
    return "".join([*parts, body[at:]])


def mark(reason, language):
    """Return what stands in the place of a covered passage; it holds nothing that Markdown would read."""
    with translation.override(language or None):
        return _("%(mark)s covered by a moderator: %(reason)s %(mark)s") % {
            "mark": MARK,
            "reason": Reason(reason).label,
        }


def outside_marks(body, at):
    """Return a place in a text that cuts no mark in two: it, or the beginning of the mark around it."""
    while 0 < at < len(body) and body[at - 1] == body[at] == MARK[0]:
        at -= 1
    return body.rfind(MARK, 0, at) if body.count(MARK, 0, at) % 2 else at


def places_of(passage, body):
    """Yield (start, end) of each place where a passage stands in a text."""
    start = body.find(passage) if passage else -1
    while start >= 0:
        yield start, start + len(passage)
        start = body.find(passage, start + len(passage))


class Covering:
    """The part of `Comment` that covers passages."""

    COVERABLE = (Status.PENDING, Status.APPROVED)

    def cover(self, *, by, passages, reason, seen_revision=None):
        """Cover passages, given as (start, end) in the text as it was written, in every revision that holds them.

        Reports that are open are settled with it. Raises AlreadyDecided, or TextChanged where another text was seen.
        """
        with transaction.atomic(using=self._state.db):
            comment = self._locked(by=by, allowed=self.COVERABLE, seen_revision=seen_revision)
            written = comment.written.body
            texts = {written[start:end] for start, end in passages} - {""}
            if not comment.written.uncovered(texts):
                return comment  # sent twice
            event = comment.record_event("redact", by=by, before=comment.status, reason=reason)
            for revision in comment.revisions.all():
                revision.cover(texts, reason=reason, by=by, at=event.created_at)
            comment.show_covered()
            if comment.open_flags:
                comment.close_flags(event, "upheld")
            comment.record_change(public=comment.is_public)
        return comment

    def uncover(self, *, by, passage, reason):
        """Show a covered passage again, in every revision that holds it. Raises AlreadyDecided."""
        with transaction.atomic(using=self._state.db):
            comment = self._locked(by=by, allowed=Status.values)
            found = [
                redaction.pk
                for revision in comment.revisions.prefetch_related("redactions")
                for redaction in revision.redactions.all()
                if redaction.reason == reason and revision.body[redaction.start : redaction.end] == passage
            ]
            if not found:
                raise AlreadyDecided(comment)
            event = comment.record_event("uncover", by=by, before=comment.status, reason=reason)
            self._redactions().filter(pk__in=found).update(shown_again_at=event.created_at)
            comment.show_covered()
            comment.record_change(public=comment.is_public)
        return comment

    @property
    def written(self):
        """The current revision: the text as its author wrote it. For moderators only, where passages are covered."""
        return self.revisions.get_or_create(
            number=self.revision_number,
            defaults={"body": self.body, "language": self.language, "objective_numbers": self.objective_numbers},
        )[0]

    @property
    def reasons(self):
        """Why passages of it, of its files, or titles are covered, as codes."""
        return [code for code in self.covered_for.split(",") if code]

    def carry_covers(self, revision):
        """Cover in a newer text what is covered in the texts before it, and keep why."""
        self.carry_passages(revision)
        self.set_covered_for(revision)

    def carry_passages(self, revision):
        """Cover in a text, be it of another comment, what is covered in those of this one."""
        passages = set()  # each is covered wherever it stands, so once is enough
        for redaction in self._redactions().filter(revision__comment=self).select_related("revision"):
            passage = redaction.revision.body[redaction.start : redaction.end]
            if passage in passages:
                continue
            passages.add(passage)
            revision.cover({passage}, reason=redaction.reason, by=redaction.redacted_by, at=redaction.redacted_at)

    def set_covered_for(self, revision):
        """Keep why parts of the text, as this revision has it, and titles are covered; saving is left to the caller."""
        # A text that was joined or split holds the marks themselves, of which no passages are known.
        joined = {
            code for code in self.reasons if any(mark(code, each) in revision.body for each in settings.LANGUAGE_CODES)
        }
        passages = revision.redactions.values_list("reason", flat=True)
        titles = self.covered_titles.values_list("reason", flat=True)
        files = [file["covered"] for file in self.files if "covered" in file]
        self.covered_for = ",".join(sorted({*joined, *passages, *titles, *files}))

    def show_covered(self):
        """Make what everybody reads of the current revision, with its covers."""
        revision = self.written
        self.carry_covers(revision)
        self.set_body(revision.public_body)
        self.save(update_fields=["body", "lead_html", "rest_html", "renderer_version", "search_text", "covered_for"])
        self.notice()

    def _redactions(self):
        return self.revisions.model.redactions.rel.related_model.objects
