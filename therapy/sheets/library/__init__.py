"""Blank worksheets as data: one TOML file a version of a sheet, checked on loading; a new one needs no code (MSG-4)."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent
NAME = re.compile(r"[a-z][a-z0-9_]{0,29}")
SLUG = re.compile(r"[a-z][a-z0-9-]{0,29}")
MOST_FIELDS = 20


class SheetError(ValueError):
    """A file that is no worksheet; says which file, and what is wrong in it."""


@dataclass(frozen=True)
class Field:
    """One question of a worksheet."""

    name: str
    label: str
    hint: str = ""


@dataclass(frozen=True)
class Blank:
    """A blank worksheet; `together`: it can also be worked on by both in a session (ROOM-12)."""

    id: str
    version: str
    title: str
    about: str
    together: bool
    fields: tuple[Field, ...]

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(field.name for field in self.fields)


def read_file(file: Path) -> Blank:
    """Return the worksheet in a file; raises SheetError."""
    try:
        data: dict[str, Any] = tomllib.loads(file.read_text(encoding="utf-8"))
        fields = tuple(Field(**field) for field in data.pop("fields"))
        blank = Blank(fields=fields, **data)
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, KeyError, TypeError) as error:
        raise SheetError(f"{file.name}: cannot be read: {error}") from error
    if wrong := _wrong(blank):
        raise SheetError(f"{file.name}: {wrong}")
    return blank


def _wrong(blank: Blank) -> str:
    if not SLUG.fullmatch(blank.id) or not blank.version.isdigit():
        return "the id is a short name, the version a number"
    if not 0 < len(blank.fields) <= MOST_FIELDS or len(set(blank.names)) != len(blank.names):
        return f"a sheet has 1 to {MOST_FIELDS} fields, each with a name of its own"
    if not all(NAME.fullmatch(field.name) and field.label for field in blank.fields):
        return "each field has a name in small letters and a label"
    return ""


@cache
def load(folder: Path = FOLDER) -> dict[str, dict[str, Blank]]:
    """Return every worksheet of a folder by id and version; raises SheetError for a faulty one."""
    known: dict[str, dict[str, Blank]] = {}
    for file in sorted(folder.glob("*.toml")):
        blank = read_file(file)
        if known.setdefault(blank.id, {}).setdefault(blank.version, blank) is not blank:
            raise SheetError(f"{file.name}: version {blank.version} of {blank.id} is there twice")
    return known


def current(slug: str) -> Blank:
    """Return the newest version of a worksheet; raises KeyError for an unknown one."""
    versions = load()[slug]
    return versions[max(versions, key=int)]


def get(slug: str, version: str) -> Blank:
    """Return a worksheet in the version in which it was handed out; raises KeyError for an unknown one."""
    return load()[slug][version]


def blanks(*, together: bool = False) -> list[Blank]:
    """Return the newest version of every worksheet, by title; with `together` those for a session alone."""
    found = [current(slug) for slug in load()]
    return sorted((blank for blank in found if blank.together or not together), key=lambda blank: blank.title)
