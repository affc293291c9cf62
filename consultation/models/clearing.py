"""The organisations of a paper clear each version of it; what a version says beside its text goes public with it."""

from copy import copy
from typing import NamedTuple

from django.db.models import prefetch_related_objects
from django.utils import timezone
from django.utils.translation import gettext as _

from consultation.differences import differences

from .roundtable import Roundtable

SEPARATOR = "; "


class Facts(NamedTuple):
    """What a version of a paper says beside its text."""

    title: str
    organisations: str
    mandate: str

    @property
    def labelled(self):
        """The same as (label, words), for people."""
        return list(zip([_("Title of the paper"), _("Organisations"), _("Mandate")], self, strict=True))


class Clearing:
    """The part of `Comment` that knows, of a paper, who clears which version of it."""

    @property
    def revision_to_clear(self):
        """The number of the text that its organisations are asked about, or were last."""
        return self.proposed_revision or self.revision_number

    def clearances_of(self, number):
        """Return the clearances of one version, in the order in which its author named the organisations."""
        return [each for each in self.clearances.all() if each.revision_number == number]

    @property
    def clearances_shown(self):
        """The clearances of what readers have: the organisations for which it speaks in public."""
        return self.clearances_of(self.revision_number)

    @property
    def clearances_asked(self):
        """The clearances of the text that its author sent last; not for readers."""
        return self.clearances_of(self.revision_to_clear)

    @property
    def changed_facts(self):
        """What the version that waits changes beside the text, as (label, differences)."""
        return facts_changed(self.facts_of(self), self.facts_of(self.proposed)) if self.is_paper else []

    @property
    def as_proposed(self):
        """The paper as readers would have it with the version that waits; a copy, not to be saved."""
        shown, proposed = copy(self), self.proposed
        shown.title, shown.author_organisation, shown.mandate = self.facts_of(proposed)
        shown.language, shown.files = proposed.language, self.files_wanted
        shown.set_body(proposed.public_body)
        return shown

    def facts_of(self, version, title=None):
        """Return the facts of a version (a revision, or the paper itself).

        They are as readers see them, or would: a title that is covered stays so, or is the one that is given.
        """
        if version is self:
            title, organisations = self.title, self.author_organisation
        else:
            title = self.title_shown(version.title) if title is None else title
            organisations = SEPARATOR.join(each.organisation for each in self.clearances_of(version.number))
        return Facts(title, organisations, version.mandate)

    def finish_clearing(self):
        """Hand on what all its organisations have cleared: a first text to the moderators, a new version by the rule.

        The lock is held.
        """
        self.is_cleared, proposed = True, self.proposed
        if proposed and self._is_cleared_into_public(proposed):
            self._publish_at_once(proposed, by=self.author)
            return
        if self.still_waits and self.waiting_since is None:
            self.waiting_since = timezone.now()
        self.save(update_fields=["is_cleared", "waiting_since"])

    def _is_cleared_into_public(self, proposed):
        """Whether the rule publishes a version at once, by what its author may do now and not when it was sent."""
        author = self.author
        if author is None or not author.is_active or author.is_suspended:
            return False
        moderates = Roundtable.objects.moderated_by(author).filter(pk=self.roundtable_id).exists()
        role = self.Role.MODERATOR if moderates else self.Role.PARTICIPANT
        return self._is_changed_at_once(role, type(self).objects.record_of(author), proposed)

    # --- What publishing a version does; the row is locked and as it is now.

    def _take_facts(self, revision):
        """Call a paper as a version of it does, for the organisations that have cleared that one; saved."""
        if not self.is_paper:
            return
        self.title, organisations, self.mandate = self.facts_of(revision)
        if self.author_role != self.Role.FORMER:
            self.author_organisation = organisations
        # What is covered is looked for by the title that is stored.
        self.save(update_fields=["title", "mandate", "author_organisation"])

    def _keep_facts(self, versions):
        """Give each public version its `facts`; the title of an earlier one is left out once a title was covered."""
        prefetch_related_objects([self], "clearances")
        is_covered = self.events.filter(action="cover_title", undone_by__isnull=True).exists()
        for version in versions:
            is_current = version.number == self.revision_number
            version.facts = self.facts_of(self if is_current else version, "" if is_covered else version.title)

    def _set_cleared(self):
        """Work out anew whether the text that its author sent last is cleared."""
        self.is_cleared = all(each.status == each.Status.CLEARED for each in self.clearances_asked)

    def _is_named_as(self, new):
        """Whether a new text of a paper changes nothing beside the text."""
        current, organisations = self.proposed or self, new.organisations
        known = [(each.organisation, each.focal_point_email.lower()) for each in self.clearances_asked]
        return (current.title, current.mandate) == (new.title, new.mandate) and organisations in (None, known)

    def title_shown(self, written):
        """Return what readers see of a title that was written: the other one where it is covered."""
        one = self._all_titles().filter(comment=self, title=written, shown_again_at=None).first()
        return one.shown if one else written


def facts_changed(before, after):
    """Return (label, differences) of what another version says otherwise beside its text."""
    pairs = zip(before.labelled, after.labelled, strict=True)
    return [(label, differences(old, new)) for (label, old), (_label, new) in pairs if old != new]
