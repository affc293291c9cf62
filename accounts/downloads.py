"""How often one person downloads what costs much to make: counted for all workers together."""

import time

from allauth.core.exceptions import ImmediateHttpResponse
from django.conf import settings
from django.core.cache import cache
from django.shortcuts import render

HOUR = 3600  # seconds


def count_download(request):
    """Count a download of the person signed in; over the limit, the answer is the page that says so (429)."""
    hour, passed = divmod(int(time.time()), HOUR)
    key = f"downloads-{request.user.pk}-{hour}"
    # Not `incr`, which forgets in the database's cache how long a count is kept.
    count = cache.get(key, 0) + 1
    cache.set(key, count, HOUR)
    if count <= settings.DOWNLOADS_PER_HOUR:
        return
    refusal = render(request, "429.html", status=429)
    refusal["Retry-After"] = str(HOUR - passed)
    raise ImmediateHttpResponse(refusal)
