#!/usr/bin/env python3
"""What a sweep costs (TIME-0): 10 thousand, 100 thousand and 1 million deadlines open, of which none is due, and 10,000
due among them.

    bench/deadlines.py            a table and a plot into docs/deadlines.md and docs/deadlines.svg
    bench/deadlines.py --quick    10 thousand and 1 million, one line at the end

On a Postgres of its own with fsync on. What is due
is opened by the verb, and so are 200 of those that are not; the rest of a million are copies of these, in which only
key, case and times differ, inserted by the site's role under the same constraints and triggers.
"""

from __future__ import annotations

if not __package__:
    __import__("home").go("deadlines")  # called as a file: its own folder is on the path, nothing else is set up yet

import argparse
import datetime as dt
import os
import shutil
import statistics
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
AT = dt.datetime(2026, 11, 2, 9, tzinfo=dt.UTC)
DUE = 10_000
A_CASE = 5
FILLING_SECONDS = 900.0
TEMPLATE_ROWS = 200
IDLE_SWEEPS = 60
SWEEPERS_MEASURED, SWEEPERS_KILLED = 2, 3
SECONDS_BETWEEN_KILLS = 1.0
PATIENCE_SECONDS = 300
SIZES = (10_000, 100_000, 1_000_000)
# Everything that a copy has in common with the row that the verb wrote is taken from that row.
COPY = """
    INSERT INTO deadlines_deadline (kind, key, case_ref, owner_id, due_at, remind_at, reminded_at, next_at, state,
        attempts, opened_at, opened_by, closed_at, closed_by, settled_at, settled_by, last_error)
    SELECT kind, key || ':' || n, 'X' || lpad((n * %(rows)s + id %% %(rows)s)::text, 7, '0'), owner_id,
        due_at + n * interval '3 seconds', remind_at + n * interval '3 seconds', reminded_at,
        next_at + n * interval '3 seconds', state, attempts, opened_at, opened_by, closed_at, closed_by, settled_at,
        settled_by, last_error
    FROM deadlines_deadline, generate_series(1, %(times)s) AS n WHERE key LIKE 'open %%' AND key NOT LIKE '%%:%%'
"""


@dataclass
class Row:
    """One line of the table: times in milliseconds and seconds."""

    open: int
    idle_ms: float
    idle_worst_ms: float
    claim_ms: float
    due_seconds: float
    missed: int
    doubled: int
    kills: int


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--quick", action="store_true", help="10 thousand and 1 million only; writes no file")
    quick = options.parse_args().quick
    folder = Path(tempfile.mkdtemp(prefix="ieso-bench-"))
    try:
        with database(folder / "data"):
            rows = [measure(size) for size in SIZES if not quick or size != SIZES[1]]
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    if not quick:
        report(rows)
    first, last = rows[0], rows[-1]
    missed, doubled = sum(row.missed for row in rows), sum(row.doubled for row in rows)
    print(
        f"deadlines: idle sweep {first.idle_ms:.1f} ms at 10k, {last.idle_ms:.1f} ms at 1M open; "
        f"10k due in {last.due_seconds:.1f} s; missed {missed} doubled {doubled}"
    )


@contextmanager
def database(data: Path) -> Iterator[None]:
    """Postgres and Redis of this run, with fsync, and Django set up on them as the site's role."""
    from ieso import embedded
    from tests.harness import run

    with run.services_with_template(data):
        pass
    with embedded.EmbeddedServices(data):
        os.environ |= environment(data)
        import django

        django.setup()
        try:
            yield
        finally:
            from tests.harness.sweepers import disconnect

            disconnect()


def environment(data: Path) -> dict[str, str]:
    """What Django must be told to use these services."""
    from ieso import paths

    return {
        "DJANGO_SETTINGS_MODULE": "ieso.settings",
        "DATABASE_URL": paths.database_url(data),
        "DATABASE_OWNER_URL": paths.database_url(data, paths.OWNER_ROLE),
        "REDIS_URL": paths.redis_url(data),
        "SECRET_KEY": "a-secret-for-measurements-only",
        "MFA_ENCRYPTION_KEY": "bWVhc3VyZW1lbnRzIG9ubHkAAAAAAAAAAAAAAAAAAAA=",
        "IESO_DATA": str(data),
        "IESO_MAIL_HOST": "127.0.0.1",
        "IESO_LOG_LEVEL": "ERROR",
    }


def measure(size: int) -> Row:
    """Both figures with `size` deadlines open."""
    from deadlines.actions import sweep
    from deadlines.models import Deadline
    from tests.harness import sweepers

    sweepers.register()
    fill(size)
    idle = [timed(lambda: sweep(AT)) for _ in range(IDLE_SWEEPS)][5:]
    lanes = Deadline.objects.claimable(AT).order_by("next_at", "id").values_list("case_ref", "pk")[:100]
    claim = statistics.median(timed(lambda: list(lanes.all())) for _ in range(20))
    print(f"{size:,} open: idle sweep {statistics.median(idle):.2f} ms", flush=True)
    seconds, lost, twice, _ = work("calm", SWEEPERS_MEASURED, kill=False)
    _, killed_lost, killed_twice, kills = work("killed", SWEEPERS_KILLED, kill=True)
    print(f"  {DUE:,} due in {seconds:.1f} s; {kills} kills, missed {killed_lost}, doubled {killed_twice}", flush=True)
    return Row(
        size, statistics.median(idle), max(idle), claim, seconds, lost + killed_lost, twice + killed_twice, kills
    )


def timed(act) -> float:
    begin = time.perf_counter()
    act()
    return (time.perf_counter() - begin) * 1000


def fill(size: int) -> None:
    """Exactly `size` deadlines open and none due, from an hour ahead on, a third of them with a reminder."""
    from django.db import connection

    from deadlines.actions import open_deadline
    from live.silence import patience
    from tests.harness.sweepers import KIND

    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM deadlines_deadline")
        cursor.execute("DELETE FROM notices_outboxmessage")
    for number in range(TEMPLATE_ROWS):
        due = AT + dt.timedelta(hours=2 + number % 90)
        remind = due - dt.timedelta(hours=1) if number % 3 == 0 else None
        open_deadline(
            KIND, f"open {number}", due_at=due, remind_at=remind, case_ref=f"T{number // A_CASE:07}",
            opened_by="the bench", at=AT - dt.timedelta(days=2),
        )  # fmt: skip
    with patience(FILLING_SECONDS), connection.cursor() as cursor:
        cursor.execute("SET statement_timeout = 0")
        cursor.execute(COPY, {"times": size // TEMPLATE_ROWS - 1, "rows": TEMPLATE_ROWS // A_CASE})
        cursor.execute("SELECT count(*) FROM deadlines_deadline WHERE state = 'open'")
        if cursor.fetchone()[0] != size:
            raise RuntimeError("the table was not filled")
    connection.close()
    as_owner("VACUUM ANALYZE deadlines_deadline")
    as_owner("CHECKPOINT")


def as_owner(statement: str) -> None:
    import psycopg

    from ieso import paths

    data = Path(os.environ["IESO_DATA"])
    with psycopg.connect(paths.database_url(data, paths.SUPERUSER_ROLE), autocommit=True) as connection:
        connection.execute(statement)


def work(name: str, number: int, *, kill: bool) -> tuple[float, int, int, int]:
    """Seconds until 10,000 due ones are done by `number` sweeping processes; missed, doubled, kills."""
    from django.db import connection, transaction

    from deadlines.actions import open_deadline
    from deadlines.models import Deadline
    from notices.models import OutboxMessage
    from tests.harness import sweepers

    OutboxMessage.objects.all().delete()
    keys = [f"{name} {case}-{place}" for case in range(DUE // A_CASE) for place in range(A_CASE)]
    with transaction.atomic():
        for key in keys:
            case, place = map(int, key.removeprefix(f"{name} ").split("-"))
            open_deadline(
                sweepers.KIND, key, due_at=AT - dt.timedelta(hours=A_CASE - place), case_ref=f"{name[0]}{case:07}",
                opened_by="the bench", at=AT - dt.timedelta(days=2),
            )  # fmt: skip
    due = Deadline.objects.open().filter(next_at__lte=AT)
    crew = sweepers.Crew(sweepers.SWEEP, AT)
    begin = next_kill = time.monotonic()
    crew.start(number)
    try:
        while due.exists() and time.monotonic() - begin < PATIENCE_SECONDS:
            if kill and time.monotonic() - next_kill > SECONDS_BETWEEN_KILLS:
                crew.replace_oldest()
                next_kill = time.monotonic()
            connection.close()
            time.sleep(0.05)
        seconds = time.monotonic() - begin
    finally:
        crew.stop()
    missed, doubled = sweepers.missed_and_doubled(keys)
    return seconds, missed, doubled, crew.kills


# --- the report -------------------------------------------------------------------------------------

PAGE = """# What deadlines cost

`bench/deadlines.py` on {day}, {machine}, Postgres with fsync on, other work held back. A deadline that
acts writes a row into the outbox. An idle sweep is one in which nothing is due; the median and the worst of {sweeps}.
The due ones are {due:,} over {cases:,} cases, done by {measured} processes; then the same by {killed} processes of
which the oldest is ended by `kill -9` every second and replaced: what was missed and doubled is counted over both.

| open | idle sweep, median ms | worst ms | its look-up, ms | 10,000 due, s | missed | doubled | kills |
| ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |
{rows}

![The idle sweep and the time for 10,000 due against how many are open](deadlines.svg)

The look-up reads the first entries of the index `deadline_next` (`next_at`, where the state is open) and stops at the
first that is not due yet; so it costs by what is due. With `--quick` the first and the last line are measured anew.
"""


def report(rows: list[Row]) -> None:
    """Write the table and the plot beside the other documents."""
    lines = [
        f"| {r.open:,} | {r.idle_ms:.1f} | {r.idle_worst_ms:.1f} | {r.claim_ms:.2f} | {r.due_seconds:.1f} "
        f"| {r.missed} | {r.doubled} | {r.kills} |"
        for r in rows
    ]
    page = PAGE.format(
        day=f"{dt.datetime.now(dt.UTC):%-d %B %Y}", machine=f"{os.cpu_count()} cores", sweeps=IDLE_SWEEPS - 5, due=DUE,
        cases=DUE // A_CASE, measured=SWEEPERS_MEASURED, killed=SWEEPERS_KILLED, rows="\n".join(lines),
    )  # fmt: skip
    (ROOT / "docs/deadlines.md").write_text(page)
    (ROOT / "docs/deadlines.svg").write_text(plot(rows))


def plot(rows: list[Row]) -> str:
    """Two panels over the number open, each from zero to its limit."""
    panels = [
        panel(60, "idle sweep, ms (limit 20)", [row.idle_ms for row in rows], 20.0, rows),
        panel(420, "10,000 due, s (limit 60)", [row.due_seconds for row in rows], 60.0, rows),
    ]
    size = 'width="760" height="300" viewBox="0 0 760 300"'
    style = 'font-family="sans-serif" font-size="13"'
    return f'<svg xmlns="http://www.w3.org/2000/svg" {size} {style}>\n{"".join(panels)}</svg>\n'


def panel(left: int, title: str, values: list[float], limit: float, rows: list[Row]) -> str:
    high = max(limit * 1.1, max(values) * 1.1)

    def place(index: int, value: float) -> tuple[float, float]:
        return left + 20 + index * 110, 240 - value / high * 190

    points = [place(index, value) for index, value in enumerate(values)]
    over, line = place(0, limit)[1], " ".join(f"{x:.0f},{y:.0f}" for x, y in points)
    parts = [
        f'<text x="{left}" y="24" font-weight="bold">{title}</text>',
        f'<line x1="{left}" y1="240" x2="{left + 270}" y2="240" stroke="#425563"/>',
        f'<line x1="{left}" y1="{over:.0f}" x2="{left + 270}" y2="{over:.0f}" stroke="#b3362b"/>',
        f'<polyline fill="none" stroke="#1d5c8f" stroke-width="2" points="{line}"/>',
    ]
    for (x, y), value, row in zip(points, values, rows, strict=True):
        parts.append(f'<circle cx="{x:.0f}" cy="{y:.0f}" r="4" fill="#1d5c8f"/>')
        parts.append(f'<text x="{x:.0f}" y="{y - 10:.0f}" text-anchor="middle">{value:.1f}</text>')
        parts.append(f'<text x="{x:.0f}" y="260" text-anchor="middle">{row.open:,}</text>')
    return "\n".join(parts) + "\n"


if __name__ == "__main__":
    main()
