"""Real workers on one database: they share what is due, and a killed one leaves nothing half done (TIME-0)."""

import datetime as dt
import time

import pytest

from deadlines.models import Deadline
from notices.models import OutboxMessage
from tests.harness import sweepers

AT = dt.datetime(2026, 11, 2, 9, tzinfo=dt.UTC)
CASES = [f"CASE{number:04}" for number in range(20)]
DEADLINES_A_CASE = 5
ACTS_BETWEEN_KILLS = 15
PATIENCE_SECONDS = 60


@pytest.fixture
def crew(monkeypatch):
    """Sweepers whose handlers are slow enough to be killed in the middle of one."""
    monkeypatch.setenv(sweepers.ACT_SECONDS, "0.02")
    crew = sweepers.Crew(sweepers.SWEEP, AT)
    yield crew
    crew.stop()


@pytest.mark.rule("TIME-0b")
@pytest.mark.rule("TIME-0c")
@pytest.mark.rule("TIME-0d")
@pytest.mark.django_db(transaction=True)
def test_killed_again_and_again_each_deadline_acts_once_and_in_order(crew):
    Deadline.objects.bulk_create(
        Deadline(kind=sweepers.KIND, key=f"{case}-{number}", case_ref=case, due_at=due(number), next_at=due(number),
                 opened_at=AT - dt.timedelta(days=9), opened_by="the test")
        for case in CASES
        for number in range(DEADLINES_A_CASE)
    )  # fmt: skip
    everything = len(CASES) * DEADLINES_A_CASE
    crew.start(2)
    limit = time.monotonic() + PATIENCE_SECONDS
    while Deadline.objects.open().exists() and time.monotonic() < limit:
        if OutboxMessage.objects.count() > (crew.kills + 1) * ACTS_BETWEEN_KILLS:
            crew.replace_oldest()
        time.sleep(0.01)
    assert crew.kills >= 3
    assert Deadline.objects.filter(state="missed", attempts=0).count() == everything
    written = list(OutboxMessage.objects.order_by("pk").values_list("link", flat=True))
    assert sorted(written) == sorted(f"/{case}-{number}/" for case in CASES for number in range(DEADLINES_A_CASE))
    for case in CASES:
        assert [key for key in written if case in key] == [f"/{case}-{n}/" for n in range(DEADLINES_A_CASE)]


def due(number: int) -> dt.datetime:
    return AT - dt.timedelta(hours=DEADLINES_A_CASE - number)
