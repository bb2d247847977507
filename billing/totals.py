"""Sums over the lines of a statement or its draft."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple, Protocol


class Payable(Protocol):
    """A line, stored or drawn up; its amounts are only read."""

    @property
    def pence(self) -> int: ...

    @property
    def basic_pence(self) -> int: ...

    @property
    def holiday_pence(self) -> int: ...


class Totals(NamedTuple):
    """Sums in pence, and how many lines there are and how many of them pay."""

    pence: int
    basic_pence: int
    holiday_pence: int
    lines: int
    paid: int


def totals_of(lines: Iterable[Payable]) -> Totals:
    """Return the sums of the lines."""
    rows = list(lines)
    return Totals(
        sum(line.pence for line in rows),
        sum(line.basic_pence for line in rows),
        sum(line.holiday_pence for line in rows),
        len(rows),
        sum(1 for line in rows if line.pence),
    )
