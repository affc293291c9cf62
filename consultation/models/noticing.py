"""What is noticed in a text when it is stored: the documents it cites, whom it concerns, and which text it repeats."""

from collections import Counter, defaultdict

from django.db import transaction
from django.db.models import Count

from consultation.likeness import likeness, prints_of, words_of
from consultation.recognition import find_roundtables, recognise

from .roundtable import Roundtable
from .status import Status

MOST_COMPARED = 20  # texts that share a print with a new one
MOST_DOCUMENTS = 200  # of one text
BATCH = 100


class Noticed:
    """What one text holds, worked out once and without the database."""

    def __init__(self, body):
        self.recognised = recognise(body)
        self.words = words_of(body)
        self.prints = prints_of(self.words)
        self._alike = None

    def alike(self, comments):
        """Return [(per cent, comment)] of nearly the same texts among all comments, the nearest and oldest first.

        One query at any size, asked once; none for a short text.
        """
        if self._alike is None:
            self._alike = self._find_alike(comments) if self.prints else []
        return self._alike

    def _find_alike(self, comments):
        prints = comments.model.prints.rel.related_model.objects.filter(value__in=self.prints)
        sharing = prints.order_by().values("comment").annotate(shared=Count("pk")).order_by("-shared", "comment")
        found = comments.filter(pk__in=sharing.values("comment")[:MOST_COMPARED])
        found = found.select_related("roundtable").defer("lead_html", "rest_html", "search_text")
        compared = ((likeness(self.words, words_of(comment.body)), comment) for comment in found)
        return sorted((pair for pair in compared if pair[0]), key=lambda pair: (-pair[0], pair[1].pk))


class Noticing:
    """The part of `Comment` that keeps what is noticed in its text."""

    def notice(self):
        """Store anew what is noticed in the text as it is shown now; call it when the text was changed and saved."""
        noticed = Noticed(self.body)
        before = (self.similar_to_id, self.similarity)
        self.compare(noticed.alike(type(self).objects.all()))
        if (self.similar_to_id, self.similarity) != before:
            self.save(update_fields=["similar_to", "similarity"])
        for rows in (self.prints.all(), self.documents.all(), self.concerns.filter(status="suggested")):
            rows.delete()
        store([(self, noticed)])

    def settle_concern(self, *, by, roundtable, status):
        """Share it with another roundtable, or say that it does not concern that one; the last word counts."""
        with transaction.atomic(using=self._state.db):
            comment = self._locked(by=by, allowed=Status.values)
            before = comment.concerns.filter(roundtable=roundtable).values_list("status", flat=True).first()
            if before != status:
                action = "share" if status == "shared" else "unshare"
                note = f"roundtable {roundtable.pk}: {before or '–'}"
                comment.record_event(action, by=by, before=comment.status, note=note)
                comment.set_concern(roundtable.pk, status)
        return comment

    def set_concern(self, roundtable, status):
        """Store whether it concerns another roundtable (its key), or that nobody ever said so (`status` empty)."""
        if status:
            self.concerns.update_or_create(roundtable_id=roundtable, defaults={"status": status})
        else:
            self.concerns.filter(roundtable=roundtable).delete()
        # Its page links to what is shared with it.
        Roundtable.objects.filter(pk=roundtable).record_change(public=True)

    def compare(self, alike):
        """Take over which of some alike texts this one repeats; saving is left to the caller."""
        self.similar_to, self.similarity = None, 0
        for per_cent, other in alike:
            # What was taken back may be said again, and what was joined or split is no repetition.
            is_kin = self.pk is not None and self.pk in (other.pk, other.merged_into_id, other.similar_to_id)
            if other.status != Status.WITHDRAWN and other.pk != self.merged_into_id and not is_kin:
                self.similar_to, self.similarity = other, per_cent
                return


def notice_all(comments):
    """Store what is noticed in many new comments at once; comparing them is left to `compare_all`."""
    store((comment, Noticed(comment.body)) for comment in comments)


def compare_all(comments):
    """Find which older text each of many stored comments repeats."""
    for start in range(0, len(comments), BATCH):
        _compare([(comment, Noticed(comment.body)) for comment in comments[start : start + BATCH]])


def _compare(pairs):
    model = type(pairs[0][0])
    wanted = defaultdict(list)
    for comment, noticed in pairs:
        for value in noticed.prints:
            wanted[value].append(comment.pk)
    prints = model.prints.rel.related_model.objects.filter(value__in=wanted).order_by("comment")
    shared = defaultdict(Counter)
    for value, other in prints.values_list("value", "comment"):
        for comment in wanted[value]:
            if other < comment:
                shared[comment][other] += 1
    nearest = {comment: [pk for pk, _ in found.most_common(MOST_COMPARED)] for comment, found in shared.items()}
    numbers = {pk for found in nearest.values() for pk in found}
    others = model.objects.only("pk", "body", "status", "merged_into", "similar_to").in_bulk(numbers)
    changed = []
    for comment, noticed in pairs:
        found = [others[pk] for pk in nearest.get(comment.pk, ())]
        compared = ((likeness(noticed.words, words_of(other.body)), other) for other in found)
        comment.compare(sorted((pair for pair in compared if pair[0]), key=lambda pair: (-pair[0], pair[1].pk)))
        if comment.similarity:
            changed.append(comment)
    model.objects.bulk_update(changed, ["similar_to", "similarity"])


def store(pairs):
    """Write prints, documents and suggestions of new texts, each kind in one statement where there is any."""
    prints, documents, concerns = [], [], []
    siblings = {}
    for comment, noticed in pairs:
        rows = {name: getattr(comment, name).model for name in ("prints", "documents", "concerns")}
        prints += [rows["prints"](comment=comment, value=value) for value in noticed.prints]
        cited = noticed.recognised.documents[:MOST_DOCUMENTS]
        documents += [rows["documents"](comment=comment, symbol=symbol, paragraph=part) for symbol, part in cited]
        concerns += [
            rows["concerns"](comment=comment, roundtable=other, why=why)
            for other, why in concerned(comment.roundtable, comment.objective_numbers, noticed.recognised, siblings)
        ]
    for made, ignore in ((prints, False), (documents, False), (concerns, True)):
        if made:
            type(made[0]).objects.bulk_create(made, batch_size=1000, ignore_conflicts=ignore)


def concerned(here, tags, recognised, siblings):
    """Yield (roundtable, why) of others of the same event that a text or its tags name, and this one not.

    `siblings` keeps the roundtables of an event for the next text; it is filled by one query.
    """
    objectives = {*recognised.objectives, *tags} - {*here.objective_numbers}
    tables = {*recognised.roundtables} - numbers_of(here)
    if here.event_id is None or not (objectives or tables):
        return
    if here.event_id not in siblings:
        siblings[here.event_id] = list(Roundtable.objects.filter(event=here.event_id))
    for other in siblings[here.event_id]:
        named = sorted(objectives & {*other.objective_numbers})
        is_named = bool(tables & numbers_of(other))
        if other.pk != here.pk and (named or is_named):
            yield other, ",".join([*map(str, named), *(["named"] if is_named else [])])


def numbers_of(roundtable):
    """Return by which numbers people call a roundtable: those in its title, or else its position."""
    titles = (getattr(roundtable, f"title_{code}", None) or "" for code in ("en", "fr", "es"))
    named = {number for title in titles for found in find_roundtables(title) for number in found.numbers}
    return named or {roundtable.position}
