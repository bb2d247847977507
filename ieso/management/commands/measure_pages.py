"""Server time and queries of every page of the journey, on whatever data the database holds."""

from __future__ import annotations

import math
import statistics
import time
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connection
from django.test import Client

from accounts import mfa
from accounts.models import User
from ieso.demo.pages import pages_of_the_journey

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


class Command(BaseCommand):
    help = "Print a table of server time (milliseconds) and queries for each page of the journey."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--runs", type=int, default=20, help="measured requests a page, after two that do not count"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.DEMO:
            raise CommandError("Pages are measured on a demonstration: set IESO_DEMO=1.")
        settings.ALLOWED_HOSTS = ["testserver", *settings.ALLOWED_HOSTS]
        self.stdout.write("| page | as | median ms | p95 ms | queries |\n| --- | --- | --- | --- | --- |")
        slowest = 0.0
        for name, user, url in pages_of_the_journey():
            median, p95, queries = measure(user, url, options["runs"])
            slowest = max(slowest, median)
            self.stdout.write(f"| {name} | {_role(user)} | {median:.1f} | {p95:.1f} | {queries} |")
        self.stdout.write(f"\nslowest median: {slowest:.1f} ms")


def measure(user: User | None, url: str, runs: int) -> tuple[float, float, int]:
    """Return (median, 95th percentile, queries) of GET `url`, times in milliseconds of this process."""
    client = Client()
    if user is not None:
        client.force_login(user, backend=BACKEND)
        session = client.session
        mfa.mark(session, mfa.DEMO_DOOR)
        session.save()
    for _ in range(2):
        answer = client.get(url)
        if answer.status_code != 200:
            raise CommandError(f"{url} answered {answer.status_code}")
    counter = Counter()
    with connection.execute_wrapper(counter):
        client.get(url)
    times = sorted(_timed(client, url) for _ in range(runs))
    return statistics.median(times), times[math.ceil(len(times) * 0.95) - 1], counter.queries


class Counter:
    """Counts the statements that go to the database."""

    queries = 0

    def __call__(self, execute, sql, params, many, context):
        self.queries += 1
        return execute(sql, params, many, context)


def _timed(client: Client, url: str) -> float:
    began = time.perf_counter()
    client.get(url)
    return (time.perf_counter() - began) * 1000


def _role(user: User | None) -> str:
    return "a visitor" if user is None else ", ".join(sorted(user.role_names)).replace("_", " ")
