"""Who gets to a page of moderation: about comments and roundtables of one's own, all others are 404."""

from functools import partial, wraps

from django.contrib.auth.views import redirect_to_login
from django.http import Http404
from django.shortcuts import get_object_or_404
from django.urls import reverse

from accounts.statements import somebody, statement
from consultation import reference
from consultation.models import Comment, Roundtable
from consultation.views.writing import refuse, sign_in_first


def moderators_only(view=None, *, way_in=None):
    """Lead visitors to sign in, and give everybody who moderates nothing a 404; keeps what was typed.

    Moderators who are suspended are told why and until when, and get back what they typed.
    What can only be sent has no page to come back to: then `way_in` names one.
    """
    if view is None:
        return partial(moderators_only, way_in=way_in)

    @wraps(view)
    def guarded(request, *args, **kwargs):
        if not request.user.is_authenticated:
            return redirect_to_login(reverse(way_in)) if way_in else sign_in_first(request)
        if request.user.is_suspended and Roundtable.objects.entrusted_to(request.user).exists():
            return refuse(request, None, "", 403)
        user = request.user
        request.moderated = [] if user.is_suspended else _entrusted(user.pk, is_staff=user.is_staff)
        if not request.moderated:
            raise Http404
        return view(request, *args, **kwargs)

    return guarded


def moderated_roundtable(view):
    """Hand a view the roundtable that its address names, with the stamp of the reference texts; others' are 404.

    Moderators of it who are suspended are told why and until when; to everybody else it might as well not exist.
    """

    @wraps(view)
    def guarded(request, slug):
        own = Roundtable.objects.entrusted_to(request.user).annotate(stamp=reference.stamp())
        roundtable = get_object_or_404(own, slug=slug)
        return refuse(request, None, "", 403) if request.user.is_suspended else view(request, roundtable)

    return guarded


@statement
def _entrusted(person, *, is_staff):
    user = somebody(person, is_staff=is_staff)
    return Roundtable.objects.entrusted_to(user).annotate(stamp=reference.stamp())


def get_moderated(request, pk):
    """Return a comment of one's own roundtables with what its page names, else 404."""
    related = ("roundtable", "question", "in_reply_to", "author_group", "similar_to__roundtable")
    comments = Comment.objects.select_related(*related, "follow_up__assigned_to")
    return get_object_or_404(comments, pk=pk, roundtable__in=[each.pk for each in request.moderated])
