"""What a definition of a measure holds, and the check of one (MEAS-4). Pure: no Django, no files."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

METHODS = ("sum", "mean")
MOST_ITEMS = 100
ALERT_KINDS = ("item_9",)


class DefinitionError(ValueError):
    """A definition that cannot be used: `source` names the file, the message what is wrong."""

    def __init__(self, source: str, fault: str) -> None:
        super().__init__(f"{source}: {fault}")
        self.source, self.fault = source, fault


@dataclass(frozen=True)
class Option:
    """One answer that may be given, and what it counts."""

    value: int
    label: str


@dataclass(frozen=True)
class Item:
    """One question; `reversed` ones count from the other end of the scale."""

    number: int
    text: str
    reversed: bool = False


@dataclass(frozen=True)
class Band:
    """A stretch of the scale from `low` up to the next band."""

    low: int
    label: str


@dataclass(frozen=True)
class AlertRule:
    """The item whose answer, from this value up, raises an alert of this kind at once (RISK-1)."""

    item: int
    low: int
    kind: str


@dataclass(frozen=True)
class Definition:
    """One version of a measure: its words, its scale, its figures."""

    id: str
    version: str
    language: str
    title: str
    about: str
    licence: str
    credit: str
    intro: str
    method: str
    lowest: int
    highest: int
    caseness: float | None
    reliable_change: float | None
    items: tuple[Item, ...]
    options: tuple[Option, ...]
    bands: tuple[Band, ...]
    alert: AlertRule | None

    @property
    def values(self) -> frozenset[int]:
        return frozenset(option.value for option in self.options)

    @property
    def numbers(self) -> tuple[int, ...]:
        return tuple(item.number for item in self.items)

    def label_of(self, value: int) -> str:
        """Return the words of an answer."""
        return next(option.label for option in self.options if option.value == value)


class Reader:
    """Takes values out of a table, complaining by name."""

    def __init__(self, source: str) -> None:
        self.source = source

    def fail(self, fault: str) -> DefinitionError:
        return DefinitionError(self.source, fault)

    def take(self, table: Mapping[str, Any], name: str, kind: type | tuple[type, ...], where: str) -> Any:
        value = table.get(name)
        if not isinstance(value, kind) or isinstance(value, bool) or value == "":
            raise self.fail(f"{where}{name} is missing or not a {KIND_WORDS.get(kind, 'number')}")
        return value

    def only(self, table: Mapping[str, Any], names: set[str], where: str) -> None:
        if unknown := sorted(set(table) - names):
            raise self.fail(f"{where}{unknown[0]} is not known")

    def tables(self, data: Mapping[str, Any], name: str) -> list[Mapping[str, Any]]:
        rows = data.get(name)
        if not isinstance(rows, list) or not rows or not all(isinstance(row, Mapping) for row in rows):
            raise self.fail(f"[[{name}]] is missing")
        return rows


KIND_WORDS: dict[object, str] = {str: "text", int: "whole number"}


WORDS = ("id", "version", "language", "title", "about", "licence", "credit", "intro")
TABLES = ("scoring", "alert", "options", "items", "bands")


def read(data: Mapping[str, Any], source: str) -> Definition:
    """Return the definition that a file's data describe; raises DefinitionError with the first fault."""
    reader = Reader(source)
    reader.only(data, {*WORDS, *TABLES}, "")
    words = {name: reader.take(data, name, str, "") for name in WORDS}
    if not words["version"].isdecimal():
        raise reader.fail("version is not a whole number in quotes")
    options, items = _options(reader, data), _items(reader, data)
    scoring = _scoring(reader, data, options, len(items))
    bands, alert = _bands(reader, data, scoring), _alert(reader, data, options, len(items))
    return Definition(**words, **scoring, items=items, options=options, bands=bands, alert=alert)


def _options(reader: Reader, data: Mapping[str, Any]) -> tuple[Option, ...]:
    options = []
    for place, row in enumerate(reader.tables(data, "options"), start=1):
        where = f"option {place}: "
        reader.only(row, {"value", "label"}, where)
        options.append(Option(reader.take(row, "value", int, where), reader.take(row, "label", str, where)))
    values = [option.value for option in options]
    if len(options) < 2 or values != list(range(values[0], values[0] + len(values))):
        raise reader.fail("the values of the options do not go up one by one")
    return tuple(options)


def _items(reader: Reader, data: Mapping[str, Any]) -> tuple[Item, ...]:
    items = []
    for number, row in enumerate(reader.tables(data, "items"), start=1):
        where = f"item {number}: "
        reader.only(row, {"text", "reversed"}, where)
        turned = row.get("reversed", False)
        if not isinstance(turned, bool):
            raise reader.fail(f"{where}reversed is not true or false")
        items.append(Item(number, reader.take(row, "text", str, where), turned))
    if len(items) > MOST_ITEMS:
        raise reader.fail(f"more than {MOST_ITEMS} items")
    return tuple(items)


def _scoring(reader: Reader, data: Mapping[str, Any], options: tuple[Option, ...], items: int) -> dict[str, Any]:
    table = reader.take(data, "scoring", Mapping, "")
    where = "scoring: "
    reader.only(table, {"method", "lowest", "highest", "caseness", "reliable_change"}, where)
    if table.get("method") not in METHODS:
        raise reader.fail(f"{where}method is not one of {', '.join(METHODS)}")
    times = items if table["method"] == "sum" else 1
    ends = {"lowest": options[0].value * times, "highest": options[-1].value * times}
    for name, end in ends.items():
        if reader.take(table, name, int, where) != end:
            raise reader.fail(f"{where}{name} is {table[name]}, items and options make it {end}")
    figures = {name: _figure(reader, table, name, ends) for name in ("caseness", "reliable_change")}
    return {"method": table["method"], **ends, **figures}


def _figure(reader: Reader, table: Mapping[str, Any], name: str, ends: Mapping[str, int]) -> float | None:
    if name not in table:
        return None
    value = reader.take(table, name, (int, float), "scoring: ")
    if not 0 < value <= ends["highest"]:
        raise reader.fail(f"scoring: {name} is {value}, which is not on the scale")
    return value


def _bands(reader: Reader, data: Mapping[str, Any], scoring: Mapping[str, Any]) -> tuple[Band, ...]:
    if "bands" not in data:
        return ()
    bands = []
    for place, row in enumerate(reader.tables(data, "bands"), start=1):
        where = f"band {place}: "
        reader.only(row, {"from", "label"}, where)
        bands.append(Band(reader.take(row, "from", int, where), reader.take(row, "label", str, where)))
    lows = [band.low for band in bands]
    if lows != sorted(set(lows)) or lows[0] != scoring["lowest"] or lows[-1] > scoring["highest"]:
        raise reader.fail("the bands do not go up from the lowest score, within the scale")
    return tuple(bands)


def _alert(reader: Reader, data: Mapping[str, Any], options: tuple[Option, ...], items: int) -> AlertRule | None:
    if "alert" not in data:
        return None
    table = reader.take(data, "alert", Mapping, "")
    reader.only(table, {"item", "from", "kind"}, "alert: ")
    rule = AlertRule(
        reader.take(table, "item", int, "alert: "), reader.take(table, "from", int, "alert: "), table.get("kind", "")
    )
    if not 1 <= rule.item <= items:
        raise reader.fail(f"alert: there is no item {rule.item}")
    if rule.low not in {option.value for option in options}:
        raise reader.fail(f"alert: no answer counts {rule.low}")
    if rule.kind not in ALERT_KINDS:
        raise reader.fail(f"alert: kind is not one of {', '.join(ALERT_KINDS)}")
    return rule
