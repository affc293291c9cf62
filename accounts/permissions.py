"""Who may do what needs more than an account."""

from functools import wraps

from django.shortcuts import redirect

from .addresses import profile_address


def profile_required(view):
    """Send people on to their profile, and back, while what stands beside a contribution is not known."""

    @wraps(view)
    def wrapped(request, *args, **kwargs):
        if request.user.is_authenticated and not request.user.is_profile_complete:
            return redirect(profile_address(request.get_full_path()))
        return view(request, *args, **kwargs)

    return wrapped
