"""Opening and closing deadlines (TIME-0). Times are aware; `at` is now unless the caller says otherwise."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from django.db import transaction
from django.utils import timezone

from audit.actions import record_change
from deadlines import registry, rules, running, watching
from deadlines.models import Deadline, DeadlineMove, Heartbeat, OperatorTask
from deadlines.sweeping import sweep
from ui.errors import Refused

__all__ = [
    "beat",
    "cancel",
    "cancel_for_case",
    "cancel_keys",
    "case_left",
    "close_operator_task",
    "meet",
    "meet_for_case",
    "move",
    "open_deadline",
    "open_operator_task",
    "sweep",
]


@transaction.atomic
def open_deadline(
    kind: str,
    key: str,
    *,
    due_at: dt.datetime,
    opened_by: str,
    owner=None,
    case_ref: str = "",
    remind_at: dt.datetime | None = None,
    at: dt.datetime | None = None,
) -> Deadline:
    """Open a deadline and return it; the one of the same kind and key, unchanged, where there is one already.

    `owner` is the user who must act (None: a team); `opened_by` names the event in a few words.
    Raises registry.UnknownKindError for a kind nobody registered. (TIME-0)
    """
    registry.get(kind)
    if remind_at is not None and remind_at >= due_at:
        remind_at = None
    fields = {
        "owner": owner,
        "case_ref": case_ref,
        "due_at": due_at,
        "remind_at": remind_at,
        "next_at": rules.next_at(due_at, remind_at),
        "opened_at": at or timezone.now(),
        "opened_by": opened_by,
    }
    deadline, new = Deadline.objects.get_or_create(kind=kind, key=key, defaults=fields)
    if new:
        watching.changed([deadline.owner_id])
    return deadline


@transaction.atomic
def move(
    deadline: Deadline, due_at: dt.datetime, *, by, reason: str, at: dt.datetime | None = None
) -> DeadlineMove | None:
    """Give an open deadline another time and keep who, when and why; None where it has that time already. (TIME-24)

    Its reminder moves with it and comes again where it still can. A handler that runs at this moment is undone.
    Raises Refused for a time that is past, for one without a reason, and for a deadline that is closed or whose time
    follows from something else.
    """
    at = at or timezone.now()
    locked = Deadline.objects.select_for_update().get(pk=deadline.pk)
    if locked.due_at == due_at and locked.state == Deadline.State.OPEN:
        return None
    _refuse_moving(locked, due_at, reason, at)
    before, locked.due_at = locked.due_at, due_at
    locked.remind_at = rules.moved_reminder(locked.remind_at, before, due_at, at)
    locked.next_at = rules.next_at(due_at, locked.remind_at)
    locked.reminded_at, locked.attempts, locked.last_error = None, 0, ""
    locked.save(update_fields=["due_at", "remind_at", "next_at", "reminded_at", "attempts", "last_error"])
    record_change(
        "deadline moved",
        by=by,
        case_ref=locked.case_ref,
        object_ref=f"deadline:{locked.pk}",
        before={"due_at": before.isoformat()},
        after={"due_at": due_at.isoformat()},
        at=at,
    )
    watching.changed([locked.owner_id])
    return DeadlineMove.objects.create(
        deadline=locked, before=before, after=due_at, by=by, reason=reason.strip(), at=at
    )


def _refuse_moving(locked: Deadline, due_at: dt.datetime, reason: str, at: dt.datetime) -> None:
    if not locked.is_movable:
        raise Refused(
            f"This deadline cannot be moved: it is {locked.get_state_display().lower()}, or its time follows from "
            "something else.",
            remedy="Reload the page to see where it stands now.",
        )
    if due_at <= at:
        raise Refused("This time has passed.", field="day", remedy="Choose a time that is still to come.")
    if not reason.strip():
        raise Refused("The reason is missing.", field="reason", remedy="Say why it is moved.")


def meet(kind: str, key: str, *, closed_by: str, at: dt.datetime | None = None) -> bool:
    """Record that what the deadline asked for is done; True when it was still owed, in time or late. (TIME-0)"""
    return bool(_close(_one(kind, key), Deadline.State.MET, closed_by, at))


def cancel(kind: str, key: str, *, closed_by: str, at: dt.datetime | None = None) -> bool:
    """Record that the deadline no longer matters; True when it was still owed. (TIME-0)"""
    return bool(_close(_one(kind, key), Deadline.State.CANCELLED, closed_by, at))


def cancel_keys(kind: str, beginning: str, *, closed_by: str, at: dt.datetime | None = None) -> int:
    """Cancel what is owed of a kind under keys that begin so; returns how many there were. (TIME-0)"""
    rows = Deadline.objects.filter(kind=kind, key__startswith=beginning)
    return _close(rows, Deadline.State.CANCELLED, closed_by, at)


def cancel_for_case(
    case_ref: str, kinds: Iterable[str] | None = None, *, closed_by: str, at: dt.datetime | None = None
) -> int:
    """Cancel what is owed on a case, of these kinds or of all; returns how many there were. (TIME-0)"""
    rows = Deadline.objects.filter(case_ref=case_ref)
    if kinds is not None:
        rows = rows.filter(kind__in=list(kinds))
    return _close(rows, Deadline.State.CANCELLED, closed_by, at)


def case_left(case_ref: str, *, closed_by: str, at: dt.datetime | None = None) -> int:
    """Cancel what only the clinician who had the case owed on it; returns how many there were. (TIME-0)"""
    return cancel_for_case(case_ref, registry.falling_with_caseload(), closed_by=closed_by, at=at)


def meet_for_case(case_ref: str, kinds: Iterable[str], *, closed_by: str, at: dt.datetime | None = None) -> int:
    """Record that what was owed of these kinds on a case is done; returns how many there were. (TIME-0)"""
    rows = Deadline.objects.filter(case_ref=case_ref, kind__in=list(kinds))
    return _close(rows, Deadline.State.MET, closed_by, at)


def _one(kind: str, key: str):
    return Deadline.objects.filter(kind=kind, key=key)


@transaction.atomic
def _close(rows, state: str, closed_by: str, at: dt.datetime | None) -> int:
    """Closes the open ones by conditional update; a missed one stays missed and is settled.

    The deadline whose handler is running is marked by the sweep, which alone knows whether somebody else was first.
    """
    at = at or timezone.now()
    own = running.current()
    own_one = own is not None and rows.filter(pk=own.pk).exists()
    if own and own_one:
        own.close(state, closed_by)
        rows = rows.exclude(pk=own.pk)
    owners = list(rows.owed().values_list("owner_id", flat=True))
    if not owners:
        return int(own_one)
    watching.changed(owners)
    closed = int(own_one) + rows.open().update(state=state, closed_at=at, closed_by=closed_by)
    return closed + rows.overdue().order_by().update(settled_at=at, settled_by=closed_by)


def open_operator_task(key: str, what: str, at: dt.datetime | None = None) -> OperatorTask:
    """Ask a person to look at what machines failed at, once for a key until it is closed."""
    task, new = OperatorTask.objects.get_or_create(key=key, defaults={"what": what, "opened_at": at or timezone.now()})
    if not new and task.closed_at is not None:
        OperatorTask.objects.filter(pk=task.pk).update(what=what, opened_at=at or timezone.now(), closed_at=None)
    return task


def close_operator_task(key: str, at: dt.datetime | None = None) -> bool:
    """Close an operator's task because what it was about went through after all."""
    open_ones = OperatorTask.objects.filter(key=key, closed_at=None)
    return bool(open_ones.update(closed_at=at or timezone.now()))


def beat(name: str, at: dt.datetime | None = None) -> None:
    """Record that a named part of the machinery finished its round. (TIME-0)"""
    Heartbeat.objects.update_or_create(name=name, defaults={"at": at or timezone.now()})
