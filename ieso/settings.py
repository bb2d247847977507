"""One settings module for the embedded and the deployed service; every reader of the environment fails loudly.

Nothing set: the embedded services of the data folder `IESO_DATA` (default `.data`).
`DATABASE_URL`, `DATABASE_OWNER_URL` and `REDIS_URL` set: those. A secret NAME may come from a file named by NAME_FILE.
"""

import base64
import logging
import secrets
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit

from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured
from environs import Env, validate
from psycopg.conninfo import conninfo_to_dict

from ieso import logs, paths
from live.silence import Connection

env = Env()
BASE_DIR = paths.BASE_DIR


def secret(name: str, default: str | None = None) -> str:
    """The value of NAME, or the content of the file that NAME_FILE names."""
    file = env.str(f"{name}_FILE", None)
    if file:
        return Path(file).read_text().strip()
    return env.str(name, default) if default is not None else env.str(name)


def generated(name: str, folder: Path) -> str:
    """A secret made once for an embedded service, 32 random bytes kept in its data folder."""
    file = folder / name
    if not file.exists():
        folder.mkdir(parents=True, exist_ok=True)
        file.touch(mode=0o600)
        file.write_text(base64.urlsafe_b64encode(secrets.token_bytes(32)).decode())
    return file.read_text().strip()


# Which service is this?
DEPLOYED = env.bool("IESO_DEPLOYED", False)
DEMO = env.bool("IESO_DEMO", False)
DEVELOPMENT = not DEPLOYED
DEBUG = env.bool("IESO_DEBUG", False)
DATA_DIR = Path(env.str("IESO_DATA", str(paths.DEFAULT_DATA))).resolve()
EMBEDDED = not any(
    env.str(name, "") for name in ("DATABASE_URL", "DATABASE_URL_FILE", "DATABASE_OWNER_URL", "DATABASE_OWNER_URL_FILE")
)
SITE_URL = env.str("IESO_SITE_URL", "http://127.0.0.1:8000").rstrip("/")
ALLOWED_HOSTS = env.list("IESO_ALLOWED_HOSTS", ["127.0.0.1", "localhost", "[::1]"])
LOOPBACK_HOSTS = {"127.0.0.1", "localhost", "[::1]"}
HOSTS = {*ALLOWED_HOSTS, urlsplit(SITE_URL).hostname}

if DEMO and (DEPLOYED or not EMBEDDED or not LOOPBACK_HOSTS.issuperset(HOSTS)):
    raise ImproperlyConfigured(
        "IESO_DEMO lets anybody sign in as anybody: it refuses IESO_DEPLOYED, DATABASE_URL and hosts beyond loopback."
    )
if DEPLOYED and (EMBEDDED or DEBUG):
    raise ImproperlyConfigured("IESO_DEPLOYED needs DATABASE_URL and refuses IESO_DEBUG.")

if EMBEDDED:
    SECRET_KEY = generated("secret_key", DATA_DIR / "secrets")
    MFA_ENCRYPTION_KEY = generated("mfa_key", DATA_DIR / "secrets")
    REDIS_URL = paths.redis_url(DATA_DIR)
else:
    SECRET_KEY = secret("SECRET_KEY")
    MFA_ENCRYPTION_KEY = secret("MFA_ENCRYPTION_KEY")
    REDIS_URL = secret("REDIS_URL")

# Applications, from the top floor down
INSTALLED_APPS = [
    "daphne",
    "ieso",
    "desk",
    "billing",
    "discharge",
    "letters",
    "supervision",
    "intake",
    "therapy",
    "measures",
    "risk",
    "patients",
    "clinicians",
    "sites",
    "hub",
    "accounts",
    "audit",
    "deadlines",
    "notices",
    "live",
    "files",
    "drafts",
    "ui",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "channels",
    "csp",
    "django_cotton.apps.SimpleAppConfig",
    "django_htmx",
    "pgtrigger",
    "django.forms",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.humanize",
    "django.contrib.messages",
    "django.contrib.postgres",
    "django.contrib.sessions",
    "ieso.static.CollectedFiles",
]
ROOT_URLCONF = "ieso.urls"
ASGI_APPLICATION = "ieso.asgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "ieso.middleware.SecurityHeadersMiddleware",
    "ieso.middleware.OrderedPolicyMiddleware",
    "ieso.middleware.PrivatePagesMiddleware",
    "ui.middleware.ErrorPagesMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "accounts.stale.SignInMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "accounts.devices.DeviceMiddleware",
    "accounts.lock.LockMiddleware",
    "accounts.middleware.SecondFactorMiddleware",
    "accounts.middleware.AccessMiddleware",
    "accounts.zones.TimeZoneMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "OPTIONS": {
            "loaders": [
                (
                    "django.template.loaders.cached.Loader",
                    [
                        "django_cotton.cotton_loader.Loader",
                        "django.template.loaders.filesystem.Loader",
                        "django.template.loaders.app_directories.Loader",
                    ],
                )
            ],
            "builtins": [
                "django.templatetags.static",
                "django_cotton.templatetags.cotton",
                "ui.templatetags.ui",
            ],
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "ui.context.page",
                "deadlines.context.banner",
            ],
        },
    }
]
FORM_RENDERER = "ui.renderer.FormRenderer"
COTTON_ISOLATE_BY_DEFAULT = True  # a component sees its own attributes, never a page's variable of the same name
NEUTRAL_URL = env.str("IESO_NEUTRAL_URL", "https://www.bbc.co.uk/weather")  # where "Leave this site" goes
# How people reach patient services: stands on /contact/ and wherever help is named. A number that nobody answers is
# worse than none, so a deployed service does not start without its own.
SERVICE_PHONE = env.str("IESO_SERVICE_PHONE") if DEPLOYED else env.str("IESO_SERVICE_PHONE", "01632 960 100")
SERVICE_EMAIL = env.str("IESO_SERVICE_EMAIL") if DEPLOYED else env.str("IESO_SERVICE_EMAIL", "help@example.org")

# Postgres, the only truth. Migrations run as its owner, everything else as a role that owns nothing.
DATABASE_ROLE = env.str("IESO_DATABASE_ROLE", "site", validate=validate.OneOf(["site", "owner"]))


def database_url() -> str:
    if EMBEDDED:
        return paths.database_url(DATA_DIR, paths.OWNER_ROLE if DATABASE_ROLE == "owner" else paths.SITE_ROLE)
    return secret("DATABASE_OWNER_URL") if DATABASE_ROLE == "owner" else secret("DATABASE_URL")


# Among so many joined tables Postgres looks for the best order, beyond it joins them as they are written. Django writes
# first what narrows the rows and last what hangs on them one to one: a search among all of them finds nothing better,
# and for a record with a dozen tables it takes 9 ms.
JOINS_REORDERED = 4
# A database host that vanishes without a word (a cut line, a firewall that forgets) is given up within half a minute;
# left to itself the kernel would keep every thread waiting for a quarter of an hour or more.
GIVEN_UP = {
    "connect_timeout": 5,
    "keepalives_idle": 10,
    "keepalives_interval": 5,
    "keepalives_count": 3,
    "tcp_user_timeout": 20_000,
}


def database(url: str) -> dict:
    """Django's settings of a libpq URL; what Django has no name for stays an option of the connection."""
    options = GIVEN_UP | {"options": f"-c join_collapse_limit={JOINS_REORDERED}"} | conninfo_to_dict(url)
    names = {"NAME": "dbname", "USER": "user", "PASSWORD": "password", "HOST": "host", "PORT": "port"}
    return {key: options.pop(name, "") for key, name in names.items()} | {"OPTIONS": options}


# A page runs in a thread of its own, a socket's query in one of ASGI_THREADS (daphne reads that itself). Whoever
# finds no free connection in the process's pool waits for one, POOL_TIMEOUT_SECONDS at most.
POOL_MIN_SIZE = env.int("IESO_POOL_MIN", 1)
POOL_MAX_SIZE = env.int("IESO_POOL_MAX", 20)
POOL_TIMEOUT_SECONDS = 5
# How long the pool tries by itself, waiting ever longer. After that each request tries anew: whoever comes when the
# database is back need not wait for the end of a long pause.
POOL_RECONNECT_SECONDS = 2
DATABASES = {
    "default": database(database_url())
    | {"ENGINE": "django.db.backends.postgresql", "CONN_MAX_AGE": 0, "CONN_HEALTH_CHECKS": True}
}
if DATABASE_ROLE == "site":
    DATABASES["default"]["OPTIONS"]["pool"] = {
        "connection_class": Connection,  # a server that hangs is given up: its silence ends no statement
        "min_size": POOL_MIN_SIZE,
        "max_size": POOL_MAX_SIZE,
        "timeout": POOL_TIMEOUT_SECONDS,
        "reconnect_timeout": POOL_RECONNECT_SECONDS,
    }

# Rate limits and sessions live in Postgres, so that signing in does not need Redis.
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "cache_entries",
        # Entries that are thrown away early are limits forgotten: room for a flood of addresses.
        "OPTIONS": {"MAX_ENTRIES": 100_000},
    }
}
SESSION_ENGINE = "accounts.sessions"
CHANNEL_LAYERS = {
    "default": {
        "BACKEND": "channels_redis.pubsub.RedisPubSubChannelLayer",
        # redis-py 8 gives sockets a timeout that closes an idle subscription after five seconds.
        "CONFIG": {"hosts": [{"address": REDIS_URL, "socket_timeout": None}]},
    }
}

# People
AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
PASSWORD_MIN_LENGTH = 12
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": PASSWORD_MIN_LENGTH},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/home/"
ACCOUNT_LOGOUT_REDIRECT_URL = "/"
ACCOUNT_ADAPTER = "accounts.adapters.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_LOGOUT_ON_PASSWORD_CHANGE = False
ACCOUNT_LOGIN_ON_PASSWORD_RESET = False
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_MAX_EMAIL_ADDRESSES = 2
ACCOUNT_REAUTHENTICATION_REQUIRED = True
ACCOUNT_REAUTHENTICATION_TIMEOUT = int(timedelta(minutes=5).total_seconds())
# Locking a patient out is a safety event: the limits slow a guesser down and bar nobody for good.
ACCOUNT_RATE_LIMITS = {
    "login": "60/m/ip",
    "login_failed": "20/m/ip,6/5m/key",
    "reset_password": "20/m/ip,5/m/key",
    "reset_password_from_key": "20/m/ip",
    "reauthenticate": "10/m/user",
    "change_password": "5/m/user",
    "manage_email": "10/m/user",
    "confirm_email": "1/3m/key",
    "signup": "20/m/ip",
}
ACCOUNT_FORMS = {
    "login": "accounts.library_forms.LoginForm",
    "reauthenticate": "accounts.library_forms.ReauthenticateForm",
    "reset_password": "accounts.library_forms.ResetPasswordForm",
    "reset_password_from_key": "accounts.library_forms.ResetPasswordKeyForm",
    "change_password": "accounts.library_forms.ChangePasswordForm",
    "set_password": "accounts.library_forms.SetPasswordForm",
}
ALLAUTH_TRUSTED_PROXY_COUNT = env.int("IESO_TRUSTED_PROXIES", 0)
MFA_ADAPTER = "accounts.adapters.MFAAdapter"
MFA_FORMS = {
    "authenticate": "accounts.library_forms.AuthenticateForm",
    "reauthenticate": "accounts.library_forms.ReauthenticateByCodeForm",
    "activate_totp": "accounts.library_forms.ActivateTOTPForm",
    "add_webauthn": "accounts.passkeys.AddForm",
    "edit_webauthn": "accounts.passkeys.RenameForm",
    "login_webauthn": "accounts.passkeys.LoginForm",
    "authenticate_webauthn": "accounts.passkeys.AuthenticateForm",
    "reauthenticate_webauthn": "accounts.passkeys.ReauthenticateForm",
}
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
# A passkey always asks who its person is, so that it stands for both factors. Browsers make none for an address of
# numbers: on this machine it is localhost, and there without https.
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_WEBAUTHN_USER_VERIFICATION = "required"
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not DEPLOYED
MFA_RATE_LIMITS = {"webauthn_login": "60/m/ip"}
MFA_TOTP_TOLERANCE = 0
MFA_TOTP_ISSUER = "ieso"
MFA_RECOVERY_CODE_COUNT = 10

# Browsers
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = DEPLOYED
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_NAME = "__Host-session" if DEPLOYED else "session"
CSRF_COOKIE_NAME = "__Host-csrf" if DEPLOYED else "csrf"
DEVICE_COOKIE_NAME = "__Host-device" if DEPLOYED else "device"
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
SESSION_COOKIE_AGE = int(timedelta(hours=12).total_seconds())
SECURE_HSTS_SECONDS = int(timedelta(days=365).total_seconds()) if DEPLOYED else 0
SECURE_SSL_REDIRECT = False  # the proxy speaks TLS alone; the balancer's checks come in plain
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if DEPLOYED else None
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
SITE_ORIGINS = [SITE_URL]
if not DEPLOYED:
    SITE_ORIGINS.append(urlsplit(SITE_URL)._replace(netloc=f"localhost:{urlsplit(SITE_URL).port or 80}").geturl())
CSRF_TRUSTED_ORIGINS = SITE_ORIGINS
CSRF_FAILURE_VIEW = "accounts.stale.refused"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF],
        "font-src": [SELF],
        "connect-src": [SELF],
        "manifest-src": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
        "base-uri": [NONE],
    }
}
DATA_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 500
DATA_UPLOAD_MAX_NUMBER_FILES = 5

# Files that people hand in: the virus check is a clamd (tcp://host:3310 or unix:///path); without one they wait in
# quarantine. The demonstration has a practice scanner, and says so on the page.
CLAMD_ADDRESS = env.str("IESO_CLAMD", "")
PRACTICE_SCANNER = env.bool("IESO_PRACTICE_SCANNER", DEMO)
if CLAMD_ADDRESS and urlsplit(CLAMD_ADDRESS).scheme not in {"tcp", "unix"}:
    raise ImproperlyConfigured("IESO_CLAMD is tcp://host:port or unix:///path.")
if PRACTICE_SCANNER and DEPLOYED:
    raise ImproperlyConfigured("IESO_PRACTICE_SCANNER knows no real virus: it refuses IESO_DEPLOYED.")

# Static files: ours only, hashed, also inside ES modules
STATIC_URL = "/static/"
STATIC_ROOT = Path(env.str("IESO_STATIC_ROOT", str(BASE_DIR / ".static")))
STATICFILES_DIRS = [BASE_DIR / "static"]
STATICFILES_FINDERS = ["django.contrib.staticfiles.finders.FileSystemFinder"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "ieso.static.HashedModulesStorage"},
}
WHITENOISE_INDEX_FILE = False

# Time and language: aware UTC inside, London for display unless the viewer chose otherwise
USE_TZ = True
TIME_ZONE = "Europe/London"
LANGUAGE_CODE = "en-gb"
USE_I18N = False

# Mail and post. In a demonstration both go into folders and nothing leaves the machine.
IESO_MAILBOX_DIR = DATA_DIR / "mailbox"
OUTBOUND_DIR = Path(env.str("IESO_OUTBOUND_DIR", str(DATA_DIR / "outbound")))
DEFAULT_FROM_EMAIL = SERVER_EMAIL = env.str("IESO_MAIL_FROM", "ieso <no-reply@example.org>")
if EMBEDDED:
    EMAIL_BACKEND = "notices.mailbox.MailboxBackend"
else:
    EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    EMAIL_HOST = env.str("IESO_MAIL_HOST")
    EMAIL_PORT = env.int("IESO_MAIL_PORT", 587)
    EMAIL_USE_TLS = env.bool("IESO_MAIL_TLS", True)
    EMAIL_HOST_USER = env.str("IESO_MAIL_USER", "")
    EMAIL_HOST_PASSWORD = secret("IESO_MAIL_PASSWORD", "")
    EMAIL_TIMEOUT = 10
# Text messages: "mailbox" sends them where mail goes, "console" nowhere, "notify" by GOV.UK Notify.
TEXT_GATEWAYS = {
    "mailbox": "notices.channels.text_as_mail",
    "console": "notices.channels.text_to_console",
    "notify": "notices.texting.notify",
}
TEXT_GATEWAY = TEXT_GATEWAYS[
    env.str("IESO_TEXTS", "console" if DEPLOYED else "mailbox", validate=validate.OneOf(list(TEXT_GATEWAYS)))
]
NOTIFY_API_KEY = secret("IESO_NOTIFY_API_KEY", "")
NOTIFY_TEMPLATE = env.str("IESO_NOTIFY_TEMPLATE", "")
NOTIFY_URL = env.str("IESO_NOTIFY_URL", "")
if TEXT_GATEWAY.endswith("notify") and not (NOTIFY_API_KEY and NOTIFY_TEMPLATE):
    raise ImproperlyConfigured("IESO_TEXTS=notify needs IESO_NOTIFY_API_KEY and IESO_NOTIFY_TEMPLATE.")

LOGGING_CONFIG = "ieso.logs.configure"
LOGGING = {"level": env.log_level("IESO_LOG_LEVEL", logging.INFO), "json": env.bool("IESO_LOG_JSON", DEPLOYED)}
logs.configure_structlog()
SILENCED_SYSTEM_CHECKS: list[str] = []
