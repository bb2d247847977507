"""What a session pays and why (PAY-1, 2, 3, 7). Whole pence; pure: days and times are arguments."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from zoneinfo import ZoneInfo

UK = ZoneInfo("Europe/London")
# PAY-2: basic = rate / 1.1207; kept as whole numbers so that no binary fraction ever touches money.
HOLIDAY_DIVISOR = 11_207
HOLIDAY_SCALE = 10_000
# PAY-3: half pay for DNA and late cancellation, at most so often in one episode of care.
PAID_BREACHES_PER_EPISODE = 2

FULL = frozenset({"completed", "completed_late"})
BREACH = frozenset({"dna", "late_cancelled"})
NOTHING = {
    "cancelled": "Cancelled in time: nothing is due.",
    "declined": "Declined: nothing is due.",
    "lapsed": "Never confirmed: nothing is due.",
    "clinician_cancelled": "Cancelled by the clinician: nothing is due.",
    "aborted": "Aborted: nothing until patient services have decided.",
}
UNSETTLED = {
    "offered": "Offered, not confirmed yet.",
    "confirmed": "No outcome recorded yet.",
}


@dataclass(frozen=True)
class Verdict:
    """What a session pays in pence, and the reason in words."""

    pence: int
    reason: str


@dataclass(frozen=True)
class RateOnDay:
    """A rate in pence, holiday pay included, in force from a day on."""

    from_day: dt.date
    pence: int


def split(rate_pence: int) -> tuple[int, int]:
    """Return (basic, holiday) pence of an inclusive amount; the amount leads, the two add up to it (PAY-2)."""
    basic = (2 * rate_pence * HOLIDAY_SCALE + HOLIDAY_DIVISOR) // (2 * HOLIDAY_DIVISOR)
    return basic, rate_pence - basic


def half(rate_pence: int) -> int:
    """Return half of a rate, rounded down to the penny (PAY-3)."""
    return rate_pence // 2


def month_of(starts_at: dt.datetime) -> dt.date:
    """Return the first day of the month in which an aware start falls in UK time (PAY-7)."""
    return starts_at.astimezone(UK).date().replace(day=1)


def next_month(month: dt.date) -> dt.date:
    """Return the first day of the month after."""
    return (month + dt.timedelta(days=32)).replace(day=1)


def month_bounds(month: dt.date) -> tuple[dt.datetime, dt.datetime]:
    """Return the aware first moment of a month and of the next one, in UK time."""
    first, after = (dt.datetime(day.year, day.month, 1, tzinfo=UK) for day in (month, next_month(month)))
    return first, after


def rate_on(rates: list[RateOnDay], day: dt.date) -> int | None:
    """Return the pence of the newest rate in force on a day, or None where there is none yet (PAY-1)."""
    in_force = [rate for rate in rates if rate.from_day <= day]
    return max(in_force, key=lambda rate: rate.from_day).pence if in_force else None


def is_settled(status: str) -> bool:
    """Tell whether an appointment has ended in a way that a statement can list."""
    return status not in UNSETTLED


def pay_for(status: str, *, was_confirmed: bool, rate_pence: int, breaches_before: int) -> Verdict:
    """Return what a settled appointment pays (PAY-3).

    `breaches_before` counts the paid breaches of the same episode of care with an earlier start.
    """
    if status in FULL:
        return Verdict(rate_pence, f"{status.replace('_', ' ').capitalize()}: the full rate.")
    if status in BREACH:
        return _breach(status, was_confirmed, rate_pence, breaches_before)
    return Verdict(0, NOTHING[status])


def _breach(status: str, was_confirmed: bool, rate_pence: int, breaches_before: int) -> Verdict:
    name = "Did not attend" if status == "dna" else "Late cancellation"
    if not was_confirmed:
        return Verdict(0, f"{name}, but the appointment was never confirmed: nothing is due.")
    if breaches_before >= PAID_BREACHES_PER_EPISODE:
        return Verdict(0, f"{name}: {PAID_BREACHES_PER_EPISODE} of this episode were paid before, nothing more is due.")
    return Verdict(half(rate_pence), f"{name}: half of the rate ({breaches_before + 1} of at most 2 in this episode).")
