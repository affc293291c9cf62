"""The secretariat's admin: our name on it, and nobody signs in past the site's own sign-in page."""

from functools import wraps

from django.contrib.admin import AdminSite
from django.contrib.admin.apps import AdminConfig
from django.core.exceptions import BadRequest
from django.http import HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext_lazy as _


class ForumAdminConfig(AdminConfig):
    """Makes `admin.site` ours."""

    default_site = "hub.admin_site.ForumAdminSite"


class ForumAdminSite(AdminSite):
    """The admin of the consultation forum."""

    site_header = _("Secretariat")
    site_title = _("Secretariat")
    index_title = _("What would you like to do?")

    def admin_view(self, view, cacheable=False):
        """Refuse what PostgreSQL takes nowhere before the filters of a list hand it on."""
        guarded = super().admin_view(view, cacheable)

        @wraps(guarded)
        def answer(request, *args, **kwargs):
            if any("\0" in value for _name, values in request.GET.lists() for value in values):
                raise BadRequest("A NUL in the query of an address.")
            return guarded(request, *args, **kwargs)

        return answer

    def login(self, request, extra_context=None):
        """Send people to the site's own sign-in, which counts wrong passwords and asks for the second factor."""
        from allauth.account.decorators import secure_admin_login  # imports models, which wait for the settings

        return secure_admin_login(lambda request: HttpResponseRedirect(reverse("admin:index")))(request)

    def password_change(self, request, extra_context=None):
        """Send people to the site's own page for changing a password."""
        return HttpResponseRedirect(reverse("account_change_password"))

    def index(self, request, extra_context=None):
        """Show what there is to do, first the comments that wait."""
        from consultation.models import Comment

        waiting = Comment.objects.awaiting(request.user).count()
        return super().index(request, {"waiting": waiting, **(extra_context or {})})
