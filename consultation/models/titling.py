"""Covering titles: another one takes the place of the original wherever it is shown, which moderators can still read.

The columns that everything is made of (pages, search, mail, exports, names of downloads) hold what readers see.
"""

from functools import cache

from django.conf import settings
from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from .covering import MARK, Covering
from .status import Status
from .transitions import AlreadyDecided


def neutral_title(language):
    """Return what stands in the place of a covered title where no other was given."""
    with translation.override(language or None):
        words = _("Title covered by a moderator")
    return f"{MARK} {words}"


@cache
def neutral_titles():
    """Return that in every language of the site: pages show it in the language of their reader."""
    return frozenset(neutral_title(language) for language in settings.LANGUAGE_CODES)


def title_words(title):
    """Return a title; what only says that it is covered is said in the language of the moment."""
    return neutral_title(translation.get_language()) if title in neutral_titles() else title


class Titling:
    """The part of `Comment` that covers its title and those of its files."""

    def cover_title(self, *, by, reason, attachment=None, shown=""):
        """Show something else instead of the title, or of a file's title and name; by default a neutral one.

        Whoever reads it sees by a mark that it was covered. Raises AlreadyDecided where it is covered, or gone.
        """
        with transaction.atomic(using=self._state.db):
            comment = self._locked(by=by, allowed=Covering.COVERABLE)
            titled = comment._file_in_play(attachment.pk) if attachment else comment
            about = {"attachment": titled} if attachment else {"comment": comment}
            if titled is None or not titled.title or comment.covered_titles.filter(**about).exists():
                raise AlreadyDecided(comment)
            shown = shown or neutral_title(comment.language)
            shown = shown if MARK in shown else f"{MARK} {shown}"
            event = comment.record_event("cover_title", by=by, before=comment.status, reason=reason)
            kept = {"title": titled.title, "name": getattr(titled, "name", ""), "shown": shown, "reason": reason}
            moments = {"covered_by": by, "covered_at": event.created_at, "shown_again_at": None}
            one, _is_new = comment._all_titles().update_or_create(**about, defaults=kept | moments)
            comment._show_title(one, is_covered=True)
            comment.record_change(public=comment.is_public)
        return comment

    def show_title(self, *, by, attachment=None):
        """Show the original title again. Raises AlreadyDecided where it is not covered."""
        with transaction.atomic(using=self._state.db):
            comment = self._locked(by=by, allowed=Status.values)
            about = {"attachment": attachment} if attachment else {"comment": comment}
            one = comment.covered_titles.filter(**about).first()
            if one is None:
                raise AlreadyDecided(comment)
            event = comment.record_event("show_title", by=by, before=comment.status, reason=one.reason)
            one.shown_again_at = event.created_at
            one.save(update_fields=["shown_again_at"])
            comment._show_title(one, is_covered=False)
            comment.record_change(public=comment.is_public)
        return comment

    @property
    def covered_titles(self):
        """The titles of it and its files that are covered now; for its moderators and its author only."""
        return self._all_titles().of(self)

    def _all_titles(self):
        return type(self).covered_title.related.related_model.objects

    def _titled(self, attachment):
        """Return what bears the title: a file of it (its key), as it is now, or itself."""
        found = self.attachments.filter(pk=attachment).first() if attachment else self
        if found is None:
            raise AlreadyDecided(self)
        return found

    def _show_title(self, one, *, is_covered):
        """Put the one title in the place of the other, and make anew what is made of it."""
        titled = self._titled(one.attachment_id)
        titled.title = one.shown if is_covered else one.title
        if one.attachment_id:
            # A title is often made of the name.
            titled.name = f"{one.attachment_id}.{titled.kind}" if is_covered else one.name
            titled.save(update_fields=["title", "name"])
            self.show_files()
            self._retitle_versions(one, is_covered=is_covered)
        else:
            self.save(update_fields=["title"])
        self.set_search_text()
        self.set_covered_for(self.written)
        self.save(update_fields=["files", "search_text", "covered_for"])

    def _retitle_versions(self, one, *, is_covered):
        """Cover the title of a file in earlier versions too, whatever it was called then, or show those again."""
        versions = [version for version in self.revisions.exclude(files=None) if version.cover_file(one, is_covered)]
        self.revisions.model.objects.bulk_update(versions, ["files"])

    def _undo_cover_title(self, event, by):
        one = self.covered_titles.get(covered_at=event.created_at)
        one.delete()
        self._show_title(one, is_covered=False)

    def _undo_show_title(self, event, by):
        one = self._all_titles().ever_of(self).get(shown_again_at=event.created_at)
        one.shown_again_at = None
        one.save(update_fields=["shown_again_at"])
        self._show_title(one, is_covered=True)
