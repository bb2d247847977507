"""What a page costs the server: the work of the thread that draws it and of the Postgres process that answers it.

A wall clock also counts the time in which a neighbour had the processor, which says nothing about the page. Linux
keeps the time that a process was at work in nanoseconds; on a quiet machine both clocks agree but for the wake-ups.
"""

import statistics
import time
from collections.abc import Callable
from pathlib import Path

from django.db import connection

WARM_UP_RUNS = 2


def spent_ms(what: Callable[[], object], runs: int) -> list[float]:
    """Milliseconds of work of each run, the quickest first, after two runs that do not count."""
    times = []
    for number in range(runs + WARM_UP_RUNS):
        before = _at_work_ms()
        what()
        if number >= WARM_UP_RUNS:
            times.append(_at_work_ms() - before)
    return sorted(times)


def page_ms(client, url: str, runs: int) -> float:
    """The median work for a page, which must open."""
    assert client.get(url).status_code == 200, url
    return statistics.median(spent_ms(lambda: client.get(url), runs))


def _at_work_ms() -> float:
    connection.ensure_connection()
    postgres = Path(f"/proc/{connection.connection.info.backend_pid}/schedstat")
    return time.thread_time() * 1000 + int(postgres.read_text().split()[0]) / 1e6
