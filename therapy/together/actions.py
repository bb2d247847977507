"""The agenda of a session: both add to it, order it and tick it off; the other sees it at once (ROOM-12)."""

from __future__ import annotations

import datetime as dt

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from audit.actions import record_change
from deadlines import actions as deadlines
from live import doorbell
from therapy.appointments.models import Appointment
from therapy.messages.actions import PATIENT, side_of
from therapy.room.actions import group_of
from therapy.room.models import Session
from therapy.together import rules
from therapy.together.models import AgendaPoint
from ui.errors import Refused

AGENDA, HOMEWORK = "agenda", "homework"
LOOK_THROUGH = "session_words"


def may_change(appointment: Appointment, user) -> bool:
    """Whether a person works on what belongs to a session: its two people do, until it has its outcome."""
    return appointment.is_open and bool(side_of(appointment.case, user))


def lock(appointment: Appointment) -> Appointment:
    """Return the appointment as it stands, locked: two changes of one agenda come one after the other."""
    rows = Appointment.objects.select_for_update(of=("self",))
    return rows.select_related("case__patient", "case__clinician__user").get(pk=appointment.pk)


def side_who_may(appointment: Appointment, user) -> str:
    """Return the side on which a person works; raises Refused for others, and after the end."""
    side = side_of(appointment.case, user)
    if not side:
        raise Refused("Only the patient and the therapist change this.")
    if not appointment.is_open:
        raise Refused("This session is over, so its plan can no longer be changed.", remedy="You can still read it.")
    return side


def ring(appointment: Appointment, part: str) -> None:
    """Tell the open rooms of a session that a part of what both work on has changed."""
    found = Session.objects.filter(appointment=appointment).values_list("ref", flat=True).first()
    if found is not None:
        doorbell.ring(group_of(found), {"tools": part})


def have_looked_through(appointment: Appointment, *, at: dt.datetime) -> None:
    """Have what the patient has just written into a session looked through for risk, once it is at rest (RISK-2)."""
    due_at = rules.looked_through_at(at)
    key = f"{appointment.ref.hex}:{int(due_at.timestamp())}"
    case_ref, event = appointment.case.ref, "the patient wrote"
    deadlines.open_deadline(LOOK_THROUGH, key, due_at=due_at, case_ref=case_ref, opened_by=event, at=at)


def points_of(appointment: Appointment) -> QuerySet[AgendaPoint]:
    """Return what stands on the agenda, in order."""
    return AgendaPoint.objects.filter(appointment=appointment, removed_at=None)


@transaction.atomic
def add(appointment: Appointment, text: str, *, by, client_key: str, at: dt.datetime | None = None) -> AgendaPoint:
    """Put a point on the agenda, at its end; the same `client_key` of the same person again is the same point, and with
    other words one of its own.

    Raises Refused for anybody but the two, after the end, without words, and on an agenda that is full.
    """
    at, locked = at or timezone.now(), lock(appointment)
    tidied, mine = " ".join(text.split()), AgendaPoint.objects.filter(appointment=locked, by=by)
    if mine.filter(client_key=client_key).exclude(text=tidied[: rules.LONGEST_POINT]).exists():
        client_key = rules.key_of_its_own(client_key, tidied)
    known = mine.filter(client_key=client_key).first()
    if known is not None:
        return known
    side = side_who_may(locked, by)
    if not tidied:
        raise Refused("Write what you want to talk about.", field="text")
    standing = list(points_of(locked).values_list("place", flat=True))
    if len(standing) >= rules.MOST_POINTS:
        raise Refused(f"{rules.MOST_POINTS} points are on the agenda.", field="text", remedy="Take one off first.")
    made = AgendaPoint.objects.create(
        appointment=locked,
        text=tidied[: rules.LONGEST_POINT],
        place=max(standing, default=0) + 1,
        side=side,
        by=by,
        at=at,
        client_key=client_key,
    )
    if side == PATIENT:
        have_looked_through(locked, at=at)
    _changed("agenda point added", made, by, at)
    return made


@transaction.atomic
def tick(point: AgendaPoint, done: bool, *, by, at: dt.datetime | None = None) -> AgendaPoint:
    """Tick a point off, or take the tick back; the same again changes nothing. Raises Refused as `add`."""
    at, found = at or timezone.now(), _standing(point, by)
    if bool(found.done_at) != done:
        found.done_at = at if done else None
        found.save(update_fields=["done_at"])
        _changed("agenda point ticked" if done else "agenda point open again", found, by, at)
    return found


@transaction.atomic
def move(point: AgendaPoint, to: str, *, by, at: dt.datetime | None = None) -> AgendaPoint:
    """Move a point one place "up" or "down". Raises Refused as `add`."""
    at, found = at or timezone.now(), _standing(point, by)
    standing = {str(row.ref): row for row in points_of(found.appointment)}
    order = rules.in_new_order(list(standing), str(found.ref), to)
    if order == list(standing):
        return found
    for place, ref in enumerate(order, start=1):
        AgendaPoint.objects.filter(pk=standing[ref].pk).update(place=place)
    _changed("agenda point moved", found, by, at)
    return found


@transaction.atomic
def remove(point: AgendaPoint, *, by, at: dt.datetime | None = None) -> AgendaPoint:
    """Take one's own point off the agenda. Raises Refused as `add`, and for a point of the other side."""
    at, found = at or timezone.now(), _standing(point, by)
    if found.by_id != by.pk:
        raise Refused("Only the person who added a point takes it off.", remedy="You can tick it, or move it down.")
    if found.removed_at is None:
        found.removed_at = at
        found.save(update_fields=["removed_at"])
        _changed("agenda point removed", found, by, at)
    return found


def _standing(point: AgendaPoint, by) -> AgendaPoint:
    """The point under the lock of its appointment, where this person may change it."""
    locked = lock(point.appointment)
    side_who_may(locked, by)
    return AgendaPoint.objects.select_related("appointment__case").get(pk=point.pk)


def _changed(what: str, point: AgendaPoint, by, at: dt.datetime) -> None:
    record_change(what, by=by, case_ref=point.appointment.case.ref, object_ref=str(point.ref), at=at)
    ring(point.appointment, AGENDA)
