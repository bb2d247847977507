"""Which kinds of deadline there are, and what happens when one comes due. Packages register theirs in `ready()`."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import structlog
from django.core.exceptions import ObjectDoesNotExist
from django.urls import NoReverseMatch

if TYPE_CHECKING:
    from deadlines.models import Deadline

Handler = Callable[["Deadline", dt.datetime], None]

log = structlog.get_logger(__name__)


class UnknownKindError(LookupError):
    """A deadline whose kind nobody registered."""


class TakenKindError(ValueError):
    """A kind of deadline whose name another package has: the later one would take over its rows."""


@dataclass(frozen=True)
class Kind:
    """One kind: its words, its handlers and the page where it is done."""

    name: str
    label: str
    on_due: Handler
    on_remind: Handler | None = None
    where: Callable[[Deadline], str | None] | None = None
    stays_owed: bool = True
    falls_with_caseload: bool = False
    falls_with_word: bool = False
    waits_on_hold: bool = False
    movable: bool = True
    team: str = ""
    oversight: bool = False

    @property
    def package(self) -> str:
        return self.on_due.__module__.rpartition(".")[0]


KINDS: dict[str, Kind] = {}


def register(
    kind: str,
    *,
    label: str,
    on_due: Handler,
    on_remind: Handler | None = None,
    where: Callable[[Deadline], str | None] | None = None,
    stays_owed: bool = True,
    falls_with_caseload: bool = False,
    falls_with_word: bool = False,
    waits_on_hold: bool = False,
    movable: bool = True,
    team: str = "",
    oversight: bool = False,
) -> None:
    """Say what a kind of deadline is called and what it does.

    Handlers take (deadline, at). They run in one savepoint of the sweep's transaction, so they write rows (outbox
    rows for mail) and do nothing outside the database: a handler may run again when the transaction is lost.
    `label` says to the person who owes it what must be done; `where` returns the address of the page to do it on.
    `stays_owed`: whether the thing is still to be done once its time is past (a reply) or not (an offer that lapsed).
    `falls_with_caseload`: whether it no longer matters when the case leaves its clinician. `falls_with_word`: nor when
    the patient is heard from. `waits_on_hold`: whether its time stands still while the case is on hold. `movable`:
    whether a person may give it another time; not where the time follows from something else, such as an
    appointment's start. `team`: the role whose members owe it where it has no owner (TIME-21). `oversight`: whether
    owing it makes a supervisor the case's for as long, as cover for another. A handler that closes its own deadline by
    `meet` or `cancel` decides what becomes of it; otherwise it is missed. Raises TakenKindError where another package
    has a kind of this name.
    """
    falling = {"falls_with_caseload": falls_with_caseload, "falls_with_word": falls_with_word}
    how = {"stays_owed": stays_owed, "waits_on_hold": waits_on_hold, "movable": movable, **falling}
    made = Kind(kind, label, on_due, on_remind, where, team=team, oversight=oversight, **how)
    if kind in KINDS and KINDS[kind].package != made.package:
        raise TakenKindError(f"the kind {kind!r} belongs to {KINDS[kind].package}")
    KINDS[kind] = made


def get(kind: str) -> Kind:
    """Return a registered kind. Raises UnknownKindError."""
    try:
        return KINDS[kind]
    except KeyError:
        raise UnknownKindError(f"no handler for the kind {kind!r}") from None


def falling_with_caseload() -> list[str]:
    return [name for name, kind in KINDS.items() if kind.falls_with_caseload]


def falling_with_word() -> list[str]:
    return [name for name, kind in KINDS.items() if kind.falls_with_word]


def waiting_on_hold() -> list[str]:
    return [name for name, kind in KINDS.items() if kind.waits_on_hold]


def team_of(kind: str) -> str:
    return KINDS[kind].team if kind in KINDS else ""


def whose_without_owner(kind: str, lead: str) -> str:
    """Return the role that owes a kind where nobody in particular does: its team, `lead` for what only somebody who
    oversees could do, empty for what machines do."""
    return team_of(kind) or (lead if kind in overseen_by_nobody() else "")


def owed_by_team(roles: Iterable[str]) -> list[str]:
    """Return the kinds that members of these roles owe where nobody in particular does (TIME-21)."""
    held = set(roles)
    return [name for name, kind in KINDS.items() if kind.team in held]


def teams() -> set[str]:
    """Return the roles whose members owe something together."""
    return {kind.team for kind in KINDS.values()} - {""}


def overseen_by_nobody() -> list[str]:
    """Return the kinds of whoever oversees that no team takes up: without an owner nobody has them."""
    return [name for name, kind in KINDS.items() if kind.oversight and not kind.team]


def still_owed() -> list[str]:
    """Return the kinds that somebody still has to do once their time is past."""
    return [name for name, kind in KINDS.items() if kind.stays_owed]


def overseeing() -> list[str]:
    return [name for name, kind in KINDS.items() if kind.oversight]


def is_movable(kind: str) -> bool:
    return kind in KINDS and KINDS[kind].movable


def label_of(kind: str) -> str:
    return KINDS[kind].label if kind in KINDS else kind.replace("_", " ").capitalize()


def url_of(deadline: Deadline) -> str:
    """Return the page where it is done, empty where there is none. One whose page cannot be told stays on the list
    without: the rest of it must still be seen."""
    kind = KINDS.get(deadline.kind)
    try:
        return (kind.where(deadline) or "") if kind and kind.where else ""
    except (LookupError, ValueError, ObjectDoesNotExist, NoReverseMatch) as error:
        log.error("deadline_without_page", key=deadline.pk, kind=deadline.kind, error=type(error).__name__)
        return ""
