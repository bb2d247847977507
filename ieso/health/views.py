"""Health as JSON; neither page says anything about people."""

from datetime import datetime

import redis
from django.conf import settings
from django.db import DatabaseError, connection
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from django.views.decorators.http import require_safe
from psycopg_pool import PoolTimeout

from accounts.access import public
from deadlines.models import Heartbeat
from deadlines.rules import is_stale
from live.silence import patience
from notices import machinery

REDIS_PATIENCE_SECONDS = 1
# Waiting for a free connection, asking whether it lives, and the question: three times, less than the balancer's 3 s.
POSTGRES_PATIENCE_SECONDS = 0.9
# Each writes its heartbeat at the end of a whole round, so a worker that lives and takes no jobs shows as well.
HEARTBEATS = ("sweep", "outbox", "canary")
# The status page is a folder of plain files, so that anything can serve it while nothing of the service does.
STATUS_FOLDER = settings.BASE_DIR / "deploy" / "status"
STATUS_FILES = {
    "": ("index.html", "text/html"),
    "status.css": ("status.css", "text/css"),
    "status.js": ("status.js", "text/javascript"),
    "notice.txt": ("notice.txt", "text/plain"),
}


def answer(checks: dict[str, str], words: dict[str, str] | None = None) -> JsonResponse:
    """The state of each check for machines, and beside it a sentence for people."""
    healthy = all(state == "ok" for state in checks.values())
    told = {"words": words} if words else {}
    return JsonResponse({"healthy": healthy, "checks": checks, **told}, status=200 if healthy else 503)


def postgres_state() -> str:
    """Asked as a page would ask, by a connection of the pool: none free, or a server that hangs, is unreachable too."""
    try:
        with patience(POSTGRES_PATIENCE_SECONDS):
            _ask_postgres()
    except (DatabaseError, PoolTimeout):
        return "unreachable"
    return "ok"


def _ask_postgres() -> None:
    pool = getattr(connection, "pool", None)
    if pool is None:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
        return
    pool.open()
    with connection.wrap_database_errors, pool.connection(timeout=POSTGRES_PATIENCE_SECONDS) as lent:
        lent.execute("SELECT 1")


def redis_state() -> str:
    """Red for monitoring only: without Redis the service is slower, never wrong."""
    client = redis.Redis.from_url(settings.REDIS_URL, socket_timeout=REDIS_PATIENCE_SECONDS)
    try:
        client.ping()
    except redis.RedisError:
        return "unreachable"
    finally:
        client.close()
    return "ok"


def heartbeat_states(now: datetime) -> dict[str, str]:
    beats = dict(Heartbeat.objects.filter(name__in=HEARTBEATS).values_list("name", "at"))
    return {name: "stale" if is_stale(beats.get(name), now) else "ok" for name in HEARTBEATS}


@public
@require_safe
def livez(request: HttpRequest) -> JsonResponse:
    """This process and Postgres: what the balancer asks before it sends anybody here."""
    return answer({"postgres": postgres_state()})


@public
@require_safe
def healthz(request: HttpRequest) -> JsonResponse:
    """The whole machinery: red when a round of the sweeps is older than three minutes, a deadline or a message waits
    too long, or nothing comes through the worker (TIME-0, TIME-24)."""
    postgres = postgres_state()
    if postgres != "ok":
        return answer({"postgres": postgres})
    try:
        with patience(POSTGRES_PATIENCE_SECONDS):
            found = machinery.checks(timezone.now())
    except DatabaseError:
        return answer({"postgres": "unreachable"})
    states = {check.name: check.state for check in found}
    words = {check.name: check.words for check in found}
    return answer({"postgres": postgres, "redis": redis_state(), **states}, words)


@public
@require_safe
def status(request: HttpRequest, name: str = "") -> HttpResponse:
    """The status page where no proxy serves it: files alone, without a template, session or database (APPT-17)."""
    if name not in STATUS_FILES:
        raise Http404
    file, kind = STATUS_FILES[name]
    return HttpResponse((STATUS_FOLDER / file).read_bytes(), content_type=f"{kind}; charset=utf-8")
