"""Addresses of accounts: those of allauth and how long one stays signed in; the profile stands in hub/urls.py."""

from django.urls import include, path

from accounts.views import session

urlpatterns = [
    path("session/", session.state, name="session_state"),
    path("", include("allauth.urls")),
]
