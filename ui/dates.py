"""Reads a day that a person typed in three parts. No Django, no clock."""

from datetime import date

MONTHS = (
    *("january", "february", "march", "april", "may", "june"),
    *("july", "august", "september", "october", "november", "december"),
)
SHORTEST_MONTH_WORD = 3
EARLIEST_YEAR, LATEST_YEAR = 1900, 2100
PARTS = ("day", "month", "year")


class NotADate(ValueError):
    """What was typed is no date; the message goes on from a subject ("Your date of birth ...")."""


def month_number(typed: str) -> int:
    """The month meant by "3", "03", "mar" or "March". Raises NotADate for anything else."""
    word = typed.casefold().rstrip(".")
    if word.isdecimal() and 1 <= int(word) <= len(MONTHS):
        return int(word)
    if len(word) >= SHORTEST_MONTH_WORD:
        for number, month in enumerate(MONTHS, start=1):
            if month.startswith(word) or (month == "september" and word == "sept"):
                return number
    raise NotADate('must have a month from 1 to 12, or its name, such as "March"')


def whole_number(typed: str, part: str) -> int:
    """A part in digits. Raises NotADate for anything else."""
    if not (typed.isascii() and typed.isdecimal()):
        raise NotADate(f"must have a {part} in numbers")
    return int(typed)


def in_words(parts: list[str]) -> str:
    return " and a ".join(parts)


def read_date(day: str, month: str, year: str) -> date | None:
    """The date meant by three typed parts, None where all are empty.

    Raises NotADate with the end of a sentence that says what to put right.
    """
    typed = [part.strip() for part in (day, month, year)]
    if not any(typed):
        return None
    missing = [name for name, value in zip(PARTS, typed, strict=True) if not value]
    if missing:
        raise NotADate(f"must include a {in_words(missing)}")
    number = month_number(typed[1])
    days, years = whole_number(typed[0], "day"), whole_number(typed[2], "year")
    if not EARLIEST_YEAR <= years <= LATEST_YEAR:
        raise NotADate("must have a year of four numbers, such as 1984")
    try:
        return date(years, number, days)
    except ValueError:
        raise NotADate("must be a real date") from None
