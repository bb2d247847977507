"""What a late cancellation or a missed appointment means to the patient, in the same words everywhere (APPT-20)."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import F

from therapy.appointments.models import Appointment, AppointmentEvent
from therapy.appointments.rules import BREACHES


@dataclass(frozen=True)
class Count:
    """Which breach of an episode it is, and how many the case's policy allows before a decision."""

    number: int
    limit: int

    @property
    def words(self) -> str:
        """Return for example "1 of 2 in this course of treatment"."""
        of = f" of {self.limit}" if self.number <= self.limit else ""
        return f"{'number ' if not of else ''}{self.number}{of} in this course of treatment"

    @property
    def what_next(self) -> str:
        """Return what follows by the policy, for the patient to read."""
        if self.number < self.limit:
            return "Nothing changes for you. Your therapist will write to you and can offer another time."
        return (
            "Your therapist will talk with you about whether therapy can go on, and how we can help you to come. "
            "Nothing is decided before that."
        )


def count_of(appointment: Appointment) -> Count | None:
    """Return which breach an appointment is, by the order in which they happened; None where it counts as none."""
    events = _events(appointment)
    own = events.filter(appointment=appointment).order_by("-at").first()
    if appointment.status not in BREACHES or own is None:
        return None
    before = events.filter(at__lte=own.at).values("appointment").distinct()
    return Count(before.count(), _limit(appointment))


def next_count(appointment: Appointment) -> Count:
    """Return which breach it would be if this appointment were cancelled late now."""
    return Count(_events(appointment).values("appointment").distinct().count() + 1, _limit(appointment))


def _events(appointment: Appointment):
    """Events that made a breach of an appointment which is one still: a corrected one counts no longer, nor does an
    excused one (APPT-20, APPT-21)."""
    rows = AppointmentEvent.objects.filter(appointment__case_id=appointment.case_id, what__in=BREACHES).order_by()
    return rows.filter(appointment__status=F("what"), appointment__excuse=None)


def _limit(appointment: Appointment) -> int:
    return appointment.case.policy.breaches_before_discharge
