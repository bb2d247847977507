"""The heartbeat of a web process: while it beats, sessions can be held; a pause of all of them was an outage."""

from __future__ import annotations

import threading
import time

import structlog
from django.db import DatabaseError, close_old_connections, connection

from therapy.connection import actions, rules

log = structlog.get_logger(__name__)


def start() -> threading.Thread:
    """Begin to beat, beside whatever the process does; the thread ends with it."""
    thread = threading.Thread(target=_beat_on, name="heartbeat", daemon=True)
    thread.start()
    return thread


def _beat_on() -> None:
    while True:
        beat_once()
        time.sleep(rules.PULSE.total_seconds())


def beat_once() -> None:
    """Beat; a database that does not answer is tried again at the next beat, and found as an outage then."""
    try:
        actions.pulse()
    except DatabaseError as error:
        log.warning("heartbeat_failed", error=type(error).__name__)
    finally:
        close_old_connections()
        connection.close()
