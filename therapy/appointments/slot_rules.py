"""Which times are free, and who may choose one (APPT-3). Pure: no Django, no clock; all moments are aware UTC."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from therapy.appointments.rules import BOOKING_STATES

STEP = dt.timedelta(minutes=30)
STEP_SECONDS = 1800
# How far ahead a patient can choose, and the search looks: a clinician's half-year.
AHEAD = dt.timedelta(weeks=26)
# With so many appointments still to come the next one waits until one of them has been.
MOST_AHEAD = 2

Span = tuple[dt.datetime, dt.datetime]


def free_starts(
    hours: Iterable[Span], busy: Iterable[Span], *, length: dt.timedelta, earliest: dt.datetime
) -> list[dt.datetime]:
    """Return every half hour at which a session of this length fits into the hours and clashes with nothing.

    `hours` are in their order and apart from each other; `busy` may overlap and come in any order. A session may
    begin when another ends. Nothing starts before `earliest`.
    """
    taken = joined(busy)
    found: list[dt.datetime] = []
    number = 0
    for opens, closes in hours:
        start = next_half_hour(max(opens, earliest))
        while start + length <= closes:
            while number < len(taken) and taken[number][1] <= start:
                number += 1
            if number < len(taken) and taken[number][0] < start + length:
                start = next_half_hour(taken[number][1])
            else:
                found.append(start)
                start += STEP
    return found


def joined(spans: Iterable[Span]) -> list[Span]:
    """Return spans in their order, those that touch or overlap made one."""
    whole: list[Span] = []
    for begins, ends in sorted(spans):
        if whole and begins <= whole[-1][1]:
            whole[-1] = (whole[-1][0], max(whole[-1][1], ends))
        else:
            whole.append((begins, ends))
    return whole


def next_half_hour(moment: dt.datetime) -> dt.datetime:
    """Return the moment itself where a half hour begins with it, else the next half hour."""
    over = (moment.minute % 30) * 60 + moment.second + moment.microsecond / 1_000_000
    return moment + dt.timedelta(seconds=STEP_SECONDS - over) if over else moment


def nearest(starts: Sequence[dt.datetime], wished: dt.datetime, number: int) -> list[dt.datetime]:
    """Return the few free times nearest to the one wished for, in their order."""
    return sorted(sorted(starts, key=lambda start: abs(start - wished))[:number])


@dataclass(frozen=True)
class Choosing:
    """What is known of a case when its patient would choose a time."""

    state: str
    clinician_open: bool
    assessment_booked: bool
    ahead: int


def why_not_choose(facts: Choosing) -> str:
    """Return in words for the patient why no time can be chosen now; empty where one can (APPT-3)."""
    if facts.state not in BOOKING_STATES:
        return "Times can be chosen while you are in therapy with us."
    if not facts.clinician_open:
        return "Your therapist offers you times. You can write to them to say when you would like to come."
    if facts.assessment_booked:
        return "Your first appointment is booked. When you meet, your therapist and you agree what comes next."
    if facts.ahead >= MOST_AHEAD:
        return "You have appointments ahead already. You can choose the next one when one of them has been."
    return ""
