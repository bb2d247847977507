"""Scoring: totals, bands, caseness, change in words (MEAS-4, MEAS-5, MEAS-7). Pure: no Django, no clock."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction

from measures.definitions.reading import Definition

TWO_PLACES = Decimal("0.01")


class Incomplete(ValueError):
    """Answers are missing or wrong, so there is no score; `missing` holds the numbers of the items."""

    def __init__(self, missing: list[int]) -> None:
        super().__init__(f"items without a usable answer: {missing}")
        self.missing = missing


def missing_items(definition: Definition, answers: Mapping[int, int]) -> list[int]:
    """Return the numbers of the items that still need an answer, in order."""
    return [number for number in definition.numbers if answers.get(number) not in definition.values]


def total(definition: Definition, answers: Mapping[int, int]) -> Decimal:
    """Return the score of a whole set of answers (item number to value); no prorating.

    Raises Incomplete where an item has no answer or one that is no option (MEAS-5).
    """
    if missing := missing_items(definition, answers):
        raise Incomplete(missing)
    points = Fraction(sum(_points(definition, item.number, answers[item.number]) for item in definition.items))
    if definition.method == "mean":
        points /= len(definition.items)
    return (Decimal(points.numerator) / Decimal(points.denominator)).quantize(TWO_PLACES)


def _points(definition: Definition, number: int, value: int) -> int:
    """What an answer counts: itself, or for a reversed item its mirror on the scale."""
    if not definition.items[number - 1].reversed:
        return value
    return definition.options[0].value + definition.options[-1].value - value


def band(definition: Definition, score: Decimal | int) -> str:
    """Return the name of the stretch of the scale in which a score lies, "" for a measure without bands."""
    return next((one.label for one in reversed(definition.bands) if score >= one.low), "")


def is_caseness(definition: Definition, score: Decimal | int) -> bool:
    """Tell whether a score is at or above the clinical cut-off; never, for a measure without one."""
    return definition.caseness is not None and score >= Decimal(str(definition.caseness))


def is_reliable_change(definition: Definition, first: Decimal | int, last: Decimal | int) -> bool:
    """Tell whether two scores lie at least the measure's reliable change apart."""
    return definition.reliable_change is not None and abs(Decimal(last) - Decimal(first)) >= Decimal(
        str(definition.reliable_change)
    )


def change_in_words(first: Decimal | int, last: Decimal | int, definition: Definition) -> str:
    """Return the course of a score in words: "from 16 to 9: below the clinical cut-off" (MEAS-7)."""
    place = where(definition, last)
    course = f"still {plain(last)}" if first == last else f"from {plain(first)} to {plain(last)}"
    return f"{course}: {place}" if place else course


def meaning(definition: Definition) -> str:
    """Return what a score means in a plain sentence: how far the scale goes and from where treatment usually helps."""
    scale = f"Scores go from {definition.lowest} to {definition.highest}."
    if definition.caseness is None:
        return scale
    return f"{scale} {plain(Decimal(str(definition.caseness)))} or more is the range in which treatment usually helps."


def where(definition: Definition, score: Decimal | int) -> str:
    """Return on which side of the clinical cut-off a score lies, "" for a measure without one."""
    if definition.caseness is None:
        return ""
    return "at or above the clinical cut-off" if is_caseness(definition, score) else "below the clinical cut-off"


def plain(score: Decimal | int) -> str:
    """Return a score without needless decimals."""
    return f"{Decimal(score):f}".rstrip("0").rstrip(".") if "." in f"{Decimal(score):f}" else str(score)


def alert_raised_by(definition: Definition, item: int, value: int) -> str:
    """Return the kind of alert that this one answer raises at once, "" where it raises none (RISK-1)."""
    rule = definition.alert
    return rule.kind if rule is not None and item == rule.item and value >= rule.low else ""
