"""How a supervisor can stand to a case beyond the clinicians they supervise (ACC-4)."""

from __future__ import annotations

from django.db.models import Q

from supervision.models import Ticket


def holder(user) -> Q:
    """Cases of which the user holds an open ticket, as duty or as cover, until it closes."""
    held = Ticket.objects.still_open().filter(supervisor=user)
    return Q(pk__in=held.values("case"))
