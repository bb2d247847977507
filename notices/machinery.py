"""How the machinery is, in plain words: the rounds of the sweeps, what is overdue in them, and the way through the
worker (TIME-24)."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from deadlines.models import Deadline, Heartbeat
from deadlines.rules import is_stale
from notices.models import OutboxMessage
from notices.rules import SILENCE_BEFORE_A_PERSON_LOOKS
from ui.words import duration

# A deadline is acted on within the minute; one that still waits after five shows that the sweep does not keep up.
LATE_AFTER = dt.timedelta(minutes=5)
STALE, LATE, OK = "stale", "late", "ok"


@dataclass(frozen=True)
class Check:
    """One thing that is looked at: `state` for machines, the rest for people."""

    name: str
    title: str
    state: str
    words: str

    @property
    def ok(self) -> bool:
        return self.state == OK


ROUNDS = {
    "sweep": ("Deadlines", "The last round over what is due"),
    "outbox": ("E-mails and texts", "The last round over what is to be sent"),
    "canary": ("The worker", "The last small job that went the whole way through the worker"),
}


def checks(now: dt.datetime) -> list[Check]:
    """Return every check, in the order in which they are shown; three queries."""
    beats = dict(Heartbeat.objects.filter(name__in=ROUNDS).values_list("name", "at"))
    rounds = [_round(name, beats.get(name), now) for name in ROUNDS]
    return [*rounds, _overdue(now), _outbox(now)]


def _round(name: str, beat_at: dt.datetime | None, now: dt.datetime) -> Check:
    title, words = ROUNDS[name]
    when = f"was {duration(abs(now - beat_at))} ago" if beat_at else "has not been yet"
    return Check(name, title, STALE if is_stale(beat_at, now) else OK, f"{words} {when}.")


def _overdue(now: dt.datetime) -> Check:
    """The age of the oldest deadline whose time has come and on which nobody has acted."""
    oldest = Deadline.objects.claimable(now).order_by("next_at").values_list("next_at", flat=True).first()
    age = now - oldest if oldest else dt.timedelta(0)
    words = (
        f"The oldest one whose time has come has waited {duration(age)}." if oldest else "None waits to be acted on."
    )
    return Check("overdue", "Deadlines that wait", LATE if age > LATE_AFTER else OK, words)


def _outbox(now: dt.datetime) -> Check:
    """The age of the oldest message that should be out; one that is refused again and again is a matter of its own."""
    waiting = OutboxMessage.objects.stuck(now).order_by("not_before").values_list("not_before", flat=True).first()
    age = now - waiting if waiting else dt.timedelta(0)
    words = f"The oldest message that should be out has waited {duration(age)}." if waiting else "None waits to go out."
    return Check("delivery", "Messages that wait", LATE if age > SILENCE_BEFORE_A_PERSON_LOOKS else OK, words)
