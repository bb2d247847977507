"""What the room leaves for somebody to do (ROOM-7)."""

from __future__ import annotations

import datetime as dt

from accounts.models import Role
from deadlines import registry
from notices.actions import tell
from therapy.room import confidentiality


def _page(deadline) -> str:
    return confidentiality.page_of(deadline.key)


def still_open(deadline, at: dt.datetime) -> None:
    """Nobody has looked at a statement that was not agreed: the supervisor is told again."""
    if deadline.owner is not None:
        about = {"key": f"{deadline.key}:again", "case_ref": deadline.case_ref, "link": _page(deadline)}
        tell(deadline.owner, confidentiality.NOTICE, at=at, **about)


def register() -> None:
    """Say which clocks the room has; called when the app is ready."""
    label = "Read why confidentiality was not agreed"
    registry.register(
        confidentiality.DEADLINE, label=label, on_due=still_open, where=_page, team=Role.SUPERVISOR, oversight=True
    )
