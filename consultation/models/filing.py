"""Where a comment belongs: under which question, in which roundtable, below what, with what, and in how many parts.

Each act holds the lock of the forest, keeps the counters of both places, and leaves every address working.
"""

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from .comment_manager import DEEPEST
from .covering import MARK, outside_marks
from .question import GENERAL, Question
from .roundtable import Roundtable
from .status import Reason, Status
from .transitions import AlreadyDecided

MOST_CHARACTERS = 100_000  # of a text that is joined from several
MOST_PARTS = 20
LONGEST_NOTE = 100  # of an event


class Unfit(ValueError):
    """What was asked for makes no sense for this comment; the message says why, to the moderator."""


class Filing:
    """The part of `Comment` that puts it elsewhere."""

    def refile(self, *, by, question):
        """Put a top-level comment with its thread under another question of its roundtable, or under none.

        Its place in the tree and its address stay, so every link to it still works.
        """
        with transaction.atomic(using=self._state.db):
            comment = self._locked(by=by, allowed=Status.values)
            comment._hold_to_whole_thread()
            if question is not None and question.roundtable_id != comment.roundtable_id:
                raise Unfit(_("The question belongs to another roundtable."))
            if question == comment.question:
                return comment
            before = comment.question.number if comment.question else "–"
            comment.file_under(question.number if question else None)
            note = f"{before} → {question.number if question else '–'}"
            comment.record_event("refile", by=by, before=comment.status, note=note)
            comment.record_change(public=comment.is_public)
        return type(self).objects.get(pk=self.pk)

    def move_to(self, *, by, roundtable, question=None):
        """Put a top-level comment with its thread into another roundtable; its address stays."""
        with transaction.atomic(using=self._state.db):
            comment = self._locked(by=by, allowed=Status.values)
            comment._hold_to_whole_thread()
            if roundtable.pk == comment.roundtable_id:
                raise Unfit(_("The contribution is in this roundtable already."))
            if question is not None and question.roundtable_id != roundtable.pk:
                raise Unfit(_("The question belongs to another roundtable."))
            before = f"{comment.roundtable_id}:{comment.question.number if comment.question else '–'}"
            comment.put_into(roundtable.pk, question.number if question else None)
            note = f"roundtable {before} → {roundtable.pk}:{question.number if question else '–'}"
            comment.record_event("move", by=by, before=comment.status, note=note)
        return type(self).objects.get(pk=self.pk)

    def place_below(self, *, by, answered):
        """Put a comment with its replies below another of its roundtable, or at the top level (`answered` None)."""
        with transaction.atomic(using=self._state.db):
            comment = self._locked(by=by, allowed=Status.values)
            if answered is not None and comment.in_reply_to_id == answered.pk:
                return comment
            before = f"{comment.in_reply_to_id or '–'}:{comment.question.number if comment.question else '–'}"
            comment.put_below(answered.pk if answered else None)
            note = f"below {before} → {answered.pk if answered else '–'}"
            comment.record_event("move", by=by, before=comment.status, note=note)
            comment.record_change(public=True)
        return type(self).objects.get(pk=self.pk)

    def mark_duplicate(self, *, by, of, seen_status=None):
        """Take down what says the same as an earlier contribution; its address leads there. Raises AlreadyDecided."""
        with transaction.atomic(using=self._state.db):
            comment = self._locked(by=by, allowed=(*self.WAITING_STATUSES, Status.APPROVED))
            if seen_status is not None and comment.status != seen_status:
                raise AlreadyDecided(comment)
            of = type(self).objects.get(pk=of.pk)
            if of.pk == comment.pk or of.status != Status.APPROVED:
                raise Unfit(_("Name another contribution that is published."))
            before = comment.status
            comment.bring_to(Status.REMOVED, reason=Reason.DUPLICATE, merged_into=of)
            event = comment.record_event("duplicate", by=by, before=before, reason=Reason.DUPLICATE, note=f"→ {of.pk}")
            if comment.open_flags:
                comment.close_flags(event, "upheld")
            comment.record_status_change(before)
        return comment

    def join(self, *, by, parts, seen_revision=None):
        """Append the texts of `parts` to this one, as a new revision; the parts stay as tombstones that lead here."""
        with transaction.atomic(using=self._state.db):
            comment = self._locked(by=by, allowed=(Status.PENDING, Status.APPROVED), seen_revision=seen_revision)
            chosen = type(self).objects.filter(pk__in=[part.pk for part in parts]).select_related("question")
            parts = list(chosen.order_by("posted_at", "pk"))
            comment._hold_to_no_paper(*parts)
            comment._hold_to_one_submission(parts)
            note = "← " + ", ".join(str(part.pk) for part in parts)
            event = comment.record_event("join", by=by, before=comment.status, note=note[:LONGEST_NOTE])
            own_files = comment.files
            for part in parts:
                part._give_to(comment, by)
            numbers = {number for each in (comment, *parts) for number in each.objective_numbers}
            # Why passages are covered holds for the whole; its marks are part of the text now.
            comment.covered_for = ",".join(sorted({code for each in (comment, *parts) for code in each.reasons}))
            joined = "\n\n".join(each.body for each in (comment, *parts))
            comment._rewrite(joined, sorted(numbers), event, own_files, parts)
            comment.record_change(public=comment.is_public)
        return comment

    def split(self, *, by, at, seen_revision=None):
        """Cut the text before its character number `at`; what follows becomes a comment of its own, which is returned.

        It has the same author, date, status and place; both carry the event.
        """
        with transaction.atomic(using=self._state.db):
            comment = self._locked(by=by, allowed=(Status.PENDING, Status.APPROVED), seen_revision=seen_revision)
            comment._hold_to_no_paper()
            at = outside_marks(comment.body, at)
            first, second = comment.body[:at].rstrip(), comment.body[at:].strip("\n")
            if not (first.strip() and second.strip()):
                raise Unfit(_("Both parts need a text."))
            if comment.proposed_revision is not None:
                raise Unfit(_("A changed text of it waits. Decide about that first."))
            part = comment._second_part(second)
            event = comment.record_event("split", by=by, before=comment.status, note=f"→ {part.pk}")
            part.record_event("split", by=by, before=part.status, note=f"← {comment.pk}")
            comment._rewrite(first, comment.objective_numbers, event, comment.files)
            comment.record_change(public=comment.is_public)
            part.record_change(public=part.is_public, count=int(part.status == Status.APPROVED))
        return part

    # --- What the acts and their undoing are made of; the forest is locked and the row is as it is now.

    def thread(self):
        """Return this comment and all that stands below it."""
        return type(self).objects.filter(path__gte=self.path, path__lt=f"{self.path}ZZZZZ")

    def file_under(self, number):
        """Put it and all below it under a question of its roundtable, by number, or under none."""
        question = self.roundtable.questions.get(number=number) if number else None
        moved = self.thread().filter(status=Status.APPROVED).count()
        before = self.question_id
        self.thread().update(question=question, question_number=question.number if question else GENERAL)
        for changed, count in ((before, -moved), (question and question.pk, moved)):
            if changed:
                Question.objects.filter(pk=changed).update(visible_count=F("visible_count") + count)
        self.question, self.question_number = question, question.number if question else GENERAL

    def put_into(self, roundtable, number):
        """Put it and all below it into a roundtable (its key), under a question by number or under none."""
        before = self.roundtable_id
        taken = type(self).objects.filter(roundtable=roundtable, external_id__in=self.thread().values("external_id"))
        if taken.exists():
            raise Unfit(_("The other roundtable holds an imported contribution with the same number."))
        self.file_under(None)
        moved = self.thread().filter(status=Status.APPROVED).count()
        self.thread().update(roundtable=roundtable)
        self.roundtable = Roundtable.objects.get(pk=roundtable)
        self.file_under(number)
        for changed, count in ((before, -moved), (roundtable, moved)):
            Roundtable.objects.filter(pk=changed).record_change(public=True, count=count)

    def put_below(self, answered):
        """Put it and all below it below a comment (its key) of the same roundtable, or at the top level."""
        comments = type(self).objects
        target = comments.filter(pk=answered).first() if answered else comments.filter(depth=1).last()
        if answered:
            self._hold_to_fit_below(target)
        elif self.depth == 1:
            raise Unfit(_("The contribution stands at the top level already."))
        approved = self.thread().filter(status=Status.APPROVED)
        moved = approved.count()
        own = int(self.status == Status.APPROVED)
        # Of a thread only its replies are counted.
        comments.filter(path=self.root_path).update(thread_count=F("thread_count") - (moved - own * (self.depth == 1)))
        latest = approved.order_by("-published_at").values_list("published_at", flat=True).first()
        comments.move(self, target, "last-child" if answered else "last-sibling")
        self.refresh_from_db(fields=["path", "depth", "numchild"])
        self.in_reply_to = target if answered else None
        self.save(update_fields=["in_reply_to"])
        root = comments.filter(path=self.root_path)
        root.update(thread_count=F("thread_count") + (moved - own * (self.depth == 1)))
        if latest:
            root.filter(last_activity_at__lt=latest).update(last_activity_at=latest)
        if answered:
            self.file_under(target.question and target.question.number)

    def _hold_to_whole_thread(self):
        if self.depth != 1:
            raise Unfit(_("Only a whole thread can be filed elsewhere."))

    def _hold_to_fit_below(self, target):
        if target is None or target.roundtable_id != self.roundtable_id or target.status != Status.APPROVED:
            raise Unfit(_("Name a published contribution of the same roundtable."))
        if target.path.startswith(self.path):
            raise Unfit(_("A contribution cannot stand below itself or below a reply to it."))
        deepest = self.thread().order_by("-depth").values_list("depth", flat=True).first()
        if target.depth + 1 + deepest - self.depth > DEEPEST:
            raise Unfit(_("The thread would become too deep. Choose a contribution further up."))

    def _hold_to_no_paper(self, *others):
        if any(each.is_paper for each in (self, *others)):
            raise Unfit(_("A paper stays as its organisations cleared it: it is neither joined nor split."))

    def _hold_to_one_submission(self, parts):
        if not parts or len(parts) > MOST_PARTS:
            raise Unfit(_("Choose at least one other contribution, and at most 20."))
        author = (self.author_id, "" if self.author_id else self.author_name, self.roundtable_id, self.status)
        for part in parts:
            own = (part.author_id, "" if part.author_id else part.author_name, part.roundtable_id, part.status)
            if own != author or part.pk == self.pk or not any(own[:2]):
                raise Unfit(_("Only contributions of one person, of the same state and roundtable, can be joined."))
        if any(each.proposed_revision is not None for each in (self, *parts)):
            raise Unfit(_("A changed text of it waits. Decide about that first."))
        if sum(len(each.body) for each in (self, *parts)) > MOST_CHARACTERS:
            raise Unfit(_("The joined text would be too long."))

    def _give_to(self, whole, by):
        """Leave a tombstone that leads to the contribution which holds the text now; files go along."""
        before = self.status
        # With the numbers of its files, for the way back, if there is room for them.
        note = " ".join(["→", str(whole.pk), *(str(file["id"]) for file in self.files)])
        note = note if len(note) <= LONGEST_NOTE else f"→ {whole.pk}"
        shown = list(self.attachments.shown().values_list("pk", "copy_of"))
        self.attachments.filter(pk__in=[number for pair in shown for number in pair if number]).update(comment=whole)
        whole.files, self.files = [*whole.files, *self.files], []
        self.save(update_fields=["files"])
        self.bring_to(Status.REMOVED, merged_into=whole)
        event = self.record_event("join", by=by, before=before, note=note)
        if self.open_flags:
            self.close_flags(event, "upheld")
        self.record_status_change(before)

    def _take_back_files(self, whole, event):
        """Take the files back that went along when this part was joined, as far as they are still there."""
        numbers = [int(number) for number in event.note.split()[2:]]
        if not numbers:
            return
        originals = whole.attachments.filter(pk__in=numbers, copy_of__isnull=False).values_list("copy_of", flat=True)
        whole.attachments.filter(pk__in=[*numbers, *originals]).update(comment=self)
        for each in (self, whole):
            each.show_files()
            each.save(update_fields=["files"])

    # What another text changes. Not the counters: those of the thread may have changed in this very transaction.
    TEXT_FIELDS = (
        "body",
        "lead_html",
        "rest_html",
        "renderer_version",
        "search_text",
        "revision_number",
        "objective_numbers",
        "files",
        "covered_for",
    )

    def _rewrite(self, body, objective_numbers, event, files, parts=()):
        """Put another text in the place of the current one, which had these files; covered passages stay covered.

        What is covered in one of the parts of it is covered wherever it stands in the whole.
        """
        if self.status == Status.APPROVED:  # or nobody could read it
            was = self.revisions.filter(number=self.revision_number)
            was.update(replaced_at=event.created_at, files=files)
        self.revision_number = self._next_revision_number()
        self.objective_numbers = objective_numbers
        self.set_body(body)
        self.save(update_fields=self.TEXT_FIELDS)
        revision = self.store_text(self, self.revision_number, event.created_at)
        for part in parts:
            part.carry_passages(revision)
        self.show_covered()

    # What the second part of a split contribution has in common with the first, beside what is shown of the author.
    COMMON_FIELDS = (
        "roundtable",
        "question",
        "question_number",
        "author",
        "author_role",
        "language",
        "objective_numbers",
        "status",
        "posted_at",
        "submitted_at",
        "published_at",
        "waiting_since",
        "last_activity_at",
        "is_cleared",
    )

    def _second_part(self, body):
        answered = type(self).objects.filter(pk=self.in_reply_to_id).first()
        common = (*self.AUTHOR_FIELDS, *self.COMMON_FIELDS)
        part = type(self)(in_reply_to=answered, **{name: getattr(self, name) for name in common})
        part.set_body(body)
        part.covered_for = self.covered_for if MARK in body else ""
        type(self).objects.plant(part, answered)
        part.store_text(part, 1, part.submitted_at or part.last_activity_at)
        part.notice()
        return part
