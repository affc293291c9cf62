"""Where the addresses of contributions lead that were joined with another one, or say the same as it."""

from django.urls import reverse

from consultation.models import Comment
from consultation.permissions import rights_in, roundtables_for

MOST_STEPS = 20  # from one to the next, where what took a text in was joined in turn


def way_on(request, comment):
    """Return the address of the published contribution to which a merged one leads, or None.

    `original=1` asks for the page of the merged one itself. A later undoing brings that back, so no browser may
    remember the way.
    """
    if comment.merged_into_id is None or request.GET.get("original") == "1":
        return None
    target = _end_of(comment, request.user)
    return f"{target.get_absolute_url()}?from={comment.pk}#comment-{target.pk}" if target else None


def came_from(request, comment):
    """Return what a page says to somebody who followed a link to a merged contribution: its facts, or None.

    The address only names the other one; whether it leads here, and whether this person may know, is looked up.
    """
    number = request.GET.get("from", "")
    if not (number.isascii() and number.isdigit() and len(number) < 19):
        return None
    origin = Comment.objects.filter(pk=int(number), merged_into__isnull=False).first()
    roundtable = origin and roundtables_for(request.user).filter(pk=origin.roundtable_id).first()
    rights = roundtable and rights_in(roundtable, request.user)
    if not rights or not rights.can_read(origin) or _end_of(origin, request.user) != comment:
        return None
    original = ""
    if rights.can_moderate:
        original = reverse("moderation_decide", args=[origin.pk])
    elif rights.is_author(origin) and origin.body:
        original = f"{origin.get_absolute_url()}?original=1"
    return {"number": origin.pk, "is_duplicate": bool(origin.removal_reason), "original": original}


def _end_of(comment, user):
    """Return the published contribution at the end of the chain, or None where this person may not read it."""
    readable = Comment.objects.filter(roundtable__in=roundtables_for(user).values("pk"))
    target = comment
    for _step in range(MOST_STEPS):
        target = readable.filter(pk=target.merged_into_id).only("status", "merged_into").first()
        if target is None or target.merged_into_id is None:
            break
    return target if target is not None and target.status == Comment.Status.APPROVED else None
