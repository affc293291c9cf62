"""The page of one comment for moderators: its text, what is asked, what is around it and what was before."""

from django.shortcuts import render

from consultation import reference, threads
from consultation.differences import SAME, differences
from consultation.forms.following import FollowUpForm, NoteForm
from consultation.forms.moderation import DecisionForm, SettleForm, possible, seen_of
from consultation.forms.queue import QueueForm
from consultation.models import Comment, InternalNote
from consultation.permissions import rights_in
from consultation.rows import Presenter
from consultation.views.concern import concern_context

from .queue import records_of

AROUND = 20  # comments of its thread that are shown beside


def decide_page(
    request, comment, form=None, *, settle_form=None, note_form=None, follow_form=None, concern_form=None, **how
):
    """Return the page; `form` is the decision as it was filled in, the others likewise where they came back."""
    status, conflict = how.get("status", 200), how.get("conflict", "")
    roundtable = comment.roundtable
    roundtable.user_moderates = roundtable.user_moderates_any = True
    rights = rights_in(roundtable, request.user)
    form = form or DecisionForm(comment=comment, can_reply=rights.can_post, initial=seen_of(comment))
    open_flags = list(comment.flags.filter(status="open").select_related("reporter")) if comment.open_flags else []
    follow_up = getattr(comment, "follow_up", None)
    events = list(comment.events.select_related("undone_by"))
    failed = next((each for each in (settle_form, note_form, follow_form, concern_form) if each is not None), form)
    texts = reference.load(request.moderated[0].stamp)
    context = concern_context(comment, request.user) | {
        "comment": comment,
        "roundtable": roundtable,
        "form": failed,
        "decision_form": form,
        "settle_form": settle_form or _settle_form(comment, open_flags),
        "note_form": note_form or NoteForm(),
        "follow_form": follow_form or FollowUpForm(roundtable=roundtable, follow_up=follow_up),
        "concern_form": concern_form,
        "conflict": conflict,
        "can_decide": bool(possible(comment)) and bool(form.fields["decision"].choices),
        "open_flags": open_flags,
        "follow_up": follow_up,
        "notes": notes_on(comment),
        "record": records_of(request, {comment.author_id}).get(comment.author_id),
        "similar": similar_to(request, comment),
        "thread": _around(request, comment, roundtable, rights, texts),
        "events": events,
        "attachments": comment.files_as_left if comment.files or comment.proposed_revision is not None else [],
        "can_undo": events[-1] if events and comment.can_undo(events[-1]) else None,
        "suffix": QueueForm(request.GET, roundtables=request.moderated).suffix,
        "reference": texts,
        "section": "moderation",
        "moderates_any": True,
        **_texts(comment),
    }
    return render(request, "consultation/moderation/decide.html", context, status=status)


def _settle_form(comment, open_flags):
    if not open_flags or comment.status != Comment.Status.APPROVED:
        return None
    initial = {"flag": open_flags[-1].pk, "revision": comment.revision_number}
    return SettleForm(initial=initial, auto_id="settle_%s")


def notes_on(comment):
    """Return the notes on the comment and on its author, which only moderators see."""
    notes = InternalNote.objects.filter(comment=comment)
    if comment.author_id:
        notes = notes | InternalNote.objects.filter(person=comment.author_id)
    return list(notes)


def _texts(comment):
    """What a changed text changes, and what covered passages hide."""
    proposed = comment.proposed
    covered = []
    if comment.covered_for:
        revision = comment.written
        covered = [
            {"passage": revision.body[each.start : each.end], "reason": each.reason, "label": each.get_reason_display()}
            for each in revision.redactions.all()
        ]
    parts = differences(comment.body, proposed.public_body) if proposed else None
    return {
        "proposed": proposed,
        "changed_facts": comment.changed_facts if proposed else [],
        "covered_titles": list(comment.covered_titles) if comment.covered_for else [],
        "parts": parts,
        "is_same_text": parts is not None and all(kind == SAME for kind, _words in parts),
        "covered": list({(each["passage"], each["reason"]): each for each in covered}.values()),
    }


def similar_to(request, comment):
    """Return what this one nearly repeats, if the moderator may read its text: a tombstone has none."""
    similar = comment.similar_to
    if similar is None or similar.roundtable_id in [each.pk for each in request.moderated]:
        return similar
    return similar if similar.status == Comment.Status.APPROVED and similar.roundtable.is_published else None


def _around(request, comment, roundtable, rights, texts):
    comments = Comment.objects.filter(roundtable=roundtable).visible_to(request.user, moderates=True)
    page = threads.read_around(comments.exclude(pk=comment.pk), comment, size=AROUND)
    sections = Presenter(roundtable, rights, texts).sections(page)
    return sections[0][1] if sections else ""
