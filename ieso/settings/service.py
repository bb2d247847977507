"""Which service this is: embedded, demonstration or deployed, its addresses and its secrets."""

from pathlib import Path
from urllib.parse import urlsplit

from django.core.exceptions import ImproperlyConfigured

from ieso import paths
from ieso.settings.environment import env, generated, secret

BASE_DIR = paths.BASE_DIR
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

NEUTRAL_URL = env.str("IESO_NEUTRAL_URL", "https://www.bbc.co.uk/weather")  # where "Leave this site" goes
# How people reach patient services: stands on /contact/ and wherever help is named. A number that nobody answers is
# worse than none, so a deployed service does not start without its own.
SERVICE_PHONE = env.str("IESO_SERVICE_PHONE") if DEPLOYED else env.str("IESO_SERVICE_PHONE", "01632 960 100")
SERVICE_EMAIL = env.str("IESO_SERVICE_EMAIL") if DEPLOYED else env.str("IESO_SERVICE_EMAIL", "help@example.org")
