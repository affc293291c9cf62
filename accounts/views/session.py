"""How long somebody stays signed in; a script asks before it warns them, and prolongs it when they say so."""

from django.http import JsonResponse
from django.middleware.csrf import get_token
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def state(request):
    """Tell how many seconds are left, none to a visitor, and the token of forms; a POST begins the time anew."""
    left = 0
    if request.user.is_authenticated:
        if request.method == "POST":
            request.session.modified = True
            left = request.session.get_expiry_age()
        else:
            left = max(int((request.session.ends_at - timezone.now()).total_seconds()), 1)
    return JsonResponse({"left": left, "token": get_token(request)})
