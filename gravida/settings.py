"""Every setting; whatever differs between machines is an environment variable (docs/operations.md)."""

import ipaddress
import os
import secrets
from pathlib import Path
from typing import Any

import environ
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _

env = environ.Env()

CODE = Path(__file__).resolve().parent
HOME = CODE.parent

# Everything this machine makes: database, search index, collected static files, secret key.
DATA = Path(env.str("GRAVIDA_DATA", default=str(HOME / "var"))).resolve()
# The study folders this site runs (docs/architecture.md, decision 1).
STUDIES = Path(env.str("GRAVIDA_STUDIES", default=str(HOME / "studies"))).resolve()
if not STUDIES.is_dir():
    raise ImproperlyConfigured(
        f"GRAVIDA_STUDIES names {STUDIES}: found no folder there, wanted study folders"
    )
SEARCH_INDEX = DATA / "search"

DEBUG = env.bool("GRAVIDA_DEBUG", default=False)
ALLOWED_HOSTS = env.list("GRAVIDA_HOSTS", default=["127.0.0.1", "localhost", "[::1]"])
# Scheme and host that canonical addresses, feeds and the sitemap are written with; empty: the request's own.
BASE_URL = env.str("GRAVIDA_BASE_URL", default="").rstrip("/")


def _secret_key() -> str:
    """The key of this installation: from the environment, else made once and kept beside the database."""
    from_environment: str = env.str("GRAVIDA_SECRET_KEY", default="")
    if from_environment:
        return from_environment
    path = DATA / "secret-key"
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w") as file:
            file.write(secrets.token_urlsafe(50))
    key = path.read_text().strip()
    if len(key) < 50:
        raise ImproperlyConfigured(f"{path} holds {len(key)} signs: delete it, or write at least 50")
    return key


SECRET_KEY = _secret_key()

# What the database keeps sealed (web/seal_keys.py): keys newest first, else a file made once.
SEAL_KEYS = env.list("GRAVIDA_SEAL_KEYS", default=[])
BLIND_KEY = env.str("GRAVIDA_BLIND_KEY", default="")
SEAL_KEY_FILE = DATA / "seal-keys"

INSTALLED_APPS = [
    "django.contrib.staticfiles",
    "django.contrib.sitemaps",
    "gravida.web",
    "gravida.web.people",
    "gravida.web.audit",
    "gravida.find",
    "gravida.find.contact",
    "gravida.find.inbox",
    "gravida.find.alerts",
    "gravida.find.notes",
    "gravida.find.overviews",
]

MIDDLEWARE = [
    "gravida.web.middleware.security_headers",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.middleware.gzip.GZipMiddleware",
    "django.middleware.http.ConditionalGetMiddleware",
    "gravida.web.middleware.language_of_address",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "gravida.web.unavailable.Unavailable",
    "gravida.web.people.middleware.StaffSessions",
    "gravida.web.people.middleware.DenyUnmarked",
]

# The parts that this process serves.
PARTS = env.list("GRAVIDA_PARTS", default=["public", "staff"])
if not PARTS or set(PARTS) - {"public", "staff"}:
    raise ImproperlyConfigured(f"GRAVIDA_PARTS names {','.join(PARTS)}: wanted public, staff or both")

# What visitors may open without signing in: addresses of these namespaces, and these of none.
PUBLIC_NAMESPACES = {
    "find",
    "contact",
    "alerts",
    "glossary",
    "compare",
    "sheet",
    "notes",
    "sealed",
    "selfcheck",
    "questions",
    "understood",
}
PUBLIC_NAMES = {"robots", "sitemap_index", "sitemap", "style_guide"}

# The public addresses stand twice, with and without a language, under one namespace: see urls.py.
SILENCED_SYSTEM_CHECKS = ["urls.W005"]
ROOT_URLCONF = "gravida.urls"
WSGI_APPLICATION = "gravida.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [CODE / "templates"],
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "gravida.web.frame.page_frame",
                "gravida.web.people.navigation.staff_frame",
            ],
            "loaders": [
                (
                    "django.template.loaders.cached.Loader",
                    [
                        "django.template.loaders.filesystem.Loader",
                        "django.template.loaders.app_directories.Loader",  # the sitemap's own templates
                    ],
                )
            ],
            # Explains words where they stand; every page about a study uses it.
            "libraries": {"explain_words": "gravida.find.glossary.tags"},
            # Shown by no page: test_words fails where it appears, so that a misspelt variable is found.
            "string_if_invalid": env.str("GRAVIDA_INVALID_VARIABLE", default=""),
        },
    }
]


ENGINES = {"django.db.backends.sqlite3", "django.db.backends.postgresql"}


def _database() -> dict[str, Any]:
    """SQLite beside the data unless DATABASE_URL names another; safe against power cuts."""
    database: dict[str, Any] = env.db_url("DATABASE_URL", default=f"sqlite:///{DATA / 'gravida.sqlite3'}")
    if database["ENGINE"] not in ENGINES:
        raise ImproperlyConfigured(
            f"DATABASE_URL names {database['ENGINE']}: wanted sqlite:///... or postgres://..."
        )
    if database["ENGINE"] == "django.db.backends.sqlite3":
        database["OPTIONS"] = {
            # IMMEDIATE, because a deferred reader that turns writer fails at once, whatever the timeout.
            "transaction_mode": "IMMEDIATE",
            "timeout": 20,
            # FULL, because NORMAL loses acknowledged rows at a power cut.
            "init_command": "PRAGMA journal_mode=WAL;PRAGMA synchronous=FULL;PRAGMA foreign_keys=ON;"
            # Erased rows are overwritten, not only unlinked.
            "PRAGMA secure_delete=ON;",
        }
        # A file, so that a test's server and its worker processes see the same rows.
        database["TEST"] = {"NAME": str(DATA / "test.sqlite3")}
    else:
        database["CONN_MAX_AGE"] = 60
        database["CONN_HEALTH_CHECKS"] = True
        # A server that cannot be reached is said within seconds; pages have more limits: statement_limits.py.
        database.setdefault("OPTIONS", {}).setdefault("connect_timeout", 5)
    return database


DATABASES = {"default": _database()}
AUTH_USER_MODEL = "people.Person"
PASSWORD_HASHERS = ["gravida.web.people.passwords.Argon2id"]
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

LANGUAGE_CODE = env.str("GRAVIDA_LANGUAGE", default="en")
LANGUAGES = [("en", _("English")), ("fr", _("French"))]
LOCALE_PATHS = [CODE / "locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = env.str("GRAVIDA_TIME_ZONE", default="Europe/Paris")

STATIC_URL = "/static/"
STATIC_ROOT = DATA / "static"
STATICFILES_DIRS = [CODE / "static"]
# Tests and debugging read the files where they stand; a served site reads the collected ones.
PLAIN_STATIC = DEBUG or env.bool("GRAVIDA_PLAIN_STATIC", default=False)
WHITENOISE_USE_FINDERS = PLAIN_STATIC
WHITENOISE_AUTOREFRESH = PLAIN_STATIC
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if PLAIN_STATIC
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}

SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "no-referrer"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
# Behind HTTPS (a base address that says so): tell browsers to keep to it for a year.
SECURE_HSTS_SECONDS = 31_536_000 if BASE_URL.startswith("https://") else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = True
# Only a proxy that the operator names is believed about the scheme.
BEHIND_PROXY = env.bool("GRAVIDA_BEHIND_PROXY", default=False)
if BEHIND_PROXY:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")


def _proxies() -> list[ipaddress.IPv4Network | ipaddress.IPv6Network]:
    """Networks whose X-Forwarded-For is believed; a proxy on this machine when there is one."""
    default = ["127.0.0.1", "::1"] if BEHIND_PROXY else []
    try:
        return [ipaddress.ip_network(text) for text in env.list("GRAVIDA_PROXIES", default=default)]
    except ValueError as error:
        raise ImproperlyConfigured(
            f"GRAVIDA_PROXIES: {error}; wanted addresses or networks, as 10.0.0.0/8,::1"
        ) from error


PROXIES = _proxies()
CSRF_COOKIE_HTTPONLY = True
CSRF_FAILURE_VIEW = "gravida.web.views.form_expired"
IS_HTTPS = BASE_URL.startswith("https://")
CSRF_COOKIE_SECURE = IS_HTTPS
# The prefix makes browsers refuse the cookie unless it is ours alone: Secure, of this host, of every path.
COOKIE_PREFIX = "__Host-" if IS_HTTPS else ""
CSRF_COOKIE_NAME = f"{COOKIE_PREFIX}gravida-form"
CSRF_COOKIE_SAMESITE = "Lax"
STAFF_COOKIE_NAME = f"{COOKIE_PREFIX}gravida-staff"
DEVICE_COOKIE_NAME = f"{COOKIE_PREFIX}gravida-device"
DATA_UPLOAD_MAX_MEMORY_SIZE = 256 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 100
DATA_UPLOAD_MAX_NUMBER_FILES = 5

# The live registry: address of the ClinicalTrials.gov API v2, and seconds between two requests to it.
REGISTRY_URL = env.str("GRAVIDA_REGISTRY_URL", default="https://clinicaltrials.gov/api/v2").rstrip("/")
REGISTRY_PAUSE_SECONDS = env.float("GRAVIDA_REGISTRY_PAUSE_SECONDS", default=1.3)

# Overviews from a language model (docs/overviews.md): off unless the operator names an endpoint that speaks
# OpenAI's chat completions, as https://models.example.org/v1. Public registry records alone are sent there.
OVERVIEW_ENDPOINT = env.str("GRAVIDA_OVERVIEW_ENDPOINT", default="").rstrip("/")
OVERVIEW_MODEL = env.str("GRAVIDA_OVERVIEW_MODEL", default="")
OVERVIEW_KEY = env.str("GRAVIDA_OVERVIEW_KEY", default="")
OVERVIEW_SECONDS = env.float("GRAVIDA_OVERVIEW_SECONDS", default=180.0)
if OVERVIEW_ENDPOINT and not (OVERVIEW_ENDPOINT.startswith(("https://", "http://")) and OVERVIEW_MODEL):
    raise ImproperlyConfigured(
        "GRAVIDA_OVERVIEW_ENDPOINT is set: wanted an http(s) address, and GRAVIDA_OVERVIEW_MODEL beside it"
    )

# Outgoing mail (docs/mail.md). Without a server mails are written into a folder, and staff are told so.
MAIL_URL = env.str("GRAVIDA_MAIL_URL", default="file:")
MAIL_FOLDER = DATA / "mail"
MAIL_FROM = env.str("GRAVIDA_MAIL_FROM", default="no-reply@example.org")
# Where refusals that come later go: "<>" nowhere, else an address on our domain, with a tag for each mail.
MAIL_RETURN_PATH = env.str("GRAVIDA_MAIL_RETURN_PATH", default="<>")
DKIM_KEY = env.str("GRAVIDA_DKIM_KEY", default="")
DKIM_SELECTOR = env.str("GRAVIDA_DKIM_SELECTOR", default="gravida")
# Who is told when mails cannot be sent; empty: only the staff page says so.
OPERATOR_MAIL = env.str("GRAVIDA_OPERATOR_MAIL", default="")
# What the mail to a team holds of a message: `notify` its reference and links, `full` all of it - only where
# the hospital's mail is closed to others.
CONTACT_EMAIL_MODE = env.str("GRAVIDA_CONTACT_EMAIL_MODE", default="notify")
if CONTACT_EMAIL_MODE not in ("notify", "full"):
    raise ImproperlyConfigured(f"GRAVIDA_CONTACT_EMAIL_MODE is {CONTACT_EMAIL_MODE!r}: wanted notify or full")
# Where `gravida serve` listened last, so that links made by other commands lead there.
LOCAL_ADDRESS_FILE = DATA / "local-address"


def _local_address() -> str:
    try:
        return LOCAL_ADDRESS_FILE.read_text().strip() or "http://127.0.0.1:8000"
    except OSError:
        return "http://127.0.0.1:8000"


# What links in mails begin with; `gravida serve` sets the second where no base address is given.
MAIL_LINKS = BASE_URL or env.str("GRAVIDA_LOCAL_ADDRESS", default="") or _local_address()

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{asctime} {levelname} {name} {message}", "style": "{"}},
    "filters": {"masked": {"()": "gravida.web.masked.MaskSecretParts"}},
    "handlers": {
        "console": {"class": "logging.StreamHandler", "formatter": "line", "filters": ["masked"]},
        # A logger without any handler is not silent: Python then prints by itself.
        "nowhere": {"class": "logging.NullHandler"},
    },
    # A page that was not found is no fault of ours, and its address tells what somebody looked for.
    # Requests for other hosts, expired forms and bodies too large are everyday knocks of robots: were each
    # written down with its trace, whoever sends enough of them fills the disk.
    "loggers": {
        "django.request": {"level": "ERROR"},
        "django.security": {"handlers": ["nowhere"], "propagate": False},
        # Its warning of the body of a HEAD request, which it rightly drops.
        "gunicorn.http.wsgi": {"level": "ERROR"},
    },
    "root": {"handlers": ["console"], "level": env.str("GRAVIDA_LOG_LEVEL", default="WARNING")},
}
