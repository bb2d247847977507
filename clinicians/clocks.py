"""Clocks of a clinician: documents that run out, the first half-year (TIME-19, TIME-20)."""

from __future__ import annotations

import datetime as dt

from django.db import transaction

from audit.actions import record_change
from deadlines import actions as deadlines
from deadlines.models import Deadline
from deadlines.rules import UK, add_months

DOCUMENT_SOON, DOCUMENT_ENDS, HALF_YEAR = "document_soon", "document_ends", "first_half_year"
DAYS_BEFORE = (60, 30, 7)
MORNING = dt.time(9)
MONTHS = 6


def document_filed(document, *, at: dt.datetime) -> None:
    """Start a document's reminders, 60, 30 and 7 days before its last day, and its end; those of the one that it
    replaces fall away (TIME-19)."""
    for kind in (DOCUMENT_SOON, DOCUMENT_ENDS):
        deadlines.cancel_keys(kind, f"{document.clinician.ref}:{document.kind}:", closed_by="newer document", at=at)
    for days in DAYS_BEFORE:
        due_at = uk(document.expires_on - dt.timedelta(days=days), MORNING)
        if due_at > at:  # a reminder whose day is past already is none
            key = key_of(document, days)
            deadlines.open_deadline(DOCUMENT_SOON, key, due_at=due_at, opened_by="document filed", at=at)
    if document.expires_on - at.astimezone(UK).date() <= dt.timedelta(days=DAYS_BEFORE[0]):
        new_one_owed(document, at=at)


def new_one_owed(document, *, at: dt.datetime) -> None:
    """Put the new document among what the clinician owes, until the end of the old one's last day (TIME-19)."""
    due_at = uk(document.expires_on + dt.timedelta(days=1), dt.time(0))
    deadlines.open_deadline(
        DOCUMENT_ENDS,
        key_of(document, 0),
        due_at=due_at,
        owner=document.clinician.user,
        opened_by="document runs out",
        at=at,
    )


def key_of(document, days: int) -> str:
    """Return the key of a clock of a document, begun by the clinician's reference."""
    return f"{document.clinician.ref}:{document.kind}:{document.pk}:{days}"


def case_allocated(clinician, *, at: dt.datetime) -> None:
    """Start the half-year after a clinician's first allocation; any later one changes nothing (TIME-20)."""
    due_at = add_months(at, MONTHS)
    deadlines.open_deadline(HALF_YEAR, str(clinician.ref), due_at=due_at, opened_by="first allocation", at=at)


def half_year_of(clinician) -> Deadline | None:
    """Return that clock while somebody has still to look, None before the first allocation and afterwards."""
    return Deadline.objects.owed().filter(kind=HALF_YEAR, key=str(clinician.ref)).first()


@transaction.atomic
def reviewed(clinician, *, by, at: dt.datetime) -> bool:
    """Stop that clock: the clinical lead has looked at the first half-year; tell whether it ran. (TIME-20)"""
    done = deadlines.meet(HALF_YEAR, str(clinician.ref), closed_by=f"looked at by {by.name}", at=at)
    if done:
        record_change("first half-year looked at", by=by, object_ref=f"clinician:{clinician.ref}", at=at)
    return done


def uk(day: dt.date, clock: dt.time) -> dt.datetime:
    """Return the moment (UTC) of a UK wall-clock time; documents never ask for one that a clock change leaves out."""
    return dt.datetime.combine(day, clock, tzinfo=UK).astimezone(dt.UTC)
