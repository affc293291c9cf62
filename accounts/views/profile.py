"""The profile: what stands beside contributions, and the way to everything else about the account."""

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from accounts.addresses import is_local
from accounts.forms.profile import ProfileForm


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@login_required
def profile(request, on_change=None):
    """Let people change their profile; `on_change(person, save)` saves a change and whatever hangs on it."""
    next_address = request.POST.get("next") or request.GET.get("next", "")
    next_address = next_address if is_local(next_address) else ""
    form = ProfileForm(request.user, request.POST if request.method == "POST" else None)
    if form.is_valid():
        if on_change and form.has_changed():
            on_change(request.user, form.save)
        else:
            form.save()
        messages.success(request, _("Your profile has been saved."))
        return redirect(next_address or "account_profile")
    context = {
        "form": form,
        "section": "account",
        "next": next_address,
        "suspension": request.user.suspension,
        "is_incomplete": not request.user.is_profile_complete,
        "has_single_sign_on": bool(settings.SOCIALACCOUNT_PROVIDERS["openid_connect"]["APPS"]),
    }
    return render(request, "accounts/profile.html", context, status=422 if form.errors else 200)
