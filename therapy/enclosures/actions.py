"""The one verb that puts something into a message or a line (MSG-4, ROOM-11)."""

from __future__ import annotations

import datetime as dt

from django.utils import timezone

from therapy.enclosures.models import Enclosure
from therapy.enclosures.registry import resolver_of


def enclose(kind: str, ref: object, *, message=None, line=None, at: dt.datetime | None = None) -> Enclosure:
    """Put a thing into a message or into a line, in the transaction that writes it; twice is once.

    KeyError for a kind that nobody registered. Whether the sender may give that thing away is for the caller to ask.
    """
    resolver_of(kind)
    made, _ = Enclosure.objects.get_or_create(
        kind=kind, ref=str(ref), message=message, line=line, defaults={"at": at or timezone.now()}
    )
    return made
