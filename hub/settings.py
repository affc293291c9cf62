"""Settings, read from the environment; every default is the safe one.

The README lists the variables. Nothing here needs a network service: without DATABASE_URL the
database is an SQLite file, without REDIS_URL shared counters live in the database.
"""

import zoneinfo
from pathlib import Path
from urllib.parse import urlsplit

import environ
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _

from accounts import countries
from hub.bucket import bucket

BASE_DIR = Path(__file__).resolve().parent.parent
env = environ.Env()

# --- What kind of place this is -------------------------------------------------------------

DEBUG = env.bool("DEBUG", False)
DEMO = env.bool("DEMO", False)  # a loopback server for trying things out: plain HTTP, a mailbox of its own
HTTPS = env.bool("HTTPS", not (DEBUG or DEMO))
DATA_DIR = Path(env.str("DATA_DIR", str(BASE_DIR / "var")))

SECRET_KEY = env.str("SECRET_KEY", "")
if not SECRET_KEY:
    if not (DEBUG or DEMO):
        raise ImproperlyConfigured("Set SECRET_KEY to a long random text that only this server knows.")
    from hub.demo_key import demo_secret_key

    SECRET_KEY = demo_secret_key(DATA_DIR)
# Former keys: what they signed, such as receipts, still passes.
SECRET_KEY_FALLBACKS = env.list("SECRET_KEY_FALLBACKS", default=[])

ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["localhost", "127.0.0.1", "[::1]"])
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[])
SITE_NAME = env.str("SITE_NAME", "Migration Network Hub")
# Links in mail are made of this, never of the Host header.
SITE_URL = env.str("SITE_URL", "http://localhost:8000" if not HTTPS else f"https://{ALLOWED_HOSTS[0]}").rstrip("/")
CONTACT_ADDRESSES = env.list("CONTACT_ADDRESSES", default=["consultations@example.org", "helpdesk@example.org"])

# --- Applications ---------------------------------------------------------------------------

INSTALLED_APPS = [
    "modeltranslation",
    "hub.admin_site.ForumAdminConfig",  # django.contrib.admin with our site
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.humanize",
    "django.contrib.messages",
    "django.contrib.sessions",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "allauth.usersessions",
    "csp",
    "django_countries",
    "django_htmx",
    "treebeard",
    "accounts",
    "consultation",
    "hub",
]

MIDDLEWARE = [
    "hub.middleware.RequestLogMiddleware",
    "hub.middleware.EncodingMiddleware",
    "hub.middleware.LargeFormMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "hub.middleware.SecurityHeadersMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.middleware.gzip.GZipMiddleware",
    "accounts.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "hub.middleware.LanguageMemoryMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "allauth.usersessions.middleware.UserSessionsMiddleware",
    "accounts.middleware.LongerSessionMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "accounts.middleware.SecondFactorMiddleware",
    "accounts.middleware.AllauthAnswersMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
]

ROOT_URLCONF = "hub.urls"
WSGI_APPLICATION = "hub.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "builtins": ["hub.templatetags.addresses"],
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "hub.context_processors.site",
            ],
        },
    },
]

# --- Database and caches --------------------------------------------------------------------

DATABASES = {"default": env.db_url("DATABASE_URL", default=f"sqlite:///{DATA_DIR / 'forum.sqlite3'}")}
_database = DATABASES["default"]
if _database["ENGINE"].endswith("sqlite3"):
    DATA_DIR.mkdir(parents=True, exist_ok=True)
    # IMMEDIATE, or two writers meet "database is locked" at once instead of waiting their turn.
    _database["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;",
    }
    # A file, because tests with several threads find an in-memory database locked.
    _database["TEST"] = {"NAME": str(DATA_DIR / "test.sqlite3")}
else:
    _database.setdefault("CONN_MAX_AGE", 60)
    _database.setdefault("CONN_HEALTH_CHECKS", True)
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

REDIS_URL = env.str("REDIS_URL", "")
# "default" counts wrong passwords and must be one for all workers; "pages" holds what can be made again.
if REDIS_URL:
    _redis = {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": REDIS_URL}
    CACHES = {"default": _redis, "pages": _redis | {"KEY_PREFIX": "pages"}}
else:
    CACHES = {
        # Room for many, or a flood of tries would push out what was counted before.
        "default": {
            "BACKEND": "django.core.cache.backends.db.DatabaseCache",
            "LOCATION": "cache",
            "OPTIONS": {"MAX_ENTRIES": 50_000},
        },
        "pages": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache", "LOCATION": "pages"},
    }

# --- Languages, time ------------------------------------------------------------------------

LANGUAGE_CODE = "en"
LANGUAGES = [("en", "English"), ("fr", "Français"), ("es", "Español")]
LANGUAGE_CODES = tuple(code for code, _name in LANGUAGES)  # in the order in which one stands in for another
LOCALE_PATHS = [BASE_DIR / "locale"]
LANGUAGE_COOKIE_AGE = 365 * 24 * 3600
LANGUAGE_COOKIE_HTTPONLY = True
LANGUAGE_COOKIE_SAMESITE = "Lax"
FORMAT_MODULE_PATH = ["hub.formats"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "UTC"
MODELTRANSLATION_FALLBACK_LANGUAGES = {"default": LANGUAGE_CODES}

# --- People ---------------------------------------------------------------------------------

AUTH_USER_MODEL = "accounts.User"
# Alone: beside Django's own, every wrong password would be hashed twice.
AUTHENTICATION_BACKENDS = ["accounts.sessions.AuthenticationBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "home"
ACCOUNT_LOGOUT_REDIRECT_URL = "home"
ACCOUNT_ADAPTER = "accounts.adapter.AccountAdapter"
SOCIALACCOUNT_ADAPTER = "accounts.adapter.SocialAccountAdapter"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_SIGNUP_FORM_CLASS = "accounts.forms.signup.SignupForm"
ACCOUNT_FORMS = {
    "signup": "accounts.forms.password.SignupForm",
    "change_password": "accounts.forms.password.ChangePasswordForm",
    "set_password": "accounts.forms.password.SetPasswordForm",
    "reset_password_from_key": "accounts.forms.password.NewPasswordForm",
    "reset_password": "accounts.forms.code.ResetPasswordForm",
    "request_login_code": "accounts.forms.code.RequestLoginCodeForm",
}
ACCOUNT_MAX_EMAIL_ADDRESSES = 5
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_EMAIL_VERIFICATION_BY_CODE_ENABLED = True
ACCOUNT_EMAIL_VERIFICATION_SUPPORTS_RESEND = True
ACCOUNT_LOGIN_BY_CODE_ENABLED = True
ACCOUNT_LOGIN_BY_CODE_SUPPORTS_RESEND = True
ACCOUNT_PASSWORD_RESET_BY_CODE_ENABLED = True
# Mail may be slow, and so may people be.
ACCOUNT_EMAIL_VERIFICATION_BY_CODE_TIMEOUT = 15 * 60
ACCOUNT_LOGIN_BY_CODE_TIMEOUT = ACCOUNT_PASSWORD_RESET_BY_CODE_TIMEOUT = 15 * 60
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_REAUTHENTICATION_REQUIRED = True
ACCOUNT_EMAIL_NOTIFICATIONS = True
# Tries by time and by whom: an address on the net (ip), an e-mail address or the person behind it (key), a
# person signed in (user). Many people of one delegation may share one ip. The documentation names these numbers.
ACCOUNT_RATE_LIMITS = {
    "login": "60/m/ip",
    "login_failed": "20/m/ip,5/5m/key",
    "request_login_code": "20/m/ip,3/m/key,10/15m/key",
    "reset_password": "20/m/ip,3/m/key,10/15m/key",
    "reset_password_from_key": "20/m/ip",
    "signup": "20/m/ip",
    "confirm_email": "3/m/key,10/15m/key",
    "change_password": "5/5m/user",
    "reauthenticate": "10/m/user",
    "manage_email": "10/m/user",
}
ACCOUNT_DEFAULT_HTTP_PROTOCOL = "https" if HTTPS else "http"
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_LOGOUT_ON_GET = False
ALLAUTH_TRUSTED_PROXY_COUNT = env.int("TRUSTED_PROXY_COUNT", 0)
MFA_FORMS = {
    "add_webauthn": "accounts.forms.keys.AddKeyForm",
    "edit_webauthn": "accounts.forms.keys.EditKeyForm",
}
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_PASSKEY_SIGNUP_ENABLED = False
MFA_TOTP_ISSUER = SITE_NAME
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not HTTPS
SOCIALACCOUNT_EMAIL_AUTHENTICATION = False
SOCIALACCOUNT_AUTO_SIGNUP = True
# An organisation's single sign-on: OIDC_APPS='[{"provider_id": "un", "name": "UN", "client_id": "…",
# "secret": "…", "settings": {"server_url": "https://…"}}]'
OIDC_APPS = env.json("OIDC_APPS", default=[])
SOCIALACCOUNT_PROVIDERS = {"openid_connect": {"OAUTH_PKCE_ENABLED": True, "APPS": OIDC_APPS}}
# Staff without a second factor are sent to set one up before they reach the admin.
STAFF_NEED_SECOND_FACTOR = env.bool("STAFF_NEED_SECOND_FACTOR", not (DEBUG or DEMO))

SESSION_ENGINE = "accounts.sessions"
# How long people stay signed in who send nothing. A text may take a working day to write.
SESSION_HOURS = env.int("SESSION_HOURS", 14 * 24)
if SESSION_HOURS < 8:
    raise ImproperlyConfigured("SESSION_HOURS is 8 at least: people write for a working day.")
SESSION_COOKIE_AGE = SESSION_HOURS * 3600
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = HTTPS
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
_cookie_prefix = "__Host-" if HTTPS else ""
SESSION_COOKIE_NAME = f"{_cookie_prefix}session"
CSRF_COOKIE_NAME = f"{_cookie_prefix}csrf"
LANGUAGE_COOKIE_NAME = f"{_cookie_prefix}language"
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"
CSRF_FAILURE_VIEW = "hub.views.errors.csrf_failure"

COUNTRIES_ONLY = countries.CODES
COUNTRIES_OVERRIDE = countries.un_names()

# --- The discussion -------------------------------------------------------------------------

COMMENT_LIMIT = env.int("COMMENT_LIMIT", 20_000)  # characters; the default of a new roundtable
COMMENTS_PER_PAGE = env.int("COMMENTS_PER_PAGE", 50)
POSTS_PER_MINUTE = env.int("POSTS_PER_MINUTE", 10)
POSTS_PER_HOUR = env.int("POSTS_PER_HOUR", 60)
DOWNLOADS_PER_HOUR = env.int("DOWNLOADS_PER_HOUR", 6)  # exports, the register, one's own data: of one person
FLAGS_PER_HOUR = env.int("FLAGS_PER_HOUR", 20)  # reports of one person
# For load runs only. Where DEBUG is off it must be named twice, or the server refuses to start.
POSTING_LIMITS_OFF = env.bool("POSTING_LIMITS_OFF", False)
if POSTING_LIMITS_OFF and not DEBUG and not env.bool("I_KNOW_POSTING_LIMITS_ARE_OFF", False):
    raise ImproperlyConfigured("POSTING_LIMITS_OFF needs I_KNOW_POSTING_LIMITS_ARE_OFF=1 where DEBUG is off.")
# A 20,000-character text is up to 240,000 bytes once encoded in a form; larger ones are for the form to refuse.
DATA_UPLOAD_MAX_MEMORY_SIZE = 16 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 2000

# --- Attachments ----------------------------------------------------------------------------

ATTACHMENT_MB = env.int("ATTACHMENT_MB", 20)  # of one file
ATTACHMENTS_TOTAL_MB = env.int("ATTACHMENTS_TOTAL_MB", 60)  # of all files of one contribution
ATTACHMENTS_PER_COMMENT = env.int("ATTACHMENTS_PER_COMMENT", 10)
UPLOADS_PER_HOUR = env.int("UPLOADS_PER_HOUR", 60)  # of one person
UNSENT_FILES_DAYS = env.int("UNSENT_FILES_DAYS", 14)
PAPERS_PER_DAY = env.int("PAPERS_PER_DAY", 10)  # of one person, for organisations
CLAMD_URL = env.str("CLAMD_URL", "")  # tcp://host:3310 or unix:///run/clamav/clamd.ctl
FILE_UPLOAD_HANDLERS = ["consultation.uploads.UploadHandler"]
DATA_UPLOAD_MAX_NUMBER_FILES = 2 * ATTACHMENTS_PER_COMMENT

# --- Mail -----------------------------------------------------------------------------------

DEFAULT_FROM_EMAIL = SERVER_EMAIL = env.str("DEFAULT_FROM_EMAIL", "no-reply@example.org")
MAILBOX_DIR = DATA_DIR / "mail"
HAS_MAILBOX = (DEMO or DEBUG) and "EMAIL_URL" not in env  # a page that shows all mail, codes to sign in too
if "EMAIL_URL" in env:
    vars().update(env.email_url("EMAIL_URL"))
elif HAS_MAILBOX:
    EMAIL_BACKEND = "hub.mailbox.EmailBackend"  # shown at /demo/mailbox/
else:
    EMAIL_BACKEND = "django.core.mail.backends.console.EmailBackend"
EMAIL_TIMEOUT = 10  # seconds; codes to sign in are mailed while somebody waits for the page
OUTBOX_KEPT_DAYS = env.int("OUTBOX_KEPT_DAYS", 30)
DIGEST_HOUR = env.int("DIGEST_HOUR", 6)  # weekly ones on Mondays
if DIGEST_HOUR not in range(24):
    raise ImproperlyConfigured("DIGEST_HOUR is an hour of the day, from 0 to 23.")
DIGEST_TIME_ZONE = env.str("DIGEST_TIME_ZONE", "UTC")
if DIGEST_TIME_ZONE not in zoneinfo.available_timezones():
    raise ImproperlyConfigured("DIGEST_TIME_ZONE is no time zone. Write it like Europe/Zurich.")
CLOSING_REMINDER_DAYS = env.int("CLOSING_REMINDER_DAYS", 3)
WAITING_TOO_LONG_HOURS = env.int("WAITING_TOO_LONG_HOURS", 72)

# --- Files ----------------------------------------------------------------------------------

STATIC_URL = "/static/"
STATIC_ROOT = DATA_DIR / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]
WHITENOISE_USE_FINDERS = DEBUG or DEMO
# What people attach: in no folder that is served, for nobody else on the machine, read through a view that asks
# who may. With a bucket (of Amazon or any server that speaks S3) nothing is kept on the machine.
FILES_S3_BUCKET = env.str("FILES_S3_BUCKET", "")
if FILES_S3_BUCKET:
    _files = bucket(
        FILES_S3_BUCKET,
        endpoint=env.str("FILES_S3_ENDPOINT", ""),
        region=env.str("FILES_S3_REGION", ""),
        access_key=env.str("FILES_S3_ACCESS_KEY", ""),
        secret_key=env.str("FILES_S3_SECRET_KEY", ""),
    )
else:
    _files = {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {
            "location": DATA_DIR / "files",
            "file_permissions_mode": 0o600,
            "directory_permissions_mode": 0o700,
        },
    }
STORAGES = {
    "default": _files,
    "staticfiles": {
        "BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"
        if HTTPS
        else "django.contrib.staticfiles.storage.StaticFilesStorage"
    },
}

# --- Security -------------------------------------------------------------------------------

SECURE_SSL_REDIRECT = HTTPS
SECURE_REDIRECT_EXEMPT = [r"^healthz$"]
SECURE_HSTS_SECONDS = 365 * 24 * 3600 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = HTTPS
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
if env.bool("BEHIND_TLS_PROXY", False):
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
USE_X_FORWARDED_HOST = False

# A browser also holds redirects after a form to form-action, so single sign-on servers are named there.
_sign_on_origins = [
    "{0.scheme}://{0.netloc}".format(urlsplit(app.get("settings", {}).get("server_url", ""))) for app in OIDC_APPS
]
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],  # data: for the code that authenticator apps scan
        "font-src": [SELF],
        "connect-src": [SELF],
        "manifest-src": [SELF],
        "form-action": [SELF, *_sign_on_origins],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
    }
}

# --- Logs -----------------------------------------------------------------------------------

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"json": {"()": "hub.logs.JSONFormatter"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "json"}},
    "root": {"handlers": ["console"], "level": env.str("LOG_LEVEL", "INFO")},
    "loggers": {
        "django.server": {"handlers": ["console"], "level": "WARNING", "propagate": False},
        # Every denied request is logged once, by hub.middleware, with who asked.
        "django.request": {"level": "ERROR"},
        "django.security.csrf": {"level": "ERROR"},
        "django.security.DisallowedHost": {"level": "CRITICAL"},
    },
}

LANGUAGE_NAMES = {"en": _("English"), "fr": _("French"), "es": _("Spanish")}
