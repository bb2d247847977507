"""What the service asks of others: mail, post, text messages, the virus check."""

from pathlib import Path
from urllib.parse import urlsplit

from django.core.exceptions import ImproperlyConfigured
from environs import validate

from ieso.settings.environment import env, secret
from ieso.settings.service import DATA_DIR, DEMO, DEPLOYED, EMBEDDED

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

# Files that people hand in: the virus check is a clamd (tcp://host:3310 or unix:///path); without one they wait in
# quarantine. The demonstration has a practice scanner, and says so on the page.
CLAMD_ADDRESS = env.str("IESO_CLAMD", "")
PRACTICE_SCANNER = env.bool("IESO_PRACTICE_SCANNER", DEMO)
if CLAMD_ADDRESS and urlsplit(CLAMD_ADDRESS).scheme not in {"tcp", "unix"}:
    raise ImproperlyConfigured("IESO_CLAMD is tcp://host:port or unix:///path.")
if PRACTICE_SCANNER and DEPLOYED:
    raise ImproperlyConfigured("IESO_PRACTICE_SCANNER knows no real virus: it refuses IESO_DEPLOYED.")
