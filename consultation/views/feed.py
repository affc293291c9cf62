"""Feeds for readers' programmes: the same for everybody, and not made again while nothing changed."""

import hashlib

from django.http import HttpResponse, HttpResponseNotModified
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.cache import patch_cache_control
from django.utils.http import parse_etags
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from consultation import feeds, reference
from consultation.models import Comment, Roundtable
from consultation.models.question import GENERAL
from consultation.rows import Presenter

from .freshness import build


@require_safe
def roundtable(request, slug):
    """Give out the latest contributions to a roundtable."""
    return _answer(request, _roundtables().filter(slug=slug), lambda place: (place.comments.all(), place.title, place))


@require_safe
def question(request, slug, number):
    """Give out the latest contributions to a question; number 999 stands for general contributions."""

    def find(place):
        if number != GENERAL:
            get_object_or_404(place.questions, number=number)
        label = Presenter.question_label(number)
        title = _("%(roundtable)s: %(place)s") % {"roundtable": place.title, "place": label}
        return place.comments.filter(question_number=number), title, reverse("question_detail", args=[slug, number])

    return _answer(request, _roundtables().filter(slug=slug), find)


@require_safe
def comment(request, pk):
    """Give out a comment with the latest replies below it."""

    def find(place):
        top = get_object_or_404(Comment.objects.public(), pk=pk)
        below = place.comments.filter(path__gte=top.path, path__lt=f"{top.path}ZZZZZ")
        title = _("%(roundtable)s: a thread") % {"roundtable": place.title}
        return below, title, top

    public = Comment.objects.public().filter(pk=pk).order_by()
    return _answer(request, _roundtables().filter(pk__in=public.values("roundtable")), find)


def _roundtables():
    """Return what anybody may read: programmes do not sign in, and nobody's feed shows more than another's."""
    return Roundtable.objects.filter(is_published=True).annotate(stamp=reference.stamp())


def _answer(request, roundtables, find):
    place = get_object_or_404(roundtables)
    parts = (request.path, get_language(), place.pk, place.version, place.stamp, build())
    etag = f'W/"{hashlib.sha256(repr(parts).encode()).hexdigest()[:24]}"'
    if etag in parse_etags(request.headers.get("If-None-Match", "")):
        response = HttpResponseNotModified()
    else:
        comments, title, page = find(place)
        page = page if isinstance(page, str) else page.get_absolute_url()
        texts = reference.load(place.stamp)
        xml = feeds.write_feed(comments, title=title, page=page, address=request.path, reference=texts)
        response = HttpResponse(xml, content_type=feeds.Feed.content_type)
    response["ETag"] = etag
    patch_cache_control(response, public=True, no_cache=True)
    return response
