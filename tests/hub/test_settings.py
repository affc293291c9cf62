"""A real server's settings, read in a process of their own with nothing from the environment of the tests."""

import json
import os
import stat
import subprocess
import sys

import pytest
from django.conf import settings

PRODUCTION = {"SECRET_KEY": "v8#Qm2-" * 10, "HTTPS": "1", "ALLOWED_HOSTS": "hub.example.org"}


@pytest.fixture
def python(tmp_path):
    """Return a function that runs Python in the project with an environment of its own."""

    def run(*arguments, **environment):
        return subprocess.run(
            [sys.executable, *arguments],
            cwd=settings.BASE_DIR,
            env={
                "PATH": os.environ["PATH"],
                "DJANGO_SETTINGS_MODULE": "hub.settings",
                "DATA_DIR": str(tmp_path),
                **environment,
            },
            capture_output=True,
            text=True,
            check=False,
        )

    return run


@pytest.fixture
def values(python):
    """Return a function that reads some settings as a server with this environment has them."""

    def read(*names, **environment):
        code = (
            "import json, sys; from django.conf import settings;"
            "print(json.dumps([getattr(settings, name) for name in sys.argv[1:]], default=str))"
        )
        done = python("-c", code, *names, **environment)
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    return read


def test_a_real_server_passes_djangos_deployment_check(python):
    done = python("manage.py", "check", "--deploy", "--fail-level", "WARNING", **PRODUCTION)

    assert done.returncode == 0, done.stderr
    assert done.stdout == "System check identified no issues (0 silenced).\n"


def test_a_real_server_without_a_secret_key_does_not_start(python):
    done = python("manage.py", "check", **(PRODUCTION | {"SECRET_KEY": ""}))

    assert done.returncode == 1
    assert "Set SECRET_KEY to a long random text that only this server knows." in done.stderr


def test_a_demonstration_makes_a_secret_key_once_and_keeps_it_to_its_owner(values, tmp_path):
    first = values("SECRET_KEY", DEMO="1")
    second = values("SECRET_KEY", DEMO="1")

    assert first == second == [(tmp_path / "secret_key").read_text()]
    assert stat.S_IMODE((tmp_path / "secret_key").stat().st_mode) == 0o600


def test_lifted_posting_limits_must_be_named_twice(python):
    once = python("manage.py", "check", **PRODUCTION, POSTING_LIMITS_OFF="1")
    twice = python("manage.py", "check", **PRODUCTION, POSTING_LIMITS_OFF="1", I_KNOW_POSTING_LIMITS_ARE_OFF="1")

    assert once.returncode == 1
    assert "POSTING_LIMITS_OFF needs I_KNOW_POSTING_LIMITS_ARE_OFF=1 where DEBUG is off." in once.stderr
    assert twice.returncode == 0, twice.stderr


def test_the_limits_of_posting_are_those_of_the_readme(values):
    assert values("POSTS_PER_MINUTE", "POSTS_PER_HOUR", "POSTING_LIMITS_OFF", **PRODUCTION) == [10, 60, False]


def test_nothing_meant_for_trying_out_is_on_by_itself(values):
    names = ("DEBUG", "DEMO", "HTTPS", "STAFF_NEED_SECOND_FACTOR", "WHITENOISE_USE_FINDERS")

    assert values(*names, SECRET_KEY=PRODUCTION["SECRET_KEY"]) == [False, False, True, True, False]


def test_only_a_demonstration_and_development_show_mail_on_a_page(values):
    def read(**environment):
        [backend, *others] = values("EMAIL_BACKEND", "HAS_MAILBOX", **environment)
        return [backend.removesuffix(".EmailBackend"), *others]

    smtp = {"EMAIL_URL": "smtp+tls://user:word@mail.example.org:587"}
    shown = [read(DEMO="1"), read(DEBUG="1")]
    hidden = [read(**PRODUCTION), read(**PRODUCTION, **smtp), read(DEBUG="1", **smtp)]

    assert shown == [["hub.mailbox", True]] * 2
    assert hidden == [["django.core.mail.backends.console", False], *[["django.core.mail.backends.smtp", False]] * 2]


def test_people_stay_signed_in_for_a_working_day_at_least(python, values):
    refused = python("manage.py", "check", **PRODUCTION, SESSION_HOURS="7")

    assert "SESSION_HOURS is 8 at least: people write for a working day." in refused.stderr
    assert values("SESSION_COOKIE_AGE", **PRODUCTION, SESSION_HOURS="8") == [8 * 3600]
    assert values("SESSION_COOKIE_AGE", **PRODUCTION) == [14 * 24 * 3600]


def test_cookies_are_bound_to_the_host_where_there_is_https(values):
    names = ("SESSION_COOKIE_NAME", "CSRF_COOKIE_NAME", "LANGUAGE_COOKIE_NAME")
    secure = ("SESSION_COOKIE_SECURE", "CSRF_COOKIE_SECURE", "LANGUAGE_COOKIE_SECURE")

    assert values(*names, *secure, **PRODUCTION) == ["__Host-session", "__Host-csrf", "__Host-language", *[True] * 3]
    # A browser refuses such a name over plain HTTP, so a demonstration could not sign anybody in.
    assert values(*names, *secure, DEMO="1") == ["session", "csrf", "language", *[False] * 3]


def test_browsers_stay_on_https_for_a_year(values):
    names = ("SECURE_SSL_REDIRECT", "SECURE_HSTS_SECONDS", "SECURE_HSTS_INCLUDE_SUBDOMAINS")

    assert values(*names, **PRODUCTION) == [True, 31_536_000, True]


def test_pages_may_load_nothing_inline_and_nothing_from_elsewhere(values):
    [policy] = values("CONTENT_SECURITY_POLICY", **PRODUCTION)

    directives = policy["DIRECTIVES"]
    assert directives["default-src"] == ["'none'"]
    assert directives["script-src"] == directives["style-src"] == ["'self'"]
    assert {source for sources in directives.values() for source in sources} == {"'none'", "'self'", "data:"}


def test_forms_may_also_lead_to_a_sign_on_server_that_was_named(values):
    apps = [{"provider_id": "un", "client_id": "x", "settings": {"server_url": "https://login.example.org/realm"}}]

    [policy] = values("CONTENT_SECURITY_POLICY", **PRODUCTION, OIDC_APPS=json.dumps(apps))

    assert policy["DIRECTIVES"]["form-action"] == ["'self'", "https://login.example.org"]


@pytest.mark.parametrize("environment", [{}, {"REDIS_URL": "redis://127.0.0.1:6379/9"}])
def test_wrong_passwords_are_counted_for_all_workers_together(values, environment):
    [caches] = values("CACHES", **PRODUCTION, **environment)

    expected = "redis.RedisCache" if environment else "db.DatabaseCache"
    assert caches["default"]["BACKEND"] == f"django.core.cache.backends.{expected}"


def test_links_in_mail_are_made_of_the_site_and_not_of_the_request(values):
    assert values("SITE_URL", "USE_X_FORWARDED_HOST", **PRODUCTION) == ["https://hub.example.org", False]
