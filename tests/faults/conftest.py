"""The room that these tests begin in."""

from tests.therapy.conftest import confirmed, offered, open_room, session

__all__ = ["confirmed", "offered", "open_room", "session"]
