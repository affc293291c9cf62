"""Sessions and the people in them, read by nearly every request: in the database, by statements written once."""

from datetime import timedelta

from allauth.account.auth_backends import AuthenticationBackend as AllauthBackend
from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore as DatabaseStore
from django.contrib.sessions.models import Session
from django.utils import timezone

from .models import User
from .statements import statement


class SessionStore(DatabaseStore):
    """Django's sessions in the database, which know when they end."""

    ends_at = None  # unknown until the session is read or saved

    @property
    def is_half_over(self):
        """Whether somebody is signed in, and the greater part of their time has gone; reads nothing by itself."""
        if self.ends_at is None or SESSION_KEY not in self:
            return False
        return self.ends_at - timezone.now() < timedelta(seconds=self.get_expiry_age() / 2)

    def _validate_session_key(self, key):
        # PostgreSQL fails on a NUL instead of finding nothing.
        return super()._validate_session_key(key) and "\0" not in key

    def create_model_instance(self, data):
        """Return the row to save, and remember when it ends."""
        row = super().create_model_instance(data)
        self.ends_at = row.expire_date
        return row

    def _get_session_from_db(self):
        found = _sessions(self.session_key, timezone.now())
        if found:
            self.ends_at = found[0].expire_date
            return found[0]
        self._session_key = None


class AuthenticationBackend(AllauthBackend):
    """How people sign in, and who it is that has."""

    def get_user(self, user_id):
        """Return the person of a session, or None."""
        found = _people(user_id)
        return found[0] if found and self.user_can_authenticate(found[0]) else None


@statement
def _sessions(key, now):
    return Session.objects.filter(session_key=key, expire_date__gt=now)


@statement
def _people(pk):
    return User.objects.filter(pk=pk)
