"""Whoever wants to hear that what a person owes has changed (TIME-21). This floor knows no doorbell: a higher one
registers what rings it. It is a hint and nothing else; whoever hears it reads from the database."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from django.db import transaction

Listener = Callable[[frozenset[int]], None]

_listeners: list[Listener] = []
_gathered: ContextVar[set[int] | None] = ContextVar("gathered_owners", default=None)


def listen(listener: Listener) -> None:
    """Have a function called with the ids of the users whose list has changed."""
    if listener not in _listeners:
        _listeners.append(listener)


def changed(owner_ids: Iterable[int | None]) -> None:
    """Say, after the commit, that what these people owe has changed; a team has no list of its own."""
    owners = frozenset(owner for owner in owner_ids if owner is not None)
    if not owners:
        return
    gathered = _gathered.get()
    if gathered is not None:
        gathered |= owners
    else:
        transaction.on_commit(lambda: _tell(owners), robust=True)


@contextmanager
def gathering() -> Iterator[None]:
    """Tell everybody once, at the end of the block, however often something of theirs changed within it."""
    gathered: set[int] = set()
    token = _gathered.set(gathered)
    try:
        yield
    finally:
        _gathered.reset(token)
        _tell(frozenset(gathered))


def _tell(owners: frozenset[int]) -> None:
    if owners:
        for listener in _listeners:
            listener(owners)
