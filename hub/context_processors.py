"""What the shell of every page needs."""

from django.conf import settings
from django.utils.functional import SimpleLazyObject
from django.utils.translation import get_language

from consultation import reference


def site(request):
    """Give templates the site's name, its reference texts and the addresses of the language switch."""
    return {
        "site_name": settings.SITE_NAME,
        "site_url": settings.SITE_URL,
        "is_demo": settings.DEMO,
        "has_mailbox": settings.HAS_MAILBOX,
        "contact_addresses": settings.CONTACT_ADDRESSES,
        "language_links": _language_links(request),
        "next_address": "" if "/accounts/" in request.path else request.path,
        "reference": SimpleLazyObject(reference.load),
        "moderates_any": SimpleLazyObject(lambda: _moderates_any(request)),
    }


def _language_links(request):
    current = get_language()
    address = request.get_full_path()
    is_in_language = address[1:3] in dict(settings.LANGUAGES) and address[3:4] == "/"
    rest = address[3:] if is_in_language else "/"
    return [(code, name, f"/{code}{rest}", code == current) for code, name in settings.LANGUAGES]


def _moderates_any(request):
    return request.user.is_authenticated and request.user.moderated_roundtables.exists()
