"""The whole schedule in one place, and jobs that may be run twice and lost without harm."""

import ast

from celery.signals import worker_process_init

from ieso.celery import SCHEDULE, Configuration, app, broker_url
from ieso.paths import BASE_DIR

FORBIDDEN = {"delay", "apply_async", "send_task"}
PACKAGES = [path.parent for path in BASE_DIR.glob("*/apps.py")]


def test_every_scheduled_task_exists():
    app.loader.import_default_modules()
    assert {entry["task"] for entry in SCHEDULE.values()} <= set(app.tasks)


def test_a_job_that_waits_longer_than_its_turn_is_dropped():
    for entry in Configuration.beat_schedule.values():
        assert entry["options"]["expires"] == entry["schedule"]


def test_jobs_are_acknowledged_after_they_are_done_one_at_a_time():
    assert app.conf.task_acks_late
    assert app.conf.task_reject_on_worker_lost
    assert app.conf.worker_prefetch_multiplier == 1
    assert app.conf.broker_transport_options["visibility_timeout"] == 600
    assert app.conf.task_soft_time_limit < app.conf.task_time_limit < 600


def test_the_broker_is_spelt_as_kombu_does():
    assert broker_url("unix:///run/redis.sock") == "redis+socket:///run/redis.sock"
    assert broker_url("redis://redis:6379/0") == "redis://redis:6379/0"


def test_no_code_sends_jobs_or_times_them_by_the_broker():
    """Outside effects are rows that a sweep finds; a lost message costs one sweep."""
    for package in PACKAGES:
        for file in package.rglob("*.py"):
            if file == BASE_DIR / "ieso" / "celery.py":
                continue
            for node in ast.walk(ast.parse(file.read_text())):
                if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
                    assert node.func.attr not in FORBIDDEN, f"{file}:{node.lineno}"


def test_children_of_a_worker_start_with_connections_of_their_own():
    assert any(receiver for receiver in worker_process_init.receivers)
