"""The panel beside the queue: what stands around a contribution, what changed in it, what it repeats and names."""

from dataclasses import dataclass
from itertools import groupby

from django.db.models import Q
from django.http import HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.cache import patch_vary_headers
from django.views.decorators.http import require_safe

from consultation import letters, reference, threads
from consultation.differences import SAME, differences, shortened
from consultation.documents import document_address
from consultation.forms.filing import DuplicateForm
from consultation.forms.following import FollowUpForm, NoteForm
from consultation.forms.moderation import APPROVE_AND_REPLY, DecisionForm, seen_of
from consultation.forms.queue import QueueForm
from consultation.models import Comment, Roundtable
from consultation.permissions import rights_in
from consultation.recognition import recognise
from consultation.views.concern import concern_context
from consultation.views.kept import kept

from .access import get_moderated, moderators_only
from .page import decide_page, notes_on, similar_to
from .queue import seen_in_queue

AROUND = 12  # comments of its thread, beside those that it stands below
SHOWN, SHORT = 240, 110  # characters of what it answers, and of others
MOST_ALIKE = 5
Status = Comment.Status


@require_safe
@moderators_only
def context(request, pk):
    """Show a comment in its context beside the queue; where no script asks, its own page does."""
    comment = get_moderated(request, pk)
    if request.htmx:
        response = context_panel(request, comment)
    else:
        suffix = QueueForm(request.GET, roundtables=request.moderated).suffix
        response = HttpResponseRedirect(f"{reverse('moderation_decide', args=[pk])}{suffix}#context")
    patch_vary_headers(response, ["HX-Request"])
    return response


def shown_again(request, comment, **forms_and_how):
    """Show a form again that came back, or a conflict: in the panel where it stood there, else on the page."""
    return (context_panel if request.htmx else decide_page)(request, comment, **forms_and_how)


def back_to(request, pk):
    """Lead to where a form about a comment came from, with the filters of the queue."""
    place = "moderation_context" if request.htmx else "moderation_decide"
    return redirect(f"{reverse(place, args=[pk])}{QueueForm(request.GET, roundtables=request.moderated).suffix}")


def context_panel(
    request,
    comment,
    *,
    note_form=None,
    follow_form=None,
    concern_form=None,
    duplicate_form=None,
    conflict="",
    status=200,
):
    """Return the panel; the forms are those that came back, `conflict` is why an act was not done."""
    roundtable = comment.roundtable
    roundtable.user_moderates = roundtable.user_moderates_any = True
    follow_up = getattr(comment, "follow_up", None)
    proposed, texts = comment.proposed, reference.load(request.moderated[0].stamp)
    shown = {
        "comment": comment,
        "roundtable": roundtable,
        "is_over": comment.waiting_since is None,
        "decision": comment.last_decision if comment.waiting_since is None else None,
        "is_changed": request.GET.get("seen", "") not in ("", seen_in_queue(comment)),
        "parts": _changes(comment, proposed),
        "proposed": proposed,
        "changed_facts": comment.changed_facts if proposed else [],
        "attachments": comment.files_as_left if proposed else [],
        "around": _around(request, comment),
        "similar": similar_to(request, comment),
        "differing": None,
        "alike": _others_alike(request, comment),
        "notes": notes_on(comment),
        "note_form": note_form or NoteForm(),
        "follow_up": follow_up,
        "follow_form": follow_form or FollowUpForm(roundtable=roundtable, follow_up=follow_up),
        "duplicate_form": duplicate_form or _duplicate_form(request, comment),
        "form": note_form or follow_form or concern_form or duplicate_form,
        "conflict": conflict,
        "reply_form": _reply_form(request, comment),
        "concern_form": concern_form,
        **concern_context(comment, request.user),
        "suffix": QueueForm(request.GET, roundtables=request.moderated).suffix,
        "in_panel": True,
        **_named(proposed.public_body if proposed else comment.body, (proposed or comment).objective_numbers, texts),
    }
    shown["is_same_text"] = all(kind == SAME for kind, _words in shown["parts"] or ())
    if shown["similar"]:
        shown["differing"] = shortened(differences(shown["similar"].body, comment.body))
    return render(request, "consultation/moderation/_context.html", shown, status=status)


@dataclass
class Around:
    """One contribution of the thread, in short."""

    row: object
    level: int
    is_own: bool
    longest: int

    @property
    def name(self):
        """Its author's name as it is shown."""
        return Comment(author_name=self.row.author_name, author_role=self.row.author_role).shown_name

    @property
    def gone(self):
        """What became of a text that is no longer shown, or nothing."""
        return Status(self.row.status).label if self.row.status in (Status.WITHDRAWN, Status.REMOVED) else ""

    @property
    def held(self):
        """The status of a text that is not public, or nothing."""
        return "" if self.gone or self.row.status == Status.APPROVED else Status(self.row.status).label

    @property
    def role(self):
        """In which capacity it was written, where that is no participant's."""
        role = Comment.Role(self.row.author_role)
        return role.label if role in (Comment.Role.MODERATOR, Comment.Role.SECRETARIAT) else ""

    @property
    def excerpt(self):
        """Its beginning, as readers see it."""
        return letters.excerpt(self.row, self.longest)


def _around(request, comment):
    """The comments that it stands below, and a few before and after it; none where it stands alone."""
    comments = Comment.objects.filter(roundtable=comment.roundtable).visible_to(request.user, moderates=True)
    rows = threads.read_around(comments, comment, size=AROUND).rows
    if {row.id for row in rows} <= {comment.pk}:
        return []
    return [
        Around(
            row,
            level=min(len(row.path) // threads.STEP, 4),
            is_own=row.id == comment.pk,
            longest=SHOWN if row.id == comment.in_reply_to_id else SHORT,
        )
        for row in rows
    ]


def _changes(comment, proposed):
    """What changed since the text that is published, or else since the one that was returned; None for a first text."""
    if proposed:
        return shortened(differences(comment.body, proposed.public_body))
    if comment.status != Status.PENDING or comment.revision_number == 1:
        return None
    returned = comment.events.filter(action="return", revision_number__lt=comment.revision_number)
    before = comment.revisions.filter(number__in=returned.order_by("-pk").values("revision_number")[:1]).first()
    return shortened(differences(before.public_body, comment.body)) if before else None


def _others_alike(request, comment):
    """Further contributions of which this one, or what it repeats, is nearly a copy; those that one may read."""
    kin = Q(similar_to=comment.pk)
    if comment.similar_to_id:
        kin |= Q(similar_to=comment.similar_to_id)
    published = Q(status=Status.APPROVED, roundtable__in=Roundtable.objects.visible_to(request.user))
    readable = published | Q(roundtable__in=[each.pk for each in request.moderated])
    others = Comment.objects.filter(kin & readable).exclude(pk=comment.pk).exclude(status=Status.WITHDRAWN)
    return others.only("author_name", "author_role").order_by("pk")[:MOST_ALIKE]


def _named(body, chosen, texts):
    """Objectives that the author chose or the text names, and the documents that it cites with their paragraphs."""
    recognised = recognise(body)
    objectives = [
        {"number": number, "text": texts.objectives.get(number), "is_chosen": number in chosen}
        for number in sorted({*chosen, *recognised.objectives})
    ]
    documents = [
        {
            "symbol": symbol,
            "address": document_address(symbol),
            "paragraphs": "; ".join(paragraph for _symbol, paragraph in cited if paragraph),
        }
        for symbol, cited in groupby(sorted(recognised.documents, key=lambda each: each[0]), key=lambda each: each[0])
    ]
    return {"objectives": objectives, "documents": documents}


def _duplicate_form(request, comment):
    """The form that names what it repeats, while it can be marked as a duplicate."""
    can_be_one = comment.status in (*Comment.WAITING_STATUSES, Status.APPROVED)
    return DuplicateForm(comment=comment, moderated=request.moderated, auto_id="duplicate_%s") if can_be_one else None


def _reply_form(request, comment):
    """The form of a reply that is posted with the approval, where both are possible."""
    can_reply = rights_in(comment.roundtable, request.user).can_post
    typed = kept(request, reverse("moderation_decide", args=[comment.pk])) or {}  # a reply that was taken back
    form = DecisionForm(comment=comment, can_reply=can_reply, initial=typed | seen_of(comment), auto_id="reply_%s")
    is_offered = APPROVE_AND_REPLY in dict(form.fields["decision"].choices)
    return form if is_offered and comment.waiting_since is not None else None
