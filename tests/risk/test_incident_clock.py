"""The full report of a serious incident, and a suspected breach of data security (TIME-13, TIME-14)."""

import datetime as dt
from zoneinfo import ZoneInfo

import pytest

from accounts.clocks import breach_decided, breach_noticed, breach_reported
from deadlines.actions import sweep
from deadlines.models import Deadline
from notices.models import OutboxMessage
from risk.clocks import incident_logged, incident_reported

UK = ZoneInfo("Europe/London")
HOUR = dt.timedelta(hours=1)


def uk(text: str) -> dt.datetime:
    return dt.datetime.fromisoformat(text).replace(tzinfo=UK)


def told() -> set[tuple[str, str]]:
    return set(OutboxMessage.objects.values_list("notice", "recipient"))


@pytest.mark.rule("TIME-13a")
def test_a_report_is_due_at_the_end_of_the_next_working_day(world):
    incident_logged(
        "incident-1", clinician_user=world.amara.user, case_ref=world.alice_case.ref, at=uk("2027-03-25 17:31")
    )
    assert Deadline.objects.get(kind="incident_report").due_at == uk("2027-03-30 17:30")
    assert [row.kind for row in Deadline.objects.owed_by(world.amara.user)][:1] == ["incident_report"]
    sweep(uk("2027-03-30 17:29"))
    assert told() == set()
    sweep(uk("2027-03-30 17:30"))
    assert told() == {("report_overdue", world.amara.user.email), ("report_overdue", world.leonie.email)}
    assert incident_reported("incident-1", at=uk("2027-03-31 09:00"))


@pytest.mark.rule("TIME-14a")
def test_a_breach_is_reported_in_24_hours_and_decided_on_in_72(world):
    at = uk("2026-10-24 12:00")  # real hours, also over the night with 25
    breach_noticed("breach-1", by=world.olu, at=at)
    sweep(at + 24 * HOUR)
    assert told() == {
        ("report_overdue", world.olu.email), ("report_overdue", world.dora.email), ("decision_due", world.dora.email),
    }  # fmt: skip
    assert breach_reported("breach-1", at=at + 25 * HOUR)
    sweep(at + 72 * HOUR)
    assert ("decision_overdue", world.dora.email) in told()
    assert breach_decided("breach-1", at=at + 73 * HOUR)


@pytest.mark.rule("TIME-14a")
def test_what_is_done_in_time_tells_nobody(world):
    at = uk("2026-11-02 12:00")
    breach_noticed("breach-1", by=world.olu, at=at)
    assert breach_reported("breach-1", at=at + HOUR)
    assert breach_decided("breach-1", at=at + HOUR)
    sweep(at + 99 * HOUR)
    assert told() == set()
