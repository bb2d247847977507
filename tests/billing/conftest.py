"""Sessions of a past month in every outcome, made by the verbs under a moved clock."""

import datetime as dt

import pytest

from billing.actions import set_rate
from therapy.appointments import actions as appointments
from therapy.notes.details import set_details
from therapy.room import actions as room

DAY = dt.timedelta(days=1)
MINUTE = dt.timedelta(minutes=1)
SEPTEMBER = dt.date(2026, 9, 1)


@pytest.fixture
def rates(world):
    """The rates in force for typed and video sessions (PAY-1)."""
    for modality, minutes, pence in (
        ("typed", 60, 4483),
        ("typed", 30, 2241),
        ("typed", 45, 3362),
        ("video", 50, 5000),
    ):
        for kind in ("assessment", "treatment"):
            set_rate(modality, minutes, kind, pence, dt.date(2025, 4, 1), by=world.farid)


@pytest.fixture
def in_treatment(world):
    """Alice's diagnosis and step are set: her sessions may last 30 minutes."""
    set_details(world.alice_case, step="3", problem="gad", protocol="", by=world.amara.user)


@pytest.fixture
def past(world, at):
    """A function: an appointment of a case that came to an outcome, at a start of September 2026."""

    def make(starts_at: dt.datetime, outcome: str = "completed", *, case=None, minutes: int = 60):
        case = case or world.alice_case
        clinician, patient = case.clinician.user, case.patient.user
        with at(starts_at - 5 * DAY):
            made = appointments.offer(
                case, starts_at=starts_at, minutes=minutes, by=clinician, client_key=f"{case.ref}{starts_at:%d%H%M}"
            )
            if outcome == "declined":
                return appointments.decline(made, by=patient)
            if outcome != "offered":
                made = appointments.confirm(made, by=patient)
        if outcome in {"cancelled", "late_cancelled"}:
            with at(starts_at - (DAY if outcome == "late_cancelled" else 3 * DAY)):
                return appointments.cancel(made, by=patient, reason="")
        if outcome in {"offered", "confirmed"}:
            return made
        return hold(made, starts_at, outcome)

    def hold(made, starts_at: dt.datetime, outcome: str):
        with at(starts_at - MINUTE):
            held = room.open_session(made)
            room.join(held, made.clinician.user)
            if outcome != "dna":
                room.join(held, made.patient.user)
        with at(starts_at + 59 * MINUTE):
            return appointments.end(made, outcome, by=made.clinician.user)

    return make
