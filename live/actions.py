"""Closing sockets of people who may no longer hold them (ROOM-2: push and lease; this is the push)."""

from __future__ import annotations

from live import doorbell
from live.codes import NOT_A_PARTICIPANT, SIGNED_OUT
from live.handshake import login_group


def close_login(session_key: str | None, code: int = SIGNED_OUT) -> None:
    """Close the sockets of one browser session, after the commit: the person signed out there, or locked it."""
    if session_key:
        doorbell.ring(login_group(session_key), {"close": code})


def close_user(user_id: int, code: int = SIGNED_OUT) -> None:
    """Close every socket of a user, after the commit: deactivated, or no longer a participant."""
    doorbell.ring(doorbell.user_group(user_id), {"close": code})


def close_group(group: str, code: int = NOT_A_PARTICIPANT) -> None:
    """Close every socket that hears a group, after the commit."""
    doorbell.ring(group, {"close": code})
