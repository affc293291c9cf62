"""Every address of the site. What stands inside `i18n_patterns` exists as /en/…, /fr/… and /es/…"""

from django.conf import settings
from django.conf.urls.i18n import i18n_patterns
from django.contrib import admin
from django.urls import include, path

from accounts.views.profile import profile
from consultation.models import Comment
from hub.views import health, home, mailbox, page, search

urlpatterns = [
    path("", home.choose_language, name="root"),
    path("admin/", admin.site.urls),
    path("healthz", health.healthz, name="healthz"),
    path(".well-known/security.txt", health.security_txt, name="security_txt"),
    path("robots.txt", health.robots_txt, name="robots_txt"),
    *i18n_patterns(
        path("", home.home, name="home"),
        path("", include("consultation.urls")),
        path("accounts/profile/", profile, {"on_change": Comment.objects.update_author}, name="account_profile"),
        path("accounts/", include("accounts.urls")),
        path("search/", search.search, name="search"),
        path("contact/", page.contact, name="contact"),
        path("pages/<slug:key>/", page.page_detail, name="page_detail"),
    ),
]

# Only where somebody tries the forum out or works on it: on a real server these addresses do not exist.
DEMO_PAGES = [
    path("demo/mailbox/", mailbox.mails, name="demo_mailbox"),
    path("demo/mailbox/<int:number>/", mailbox.mail, name="demo_mail"),
    path("demo/mailbox/<int:number>/html/", mailbox.mail_as_html, name="demo_mail_as_html"),
]
if settings.HAS_MAILBOX:
    urlpatterns += DEMO_PAGES

handler400 = "hub.views.errors.bad_request"
handler403 = "hub.views.errors.forbidden"
handler404 = "hub.views.errors.not_found"
handler429 = "hub.views.errors.too_many_requests"
handler500 = "hub.views.errors.server_error"
