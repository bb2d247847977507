"""Celery: short, idempotent jobs, at least once. Time lives in Postgres rows; this file is the whole schedule.

Nothing here uses `eta` or `countdown`: with a Redis broker they run twice past the visibility timeout.
"""

import os

from celery import Celery
from celery.signals import setup_logging, worker_init, worker_process_init, worker_ready

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "ieso.settings")

app = Celery("ieso")

EVERY_MINUTE = 60.0
EVERY_FIVE_SECONDS = 5.0
EVERY_HOUR = 3600.0

SCHEDULE = {
    "deadlines.sweep": {"task": "deadlines.tasks.sweep", "schedule": EVERY_MINUTE},
    "deadlines.canary": {"task": "deadlines.tasks.canary", "schedule": EVERY_MINUTE},
    "notices.send_outbox": {"task": "notices.tasks.send_outbox", "schedule": EVERY_FIVE_SECONDS},
    "letters.send_waiting": {"task": "letters.tasks.send_waiting", "schedule": EVERY_FIVE_SECONDS},
    "therapy.send_held": {"task": "therapy.tasks.send_held", "schedule": EVERY_FIVE_SECONDS},
    "files.render_due": {"task": "files.tasks.render_due", "schedule": EVERY_FIVE_SECONDS},
    "therapy.index_transcripts": {"task": "therapy.tasks.index_transcripts", "schedule": EVERY_MINUTE},
    "accounts.clear_away": {"task": "accounts.tasks.clear_away", "schedule": EVERY_HOUR},
    "files.check_due": {"task": "files.tasks.check_due", "schedule": EVERY_FIVE_SECONDS},
}


def broker_url(redis_url: str) -> str:
    """Kombu's spelling of a redis-py URL."""
    return redis_url.replace("unix://", "redis+socket://", 1)


class Configuration:
    """Read when first needed, so that importing this package needs no settings."""

    task_acks_late = True
    task_reject_on_worker_lost = True
    task_ignore_result = True
    task_time_limit = 120
    task_soft_time_limit = 90
    worker_prefetch_multiplier = 1
    worker_max_tasks_per_child = 200
    worker_max_memory_per_child = 400_000  # kilobytes
    worker_cancel_long_running_tasks_on_connection_loss = True
    worker_hijack_root_logger = False
    broker_transport_options = {"visibility_timeout": 600, "socket_timeout": 30, "socket_keepalive": True}
    broker_connection_retry_on_startup = True
    broker_connection_max_retries = None
    beat_schedule = {name: {**entry, "options": {"expires": entry["schedule"]}} for name, entry in SCHEDULE.items()}
    beat_max_loop_interval = 5
    timezone = "UTC"

    @property
    def broker_url(self) -> str:
        from django.conf import settings

        return broker_url(settings.REDIS_URL)


app.config_from_object(Configuration())
app.autodiscover_tasks()


@setup_logging.connect
def _keep_our_logging(**_kwargs) -> None:
    """Celery configures no logging of its own where somebody listens to this signal."""


@worker_init.connect
def _refuse_owner(**_kwargs) -> None:
    from ieso.roles import refuse_owner_role

    refuse_owner_role()


@worker_process_init.connect
def _start_clean(**_kwargs) -> None:
    """A forked child must neither use its parent's connections nor outlive it."""
    from django.db import connections
    from django.db.backends.postgresql.base import DatabaseWrapper

    from ieso.processes import die_with_parent

    die_with_parent()
    for connection in connections.all(initialized_only=True):
        connection.close()
        if isinstance(connection, DatabaseWrapper):
            connection.close_pool()


@worker_ready.connect
def _sweep_at_once(**_kwargs) -> None:
    """What came due while nobody worked does not wait for the first beat."""
    for entry in SCHEDULE.values():
        app.send_task(entry["task"])
