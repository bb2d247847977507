"""What a side of a session is typing, kept by version: two windows never overwrite each other unseen (ROOM-3, MSG-9).

The statement that keeps a text takes it from the page that wrote last, and from any page that knows the newest
version. What it does not take is settled here: the writer is shown the other text and chooses.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils import timezone

from live import doorbell
from therapy.room import rules, statements
from therapy.room.actions import group_of, rows_of, values_of
from therapy.room.models import LineDraft, Session
from ui.differences import differences

LONGEST = 2 * rules.LONGEST_TEXT
LONGEST_PAGE = 40
NOT_KEPT: dict[str, Any] = {"draft": False}


@dataclass(frozen=True)
class Typed:
    """A text, the number of its change, and the open page that made it."""

    text: str = ""
    version: int = 0
    page: str = ""

    def values(self) -> dict[str, Any]:
        return {"text": self.text, "version": self.version, "page": self.page}


def told_in(frame: dict[str, Any]) -> Typed | None:
    """Return what a page says that it holds, the version it saw last and the name it gave itself, None for nonsense.

    Without a version it has seen none.
    """
    text, version, page = frame.get("text"), frame.get("version", 0), frame.get("page", "")
    known = isinstance(version, int) and not isinstance(version, bool) and 0 <= version < 2**31
    if not isinstance(text, str) or len(text) > LONGEST or not known:
        return None
    if not isinstance(page, str) or len(page) > LONGEST_PAGE or not page.isascii() or not page.isprintable():
        return None
    return Typed(rules.clean_text(text), version, page)


def kept(version: int) -> dict[str, Any]:
    """Return the answer to a text that is kept."""
    return {"draft": True, "version": version}


def typed_by(session: Session, user) -> Typed:
    """Return what a person was typing last; no text where that was sent and only the page never heard of it."""
    row = LineDraft.objects.filter(session=session, user=user).first()
    if row is None:
        return Typed()
    sent = bool(row.text) and session.lines.filter(sender=user, text=row.text, at__gte=row.at).exists()
    return Typed("" if sent else row.text, row.version, row.page)


def unsent_of(session: Session, user) -> str:
    """Return what a person was still typing when the session ended; empty where it had been sent (ROOM-3)."""
    text = typed_by(session, user).text
    return "" if session.lines.filter(sender=user, text=text).exists() else text.strip()


def save(
    session: Session, user, told: Typed, *, login: str = "", leaving: bool = False, at: dt.datetime | None = None
) -> dict[str, Any]:
    """Keep what a page says that it holds, and return the answer to it (ROOM-3, MSG-9).

    `leaving` is the last word of a page that goes away: nobody is there to choose any more, so both texts are kept.
    """
    values = values_of(session.ref, user, login, at or timezone.now(), **told.values())
    rows = rows_of(statements.DRAFT, values)
    answer = kept(rows[0][0]) if rows else settle(session, user, told, values, leaving=leaving)
    if answer["draft"]:
        doorbell.ring(group_of(session.ref), {"drafted": user.pk})
    return answer


@transaction.atomic
def settle(session: Session, user, told: Typed, values: dict[str, Any], *, leaving: bool = False) -> dict[str, Any]:
    """Return the answer to a text that was not taken: kept after all, overtaken by another window, or not allowed."""
    LineDraft.objects.select_for_update().filter(session=session, user=user).first()
    newest = typed_by(session, user)
    if newest.version == told.version:
        return NOT_KEPT
    if newest.page == told.page != "":
        return kept(newest.version)  # a later word of the same page was faster
    if leaving or not newest.text:
        text = _both(newest.text, told.text) if newest.text else told.text
        rows = rows_of(statements.DRAFT, values | {"text": text, "version": newest.version})
        return kept(rows[0][0]) if rows else NOT_KEPT
    pieces = [[piece.kind, piece.text] for piece in differences(told.text, newest.text)]
    return NOT_KEPT | {"theirs": newest.values(), "differences": pieces}


def _both(other: str, own: str) -> str:
    """Return two texts of one person as one, the other window's first; what stands in it already is not repeated."""
    return other if own.strip() in other else f"{other}\n\n{own}"
