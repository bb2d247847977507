"""One line of a month that is drawn up, before it is issued."""

from __future__ import annotations

import datetime as dt
from dataclasses import asdict, dataclass

from therapy.models import Appointment


@dataclass(frozen=True)
class LineDraft:
    """One session of a month: what it pays in pence and why; not settled means that it is not on a statement yet.

    `adjusts` names the issued line that it corrects (PAY-6): its amounts are then what is added to or taken from it.
    """

    appointment: int
    case_ref: str
    starts_at: str
    what: str
    outcome: str
    rate_pence: int
    pence: int
    basic_pence: int
    holiday_pence: int
    reason: str
    settled: bool
    adjusts: int | None = None

    @property
    def starts(self) -> dt.datetime:
        return dt.datetime.fromisoformat(self.starts_at)

    @property
    def outcome_words(self) -> str:
        return Appointment.Status(self.outcome).label


def as_data(lines: list[LineDraft]) -> list[dict]:
    """Return lines as they are kept in a draft."""
    return [asdict(line) for line in lines]


def from_data(data: list[dict]) -> list[LineDraft]:
    """Return the lines kept in a draft."""
    return [LineDraft(**line) for line in data]
