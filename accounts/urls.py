"""Addresses of accounts: the profile, and allauth's."""

from django.urls import include, path

from .views import profile

urlpatterns = [
    path("profile/", profile.profile, name="account_profile"),
    path("", include("allauth.urls")),
]
