"""What messages and lines carry, as one viewer sees it: one query for the rows and one call a kind."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from therapy.enclosures.models import Enclosure
from therapy.enclosures.registry import Shown, resolver_of


def in_messages(messages: Iterable[Any], viewer) -> dict[int, list[Shown]]:
    """Return what each message carries, by the message's key, in the order in which it was put in."""
    return _shown(Enclosure.objects.filter(message__in=[message.pk for message in messages]), "message_id", viewer)


def in_lines(lines: Iterable[Any], viewer) -> dict[int, list[Shown]]:
    """Return what each line of a session carries, by the line's key."""
    return _shown(Enclosure.objects.filter(line__in=[line.pk for line in lines]), "line_id", viewer)


def _shown(rows, parent: str, viewer) -> dict[int, list[Shown]]:
    enclosures = list(rows)
    refs: dict[str, list[str]] = defaultdict(list)
    for row in enclosures:
        refs[row.kind].append(row.ref)
    known = {kind: resolver_of(kind)(found, viewer) for kind, found in refs.items()}
    shown: dict[int, list[Shown]] = defaultdict(list)
    for row in enclosures:
        if row.ref in known[row.kind]:
            shown[getattr(row, parent)].append(known[row.kind][row.ref])
    return dict(shown)
