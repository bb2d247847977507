"""The yardstick by which the server's work is measured: it excuses a slow machine and nothing else."""

import statistics
import time

import pytest
from django.db import connection

from tests.harness import spent

pytestmark = [pytest.mark.alone, pytest.mark.django_db]
RUNS = 15


def test_the_yardstick_says_what_it_takes_here(db):
    times = sorted(spent.yardstick_ms() for _ in range(60))
    median, quickest = statistics.median(times), times[0]
    print(f"yardstick: median {median:.2f} ms, quickest {quickest:.2f}, reference {spent.REFERENCE_MS}")  # noqa: T201
    assert 0 < quickest <= median


def test_three_times_the_work_counts_three_times_on_any_machine(db):
    once = statistics.median(spent.spent_ms(spent.yardstick, RUNS))
    thrice = statistics.median(spent.spent_ms(lambda: [spent.yardstick() for _ in range(3)], RUNS))
    assert once < spent.REFERENCE_MS * 1.25
    assert 2.2 < thrice / once < 3.8


def test_a_slow_machine_is_excused_and_a_slow_page_is_not(db, monkeypatch):
    monkeypatch.setattr(spent, "yardstick_ms", lambda: spent.REFERENCE_MS * 2)
    monkeypatch.setattr(spent, "work_ms", lambda what: 160.0)
    assert spent.spent_ms(lambda: None, 3) == [80.0, 80.0, 80.0], "twice as slow a machine: half of it is the page's"
    monkeypatch.setattr(spent, "yardstick_ms", lambda: spent.REFERENCE_MS / 2)
    assert spent.spent_ms(lambda: None, 3) == [160.0, 160.0, 160.0], "a fast machine makes no page quicker"


def test_waiting_is_no_work_and_what_postgres_does_is(db):
    def ask(sql: str) -> None:
        with connection.cursor() as cursor:
            cursor.execute(sql)

    asleep = spent.work_ms(lambda: time.sleep(0.1))
    waiting = spent.work_ms(lambda: ask("SELECT pg_sleep(0.1)"))
    counting = spent.work_ms(lambda: ask("SELECT count(DISTINCT md5(n::text)) FROM generate_series(1, 100000) n"))
    assert max(asleep, waiting) < 20
    assert counting > 3 * spent.yardstick_ms()
