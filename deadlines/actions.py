"""Opening and closing deadlines (TIME-0). Times are aware; `at` is now unless the caller says otherwise."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from django.db import models, transaction
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
    "hand_over",
    "hold",
    "let_go_on",
    "meet",
    "meet_for_case",
    "move",
    "open_deadline",
    "open_operator_task",
    "pass_on",
    "sweep",
    "word_came",
]

ON_HOLD, HOLD_OVER = "case on hold", "hold is over"


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
        watching.list_changed([(deadline.kind, deadline.owner_id)])
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
    watching.list_changed([(locked.kind, locked.owner_id)])
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
    return _fall(case_ref, registry.falling_with_caseload(), closed_by, at)


def word_came(case_ref: str, *, closed_by: str, at: dt.datetime | None = None) -> int:
    """Cancel what only the patient's silence brought about; returns how many there were. (TIME-2, TIME-3, ENG-4)"""
    return _fall(case_ref, registry.falling_with_word(), closed_by, at)


def _fall(case_ref: str, kinds: list[str], closed_by: str, at: dt.datetime | None) -> int:
    """What stands still while the case is on hold falls as well, and does not come back with its end."""
    held = _standing_still(case_ref).filter(kind__in=kinds)
    held.filter(state=Deadline.State.CANCELLED).update(closed_by=closed_by)
    held.filter(state=Deadline.State.MISSED).update(settled_by=closed_by)
    return cancel_for_case(case_ref, kinds, closed_by=closed_by, at=at)


def _standing_still(case_ref: str):
    stopped = models.Q(state=Deadline.State.CANCELLED, closed_by=ON_HOLD)
    stopped |= models.Q(state=Deadline.State.MISSED, settled_by=ON_HOLD)
    return Deadline.objects.filter(stopped, case_ref=case_ref)


def hold(case_ref: str, *, at: dt.datetime | None = None) -> int:
    """Stop the clocks that wait while a case is on hold; returns how many there were. (REF-9, TIME-17)"""
    return cancel_for_case(case_ref, registry.waiting_on_hold(), closed_by=ON_HOLD, at=at)


@transaction.atomic
def let_go_on(case_ref: str, *, at: dt.datetime | None = None) -> list[Deadline]:
    """Start the clocks of a case anew that stood still on hold, each with the time that it had left. (REF-9, TIME-17)

    What was overdue already comes due at once. Doing it again changes nothing.
    """
    at = at or timezone.now()
    return [
        open_deadline(
            row.kind,
            f"{row.key.partition('~')[0]}~{row.pk}",
            due_at=max(at, at + (row.due_at - row.closed_at)) if row.closed_at else at,
            owner=row.owner,
            case_ref=case_ref,
            opened_by=HOLD_OVER,
            at=at,
        )
        for row in _standing_still(case_ref).select_related("owner").order_by("due_at", "pk")
    ]


@transaction.atomic
def hand_over(kind: str, key: str, owner) -> bool:
    """Make somebody else owe what is still owed, None for a team; True when it was another's before. (TIME-21)"""
    rows, new = _one(kind, key).owed().order_by(), owner.pk if owner is not None else None
    before = list(rows.values_list("owner_id", flat=True))
    if before in ([], [new]):
        return False
    watching.list_changed([(kind, one) for one in (*before, new)])
    return bool(rows.update(owner=owner))


@transaction.atomic
def pass_on(case_refs: Iterable[str], owner, *, at: dt.datetime | None = None) -> int:
    """Make somebody owe what waits for whoever oversees these cases; returns how much passed. (TIME-21)"""
    rows = Deadline.objects.overseen(case_refs, at or timezone.now())
    passing = list(rows.exclude(owner=owner).values_list("pk", "kind", "owner_id"))
    watching.list_changed((kind, who) for _, kind, before in passing for who in (before, owner.pk))
    return Deadline.objects.filter(pk__in=[pk for pk, _, _ in passing]).update(owner=owner)


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
    owed = list(rows.owed().values_list("kind", "owner_id"))
    if not owed:
        return int(own_one)
    watching.list_changed(owed)
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
