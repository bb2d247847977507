"""Who knows what an enclosure of a kind is: each kind has one owner, who registers a function that resolves it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

PLAIN = "therapy/enclosures/plain.html"


@dataclass(frozen=True)
class Shown:
    """An enclosure as one viewer sees it.

    `url` is where it leads (empty: nowhere), `hint` a few more words, `template` the partial that draws it with this
    object as `item`; `facts` is whatever that partial needs.
    """

    label: str
    url: str = ""
    hint: str = ""
    template: str = PLAIN
    facts: Any = None


# (references, viewer) -> what each of them is; a reference left out is not this viewer's to see.
Resolver = Callable[[list[str], Any], dict[str, Shown]]
_resolvers: dict[str, Resolver] = {}


def register(kind: str, resolve: Resolver) -> None:
    """Name the function that resolves the references of a kind; called once a page with all of them."""
    _resolvers[kind] = resolve


def resolver_of(kind: str) -> Resolver:
    """Return the function of a kind; KeyError for one that nobody registered."""
    return _resolvers[kind]
