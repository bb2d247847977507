"""Clocks of a clinician: documents that run out, the first half-year, late notes (TIME-19, TIME-20, TIME-6)."""

from __future__ import annotations

import datetime as dt
import uuid

from django.db import models, transaction
from django.db.models.functions import Cast, Left

from audit.actions import record_change
from clinicians import rules
from clinicians.models import Clinician
from deadlines import actions as deadlines
from deadlines.calendars import ENGLAND
from deadlines.models import Deadline, DeadlineQuerySet
from deadlines.rules import UK, add_months, add_working_days

DOCUMENT_SOON, DOCUMENT_ENDS, HALF_YEAR = "document_soon", "document_ends", "first_half_year"
DAYS_BEFORE = (60, 30, 7)
MORNING = dt.time(9)
MONTHS = 6
# A note of a session, by the name that its own package opens it under, and the hold that late ones propose.
NOTE, PROPOSED = "note", "hold_proposed"
REF_LENGTH = len(str(uuid.UUID(int=0)))
HOLD_WORKING_DAYS = 4  # as long as the answer to a ticket may take


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


def propose_hold(overdue: Deadline, *, at: dt.datetime) -> Deadline | None:
    """A note has come due unwritten: where it is the third in 30 days, put a hold on new cases before the clinician's
    supervisor, the clinical lead where there is none; return the proposal, None where there is nothing to propose.

    Once while it is open, once a day, and not while new cases are held already. (TIME-6)
    """
    rows = Clinician.objects.select_for_update(of=("self",), no_key=True).select_related("supervisor")
    clinician = rows.filter(user=overdue.owner).first()  # locked: of three at the same moment the last counts all
    if clinician is None or clinician.allocation_hold or proposal_of(clinician):
        return None
    nearby = (overdue.due_at - rules.LATE_NOTES_WITHIN, overdue.due_at + rules.LATE_NOTES_WITHIN)
    others = _late_notes(clinician).filter(due_at__range=nearby).exclude(pk=overdue.pk)
    if not rules.asks_for_hold([overdue.due_at, *others.values_list("due_at", flat=True)]):
        return None
    return deadlines.open_deadline(
        PROPOSED,
        f"{clinician.ref}:{at.astimezone(UK).date()}",
        due_at=add_working_days(at, HOLD_WORKING_DAYS, ENGLAND),
        owner=clinician.overseer,
        opened_by="notes overdue",
        at=at,
    )


def _late_notes(clinician: Clinician) -> DeadlineQuerySet:
    """The notes that came due unwritten, also those written since."""
    return Deadline.objects.filter(kind=NOTE, owner=clinician.user_id, state=Deadline.State.MISSED)


def proposal_of(clinician: Clinician) -> Deadline | None:
    """Return the proposed hold that still waits for a decision."""
    return Deadline.objects.owed().filter(kind=PROPOSED, key__startswith=f"{clinician.ref}:").first()


def notes_behind(clinician: Clinician, proposal: Deadline) -> list[Deadline]:
    """Return the late notes of the 30 days up to the newest one, that one first."""
    since = proposal.opened_at - 2 * rules.LATE_NOTES_WITHIN  # the machinery itself may have been late
    rows = list(_late_notes(clinician).filter(due_at__gt=since).order_by("-due_at"))
    return [row for row in rows if rows[0].due_at - row.due_at <= rules.LATE_NOTES_WITHIN]


def proposal_decided(clinician: Clinician, how: str, *, at: dt.datetime) -> bool:
    """Stop the clock of a proposed hold, `how` it was decided in a few words; tell whether it ran."""
    proposal = proposal_of(clinician)
    return proposal is not None and deadlines.meet(PROPOSED, proposal.key, closed_by=how, at=at)


def was_decided(clinician: Clinician, how: str) -> bool:
    """Tell whether the newest proposal was decided in these words."""
    rows = Deadline.objects.filter(kind=PROPOSED, key__startswith=f"{clinician.ref}:")
    newest = rows.order_by("-opened_at", "-pk").first()
    return newest is not None and how in {newest.closed_by, newest.settled_by}


def deciding_on(user) -> models.Q:
    """The clinicians on whose proposed hold the user is to decide, as their supervisor or as cover for one (TIME-6)."""
    waiting = Deadline.objects.owed().filter(owner=user, kind=PROPOSED).order_by()
    ref = Cast(Left("key", REF_LENGTH), models.UUIDField())
    return models.Q(ref__in=waiting.annotate(clinician=ref).values("clinician"))


def uk(day: dt.date, clock: dt.time) -> dt.datetime:
    """Return the moment (UTC) of a UK wall-clock time; documents never ask for one that a clock change leaves out."""
    return dt.datetime.combine(day, clock, tzinfo=UK).astimezone(dt.UTC)
