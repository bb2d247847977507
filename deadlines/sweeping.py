"""The sweep (TIME-0): any number of workers share what is due; each deadline acts exactly once.

Within a case deadlines act in the order of their times. A worker takes an advisory lock on the case, never a row
lock that a handler would hold while it waits for rows of its own: a person who closes the deadline at that very
moment is not made to wait, and wins; the handler is then undone.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from dataclasses import dataclass, field
from typing import Any

import structlog
from django.db import connection, transaction
from django.db.models import Case, DateTimeField, F, Q, When
from django.utils import timezone

from deadlines import registry, rules
from deadlines.models import Deadline, Heartbeat, OperatorTask
from deadlines.running import Running, handler_of

DEADLINES_A_ROUND = 500
HEARTBEAT = "sweep"
THE_TIME = "the time"

log = structlog.get_logger(__name__)


class OvertakenError(Exception):
    """Somebody closed the deadline while its handler ran: what the handler wrote is undone."""


@dataclass
class Busy:
    """Cases and single deadlines that another worker has in hand during this round."""

    case_refs: set[str] = field(default_factory=set)
    deadlines: set[int] = field(default_factory=set)

    def add(self, deadline: Deadline) -> None:
        if deadline.case_ref:
            self.case_refs.add(deadline.case_ref)
        else:
            self.deadlines.add(deadline.pk)

    def condition(self) -> Q:
        return Q(case_ref__in=self.case_refs) | Q(pk__in=self.deadlines)


def sweep(at: dt.datetime | None = None, limit: int = DEADLINES_A_ROUND) -> int:
    """Act on what is due at `at`, at most `limit` deadlines; return how many were acted on. (TIME-0)"""
    at = at or timezone.now()
    busy, done = Busy(), 0
    while done < limit and _act_on_next(at, busy):
        done += 1
    Heartbeat.objects.update_or_create(name=HEARTBEAT, defaults={"at": at})
    return done


@transaction.atomic
def _act_on_next(at: dt.datetime, busy: Busy) -> bool:
    """One deadline in one transaction; False when nothing is left for this worker."""
    deadline = _claim(at, busy)
    if deadline is None:
        return False
    try:
        _run(deadline, at)
    except OvertakenError:
        log.info("deadline_overtaken", key=deadline.pk, kind=deadline.kind)
    except Exception as error:
        _put_off(deadline, error, at)
    return True


def _claim(at: dt.datetime, busy: Busy) -> Deadline | None:
    """The earliest deadline of some case that no other worker has in hand, its case locked until the commit."""
    while True:
        head = Deadline.objects.claimable(at).exclude(busy.condition()).order_by("next_at", "id").first()
        if head is None:
            return None
        if _lock(head):
            # Read again under the lock: the last holder may just have acted on it.
            earliest = _earliest_beside(head, at)
            if earliest is not None:
                return earliest
        else:
            busy.add(head)


def _lock(deadline: Deadline) -> bool:
    lane = f"case {deadline.case_ref}" if deadline.case_ref else f"deadline {deadline.pk}"
    digest = hashlib.blake2b(f"deadlines: {lane}".encode(), digest_size=8).digest()
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [int.from_bytes(digest, signed=True)])
        return cursor.fetchone()[0]


def _earliest_beside(head: Deadline, at: dt.datetime) -> Deadline | None:
    """By the time of what will happen: a deadline already due counts by its due time, not by its stale reminder."""
    rows = Deadline.objects.claimable(at)
    rows = rows.filter(case_ref=head.case_ref) if head.case_ref else rows.filter(pk=head.pk)
    happens_at = Case(When(due_at__lte=at, then=F("due_at")), default=F("next_at"), output_field=DateTimeField())
    return rows.select_related("owner").order_by(happens_at, "id").first()


def _run(deadline: Deadline, at: dt.datetime) -> None:
    """The handler and the mark that it ran, in one savepoint: both or neither."""
    kind = registry.get(deadline.kind)
    handler = kind.on_due if deadline.is_due(at) else kind.on_remind
    with transaction.atomic(), handler_of(deadline.pk) as running:
        if handler is not None:
            handler(deadline, at)
        _mark(deadline, _marks(deadline, kind, running, at))
    if deadline.attempts >= rules.ATTEMPTS_BEFORE_A_PERSON_LOOKS:
        OperatorTask.objects.filter(key=_task_key(deadline), closed_at=None).update(closed_at=at)


def _marks(deadline: Deadline, kind: registry.Kind, running: Running, at: dt.datetime) -> dict[str, Any]:
    """What becomes of the deadline: what its handler made of it, or missed, or reminded and still to come."""
    if running.state:
        return {"state": running.state, "closed_at": at, "closed_by": running.closed_by}
    if not deadline.is_due(at):
        return {"reminded_at": at, "next_at": deadline.due_at, "attempts": 0, "last_error": ""}
    marks: dict[str, Any] = {"state": Deadline.State.MISSED, "closed_at": at, "closed_by": THE_TIME}
    if not kind.stays_owed:
        marks |= {"settled_at": at, "settled_by": THE_TIME}
    return marks


def _mark(deadline: Deadline, marks: dict[str, Any]) -> None:
    """Marks what was claimed; whoever closed it meanwhile wins, and the handler is undone."""
    row = Deadline.objects.filter(pk=deadline.pk, state=Deadline.State.OPEN, reminded_at=deadline.reminded_at)
    if not row.update(**marks):
        raise OvertakenError


def _put_off(deadline: Deadline, error: Exception, at: dt.datetime) -> None:
    """Tries again later, ever more seldom; after five attempts a person is asked to look. The words of an error
    may hold what is nobody's business, so only its kind is kept."""
    attempts, name = deadline.attempts + 1, type(error).__name__
    Deadline.objects.filter(pk=deadline.pk).update(
        attempts=attempts, next_at=at + rules.back_off(attempts), last_error=name[:200]
    )
    log.warning("deadline_failed", key=deadline.pk, kind=deadline.kind, attempt=attempts, error=name)
    if attempts == rules.ATTEMPTS_BEFORE_A_PERSON_LOOKS:
        from deadlines.actions import open_operator_task

        open_operator_task(_task_key(deadline), f"{deadline.label}: failed {attempts} times ({name}).", at)


def _task_key(deadline: Deadline) -> str:
    return f"deadline {deadline.pk}"
