"""Whoever wants to hear that what a person owes has changed (TIME-21). This floor knows no doorbell: a higher one
registers what rings it. It is a hint and nothing else; whoever hears it reads from the database."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from django.contrib.auth import get_user_model
from django.db import transaction

from deadlines import registry, rules

Listener = Callable[[frozenset[int]], None]

_listeners: list[Listener] = []
_gathered: ContextVar[set[int] | None] = ContextVar("gathered_owners", default=None)


def listen(listener: Listener) -> None:
    """Have a function called with the ids of the users whose list has changed."""
    if listener not in _listeners:
        _listeners.append(listener)


def list_changed(rows: Iterable[tuple[str, int | None]]) -> None:
    """Say, after the commit, that deadlines of (kind, owner) came or went: to their owners, or to a team."""
    pairs = set(rows)
    teams = {registry.team_of(kind) for kind, owner in pairs if owner is None} - {""}
    owners = [owner for _, owner in pairs if owner is not None]
    changed([*owners, *(_members(teams) or _members({rules.STANDS_IN}) if teams else ())])


def _members(roles: set[str]) -> list[int]:
    people = get_user_model().objects.filter(is_active=True, roles__role__in=roles)
    return list(people.values_list("pk", flat=True))


def changed(owner_ids: Iterable[int | None]) -> None:
    """Say, after the commit, that what these people owe has changed."""
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
