"""A correction after the statement went out: an adjustment on the next one, by itself, once (APPT-21, PAY-6)."""

import datetime as dt

import pytest
from django.db import DatabaseError, transaction

from billing import actions, drawing
from billing.models import Adjustment, Statement
from billing.queries import issued_pence, month_rows
from files.actions import render_due
from tests.billing.conftest import DAY, SEPTEMBER
from tests.harness.together import together
from therapy.appointments import actions as appointments
from therapy.appointments import correcting
from therapy.appointments.models import Appointment
from therapy.room import actions as room

EVENING = dt.datetime(2026, 9, 8, 18, 0, tzinfo=dt.UTC)
OCTOBER, NOVEMBER = dt.date(2026, 10, 1), dt.date(2026, 11, 1)
OCTOBER_10 = dt.datetime(2026, 10, 10, 9, 0, tzinfo=dt.UTC)
NOVEMBER_10, DECEMBER_10 = OCTOBER_10 + 31 * DAY, OCTOBER_10 + 61 * DAY


@pytest.fixture
def issued(world, rates, past, at):
    """September of Amara's: one session held, two missed and paid by half, a third missed and not paid; issued."""
    for day, outcome in enumerate(("completed", "dna", "dna", "dna")):
        past(EVENING + day * DAY, outcome)
    with at(OCTOBER_10):
        return issue(world, SEPTEMBER)


def issue(world, month: dt.date) -> Statement:
    return actions.issue(actions.draw_up(world.amara, month, by=world.farid), by=world.farid)


def correct(world, number: int, after: str, reason: str = "Looked at again") -> None:
    appointment = Appointment.objects.order_by("during")[number]
    correcting.correct(appointment, after, reason, by=world.olu)


def amounts(world, month: dt.date) -> list[tuple[str, int]]:
    return [(line.outcome, line.pence) for line in drawing.preview(world.amara, month)]


@pytest.mark.rule("APPT-21c")
@pytest.mark.rule("PAY-6h")
def test_a_correction_is_on_the_next_statement_with_its_reason_and_once(issued, world, client_of, at):
    with at(NOVEMBER_10):
        correct(world, 0, "clinician_cancelled", "Alice Arden says that nobody was there")
        finance = client_of(world.farid)
        assert "by themselves" in finance.get("/pay/").content.decode()
        url = f"/pay/months/2026-10/{world.amara.ref}/"
        assert finance.post(f"{url}draft/").status_code == 303
        assert finance.post(f"{url}issue/").status_code == 303
        assert "by themselves" not in finance.get("/pay/").content.decode()
        statement = Statement.objects.get(month=OCTOBER)
        page = client_of(world.amara).get(f"/pay/statements/{statement.ref}/").content.decode()
    assert "the patient says that nobody was there" in page
    assert "Adjusts the statement of September 2026, where it stood as completed" in page
    assert "-£44.83" in page
    assert "Arden" not in page
    with at(DECEMBER_10):
        assert issue(world, NOVEMBER).listed() == []


@pytest.mark.rule("PAY-6h")
@pytest.mark.rule("APPT-21c")
def test_corrected_twice_it_is_adjusted_by_what_it_is_in_the_end_and_back_again_not_at_all(issued, world, at):
    with at(NOVEMBER_10):
        correct(world, 0, "clinician_cancelled")
        correct(world, 0, "completed_late")
        assert amounts(world, OCTOBER) == [("completed_late", 0)]
        correct(world, 0, "completed")
        assert amounts(world, OCTOBER) == []


@pytest.mark.rule("PAY-6h")
def test_what_an_adjustment_took_the_next_one_gives_back(issued, world, at):
    with at(NOVEMBER_10):
        correct(world, 0, "clinician_cancelled")
        issue(world, OCTOBER)
    with at(DECEMBER_10):
        correct(world, 0, "completed", "It took place after all")
        assert amounts(world, NOVEMBER) == [("completed", 4483)]
        assert issue(world, NOVEMBER).listed()[0].reason.endswith("It took place after all")
    assert [row.pence for row in Adjustment.objects.all()] == [-4483, 4483]
    assert all(row.basic_pence + row.holiday_pence == row.pence for row in Adjustment.objects.all())


@pytest.mark.rule("PAY-3c")
@pytest.mark.rule("PAY-6h")
def test_a_correction_that_lets_another_breach_move_up_adjusts_that_one_as_well(issued, world, at):
    with at(NOVEMBER_10):
        correct(world, 1, "completed")
        assert amounts(world, OCTOBER) == [("completed", 4483 - 2241), ("dna", 2241)]
        reason = drawing.preview(world.amara, OCTOBER)[1].reason
    assert reason.endswith("Another session of this episode has changed since.")


@pytest.mark.rule("PAY-3c")
@pytest.mark.rule("PAY-6e")
def test_a_breach_recorded_only_after_the_statement_takes_the_last_one_out_of_the_two_paid(
    world, rates, past, client_of, at
):
    left_open = past(EVENING, "confirmed")
    with at(EVENING):
        room.join(room.open_session(left_open), world.amara.user)
    past(EVENING + DAY, "dna")
    past(EVENING + 2 * DAY, "dna")
    with at(OCTOBER_10):
        issue(world, SEPTEMBER)
    with at(OCTOBER_10 + DAY):
        appointments.end(left_open, "dna", by=world.amara.user)
    with at(NOVEMBER_10):
        finance, url = client_of(world.farid), f"/pay/months/2026-10/{world.amara.ref}/"
        assert "-£22.41" in finance.get(url).content.decode()
        finance.post(f"{url}draft/")
        assert finance.post(f"{url}issue/").status_code == 303
    assert [line.pence for line in Statement.objects.get(month=OCTOBER).listed()] == [2241, -2241]
    with at(DECEMBER_10):
        assert amounts(world, NOVEMBER) == []


@pytest.mark.rule("PAY-6d")
def test_the_issued_line_stands_and_so_does_the_adjustment(issued, world, at):
    with at(NOVEMBER_10):
        correct(world, 0, "clinician_cancelled")
        issue(world, OCTOBER)
    assert [line.pence for line in issued.lines.all()] == [4483, 2241, 2241, 0]
    assert (issued_pence(SEPTEMBER), issued_pence(OCTOBER)) == (8965, -4483)
    with pytest.raises(DatabaseError), transaction.atomic():
        Adjustment.objects.update(pence=0)


@pytest.mark.rule("PAY-11a")
def test_a_month_with_nothing_but_an_adjustment_is_listed_for_finance(issued, world, at):
    with at(NOVEMBER_10):
        correct(world, 0, "clinician_cancelled")
        assert [(row.clinician, row.sessions, row.pence) for row in month_rows(OCTOBER)] == [(world.amara, 0, -4483)]
        issue(world, OCTOBER)
        (row,) = month_rows(OCTOBER)
        assert (row.state, row.sessions, row.pence) == ("Issued", 0, -4483)
        render_due()
    assert Statement.objects.get(month=OCTOBER).pdf.file.content


@pytest.mark.rule("PAY-7b")
def test_a_draft_from_before_the_correction_is_not_issued(issued, world, client_of, at):
    with at(NOVEMBER_10):
        url = f"/pay/months/2026-10/{world.amara.ref}/"
        client_of(world.farid).post(f"{url}draft/")
        correct(world, 0, "clinician_cancelled")
        assert client_of(world.farid).post(f"{url}issue/").status_code == 409


class TestAtOnce:
    @pytest.fixture
    def world(self, transactional_db):
        from tests import cast

        return cast.make_world()

    @pytest.mark.rule("PAY-6h")
    def test_two_months_issued_at_once_adjust_a_line_once(self, issued, world, at):
        with at(DECEMBER_10):
            correct(world, 0, "clinician_cancelled")
            drafts = [actions.draw_up(world.amara, month, by=world.farid) for month in (OCTOBER, NOVEMBER)]
            _, wrong = together(*[lambda draft=draft: actions.issue(draft, by=world.farid) for draft in drafts])
        assert ["changed since it was drawn up" in str(refusal) for refusal in wrong] == [True]
        assert Adjustment.objects.count() == 1
