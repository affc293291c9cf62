"""The mailbox of the demonstration, so that it needs no mail server."""

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from hub import mailbox


@require_safe
@never_cache
def mails(request):
    """List what was sent, to whomever."""
    return render(request, "hub/mailbox/list.html", {"mails": mailbox.latest()})


@require_safe
@never_cache
def mail(request, number):
    """Show one mail: its text part with links, and the way to its HTML part."""
    return render(request, "hub/mailbox/detail.html", {"mail": _find(number)})


@require_safe
@never_cache
def mail_as_html(request, number):
    """Show the HTML part of a mail as a mail programme would: with its own look, and without scripts."""
    response = HttpResponse(_find(number).html)
    response.headers["Content-Security-Policy"] = (
        "sandbox allow-popups allow-top-navigation; default-src 'none'; style-src 'unsafe-inline'"
    )
    return response


def _find(number):
    found = mailbox.find(number)
    if found is None:
        raise Http404
    return found
