"""Reads a day that a person typed in three parts. No Django, no clock."""

from collections.abc import Callable, Sequence
from datetime import date

MONTHS = (
    *("january", "february", "march", "april", "may", "june"),
    *("july", "august", "september", "october", "november", "december"),
)
SHORTEST_MONTH_WORD = 3
LONGEST_MONTH = 31
EARLIEST_YEAR, LATEST_YEAR = 1900, 2100
PARTS = ("day", "month", "year")


class NotADate(ValueError):
    """What was typed is no date: `complaints` go on from a subject ("Your date of birth ..."), `parts` are wrong."""

    def __init__(self, complaints: list[str], parts: Sequence[str]) -> None:
        super().__init__("; ".join(complaints))
        self.complaints, self.parts = complaints, tuple(parts)


def month_number(typed: str) -> int:
    """The month meant by "3", "03", "mar" or "March". Raises ValueError with a complaint for anything else."""
    word = typed.casefold().rstrip(".")
    if word.isdecimal() and 1 <= int(word) <= len(MONTHS):
        return int(word)
    if len(word) >= SHORTEST_MONTH_WORD:
        for number, month in enumerate(MONTHS, start=1):
            if month.startswith(word) or (month == "september" and word == "sept"):
                return number
    raise ValueError('must have a month from 1 to 12, or its name, such as "March"')


def whole_number(typed: str, part: str) -> int:
    """A part in digits. Raises ValueError with a complaint for anything else."""
    if not (typed.isascii() and typed.isdecimal()):
        raise ValueError(f"must have a {part} in numbers")
    return int(typed)


def day_number(typed: str) -> int:
    """A day that some month has. Raises ValueError with a complaint for anything else."""
    day = whole_number(typed, "day")
    if not 1 <= day <= LONGEST_MONTH:
        raise ValueError(f"must have a day from 1 to {LONGEST_MONTH}")
    return day


def year_number(typed: str) -> int:
    """A year that people mean. Raises ValueError with a complaint for anything else."""
    year = whole_number(typed, "year")
    if not EARLIEST_YEAR <= year <= LATEST_YEAR:
        raise ValueError("must have a year of four numbers, such as 1984")
    return year


READERS: dict[str, Callable[[str], int]] = {"day": day_number, "month": month_number, "year": year_number}


def in_words(parts: list[str]) -> str:
    return " and a ".join(parts)


def read_date(day: str, month: str, year: str) -> date | None:
    """The date meant by three typed parts, None where all are empty.

    Raises NotADate with all that is to be put right, and in which parts.
    """
    typed = [part.strip() for part in (day, month, year)]
    if not any(typed):
        return None
    missing = [part for part, value in zip(PARTS, typed, strict=True) if not value]
    numbers: dict[str, int] = {}
    wrong: dict[str, str] = {}
    for part, value in zip(PARTS, typed, strict=True):
        try:
            if value:
                numbers[part] = READERS[part](value)
        except ValueError as complaint:
            wrong[part] = str(complaint)
    if missing or wrong:
        left_out = [f"must include a {in_words(missing)}"] if missing else []
        raise NotADate(left_out + list(wrong.values()), [part for part in PARTS if part in missing or part in wrong])
    try:
        return date(**numbers)
    except ValueError:
        raise NotADate(["must be a real date"], PARTS) from None
