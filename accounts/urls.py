"""Addresses of accounts: allauth's; the profile's stands in hub/urls.py, which knows what a change concerns."""

from django.urls import include, path

urlpatterns = [path("", include("allauth.urls"))]
