"""The deadline whose handler runs in this thread, so that a verb which closes it leaves the marking to the sweep."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass


@dataclass
class Running:
    """`state` and `closed_by` are set when a verb called by the handler closes the very deadline."""

    pk: int
    state: str = ""
    closed_by: str = ""

    def close(self, state: str, closed_by: str) -> None:
        self.state, self.closed_by = state, closed_by


_current: ContextVar[Running | None] = ContextVar("running_deadline", default=None)


def current() -> Running | None:
    return _current.get()


@contextmanager
def handler_of(pk: int) -> Iterator[Running]:
    running = Running(pk)
    token = _current.set(running)
    try:
        yield running
    finally:
        _current.reset(token)
