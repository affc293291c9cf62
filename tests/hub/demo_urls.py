"""The addresses of a demonstration."""

from hub.urls import *  # noqa: F403 - the handlers too
from hub.urls import DEMO_PAGES, urlpatterns

urlpatterns = [*urlpatterns, *DEMO_PAGES]
