"""Names to choose from while somebody types a mention."""

from django.http import JsonResponse
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from consultation import mentions

from .roundtable import get_roundtable


@require_safe
def names(request, slug):
    """Offer the names that go on as typed: only names that the roundtable shows in public, only to people signed in."""
    if not request.user.is_authenticated:
        return JsonResponse({"names": [], "count": 0}, status=403)
    roundtable = get_roundtable(request, slug, "pk", "slug")
    offered, count = mentions.offer(roundtable, request.GET.get("q", ""))
    said = ngettext("%(count)s name found", "%(count)s names found", count) % {"count": count}
    return JsonResponse({"names": offered, "said": said})
