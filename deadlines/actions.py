"""Opening and closing deadlines (TIME-0). Times are aware; `at` is now unless the caller says otherwise."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from django.db import transaction
from django.utils import timezone

from deadlines import registry, rules, running
from deadlines.models import Deadline, Heartbeat, OperatorTask
from deadlines.sweeping import sweep

__all__ = [
    "beat",
    "cancel",
    "cancel_for_case",
    "case_left",
    "close_operator_task",
    "meet",
    "meet_for_case",
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
    deadline, _ = Deadline.objects.get_or_create(kind=kind, key=key, defaults=fields)
    return deadline


def meet(kind: str, key: str, *, closed_by: str, at: dt.datetime | None = None) -> bool:
    """Record that what the deadline asked for is done; True when it was still owed, in time or late. (TIME-0)"""
    return bool(_close(_one(kind, key), Deadline.State.MET, closed_by, at))


def cancel(kind: str, key: str, *, closed_by: str, at: dt.datetime | None = None) -> bool:
    """Record that the deadline no longer matters; True when it was still owed. (TIME-0)"""
    return bool(_close(_one(kind, key), Deadline.State.CANCELLED, closed_by, at))


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
