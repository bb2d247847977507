"""Kinds of deadline that only tests know."""

import datetime as dt
from dataclasses import dataclass, field

import pytest

from deadlines import registry
from deadlines.actions import open_deadline
from deadlines.models import Deadline

START = dt.datetime(2026, 11, 2, 9, tzinfo=dt.UTC)
HOUR = dt.timedelta(hours=1)
DAY = dt.timedelta(days=1)


@dataclass
class Diary:
    """What the handlers of the kind "chore" did, as (what, key), and a way to make them fail."""

    entries: list[tuple[str, str]] = field(default_factory=list)
    failing: set[str] = field(default_factory=set)

    def due(self, deadline: Deadline, at: dt.datetime) -> None:
        self._act("due", deadline)

    def remind(self, deadline: Deadline, at: dt.datetime) -> None:
        self._act("remind", deadline)

    def _act(self, what: str, deadline: Deadline) -> None:
        if deadline.key in self.failing:
            raise RuntimeError("out of paper")
        self.entries.append((what, deadline.key))


@pytest.fixture
def diary():
    """The kind "chore" and what became of its deadlines."""
    diary = Diary()
    registry.register("chore", label="Do the chore", on_due=diary.due, on_remind=diary.remind)
    yield diary
    del registry.KINDS["chore"]


@pytest.fixture
def chore(diary, db):
    """A function that opens a deadline of the kind "chore" at START."""

    def make(key: str = "one", **fields) -> Deadline:
        fields = {"due_at": START + 2 * DAY, "opened_by": "the test", "at": START} | fields
        return open_deadline("chore", key, **fields)

    return make
