"""What it is made of: packages, middleware, templates, static files, time and language, logs."""

import logging
from pathlib import Path

from ieso import logs
from ieso.settings.environment import env
from ieso.settings.service import BASE_DIR, DEPLOYED

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

LOGGING_CONFIG = "ieso.logs.configure"
LOGGING = {"level": env.log_level("IESO_LOG_LEVEL", logging.INFO), "json": env.bool("IESO_LOG_JSON", DEPLOYED)}
logs.configure_structlog()
SILENCED_SYSTEM_CHECKS: list[str] = []
