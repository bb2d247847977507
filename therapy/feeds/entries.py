"""Appointments as entries of a calendar."""

from __future__ import annotations

import datetime as dt

from django.conf import settings
from django.db.models import Count, Max

from therapy.appointments import rules as booking
from therapy.appointments.models import Appointment, AppointmentQuerySet
from therapy.feeds import rules
from ui.words import grouped

# Bare columns: a feed has hundreds of rows and needs little of each.
SHOWN = ("ref", "during", "minutes", "status", "offered_at", "case__ref", "changes", "changed_at")


def entries_of(user, at: dt.datetime) -> list[rules.Entry]:
    """Return a person's own appointments from three months back on, as far as they may see them now."""
    rows = Appointment.objects.visible_to(user, "appointments").own(user)
    return entries(rows.between(at - rules.KEPT, at + booking.FURTHEST_AHEAD))


def entries(rows: AppointmentQuerySet) -> list[rules.Entry]:
    """Return rows as entries, in one query."""
    counted = rows.annotate(changes=Count("events"), changed_at=Max("events__at"))
    host = _host()
    return [
        rules.Entry(
            uid=f"{row.ref}@{host}",
            starts_at=row.during.lower,
            minutes=row.minutes,
            status=row.status,
            reference=grouped(row.case__ref),
            changes=row.changes,
            changed_at=row.changed_at or row.offered_at,
        )
        for row in counted.order_by("during").values_list(*SHOWN, named=True)
    ]


def _host() -> str:
    return settings.SITE_URL.partition("://")[2].partition(":")[0]
