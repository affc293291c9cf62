"""The files of a comment: those that readers get, and those that come or go with a changed text that waits."""

from pathlib import PurePosixPath

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from .status import Status
from .transitions import AlreadyDecided

PLACE_FIELDS = ("other_title", "other_language", "comes_with", "goes_with", "hidden_since")
FILE_FIELDS = ("title", "language", *PLACE_FIELDS)
UNSEEN = "unseen"  # in the note of an event: readers never had the file


class FileGone(AlreadyDecided):
    """What is to be undone was done to a file that is deleted by now."""

    conflict = "file_gone"


class Enclosing:
    """The part of `Comment` that keeps its files; `files` is what pages show of them."""

    @property
    def files_as_left(self):
        """Return the files as the author left them, in what waits or else in what is shown.

        Each knows whether what waits leaves it out (`is_left_out`), and its title and language there (`wanted`).
        """
        found = [each for each in self.attachments.all() if each.hidden_since is None or self._brings(each)]
        for each in found:
            is_changed = self.proposed_revision is not None and each.hidden_since is None
            each.is_left_out = is_changed and each.goes_with == self.proposed_revision
            is_renamed = is_changed and bool(each.other_title)
            each.wanted = (each.other_title, each.other_language) if is_renamed else (each.title, each.language)
        return found

    @property
    def files_wanted(self):
        """What pages would show of the files once what waits is published."""
        kept = [each for each in self.files_as_left if not each.is_left_out]
        titles = [{"title": each.wanted[0] or each.name, "language": each.wanted[1]} for each in kept]
        return [each.shown | title for each, title in zip(kept, titles, strict=True)]

    @property
    def originals(self):
        """The files in whose place readers get covered copies; for its author and its moderators only."""
        return list(self.attachments.filter(copies__comment=self, copies__hidden_since=None).distinct())

    def take_files(self, attachments, *, removed=(), titles=None):
        """Make files that waited those of this comment, rename some (`titles`) and let go of others, at once.

        The caller holds the lock and saves.
        """
        all_files = self._attachments()
        if removed:
            all_files.filter(pk__in=[attachment.pk for attachment in removed], comment=self).discard()
        taken = self._unsent(attachments).update(comment=self)
        renamed = list(all_files.filter(pk__in=titles, comment=self)) if titles else []
        for each in renamed:
            each.title, each.language = titles[each.pk]
        if renamed:
            all_files.bulk_update(renamed, ["title", "language"])
        known = [file["id"] for file in self.files] == [attachment.pk for attachment in attachments]
        if removed or renamed or not known or taken != len(attachments):
            # There were others before, or one was removed in another window meanwhile.
            self.show_files()

    def show_files(self):
        """Keep anew what pages show of the files; saving is left to the caller."""
        shown = self._attachments().shown().filter(comment=self)
        # A covered copy stands where its original stood.
        self.files = [each.shown for each in sorted(shown, key=lambda each: (each.copy_of_id or each.pk, each.pk))]

    # --- What moderators do with one of them.

    def remove_file(self, attachment, *, by, reason):
        """Take a file from everybody but moderators; until `clean_files` deletes it that can be undone.

        Returns whether it was still there.
        """
        with transaction.atomic(using=self._state.db):
            comment = self._locked(by=by, allowed=Status.values)
            one = comment._file_in_play(attachment.pk)
            if one is None:
                return False
            # With which texts it would come or go: what undoing needs.
            state = UNSEEN if one.hidden_since else ""
            note = f"{one.pk}:{one.comes_with or ''}:{one.goes_with or ''}:{state}:{one.copy_of_id or ''}"
            one.comes_with, one.goes_with, one.hidden_since = None, None, timezone.now()
            comment._keep_file(one)
            comment.record_event("remove_file", by=by, before=comment.status, reason=reason, note=note)
            comment.record_change(public=comment.status == Status.APPROVED)
        return True

    def cover_file(self, attachment, *, by, copy, reason):
        """Hand out a copy with covered passages in the place of a file; the original stays for those entitled.

        `copy` is a file that this moderator uploaded. Raises AlreadyDecided where the file is not there any more, or
        the copy was taken already.
        """
        with transaction.atomic(using=self._state.db):
            comment = self._locked(by=by, allowed=Status.values)
            one = comment._file_in_play(attachment.pk)
            copy = self._attachments().filter(pk=copy.pk, uploader=by, comment=None).first()
            if one is None or copy is None:
                raise AlreadyDecided(comment)
            copy.copy_of_id, copy.covered_for = one.copy_of_id or one.pk, reason
            if one.title not in (one.name, PurePosixPath(one.name).stem):  # or it is called by its own name, too
                copy.title = one.title
            copy.language = one.language
            copy.comment = comment
            if comment.covered_titles.filter(attachment=one).exists():
                copy.name = f"{copy.pk}.{copy.kind}"
            copy.save(update_fields=["name", "copy_of", "covered_for", "comment"])
            note = f"{copy.pk}:{one.pk}"
            comment._put_in_place(copy, one)
            comment.record_event("cover_file", by=by, before=comment.status, reason=reason, note=note)
            comment.record_change(public=comment.status == Status.APPROVED)
        return comment

    def _undo_cover_file(self, event, by):
        numbers = [int(each) for each in event.note.split(":")]
        files = self.attachments.in_bulk(numbers)
        if len(files) < 2:
            raise FileGone(self)
        copy, one = (files[number] for number in numbers)
        self._put_in_place(one, copy)

    def _put_in_place(self, one, other):
        """Let one file come, go, be seen and have its title covered where the other did, which is kept aside."""
        for name in PLACE_FIELDS:
            setattr(one, name, getattr(other, name))
        other.comes_with, other.goes_with, other.hidden_since = None, None, timezone.now()
        other.other_title = other.other_language = ""
        other.save(update_fields=FILE_FIELDS)
        self._all_titles().filter(attachment=other).update(attachment=one)
        self._keep_file(one)

    def _undo_remove_file(self, event, by):
        number, comes, goes = (int(each) if each else None for each in (*event.note.split(":"), "", "")[:3])
        one = self.attachments.filter(pk=number).first()
        if one is None:
            raise FileGone(self)
        one.comes_with, one.goes_with = comes, goes
        one.hidden_since = timezone.now() if self._brings(one) else None
        self._keep_file(one)

    def add_files(self, versions, *, may_see_all):
        """Give each published version its `shown_files`: what `Attachment.shown` says, and what became of it.

        Each knows whether it `is_open` to whom this is shown, and for what `reason` a moderator removed it; of what
        was removed only those who `may_see_all` learn the title. None where nobody knows of the files any more.
        """
        rows = {each.pk: each for each in self.attachments.all()}
        events = {_files_of(event)[0]: event for event in self.events.filter(action="remove_file", undone_by=None)}
        removed = {number: event for event in events.values() for number in _files_of(event)}
        for version in versions:
            files = self.files if version.number == self.revision_number else version.files
            version.shown_files = None if files is None else []
            if files is None:
                continue
            had = [file["id"] for file in files]
            files = files + [
                rows[number].shown if number in rows else {"id": number}
                for number, event in events.items()
                if number not in had and event.revision_number == version.number and _was_seen(event)
            ]
            for file in files:
                row, event = rows.get(file["id"]), removed.get(file["id"]) or removed.get(file.get("copy_of"))
                is_open = row is not None and (may_see_all or row.hidden_since is None)
                left_unsaid = {"written"} if event is None or may_see_all else {"written", "title"}
                kept = {name: value for name, value in file.items() if name not in left_unsaid}
                became = {"is_open": is_open, "reason": event.get_reason_display() if event else ""}
                became["stands_for"] = file.get("copy_of") or file["id"]  # a covered copy is no other file
                version.shown_files.append(kept | became)

    def _file_in_play(self, number):
        """Return a file that readers get, or that comes with what waits, as it is now; else None."""
        return next((each for each in self.files_as_left if each.pk == number), None)

    def _keep_file(self, one):
        """Save what became of a file, and make anew what is made of the files."""
        one.save(update_fields=FILE_FIELDS)
        self.show_files()
        self.set_search_text()
        self.set_covered_for(self.written)
        self.save(update_fields=["files", "search_text", "covered_for"])

    # --- What a changed text does with them; the row is locked and as it is now.

    def _leaves_files(self, new):
        """Whether a new text changes nothing of them, beside what waits already."""
        if new.attachments:
            return False
        # Where there are none, and where none are spoken of, there is nothing to look up.
        is_about_files = (new.removed is not None or new.titles) and (self.files or self.proposed_revision is not None)
        return not any(
            each.is_left_out != self._is_left_out(each, new) or new.titles.get(each.pk, each.wanted) != each.wanted
            for each in (self.files_as_left if is_about_files else ())
        )

    def _propose_files(self, number, new):
        """Let files come, go and change their titles with a revision; until it is published nobody sees that."""
        present = list(self.attachments.all())
        left = {each.pk: each for each in self.files_as_left} if present else {}
        # What an earlier change took out or brought in vain cannot come back any more.
        originals = {each.copy_of_id for each in present}
        gone = [each.pk for each in present if each.pk not in left and each.pk not in originals]
        kept = []
        for each in left.values():
            is_left_out = self._is_left_out(each, new)
            title, language = new.titles.get(each.pk, each.wanted)
            if each.hidden_since is None:
                each.comes_with, each.goes_with = None, number if is_left_out else None
                is_same = (title, language) == (each.title, each.language)
                each.other_title, each.other_language = ("", "") if is_same else (title, language)
            elif is_left_out:
                gone.append(each.pk)
                continue
            else:
                each.comes_with, each.title, each.language = number, title, language
            kept.append(each)
        if gone:
            self.attachments.filter(pk__in=gone).discard()
        if kept:
            self._attachments().bulk_update(kept, FILE_FIELDS)
        if new.attachments:
            self._unsent(new.attachments).update(comment=self, comes_with=number, hidden_since=timezone.now())

    def _publish_files(self, number, *, back=False):
        """Let files come, go and change their titles now, as was proposed with a revision, or undo that (`back`)."""
        is_renamed = ~Q(other_title="") & Q(hidden_since=None)
        changed = self.attachments.filter(Q(comes_with=number) | Q(goes_with=number) | is_renamed)
        changed, now = list(changed), timezone.now()
        for each in changed:
            if number in (each.comes_with, each.goes_with):
                each.hidden_since = now if (each.comes_with == number) == back else None
            if each.other_title:
                each.title, each.other_title = each.other_title, each.title
                each.language, each.other_language = each.other_language, each.language
        if changed:
            self._attachments().bulk_update(changed, FILE_FIELDS)
            self.show_files()

    def _drop_files(self, number):
        """A change is not published: what came with it may be deleted once that can no longer be undone."""
        self._attachments().hidden().filter(comment=self, comes_with=number).update(hidden_since=timezone.now())

    def _discard_files(self, number):
        """Delete what came with a change, and where that was a covered copy its original and all copies of that."""
        came = self.attachments.filter(comes_with=number).values_list("pk", "copy_of")
        files = {pk for pair in came for pk in pair if pk}
        self.attachments.filter(Q(pk__in=files) | Q(copy_of__in=files)).discard()

    def _brings(self, attachment):
        """Whether a file that nobody sees yet comes with what waits."""
        return self.proposed_revision is not None and attachment.comes_with == self.proposed_revision

    @staticmethod
    def _is_left_out(attachment, new):
        return attachment.is_left_out if new.removed is None else attachment in new.removed

    def _unsent(self, attachments):
        numbers = [attachment.pk for attachment in attachments]
        return self._attachments().filter(uploader=self.author_id, comment=None, pk__in=numbers)

    def _attachments(self):
        return type(self).attachments.rel.related_model.objects


def _files_of(event):
    """Return the number of the file that was removed and, of a covered copy, that of its original."""
    parts = event.note.split(":")
    return [int(each) for each in (parts[0], *parts[4:]) if each]


def _was_seen(event):
    """Whether readers had a file until it was removed."""
    return event.status_before == Status.APPROVED and UNSEEN not in event.note
