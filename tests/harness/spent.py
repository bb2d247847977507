"""What a page costs the server: the work of the thread that draws it and of the Postgres process that answers it.

A wall clock also counts the time in which a neighbour had the processor, which says nothing about the page. Linux
keeps the time that a process was at work in nanoseconds; on a quiet machine both clocks agree but for the wake-ups.

Work still takes longer on a slower machine, and beside a neighbour who empties its caches. So limits hold in
milliseconds of one reference machine: between all runs stands a yardstick, the same small piece of templates and
Postgres each time, and a run counts for less by as much as the yardsticks before and after it took longer than on that
machine. On a faster machine nothing is taken for less or more than it is.
`bin/test tests/architecture/test_yardstick.py -s -n 0` prints what the yardstick takes here.
"""

import statistics
import time
from collections.abc import Callable
from pathlib import Path

from django.db import connection
from django.template import Context, Engine

WARM_UP_RUNS = 2
# The median of the yardstick on the reference machine (2 cores, docs/measurements.md), with nothing beside it.
REFERENCE_MS = 5.0

TEMPLATE = Engine().from_string(
    "{% for row in rows %}<tr><th>{{ row.name|lower }}</th><td>{% if row.number > 5 %}{{ row.number }}{% endif %}</td>"
    "<td>{% for word in row.words %}{{ word|capfirst }}, {% endfor %}</td></tr>{% endfor %}"
)
ROWS = [{"name": f"Row <{number}>", "number": number % 11, "words": ["one", "two", "three"]} for number in range(100)]
STATEMENT = "SELECT count(DISTINCT md5(number::text)) FROM generate_series(1, 4000) number"


def spent_ms(what: Callable[[], object], runs: int) -> list[float]:
    """Milliseconds of work of each run on the reference machine, the quickest first, after two that do not count."""
    times = []
    before = yardstick_ms()
    for number in range(runs + WARM_UP_RUNS):
        taken = work_ms(what)
        after = yardstick_ms()
        if number >= WARM_UP_RUNS:
            times.append(taken / slowness(before, after))
        before = after
    return sorted(times)


def page_ms(client, url: str, runs: int) -> float:
    """The median work for a page, which must open."""
    assert client.get(url).status_code == 200, url
    return statistics.median(spent_ms(lambda: client.get(url), runs))


def slowness(before: float, after: float) -> float:
    """How many times longer than on the reference machine work took between two yardsticks; never less than once."""
    return max(1.0, (before + after) / 2 / REFERENCE_MS)


def yardstick_ms() -> float:
    """What the fixed piece of work takes now, unscaled."""
    return work_ms(yardstick)


def yardstick() -> None:
    """Draw a hundred rows of a template, and let Postgres count."""
    TEMPLATE.render(Context({"rows": ROWS}))
    with connection.cursor() as cursor:
        cursor.execute(STATEMENT)
        cursor.fetchone()


def work_ms(what: Callable[[], object]) -> float:
    """Milliseconds of this thread and of its Postgres process at work while `what` runs, unscaled."""
    before = _at_work_ms()
    what()
    return _at_work_ms() - before


def _at_work_ms() -> float:
    connection.ensure_connection()
    postgres = Path(f"/proc/{connection.connection.info.backend_pid}/schedstat")
    return time.thread_time() * 1000 + int(postgres.read_text().split()[0]) / 1e6
