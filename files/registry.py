"""Which function makes the PDF of which kind of job."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

Maker = Callable[[str, dt.datetime], None]
_makers: dict[str, Maker] = {}


def register(kind: str, maker: Maker) -> None:
    """Name the function `(key, at)` that renders and stores a kind; it runs in the job's transaction."""
    _makers[kind] = maker


def maker_of(kind: str) -> Maker:
    """Return the function of a kind; KeyError for one that nobody registered."""
    return _makers[kind]
