"""Statements through the doors: finance draws up and issues, the clinician confirms, nobody else sees them."""

import datetime as dt
import re

import pytest

from billing import actions, drawing
from billing.models import Statement, StatementConfirmation, StatementDraft, StatementLine
from files.actions import render_due
from tests.billing.conftest import DAY, SEPTEMBER
from therapy.appointments import correcting
from therapy.appointments.models import Appointment
from ui.errors import Refused

EVENING = dt.datetime(2026, 9, 8, 18, 0, tzinfo=dt.UTC)
OCTOBER_10 = dt.datetime(2026, 10, 10, 9, 0, tzinfo=dt.UTC)
LINE = re.compile(r'data-case="(\w+)" data-outcome="(\w+)" data-pence="(\d+)"')


@pytest.fixture
def month(world, rates, past):
    """A September of Amara's with every outcome once and three breaches of Alice."""
    past(EVENING)
    past(EVENING + DAY, "dna")
    past(EVENING + 2 * DAY, "late_cancelled")
    past(EVENING + 3 * DAY, "dna")
    past(EVENING + 4 * DAY, "cancelled")
    past(EVENING + 5 * DAY, "declined")
    return world


def lines_of(page) -> list[tuple[str, int]]:
    return [(outcome, int(pence)) for _, outcome, pence in LINE.findall(page.content.decode())]


def url(world, verb: str = "") -> str:
    return f"/pay/months/2026-09/{world.amara.ref}/{verb}"


@pytest.mark.rule("PAY-3a")
@pytest.mark.rule("PAY-3b")
@pytest.mark.rule("PAY-3c")
def test_the_preview_lists_every_session_once_with_its_amount(month, client_of, at):
    with at(OCTOBER_10):
        page = client_of(month.farid).get(url(month))
    assert lines_of(page) == [
        ("completed", 4483),
        ("dna", 2241),
        ("late_cancelled", 2241),
        ("dna", 0),
        ("cancelled", 0),
        ("declined", 0),
    ]


@pytest.mark.rule("PAY-7a")
@pytest.mark.rule("PAY-3d")
@pytest.mark.rule("PAY-10a")
def test_each_line_says_why_and_names_no_patient(month, client_of, at):
    with at(OCTOBER_10):
        page = client_of(month.farid).get(url(month)).content.decode()
    for words in ("the full rate", "half of the rate", "nothing more is due", "Cancelled in time", "Declined"):
        assert words in page
    assert "Arden" not in page


@pytest.mark.rule("PAY-6a")
@pytest.mark.rule("PAY-7b")
def test_drawing_up_twice_changes_nothing(month, client_of, at):
    with at(OCTOBER_10):
        finance = client_of(month.farid)
        assert finance.post(url(month, "draft/")).status_code == 303
        first = StatementDraft.objects.get()
        finance.post(url(month, "draft/"))
    second = StatementDraft.objects.get()
    assert (first.lines, first.drawn_at, first.ref) == (second.lines, second.drawn_at, second.ref)


@pytest.mark.rule("PAY-6c")
@pytest.mark.rule("PAY-7d")
@pytest.mark.rule("PAY-9a")
def test_issued_told_and_confirmed_once(month, client_of, at):
    with at(OCTOBER_10):
        finance, clinician = client_of(month.farid), client_of(month.amara)
        finance.post(url(month, "draft/"))
        for _ in range(2):
            finance.post(url(month, "issue/"))
        statement = Statement.objects.get()
        assert statement.lines.count() == 6
        assert lines_of(clinician.get(f"/pay/statements/{statement.ref}/"))[0] == ("completed", 4483)
        for _ in range(2):
            clinician.post(f"/pay/statements/{statement.ref}/confirmation/")
    assert StatementConfirmation.objects.get().by == month.amara.user


@pytest.mark.rule("PAY-6b")
def test_a_running_month_is_not_issued(month, client_of, at):
    with at(EVENING + 20 * DAY):
        finance = client_of(month.farid)
        finance.post(url(month, "draft/"))
        answer = finance.post(url(month, "issue/"))
    assert answer.status_code == 409
    assert "not over" in answer.content.decode()
    assert not Statement.objects.exists()


@pytest.mark.rule("PAY-6b")
def test_a_month_that_changed_since_it_was_drawn_up_is_not_issued(month, past, client_of, at):
    with at(OCTOBER_10):
        client_of(month.farid).post(url(month, "draft/"))
    past(EVENING + 9 * DAY)
    with at(OCTOBER_10):
        answer = client_of(month.farid).post(url(month, "issue/"))
    assert answer.status_code == 409
    assert "Draw it up again" in answer.content.decode()


@pytest.mark.rule("PAY-6e")
@pytest.mark.rule("PAY-7a")
def test_a_session_settled_late_is_on_the_next_statement(month, past, at):
    left_open = past(EVENING + 14 * DAY, "confirmed")
    with at(OCTOBER_10):
        draft = actions.draw_up(month.amara, SEPTEMBER, by=month.farid)
        assert [line["settled"] for line in draft.lines].count(False) == 1
        statement = actions.issue(draft, by=month.farid)
    assert not statement.lines.filter(appointment=left_open).exists()
    left_open.status = "aborted"
    left_open.save(update_fields=["status"])
    lines = drawing.preview(month.amara, dt.date(2026, 10, 1))
    assert [line.appointment for line in lines] == [left_open.pk]


@pytest.mark.rule("PAY-1d")
def test_without_a_rate_the_session_is_listed_and_stays_off(world, in_treatment, past):
    past(EVENING, minutes=30)
    (line,) = drawing.preview(world.amara, SEPTEMBER)
    assert not line.settled
    assert "No rate" in line.reason


@pytest.mark.rule("PAY-9b")
@pytest.mark.rule("PAY-10a")
def test_the_pdf_is_made_once_and_holds_references_only(month, client_of, at):
    with at(OCTOBER_10):
        statement = actions.issue(actions.draw_up(month.amara, SEPTEMBER, by=month.farid), by=month.farid)
        assert render_due() == 1
        assert render_due() == 0
        answer = client_of(month.amara).get(f"/pay/statements/{statement.ref}/pdf/")
    assert answer["Content-Type"] == "application/pdf"
    assert b"Arden" not in answer.content


@pytest.mark.rule("PAY-6d")
def test_an_issued_month_is_not_drawn_up_again(month, client_of, at):
    with at(OCTOBER_10):
        actions.issue(actions.draw_up(month.amara, SEPTEMBER, by=month.farid), by=month.farid)
        with pytest.raises(Refused, match="no longer changes"):
            actions.draw_up(month.amara, SEPTEMBER, by=month.farid)
        answer = client_of(month.farid).post(url(month, "draft/"))
    assert answer.status_code == 409


@pytest.mark.parametrize("who", ["piet", "sunniva", "olu", "tamsin", "alice", "charlie"])
def test_somebody_elses_statement_is_not_found(month, client_of, at, who):
    with at(OCTOBER_10):
        statement = actions.issue(actions.draw_up(month.amara, SEPTEMBER, by=month.farid), by=month.farid)
        assert client_of(getattr(month, who)).get(f"/pay/statements/{statement.ref}/").status_code == 404


@pytest.mark.rule("PAY-11a")
def test_finance_sees_each_clinicians_state_and_amount(month, client_of, at):
    with at(OCTOBER_10):
        finance = client_of(month.farid)
        assert "Not drawn up" in finance.get("/pay/months/2026-09/").content.decode()
        finance.post("/pay/months/2026-09/drafts/")
        page = finance.get("/pay/months/2026-09/").content.decode()
    assert "Drawn up" in page
    assert "£89.65" in page


@pytest.mark.rule("PAY-12a")
def test_a_clinician_sees_the_month_so_far(month, client_of, at):
    with at(EVENING + 10 * DAY):
        page = client_of(month.amara).get("/pay/mine/")
    assert ("completed", 4483) in lines_of(page)


@pytest.mark.parametrize("month_slug", ["2026-13", "september", "2026-9-1"])
def test_a_month_that_is_none_is_not_found(world, client_of, month_slug):
    assert client_of(world.farid).get(f"/pay/months/{month_slug}/").status_code == 404


@pytest.mark.rule("PAY-1c")
def test_the_rates_in_force(world, in_treatment, rates, past):
    past(EVENING, minutes=30)
    (line,) = drawing.preview(world.amara, SEPTEMBER)
    assert (line.pence, line.basic_pence, line.holiday_pence) == (2241, 2000, 241)


def test_two_lines_never_name_one_session(month, at):
    with at(OCTOBER_10):
        actions.issue(actions.draw_up(month.amara, SEPTEMBER, by=month.farid), by=month.farid)
    appointments = StatementLine.objects.values_list("appointment", flat=True)
    assert len(appointments) == len(set(appointments))


@pytest.mark.rule("APPT-21c")
def test_a_correction_reaches_an_open_month_by_itself(month, client_of, at):
    line = drawing.preview(month.amara, SEPTEMBER)[0]
    appointment = Appointment.objects.get(pk=line.appointment)
    with at(OCTOBER_10):
        correcting.correct(appointment, "clinician_cancelled", "Nobody was there", by=month.olu)
        assert drawing.preview(month.amara, SEPTEMBER)[0].pence == 0
