"""Documents that run out and the first half-year (TIME-19, TIME-20)."""

import datetime as dt

import pytest

from clinicians.actions import file_document
from clinicians.clocks import case_allocated, reviewed
from deadlines.actions import sweep
from deadlines.models import Deadline
from notices.models import OutboxMessage

START = dt.datetime(2026, 11, 2, 9, tzinfo=dt.UTC)
DAY = dt.timedelta(days=1)
LAST_DAY = dt.date(2027, 3, 28)  # the day on which the clocks go forward


def told(user) -> list[str]:
    rows = OutboxMessage.objects.filter(recipient=user.email, notice__startswith="document").order_by("not_before")
    return [f"{row.notice} {row.created_at:%d %b}" for row in rows]


def sweep_daily(until: dt.datetime) -> None:
    at = START
    while at <= until:
        sweep(at)
        at += DAY


@pytest.mark.rule("TIME-19a")
def test_a_document_reminds_60_30_and_7_days_before_and_then_stops_allocation(world):
    amara = world.amara
    file_document(amara, "insurance", LAST_DAY, by=world.olu, at=START)
    sweep_daily(dt.datetime(2027, 3, 30, 9, tzinfo=dt.UTC))
    reminders = ["document_expires 27 Jan", "document_expires 26 Feb", "document_expires 21 Mar"]
    assert told(amara.user) == [*reminders, "document_expired 29 Mar"]
    assert told(world.olu) == ["document_expired 29 Mar"]
    assert "document_ends" in {row.kind for row in Deadline.objects.owed_by(amara.user)}


@pytest.mark.rule("TIME-19a")
def test_the_new_document_ends_the_old_ones_clock_and_no_other(world):
    file_document(world.amara, "insurance", LAST_DAY, by=world.olu, at=START)
    file_document(world.amara, "accreditation", LAST_DAY, by=world.olu, at=START)
    file_document(world.amara, "insurance", dt.date(2028, 3, 28), by=world.olu, at=START + DAY)
    sweep(dt.datetime(2027, 4, 1, tzinfo=dt.UTC))
    assert [key.split(":")[1] for key in Deadline.objects.overdue().values_list("key", flat=True)] == ["accreditation"]


@pytest.mark.rule("TIME-19a")
def test_one_that_runs_out_next_week_has_no_reminder_that_is_past(world):
    file_document(world.amara, "insurance", START.date() + 10 * DAY, by=world.olu, at=START)
    assert Deadline.objects.filter(kind="document_soon").count() == 1


@pytest.mark.rule("TIME-20a")
def test_six_months_after_the_first_allocation_the_lead_is_asked_once(world):
    case_allocated(world.amara, at=dt.datetime(2026, 8, 31, 9, tzinfo=dt.UTC))
    case_allocated(world.amara, at=START)
    due = dt.datetime(2027, 2, 28, 10, tzinfo=dt.UTC)
    sweep(due - DAY)
    assert not OutboxMessage.objects.filter(notice="half_year").exists()
    sweep(due)
    assert [row.recipient for row in OutboxMessage.objects.filter(notice="half_year")] == [world.leonie.email]
    assert reviewed(world.amara, by=world.leonie, at=due + DAY)
    assert not reviewed(world.amara, by=world.leonie, at=due + DAY)


@pytest.mark.rule("TIME-20a")
@pytest.mark.rule("TIME-21a")
def test_it_stands_on_the_leads_list_in_its_last_month_until_they_have_looked(world, client_of, at):
    case_allocated(world.amara, at=START)
    page, label = f"/clinicians/{world.amara.ref}/", "Look at a clinician&#x27;s first half-year"
    with at(START + 100 * DAY):
        assert label not in client_of(world.leonie).get("/home/").text
    with at(START + 200 * DAY):
        leonie = client_of(world.leonie)
        assert label in leonie.get("/home/").text
        assert "I have looked at it" in leonie.get(page).text
        assert "I have looked at it" not in client_of(world.olu).get(page).text
        for other in (world.olu, world.amara, world.sunniva):
            assert client_of(other).post(f"{page}half-year/").status_code == 404
        assert [leonie.post(f"{page}half-year/").status_code for _ in range(2)] == [303, 303]
        assert label not in leonie.get("/home/").text
        assert "I have looked at it" not in leonie.get(page).text


@pytest.mark.rule("TIME-19a")
def test_it_stands_among_what_is_owed_only_in_the_last_sixty_days(world):
    owed = lambda: [row.kind for row in Deadline.objects.owed_by(world.amara.user)]  # noqa: E731
    file_document(world.amara, "insurance", LAST_DAY, by=world.olu, at=START)
    assert "document_ends" not in owed()
    sweep(dt.datetime(2027, 1, 27, 9, tzinfo=dt.UTC))
    assert "document_ends" in owed()
    file_document(world.amara, "record_check", START.date() + 20 * DAY, by=world.olu, at=START)
    assert owed().count("document_ends") == 2
