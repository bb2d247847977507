"""The banner that staff see when the machinery has stopped."""

from __future__ import annotations

from django.http import HttpRequest
from django.utils import timezone

from deadlines import rules
from deadlines.models import Heartbeat

# Two rounds, the small job that goes through the worker, and mail that gets out.
WATCHED = ("sweep", "outbox", "canary", "delivery")
WORDS = "Reminders and e-mails are held up. Nothing is lost, they will follow; until then look at due times yourself."


def banner(request: HttpRequest) -> dict[str, str]:
    """`service_banner` for staff while a round is missing for more than three minutes; asks the database for nobody
    else. (TIME-0)"""
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated or not user.is_staff_member:
        return {}
    return {"service_banner": WORDS} if stopped() else {}


def stopped() -> list[str]:
    """Return the names of the rounds whose heartbeat is missing or stale."""
    at = timezone.now()
    beats = dict(Heartbeat.objects.filter(name__in=WATCHED).values_list("name", "at"))
    return [name for name in WATCHED if rules.is_stale(beats.get(name), at)]
