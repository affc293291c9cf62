"""Pages that the secretariat writes, and help."""

from django.http import Http404
from django.shortcuts import render
from django.views.decorators.http import require_safe

from consultation import reference


@require_safe
def page_detail(request, key):
    """Show one text of the site on a page of its own."""
    texts = reference.load()
    if key not in texts.pages:
        raise Http404
    return render(request, "hub/page/detail.html", {"text": texts.pages[key], "reference": texts})


@require_safe
def contact(request):
    """Tell where help is to be had."""
    return render(request, "hub/contact.html", {"section": "contact"})
