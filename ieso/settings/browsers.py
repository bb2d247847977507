"""What browsers are told and may send: cookies, origins, the content policy, sizes."""

from datetime import timedelta
from urllib.parse import urlsplit

from csp.constants import NONE, SELF

from ieso.settings.service import DEPLOYED, SITE_URL

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
