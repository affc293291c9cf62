"""The way in."""

from django.shortcuts import redirect, render
from django.utils.translation import get_language_from_request, override
from django.views.decorators.http import require_safe
from django.views.decorators.vary import vary_on_headers

from consultation.views.roundtable import listed_for


@require_safe
@vary_on_headers("Accept-Language", "Cookie")
def choose_language(request):
    """Lead from the bare address to the remembered language, or to the browser's."""
    with override(get_language_from_request(request)):
        return redirect("home")


@require_safe
def home(request):
    """Say what the site is for, and lead to the roundtables."""
    return render(request, "hub/home.html", listed_for(request.user))
