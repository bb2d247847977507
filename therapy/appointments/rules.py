"""The rules of booking, confirming, cancelling and ending (APPT). Pure: the time is an argument, always aware UTC."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from therapy.connection.rules import Record, in_minutes, wait_begins

UK = ZoneInfo("Europe/London")
ROOM_OPENS_BEFORE = dt.timedelta(minutes=15)
FURTHEST_AHEAD = dt.timedelta(days=366)
# Longer than any session may be (sites.rules.LONGEST_SESSION_MINUTES): what starts earlier than this is over.
LONGEST = dt.timedelta(hours=3)
FIRST_STATUS = "offered"

# Every status and the statuses it may turn into.
APPOINTMENT_TRANSITIONS: dict[str, frozenset[str]] = {
    "offered": frozenset({"confirmed", "declined", "lapsed", "cancelled", "clinician_cancelled"}),
    "confirmed": frozenset(
        {"cancelled", "late_cancelled", "clinician_cancelled", "completed", "completed_late", "dna", "aborted"}
    ),
}
# Statuses that hold the time of both; declined, lapsed and cancelled ones free it (APPT-4).
HOLDING_STATUSES = frozenset({"offered", "confirmed", "completed", "completed_late", "dna", "aborted"})
# Statuses in which an assessment is to come or has taken place: the next one would be the second (APPT-2).
ASSESSING_STATUSES = frozenset({"offered", "confirmed", "completed", "completed_late"})
# Statuses in which something is still to come.
OPEN_STATUSES = frozenset({"offered", "confirmed"})
OUTCOMES = frozenset({"completed", "completed_late", "dna", "late_cancelled", "aborted"})
# Statuses after which the clinician owes a note (NOTE-1).
NOTED_STATUSES = frozenset({"completed", "completed_late", "dna", "late_cancelled", "aborted"})
# Statuses of a session that took place.
HELD_STATUSES = frozenset({"completed", "completed_late"})
# APPT-21: patient services correct one of these to any other of them, with a reason that is a row of its own.
SETTLED_STATUSES = frozenset(
    {"cancelled", "late_cancelled", "clinician_cancelled", "completed", "completed_late", "dna", "aborted"}
)
# A clinician who is not in the room by then is missed: patient services reach the patient (APPT-18).
CLINICIAN_MISSED_AFTER = dt.timedelta(minutes=10)
# Outcomes that are counted per episode (APPT-20).
BREACHES = frozenset({"late_cancelled", "dna"})
CLINICIAN_MISSED = "The clinician did not come into the room: that counts as cancelled by the clinician."
SPOILT = "The service itself was down for 10 minutes or more. That is never held against the patient."
# The colour of a status's tag; the words beside it say the same. A breach is said plainly, never in red.
TAG_COLOURS = {
    "offered": "yellow",
    "confirmed": "green",
    "completed": "teal",
    "completed_late": "teal",
}
# Case states in which appointments are offered.
BOOKING_STATES = frozenset({"allocated", "assessment", "treatment"})


@dataclass(frozen=True)
class Verdict:
    """What a rule found, and its reason in words that are stored beside it."""

    late: bool
    reason: str


def is_assessment(step: str, problem: str) -> bool:
    """Tell whether the next appointment is an assessment: the case has no step or no diagnosis yet (APPT-2)."""
    return not (step and problem)


def is_short_notice(offered_at: dt.datetime, starts_at: dt.datetime, notice: dt.timedelta) -> bool:
    """Tell whether an offer comes too late to be confirmed `notice` before the start (APPT-5)."""
    return starts_at - offered_at < notice


def confirmation_limit(offered_at: dt.datetime, starts_at: dt.datetime, notice: dt.timedelta) -> dt.datetime:
    """Return the last moment to confirm or decline: `notice` before the start, or the start itself (APPT-5)."""
    return starts_at if is_short_notice(offered_at, starts_at, notice) else starts_at - notice


def free_until(starts_at: dt.datetime, notice: dt.timedelta) -> dt.datetime:
    """Return the last moment at which a confirmed appointment is cancelled in time (APPT-12)."""
    return starts_at - notice


def is_late_cancellation(status: str, starts_at: dt.datetime, cancelled_at: dt.datetime, notice: dt.timedelta) -> bool:
    """Tell whether the patient's cancelling is late: confirmed, and less than `notice` before (APPT-12, APPT-13).

    Exactly `notice` counts as in time. Both moments are aware, so what counts is elapsed time, not the clock's face.
    """
    return status == "confirmed" and starts_at - cancelled_at < notice


def judge_cancellation(
    side: str, status: str, starts_at: dt.datetime, cancelled_at: dt.datetime, notice: dt.timedelta
) -> Verdict:
    """Return whether a cancellation by "patient" or "clinician" is late, and why (APPT-12, APPT-13, APPT-18)."""
    hours = round(notice / dt.timedelta(hours=1))
    if side == "clinician":
        return Verdict(False, "Cancelled by the clinician: never counted against the patient.")
    if status != "confirmed":
        return Verdict(False, "Never confirmed, so not a late cancellation.")
    if cancelled_at >= starts_at:
        return Verdict(True, "Cancelled by the patient after the start.")
    if is_late_cancellation(status, starts_at, cancelled_at, notice):
        return Verdict(True, f"Cancelled by the patient less than {hours} hours before the start.")
    return Verdict(False, f"Cancelled by the patient {hours} hours or more before the start.")


def cancelled_status(side: str, *, late: bool) -> str:
    """Return the status that a cancellation leads to."""
    if side == "clinician":
        return "clinician_cancelled"
    return "late_cancelled" if late else "cancelled"


def may_turn(before: str, after: str) -> bool:
    """Tell whether an appointment may go from one status to the other."""
    return after in APPOINTMENT_TRANSITIONS.get(before, frozenset())


def may_correct(before: str, after: str) -> bool:
    """Tell whether an outcome may be corrected from one status to the other (APPT-21)."""
    return before in SETTLED_STATUSES and after in SETTLED_STATUSES and before != after


def transitions() -> list[tuple[str, str]]:
    """Return every turn that the database allows: the table, and corrections between settled statuses."""
    table = [(before, after) for before, afters in APPOINTMENT_TRANSITIONS.items() for after in sorted(afters)]
    settled = sorted(SETTLED_STATUSES)
    return table + [(before, after) for before in settled for after in settled if may_correct(before, after)]


def follow_up_template(status: str) -> str:
    """Return the slug of the template that fits how an appointment ended, where it is no breach that counts."""
    return "session_aborted" if status == "aborted" else "session_cancelled"


def room_opens_at(starts_at: dt.datetime) -> dt.datetime:
    """Return when the room opens to both (ROOM-1)."""
    return starts_at - ROOM_OPENS_BEFORE


def wait_over_at(starts_at: dt.datetime, wait: dt.timedelta) -> dt.datetime:
    """Return from when on a missing patient may be recorded as not having come (APPT-14)."""
    return starts_at + wait


def held_time(starts_at: dt.datetime, ends_at: dt.datetime, ended_at: dt.datetime) -> tuple[dt.datetime, dt.datetime]:
    """Return the time that an ended session holds: one that ends early frees the rest of its time (APPT-4)."""
    return (starts_at, ended_at) if starts_at < ended_at < ends_at else (starts_at, ends_at)


def uk_moments(day: dt.date, clock: dt.time) -> list[dt.datetime]:
    """Return the moments (UTC) that a UK wall clock means: none in the hour left out in March, two in October."""
    moments = []
    for fold in (0, 1):
        local = dt.datetime.combine(day, clock, tzinfo=UK).replace(fold=fold)
        moment = local.astimezone(dt.UTC)
        if moment.astimezone(UK).time() == clock and moment not in moments:
            moments.append(moment)
    return moments


def series_days(first: dt.date, weeks: int, times: int) -> list[dt.date]:
    """Return the days of a series, `weeks` apart: each on the same day of the week (APPT-10)."""
    return [first + dt.timedelta(weeks=weeks * number) for number in range(times)]


@dataclass(frozen=True)
class SessionFacts:
    """What is known of a confirmed appointment when its outcome is asked for."""

    starts_at: dt.datetime
    ends_at: dt.datetime
    patient_joined_at: dt.datetime | None
    wait: dt.timedelta
    cancellation_notice: dt.timedelta
    connection: Record | None = None
    clinician_missed: bool = False

    @property
    def wait_over_at(self) -> dt.datetime:
        """When the wait for a missing patient is over; an outage makes it begin anew (APPT-14, APPT-17)."""
        outages = self.connection.outages if self.connection else ()
        return wait_over_at(wait_begins(self.starts_at, outages), self.wait)

    @property
    def wait_was_renewed(self) -> bool:
        return self.wait_over_at > wait_over_at(self.starts_at, self.wait)

    @property
    def is_spoilt(self) -> bool:
        """Whether known outages alone took so much of the session that it counts against nobody (APPT-17)."""
        return self.connection is not None and self.connection.by_outage

    @property
    def reaches_limit(self) -> bool:
        return self.connection is not None and self.connection.reaches_limit


def why_not(outcome: str, facts: SessionFacts, *, at: dt.datetime, reason: str = "") -> str:
    """Return in words why an outcome does not fit the facts at this moment; empty where it fits (APPT-13 to 19)."""
    if outcome not in OUTCOMES:
        return "This is not an outcome."
    if outcome == "late_cancelled":
        return _why_not_late_cancelled(facts, at)
    if at < facts.starts_at:
        return "The session has not begun yet."
    if outcome == "dna":
        return _why_not_dna(facts, at)
    if outcome == "aborted":
        return "" if reason.strip() else _why_not_aborted(facts)
    return _why_not_completed(outcome, facts)


def _why_not_late_cancelled(facts: SessionFacts, at: dt.datetime) -> str:
    if facts.starts_at - at >= facts.cancellation_notice:
        return "It is still early enough to cancel in time."
    return SPOILT if facts.is_spoilt else ""


def _why_not_dna(facts: SessionFacts, at: dt.datetime) -> str:
    if facts.patient_joined_at is not None:
        return "The patient was here."
    if facts.is_spoilt:
        return SPOILT
    if facts.clinician_missed:
        return CLINICIAN_MISSED
    if at < facts.wait_over_at:
        minutes = round(facts.wait / dt.timedelta(minutes=1))
        again = ", and it began again after the service had been down" if facts.wait_was_renewed else ""
        return f"The wait of {minutes} minutes is not over yet{again}."
    return ""


def _why_not_aborted(facts: SessionFacts) -> str:
    """Without a reason a session is aborted only where the platform measured the limit itself (APPT-17)."""
    if facts.reaches_limit:
        return ""
    measured = in_minutes(facts.connection.total) if facts.connection else "nothing"
    return f"We measured {measured} without connection, less than 10 minutes. Say what went wrong."


def fitting(facts: SessionFacts, *, at: dt.datetime) -> str:
    """Return the outcome that the facts speak for at this moment; empty where none fits yet (APPT-19)."""
    if facts.reaches_limit:
        order: tuple[str, ...] = ("aborted",)
    elif facts.patient_joined_at is None:
        order = ("dna",)
    else:
        order = ("completed_late", "completed")
    return next((name for name in order if not why_not(name, facts, at=at)), "")


def _why_not_completed(outcome: str, facts: SessionFacts) -> str:
    if facts.patient_joined_at is None:
        return "The patient was not here."
    if facts.clinician_missed:
        return CLINICIAN_MISSED
    if outcome == "completed_late" and facts.patient_joined_at <= facts.starts_at:
        return "The patient was here at the start."
    return ""
