"""What authors do with their own comments: revise what waits, change what is published, withdraw it."""

from django.db import transaction
from django.db.models import Max, Q
from django.utils import timezone

from consultation import text

from .covering import MARK
from .status import Status
from .transitions import NotCleared


class Authorship:
    """The transitions of `Comment` that its author begins, and the decisions about a changed text."""

    ABOUT_EDITS = ("edit", "approve_edit", "reject_edit", "drop_edit")
    # What a change that waits, or no longer does, writes.
    EDIT_FIELDS = ("proposed_revision", "is_cleared", "waiting_since")
    WITHDRAWABLE_STATUSES = (Status.PENDING, Status.RETURNED, Status.APPROVED, Status.REJECTED)

    def revise(self, new, *, by):
        """Store a new text of one's own waiting comment, with files added, removed and renamed; submit it again.

        A paper waits for its organisations again (`papers.revise` asks them). Raises AlreadyDecided, TextChanged
        where one's text is another by now, and PostingLimitReached: a new text counts as a contribution. The same
        text sent twice is stored once.
        """
        with transaction.atomic(using=self._state.db):
            comment = self._locked(by=by, allowed=self.WAITING_STATUSES)
            is_same = comment.status == Status.PENDING and comment._says(new)
            leaves_files = comment._leaves_files(new)
            if is_same and new.asks in (None, comment.asks) and leaves_files:
                return comment
            comment._hold_to_seen(new.seen_revision, comment.latest_revision)
            comment._hold_to_limits(by, new.role)
            before = comment.status
            if not leaves_files:
                comment.take_files(new.attachments, removed=new.removed or (), titles=new.titles)
            comment.set_body(new.body)
            comment.language, comment.objective_numbers = new.language, new.objective_numbers
            comment.revision_number = comment._next_revision_number()
            comment.asks = comment.asks if new.asks is None else new.asks
            comment.status = Status.PENDING
            comment.submitted_at = timezone.now()
            if comment.is_paper:
                comment.title, comment.mandate, comment.is_cleared = new.title, new.mandate, False
            comment.waiting_since = comment.submitted_at if comment.is_cleared else None
            comment.save()
            comment.store_text(new, comment.revision_number, comment.submitted_at)
            comment.show_covered()
            comment.record_event("submit", by=by, before=before)
            comment.record_change(public=False)
        return comment

    def propose_edit(self, new, *, by):
        """Change the text and the files of one's own published comment: at once, or once a moderator approves it.

        What decides is the roundtable's rule, as at posting; a paper waits for its organisations first
        (`papers.revise` asks them). The same change sent twice is one change. Raises AlreadyDecided, TextChanged
        where there is a newer text than the one that was changed, and PostingLimitReached.
        """
        with transaction.atomic(using=self._state.db):
            comment = self._locked(by=by, allowed=(Status.APPROVED,))
            if comment._leaves_files(new) and comment._says(new):
                return comment
            comment._hold_to_seen(new.seen_revision, comment.latest_revision)
            record = comment._hold_to_limits(by, new.role)
            revision = comment.store_text(new, comment._next_revision_number(), timezone.now())
            comment._propose_files(revision.number, new)
            if not comment.is_paper and comment._is_changed_at_once(new.role, record, revision):
                comment._publish_at_once(revision, by=by)
            else:
                comment.proposed_revision, comment.is_cleared = revision.number, not comment.is_paper
                comment.set_waiting()
                comment.save(update_fields=comment.EDIT_FIELDS)
                comment.record_event("edit", by=by, before=comment.status, revision_number=revision.number)
                comment.record_change(public=False)
        return comment

    def withdraw_edit(self, *, by, seen_revision=None):
        """Take back one's own change that waits: its text and files are deleted, what is published stays.

        Raises AlreadyDecided where none waits any more, or TextChanged where another one was seen.
        """
        with transaction.atomic(using=self._state.db):
            comment = self._locked_with_edit(by, seen_revision)
            number = comment.proposed_revision
            comment._discard_files(number)
            comment.revisions.filter(number=number).update(body="", title="", mandate="", objective_numbers=())
            comment._settle_edit()
            comment.save(update_fields=comment.EDIT_FIELDS)
            comment.record_event("drop_edit", by=by, before=comment.status, revision_number=number)
            comment.record_change(public=False)
        return comment

    def withdraw(self, *, by):
        """Take one's own contribution back for good: its texts are deleted, a dated tombstone and replies stay.

        Raises AlreadyDecided where it is gone already.
        """
        with transaction.atomic(using=self._state.db):
            comment = self._locked(by=by, allowed=self.WITHDRAWABLE_STATUSES)
            before, was_public = comment.status, comment.is_public
            comment.status, comment.removed_at = Status.WITHDRAWN, timezone.now()
            comment.waiting_since = comment.proposed_revision = None
            comment.blank()
            comment.save()
            # The parts that were joined with it hold its text, too.
            for part in comment.merged.filter(status=Status.REMOVED, removal_reason=""):
                part.blank()
                part.save()
            event = comment.record_event("withdraw", by=by, before=before)
            if comment.open_flags:
                comment.close_flags(event, "upheld")
            comment.record_change(public=was_public, count=-int(before == Status.APPROVED))
        return comment

    def blank(self):
        """Let go of what was written, in every version, and of what was made of it; saving is left to the caller."""
        from .draft import Draft

        self.body = self.lead_html = self.rest_html = self.search_text = ""
        self.title = self.mandate = self.late_reason = self.asks = ""
        self.objective_numbers, self.files, self.import_notes = (), [], {}
        self.similar_to, self.similarity = None, 0
        self.attachments.all().discard()
        for made_of_it in (self.documents, self.prints, self.concerns):
            made_of_it.all().delete()
        self.revisions.model.redactions.rel.related_model.all_objects.filter(revision__comment=self).delete()
        self.revisions.update(body="", title="", mandate="", objective_numbers=(), files=None)
        self._all_titles().filter(comment=self).delete()
        Draft.objects.filter(revises=self).delete()
        # What was taken for an answer no longer is one.
        self.answered.update(answered_by=None, answered_at=None)

    def approve_edit(self, *, by, seen_revision=None):
        """Publish the changed text. Raises AlreadyDecided, NotCleared, or TextChanged where another one was seen."""
        with transaction.atomic(using=self._state.db):
            comment = self._locked_with_edit(by, seen_revision)
            if not comment.is_cleared:
                raise NotCleared(comment)
            revision = comment.revisions.get(number=comment.proposed_revision)
            comment._publish(revision, by=by, action="approve_edit")
        return comment

    def reject_edit(self, *, by, reason, message="", seen_revision=None):
        """Leave the published text as it is. Raises AlreadyDecided, or TextChanged where another change was seen."""
        with transaction.atomic(using=self._state.db):
            comment = self._locked_with_edit(by, seen_revision)
            number = comment.proposed_revision
            comment._drop_files(number)
            comment._settle_edit()
            comment.save(update_fields=comment.EDIT_FIELDS)
            comment.record_event(
                "reject_edit",
                by=by,
                before=comment.status,
                reason=reason,
                message=message,
                revision_number=number,
            )
            comment.record_change(public=False)
        return comment

    def store_text(self, said, number, moment):
        """Store as a revision what a new text says, or the comment itself."""
        kept = ("body", "language", "objective_numbers", "title", "mandate")
        return self.revisions.create(number=number, created_at=moment, **{name: getattr(said, name) for name in kept})

    @property
    def reference(self):
        """The number under which its author may ask about it."""
        return f"RT-{self.roundtable.slug}-{self.pk:06d}"

    @property
    def versions(self):
        """The texts that every reader could see, the first one first, each as it may be read now.

        Each is a revision with `shown_from`; a text that was never published is none of them. After a split they
        begin anew: what became of the other part since is not to be read here.
        """
        published = Q(number=self.revision_number) | Q(replaced_at__isnull=False)
        split = self.events.filter(action="split", note__startswith="→ ", undone_by__isnull=True)
        since = split.aggregate(last=Max("revision_number"))["last"] or 0
        versions = self.revisions.filter(published, number__gt=since).prefetch_related("redactions").order_by("number")
        versions = list(versions)
        moment = self.published_at
        for version in versions:
            version.shown_from, moment = moment, version.replaced_at
            is_current = version.number == self.revision_number
            version.shown_body = self.body if is_current else version.public_body
        if self.is_paper:
            self._keep_facts(versions)
        return versions

    @property
    def latest_revision(self):
        """The number of the newest text, published or not: what a form that changes it has seen."""
        return self._next_revision_number() - 1

    @property
    def proposed(self):
        """The revision that waits for a moderator beside the published text, or None."""
        if self.proposed_revision is None:
            return None
        return self.revisions.filter(number=self.proposed_revision).first()

    @property
    def standing_decisions(self):
        """What its author is to read of decisions, the oldest first: reasons and messages that hold for it as it is.

        What was undone, or overtaken by another state or a later decision about a changed text, is past.
        """
        standing = []
        for event in self.events.all():
            if event.action == "undo" or hasattr(event, "undone_by"):
                continue
            if event.status_before != event.status_after:
                standing = []
            is_about_edit = event.action in self.ABOUT_EDITS
            standing = [each for each in standing if not (is_about_edit and each.action in self.ABOUT_EDITS)]
            standing.append(event)
        covers = self.covered_for.split(",")
        return [
            event
            for event in standing
            if (event.reason or event.message) and event.action not in ("uncover", "show_title")
            if event.action not in ("redact", "cover_title", "cover_file") or event.reason in covers
        ]

    def _locked_with_edit(self, by, seen_revision):
        comment = self._locked(by=by, allowed=(Status.APPROVED,))
        if comment.proposed_revision is None:
            raise self.AlreadyDecided(comment)
        comment._hold_to_seen(seen_revision, comment.proposed_revision)
        return comment

    def _hold_to_seen(self, seen_revision, number):
        if seen_revision is not None and seen_revision != number:
            raise self.TextChanged(self)

    def _hold_to_limits(self, by, role):
        """Return what the person wrote so far; too much of it is refused as at posting."""
        record = type(self).objects.record_of(by)
        if role == self.Role.PARTICIPANT:
            type(self).objects.hold_to_limits(record)
        return record

    def _is_changed_at_once(self, role, record, revision):
        if role == self.Role.PARTICIPANT and self._has_covered_passages():
            # Only a moderator can tell that a covered passage does not come back by another wording.
            return False
        rendered = text.render(revision.body)
        return type(self).objects.is_published_at_once(self.roundtable, role, record, rendered)

    def _has_covered_passages(self):
        # A text that was joined or split carries the mark only.
        return bool(self.covered_for) or MARK in self.body or self._redactions().filter(revision__comment=self).exists()

    def _says(self, new):
        """Whether this is what waits already or, where nothing waits, what is published."""
        current = self.proposed or self
        said = (current.body, current.language, list(current.objective_numbers))
        is_same = said == (new.body, new.language, list(new.objective_numbers))
        return is_same and (not self.is_paper or self._is_named_as(new))

    def _next_revision_number(self):
        """Return the number after the last one: texts that were not published keep theirs."""
        return (self.revisions.aggregate(last=Max("number"))["last"] or self.revision_number) + 1

    def _settle_edit(self):
        """Nothing of the text waits any more; a report may."""
        self.proposed_revision, self.is_cleared = None, True
        if not self.open_flags:
            self.waiting_since = None

    def _publish_at_once(self, revision, *, by):
        """Publish a text that nobody else decides about: nothing of that is undone."""
        self._publish(revision, by=by, action="edit")
        self.attachments.hidden().without_copies().discard()

    def _publish(self, revision, *, by, action):
        """Put a stored text in the place of the published one."""
        now = timezone.now()
        self.revisions.filter(number=self.revision_number).update(replaced_at=now, files=self.files)
        self._publish_files(revision.number)
        self._take_facts(revision)
        self.carry_covers(revision)
        self.set_body(revision.public_body)
        self.language, self.objective_numbers = revision.language, revision.objective_numbers
        self.revision_number, self.edited_at = revision.number, now
        self._settle_edit()
        self.save()
        self.notice()
        self.record_event(action, by=by, before=self.status)
        self.record_change(public=True)
