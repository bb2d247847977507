"""The sweep (TIME-0): any number of workers share what is due; each deadline acts exactly once.

A worker looks up a handful of lanes (a case, or a deadline without one) in which something is due, and empties each
lane it gets, one deadline a transaction. So the look-up is shared by many deadlines, and a kill costs one of them.

Within a case deadlines act in the order of their times. A worker takes an advisory lock on the case, never a row
lock that a handler would hold while it waits for rows of its own: a person who closes the deadline at that very
moment is not made to wait, and wins; the handler is then undone.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import time
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import structlog
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from deadlines import registry, rules, watching
from deadlines.models import Deadline, DeadlineQuerySet, Heartbeat, OperatorTask
from deadlines.running import Running, handler_of

DEADLINES_A_ROUND = 100_000
# Shorter than the minute between two rounds and than a job's time limit: what is left is the next round's.
SECONDS_A_ROUND = 50.0
LANES_AT_ONCE = 100
HEARTBEAT = "sweep"
THE_TIME = "the time"

log = structlog.get_logger(__name__)


class OvertakenError(Exception):
    """Somebody closed or moved the deadline while its handler ran: what the handler wrote is undone."""


class BusyError(Exception):
    """Another worker has the lane in hand."""


class Lane(NamedTuple):
    """What acts in the order of its times: a case's deadlines, or one deadline that hangs on no case."""

    case_ref: str
    pk: int

    @property
    def name(self) -> str:
        return f"case {self.case_ref}" if self.case_ref else f"deadline {self.pk}"

    def rows(self) -> DeadlineQuerySet:
        if self.case_ref:
            return Deadline.objects.filter(case_ref=self.case_ref)
        return Deadline.objects.filter(pk=self.pk)


@dataclass
class Round:
    """One worker's round: until when it takes up work, how much it did, what it leaves to the next one."""

    at: dt.datetime
    limit: int
    ends: float
    done: int = 0
    left: set[Lane] = field(default_factory=set)

    @property
    def over(self) -> bool:
        return self.done >= self.limit or time.monotonic() >= self.ends


def sweep(at: dt.datetime | None = None, limit: int = DEADLINES_A_ROUND, seconds: float = SECONDS_A_ROUND) -> int:
    """Act on what is due at `at`, at most `limit` deadlines in about `seconds`; return how many it were. (TIME-0)"""
    at = at or timezone.now()
    this = Round(at, limit, time.monotonic() + seconds)
    _take_up_what_a_clock_put_off(at)
    while not this.over and (lanes := _lanes(this)):
        with watching.gathering():
            for lane in lanes:
                _empty(lane, this)
    Heartbeat.objects.update_or_create(name=HEARTBEAT, defaults={"at": at})
    return this.done


def _take_up_what_a_clock_put_off(at: dt.datetime) -> None:
    """A back-off counted by a clock that ran ahead and was set back would last as long as the clock was wrong."""
    retrying = Deadline.objects.open().filter(attempts__gt=0, next_at__gt=at + rules.LONGEST_BACK_OFF)
    retrying.update(next_at=at)


def _lanes(this: Round) -> list[Lane]:
    """The next lanes in which something is due, the longest waiting first, without those left to the next round."""
    refs = [lane.case_ref for lane in this.left if lane.case_ref]
    pks = [lane.pk for lane in this.left if not lane.case_ref]
    rows = Deadline.objects.claimable(this.at).exclude(case_ref__in=refs).exclude(pk__in=pks)
    found = rows.order_by("next_at", "id").values_list("case_ref", "pk")[:LANES_AT_ONCE]
    return list(dict.fromkeys(Lane(case_ref, 0 if case_ref else pk) for case_ref, pk in found))


def _empty(lane: Lane, this: Round) -> None:
    """Acts on everything due in a lane, one after the other. A lane that another worker has in hand is left, and one
    where somebody changed what was due while its handler ran: whoever they are, they may do so again and again."""
    try:
        while not this.over and _act_on_next(lane, this):
            pass
    except (BusyError, OvertakenError):
        this.left.add(lane)


def _act_on_next(lane: Lane, this: Round) -> bool:
    """One deadline in one transaction; whether another is due in the lane. Raises BusyError, OvertakenError."""
    claimed: list[Deadline] = []
    try:
        with transaction.atomic():
            claimed = _claim(lane, this.at)
            if claimed:
                _act(claimed[0], this.at)
    except IntegrityError as error:  # foreign keys are checked at the commit: that is a failure of the handler too
        if not claimed:
            raise
        _put_off(claimed[0], error, this.at)
    this.done += bool(claimed)
    return len(claimed) > 1


def _act(deadline: Deadline, at: dt.datetime) -> None:
    try:
        _run(deadline, at)
    except OvertakenError:
        log.info("deadline_overtaken", key=deadline.pk, kind=deadline.kind)
        raise
    except Exception as error:
        _put_off(deadline, error, at)


def _claim(lane: Lane, at: dt.datetime) -> list[Deadline]:
    """What is due in the lane, in its order, locked until the commit; read under the lock, since the last holder may
    just have acted. Raises BusyError.

    The few rows of a lane are all read, whenever they are due: with two conditions the planner would have a choice of
    indexes, and while many are due and its statistics are old, the wrong one reads them all for each claim.
    """
    if not _lock(lane):
        raise BusyError
    due = [row for row in lane.rows().open().select_related("owner") if row.next_at <= at]
    return sorted(due, key=lambda row: (_happens_at(row, at), row.pk))


def _happens_at(deadline: Deadline, at: dt.datetime) -> dt.datetime:
    """One already due counts by its due time, not by its stale reminder."""
    return deadline.due_at if deadline.is_due(at) else deadline.next_at


def _lock(lane: Lane) -> bool:
    digest = hashlib.blake2b(f"deadlines: {lane.name}".encode(), digest_size=8).digest()
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [int.from_bytes(digest, signed=True)])
        return cursor.fetchone()[0]


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
    """Marks what was claimed; whoever closed or moved it meanwhile wins, and the handler is undone."""
    as_claimed = {"reminded_at": deadline.reminded_at, "due_at": deadline.due_at}
    if not Deadline.objects.filter(pk=deadline.pk, state=Deadline.State.OPEN, **as_claimed).update(**marks):
        raise OvertakenError
    if "state" in marks:
        watching.list_changed([(deadline.kind, deadline.owner_id)])


@transaction.atomic
def _put_off(deadline: Deadline, error: Exception, at: dt.datetime) -> None:
    """Tries again later, ever more seldom; after five attempts a person is asked to look. The words of an error
    may hold what is nobody's business, so only its kind is kept."""
    attempts, name = deadline.attempts + 1, type(error).__name__
    Deadline.objects.filter(pk=deadline.pk, due_at=deadline.due_at).update(
        attempts=attempts, next_at=at + rules.back_off(attempts), last_error=name[:200]
    )
    log.warning("deadline_failed", key=deadline.pk, kind=deadline.kind, attempt=attempts, error=name)
    if attempts == rules.ATTEMPTS_BEFORE_A_PERSON_LOOKS:
        from deadlines.actions import open_operator_task

        open_operator_task(_task_key(deadline), f"{deadline.label}: failed {attempts} times ({name}).", at)


def _task_key(deadline: Deadline) -> str:
    return f"deadline {deadline.pk}"
