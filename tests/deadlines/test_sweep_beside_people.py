"""A person and the sweep reach for the same case at the same moment."""

import threading
import time

import pytest
from django.db import connection, transaction

from deadlines import registry
from deadlines.actions import meet, open_deadline, sweep
from deadlines.models import Deadline
from patients.admin_notes.actions import write_admin_note
from patients.cases.actions import lock
from patients.models import AdminNote
from tests import cast
from tests.deadlines.conftest import START

HELD_SECONDS = 0.4


@pytest.fixture
def case(transactional_db):
    """A case whose only deadline has a handler that needs the case, as most handlers do."""
    world = cast.make_world()
    case = world.alice_case
    registry.register("chore", label="Chore", on_due=lambda deadline, at: takes_the_case(case, at))
    open_deadline("chore", "one", due_at=START, case_ref=case.ref, opened_by="the test")
    yield case
    del registry.KINDS["chore"]


def takes_the_case(case, at) -> None:
    lock(case)
    write_admin_note(case, "other", "The chore was not done.", by=None, at=at)


def a_person_does_it(case, has_the_case: threading.Event) -> None:
    """What a verb does: locks the case, works, and closes the deadline last."""
    with transaction.atomic():
        lock(case)
        has_the_case.set()
        time.sleep(HELD_SECONDS)
        meet("chore", "one", closed_by="a person", at=START)
    connection.close()


@pytest.mark.rule("TIME-0h")
def test_the_person_wins_and_nobody_is_stuck(case):
    has_the_case = threading.Event()
    person = threading.Thread(target=a_person_does_it, args=(case, has_the_case))
    person.start()
    has_the_case.wait(5)
    sweep(START)
    person.join(5)
    row = Deadline.objects.get(key="one")
    assert (row.state, row.closed_by, row.attempts) == ("met", "a person", 0)
    assert not AdminNote.objects.filter(text__contains="chore").exists()


@pytest.mark.rule("TIME-0b")
def test_a_case_in_another_workers_hands_is_left_to_it(case):
    """The other worker holds the case's advisory lock; this one goes on with other cases."""
    from deadlines import sweeping

    open_deadline("chore", "elsewhere", due_at=START, opened_by="the test")
    holding, done = threading.Event(), threading.Event()

    def another_worker() -> None:
        with transaction.atomic():
            sweeping._lock(sweeping.Lane(case.ref, 0))
            holding.set()
            done.wait(5)
        connection.close()

    worker = threading.Thread(target=another_worker)
    worker.start()
    holding.wait(5)
    assert sweep(START) == 1
    done.set()
    worker.join(5)
    assert list(Deadline.objects.open().values_list("key", flat=True)) == ["one"]
    assert sweep(START) == 1
