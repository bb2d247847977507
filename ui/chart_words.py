"""What a line chart says in words. Pure functions; days are those of the zone the moments come in."""

from collections.abc import Sequence
from datetime import datetime


def number(value: float) -> str:
    """A value without needless decimals: "16", "7.5"."""
    return f"{float(value):.2f}".rstrip("0").rstrip(".")


def short_day(at: datetime) -> str:
    """ "3 Mar"."""
    return f"{at.day} {at:%b}"


def long_day(at: datetime) -> str:
    """ "3 March 2026"."""
    return f"{at.day} {at:%B %Y}"


def side(value: float, cutoff: float) -> str:
    return "below" if value < cutoff else "at" if value == cutoff else "above"


def in_words(name: str, readings: Sequence[tuple[datetime, float]], cutoff: float | None) -> str:
    """A course as a sentence: "PHQ-9 went from 16 on 3 March 2026 to 9 on 7 April 2026, below the cut-off of 10.".

    The readings come in order of time.
    """
    if not readings:
        return f"{name} has no values yet."
    at, last = readings[-1]
    end = f", {side(last, cutoff)} the cut-off of {number(cutoff)}" if cutoff is not None else ""
    if len(readings) == 1:
        return f"{name} was {number(last)} on {long_day(at)}{end}."
    began, first = readings[0]
    return f"{name} went from {number(first)} on {long_day(began)} to {number(last)} on {long_day(at)}{end}."
