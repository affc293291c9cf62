"""Storing the comments: each once, in its place in the tree, with its text, its status and what is only inferred."""

import datetime
from collections import defaultdict
from dataclasses import dataclass

from django.db.models import Max
from django.utils import timezone

from consultation import text
from consultation.models import Comment, ModerationEvent, Revision
from consultation.models.noticing import compare_all
from consultation.models.planting import BATCH, plant_all
from consultation.models.question import GENERAL

from .wording import joined, trimmed

STATUSES = {
    "published": Comment.Status.APPROVED,
    "pending": Comment.Status.PENDING,
    "rejected": Comment.Status.REJECTED,
    "removed": Comment.Status.REMOVED,
}
ROLES = {"moderator": Comment.Role.MODERATOR, "secretariat": Comment.Role.SECRETARIAT}
# What the old page showed or somebody inferred, and a comment here has no field for: for the secretariat only.
NOTED = (
    *("author_id", "author_role", "in_reply_to_author", "mentions", "attachments", "truncation_marker"),
    *("extra", "reconstruction"),
)
DECIDED, REVISED = "decided here, status and text kept", "revised here, status and text kept"
FILED = "decided here, left under their question"
ELSEWHERE = "answer another comment here than in the file, left in their place"
MISSING = "no longer in the file, kept"
MADE = {"submitted_at", "lead_html", "rest_html", "renderer_version", "search_text", "removal_reason", "waiting_since"}


@dataclass
class Draft:
    """What a file says of one comment, in the words of the model."""

    external_id: str
    parent: str | None
    question: str | None
    shown: dict  # the fields that have nothing to do with text, status and place
    body: str
    language: str
    status: str
    posted_at: datetime.datetime | None
    rendered: text.RenderedText | None = None


def drafts(document, progress=iter):
    """Return drafts of a checked document's comments, in file order; what is new is rendered, which takes its time."""
    of_roundtable = Comment.objects.filter(roundtable__import_key=document["roundtable"]["key"])
    stored = dict(of_roundtable.order_by().values_list("external_id", "body"))
    made = []
    for row in progress(document.get("comments", [])):
        draft = _draft(row)
        if stored.get(draft.external_id) != draft.body:
            draft.rendered = text.render(draft.body)
        made.append(draft)
    return made


def _draft(row):
    notes = {key: row[key] for key in NOTED if row.get(key)}
    if any(line != trimmed(line) for line in row["body"]):
        notes["original_body"] = row["body"]
    created_at = row.get("created_at")
    return Draft(
        external_id=row["id"],
        parent=row.get("parent"),
        question=row.get("question"),
        shown={
            "author_name": (row.get("author") or "").strip(),
            "author_organisation": (row.get("organisation") or "").strip(),
            "author_role": ROLES.get(row.get("author_role"), Comment.Role.PARTICIPANT),
            "is_truncated": row["truncated"],
            "import_notes": notes,
        },
        body=joined(row["body"]),
        language=row.get("language") or "",
        status=STATUSES[row["status"]],
        posted_at=datetime.datetime.fromisoformat(created_at) if created_at else None,
    )


def planting_order(entries):
    """Return drafts so that each stands behind what it answers; those that answer the same keep their order."""
    answers = defaultdict(list)
    for entry in entries:
        answers[entry.parent].append(entry)
    waiting, ordered = answers[None][::-1], []
    while waiting:
        entry = waiting.pop()
        ordered.append(entry)
        waiting += answers[entry.external_id][::-1]
    return ordered


def store_comments(entries, roundtable, questions, outcome, progress=iter):
    """Create or update a roundtable's comments; call it under the lock of the forest."""
    store = _Store(roundtable, questions, outcome)
    if not outcome.is_new:
        store.load()
        store.follow_questions(entries)
        if missing := store.comments.keys() - {entry.external_id for entry in entries}:
            outcome.kept[MISSING] += sorted(missing)
    for entry in progress(planting_order(entries)):
        if entry.external_id in store.comments:
            store.update(entry)
        else:
            store.create(entry)
    plant_all(store.new)
    compare_all(store.new)
    Revision.objects.bulk_create(store.revisions, batch_size=BATCH)
    ModerationEvent.objects.bulk_create(store.events, batch_size=BATCH)


class _Store:
    """One roundtable's imported comments while a file is taken over."""

    def __init__(self, roundtable, questions, outcome):
        self.roundtable, self.questions, self.outcome = roundtable, questions, outcome
        self.now = timezone.now()
        self.comments, self.decided, self.imported_revision = {}, set(), {}
        self.new, self.revisions, self.events = [], [], []

    def load(self):
        rows = Comment.objects.filter(roundtable=self.roundtable, external_id__isnull=False)
        rows = rows.defer("lead_html", "rest_html", "search_text")
        self.comments = {comment.external_id: comment for comment in rows}
        events = ModerationEvent.objects.filter(comment__roundtable=self.roundtable).order_by()
        imports = events.filter(action=ModerationEvent.Action.IMPORT)
        self.imported_revision = dict(imports.values_list("comment").annotate(Max("revision_number")))
        # What is neither about its status and text, nor about its place.
        others = (ModerationEvent.Action.IMPORT, *ModerationEvent.RELATIONS)
        self.decided = set(events.exclude(action__in=others).values_list("comment", flat=True))

    def follow_questions(self, entries):
        """Let threads follow to the question under which the file has them now."""
        moved = {}
        for entry in entries:
            root = self.comments.get(entry.external_id)
            place = self._place(entry)
            if not root or root.depth > 1 or entry.parent is not None or root.question_id == place["question_id"]:
                continue
            if root.pk in self.decided:
                self.outcome.kept[FILED].append(entry.external_id)
            else:
                moved[root.path] = place
                thread = Comment.objects.filter(path__gte=root.path, path__lt=f"{root.path}~")
                thread.update(**place)
                self.outcome.changed[f"comment {entry.external_id}"].append("question")
        for comment in self.comments.values():
            for name, value in moved.get(comment.root_path, {}).items():
                setattr(comment, name, value)

    def _place(self, entry, parent=None):
        if parent:
            return {"question_id": parent.question_id, "question_number": parent.question_number}
        question = self.questions.get(entry.question)
        return {
            "question_id": question.pk if question else None,
            "question_number": question.number if question else GENERAL,
        }

    def create(self, entry):
        parent = self.comments.get(entry.parent)
        comment = Comment(
            roundtable=self.roundtable,
            in_reply_to=parent,
            external_id=entry.external_id,
            language=entry.language,
            posted_at=entry.posted_at,
            submitted_at=entry.posted_at,
            last_activity_at=self.now,
            **self._place(entry, parent),
            **entry.shown,
        )
        comment.set_body(entry.body, entry.rendered)
        self._set_status(comment, entry)
        self.new.append(comment)
        self.comments[entry.external_id] = comment
        self.outcome.new["comments"].append(entry.external_id)
        self._record(comment, before="", is_new_text=True)

    def update(self, entry):
        comment = self.comments[entry.external_id]
        parent = self.comments.get(entry.parent)
        if comment.in_reply_to_id != (parent and parent.pk):
            self.outcome.kept[ELSEWHERE].append(entry.external_id)
        why = self._local_decision(comment)
        changed = self._update_shown(comment, entry, is_text_kept=bool(why))
        before = comment.status
        has_new_text = (comment.body, comment.language) != (entry.body, entry.language)
        has_new_status = comment.status != entry.status
        if why and (has_new_text or has_new_status):
            self.outcome.kept[why].append(entry.external_id)
            has_new_text = has_new_status = False
        if comment.posted_at != entry.posted_at:
            comment.posted_at = comment.submitted_at = entry.posted_at
            changed |= {"posted_at", "submitted_at"}
            if comment.published_at and entry.posted_at and not why:
                comment.published_at = entry.posted_at
                changed.add("published_at")
        if has_new_text:
            comment.language = entry.language
            comment.revision_number += 1
            changed |= {"language", "body", "revision_number"}
        if has_new_status:
            self._set_status(comment, entry)
            changed |= {"status", "waiting_since", "published_at", "removed_at", "removal_reason"}
        if has_new_text:
            comment.set_body(entry.body, entry.rendered)
            changed |= {"lead_html", "rest_html", "renderer_version", "search_text"}
        elif changed & {"author_name", "author_organisation"}:
            comment.set_search_text()
            changed.add("search_text")
        if has_new_text or has_new_status:
            self._record(comment, before=before, is_new_text=has_new_text)
        if changed:
            comment.save(update_fields=changed)
            if has_new_text:
                comment.notice()
            self.outcome.changed[f"comment {entry.external_id}"] += sorted(changed - MADE)

    def _update_shown(self, comment, entry, *, is_text_kept):
        changed = set()
        for name, value in entry.shown.items():
            if is_text_kept and name in ("is_truncated", "import_notes"):
                continue  # they speak of the text
            if name == "import_notes":
                # Notes under other keys were made here.
                here = {key: note for key, note in comment.import_notes.items() if key not in (*NOTED, "original_body")}
                value = here | value
            if name.startswith("author_") and comment.author_id:
                continue  # somebody's account was joined to it here
            if getattr(comment, name) != value:
                setattr(comment, name, value)
                changed.add(name)
        return changed

    def _local_decision(self, comment):
        if comment.revision_number > self.imported_revision.get(comment.pk, 1):
            return REVISED
        return DECIDED if comment.pk in self.decided else None

    def _set_status(self, comment, entry):
        comment.status, comment.removal_reason = entry.status, ""
        if entry.status in Comment.PUBLIC_STATUSES:
            # A tombstone, too, is shown where it was once public.
            comment.published_at = comment.published_at or entry.posted_at or self.now
        comment.removed_at = self.now if entry.status == Comment.Status.REMOVED else None
        comment.waiting_since = (entry.posted_at or self.now) if entry.status == Comment.Status.PENDING else None

    def _record(self, comment, *, before, is_new_text):
        if is_new_text:
            self.revisions.append(
                Revision(
                    comment=comment,
                    number=comment.revision_number,
                    body=comment.body,
                    language=comment.language,
                    created_at=(comment.posted_at if comment.revision_number == 1 else None) or self.now,
                )
            )
        self.events.append(
            ModerationEvent(
                comment=comment,
                action=ModerationEvent.Action.IMPORT,
                status_before=before,
                status_after=comment.status,
                revision_number=comment.revision_number,
            )
        )
