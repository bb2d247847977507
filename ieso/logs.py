"""Logs hold what happened and where, never what was said: an allow-list of keys, no messages of exceptions.

A database error's text quotes the row that failed, so an exception is written as its type and its places in our code.
"""

import logging
import sys
import traceback
from collections.abc import MutableMapping
from typing import Any

import structlog
from structlog.typing import Processor

from ieso.paths import BASE_DIR

OURS = f"{BASE_DIR}/"
MOST_PLACES = 4
ALLOWED_KEYS = frozenset(
    {"event", "level", "timestamp", "logger", "error", "error_at"}
    | {"request_id", "method", "path", "status", "duration_ms", "user_id", "role"}
    | {"task", "task_id", "kind", "key", "count", "attempt", "code", "seconds", "case_ref", "session_ref"}
    | {"host", "port", "pid", "process", "exit_code", "version"}
)
# Their messages are made of times, addresses and counts alone; of all other libraries only the template is kept.
FORMATTED_LOGGERS = ("celery.beat", "celery.worker.consumer", "celery.apps", "daphne.cli", "psycopg.pool")


def keep_allowed_keys(_logger, _name, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Drops every key that nobody has declared free of clinical content."""
    return {key: value for key, value in event.items() if key in ALLOWED_KEYS or key.startswith("_")}


def name_exception(_logger, _name, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Replaces exc_info by the exception's type and its last places, without its message."""
    info = event.pop("exc_info", None)
    if info is True:
        info = sys.exc_info()
    if isinstance(info, BaseException):
        info = (type(info), info, info.__traceback__)
    if info and info[0]:
        event["error"] = f"{info[0].__module__}.{info[0].__qualname__}"
        event["error_at"] = places(traceback.extract_tb(info[2]))
        sqlstate = getattr(info[1].__cause__, "sqlstate", None)
        if sqlstate:
            event["code"] = sqlstate
    return event


def places(frames: traceback.StackSummary) -> str:
    """The last places of a traceback in our own code, innermost first, after where it was raised."""
    ours = [frame for frame in frames if frame.filename.startswith(OURS) and "/.venv/" not in frame.filename]
    shown = [frames[-1], *reversed(ours[-MOST_PLACES:])] if frames else []
    return " < ".join(dict.fromkeys(f"{frame.filename.removeprefix(OURS)}:{frame.lineno}" for frame in shown))


def describe_foreign(_logger, _name, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """A record of the standard library's logging: its template, and path and status where Django gives them."""
    record: logging.LogRecord | None = event.get("_record")
    if record is None or event.get("_from_structlog") is not False:
        return event
    if not record.name.startswith(FORMATTED_LOGGERS):
        event["event"] = str(record.msg)[:200]
    request = getattr(record, "request", None)
    if request is not None and hasattr(request, "path"):
        event.update(path=path_of(request), method=request.method, status=getattr(record, "status_code", None))
    data = getattr(record, "data", None)
    if isinstance(data, dict):
        event["task"] = data.get("name")
    return event


def path_of(request) -> str:
    """The path of a request, without what in it opens something: the token of a calendar feed or of an invitation, the
    key of a new password or of an address."""
    match, path = getattr(request, "resolver_match", None), request.path
    for name in ("token", "key"):
        if match and (secret := match.kwargs.get(name)):
            path = path.replace(secret, f"({name})")
    return path


SHARED: list[Processor] = [
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_log_level,
    structlog.stdlib.add_logger_name,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
]


def configure_structlog() -> None:
    structlog.configure(
        processors=[*SHARED, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )


def configure(options: dict[str, Any]) -> None:
    """Django's LOGGING_CONFIG hook: one handler on standard error for everything."""
    renderer = structlog.processors.JSONRenderer() if options["json"] else structlog.dev.ConsoleRenderer(colors=False)
    formatter = structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=SHARED,
        processors=[
            describe_foreign,
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            name_exception,
            keep_allowed_keys,
            renderer,
        ],
    )
    handler = logging.StreamHandler()
    handler.setFormatter(formatter)
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(options["level"])
    # Celery says at INFO that it does what the schedule says, every five seconds.
    for name in ("celery", "httpx", "httpcore", "asyncio", "fontTools", "weasyprint"):
        logging.getLogger(name).setLevel(logging.WARNING)
