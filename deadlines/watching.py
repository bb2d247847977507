"""Whoever wants to hear that what a person owes has changed (TIME-21). This floor knows no doorbell: a higher one
registers what rings it. It is a hint and nothing else; whoever hears it reads from the database."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from django.db import transaction

from deadlines import teams

Listener = Callable[[frozenset[int]], None]
# The kind of a deadline and its owner's id; no kind for what a person owes otherwise.
Row = tuple[str, int | None]

_listeners: list[Listener] = []
_gathered: ContextVar[set[Row] | None] = ContextVar("gathered_rows", default=None)


def listen(listener: Listener) -> None:
    """Have a function called with the ids of the users whose list has changed."""
    if listener not in _listeners:
        _listeners.append(listener)


def changed(owner_ids: Iterable[int | None]) -> None:
    """Say, after the commit, that what these people owe has changed."""
    list_changed(("", owner) for owner in owner_ids if owner is not None)


def list_changed(rows: Iterable[Row]) -> None:
    """Say, after the commit, that deadlines of (kind, owner) came or went: to all on whose lists they stand."""
    found, gathered = set(rows), _gathered.get()
    if gathered is not None:
        gathered |= found
    elif found:
        transaction.on_commit(lambda: _tell(found), robust=True)


@contextmanager
def gathering() -> Iterator[None]:
    """Tell everybody once, at the end of the block, however often something of theirs changed within it."""
    gathered: set[Row] = set()
    token = _gathered.set(gathered)
    try:
        yield
    finally:
        _gathered.reset(token)
        _tell(gathered)


def _tell(rows: set[Row]) -> None:
    """Whose lists they are is asked once, of what is committed."""
    owners = teams.on_whose_list(rows) if rows else frozenset()
    if owners:
        for listener in _listeners:
            listener(owners)
