"""Measures as data: one TOML file a version of a measure, checked on loading; a new one needs no code (MEAS-4)."""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path

from measures.definitions.reading import Definition, DefinitionError, read

__all__ = ["FOLDER", "Definition", "DefinitionError", "current", "get", "load", "read_file"]

FOLDER = Path(__file__).parent
Known = dict[str, dict[str, Definition]]


def read_file(file: Path) -> Definition:
    """Return the definition in a file; raises DefinitionError, which names the file and what is wrong in it."""
    try:
        data = tomllib.loads(file.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise DefinitionError(file.name, f"cannot be read: {error}") from error
    return read(data, file.name)


@cache
def load(folder: Path = FOLDER) -> Known:
    """Return every definition of a folder by measure and version; raises DefinitionError for a faulty one."""
    known: Known = {}
    for file in sorted(folder.glob("*.toml")):
        definition = read_file(file)
        versions = known.setdefault(definition.id, {})
        if definition.version in versions:
            raise DefinitionError(file.name, f"version {definition.version} of {definition.id} is defined twice")
        versions[definition.version] = definition
    return known


def current(measure: str) -> Definition:
    """Return the newest version of a measure; raises KeyError for an unknown one."""
    versions = load()[measure]
    return versions[max(versions, key=int)]


def get(measure: str, version: str | None = None) -> Definition:
    """Return a measure in the version it was given in, the newest without one; raises KeyError for an unknown one."""
    return current(measure) if version is None else load()[measure][version]
