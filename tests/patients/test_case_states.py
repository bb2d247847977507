"""Every move of a case from state to state: the table's own, and all others refused by verb and by database (REF-8)."""

from collections import deque

import pytest
from django.db import DatabaseError, connection, transaction

from patients.cases.actions import assign, open_case, turn
from patients.models import Case, CaseEvent
from patients.rules import CASE_TRANSITIONS, FIRST_STATE, may_turn
from tests import cast
from ui.errors import Refused

STATES = list(CASE_TRANSITIONS)


def way_to(state: str) -> list[str]:
    """The states to go through, from the first one, by moves of the table."""
    ways = deque([[FIRST_STATE]])
    while True:
        way = ways.popleft()
        if way[-1] == state:
            return way[1:]
        ways.extend([*way, after] for after in sorted(CASE_TRANSITIONS[way[-1]]) if after not in way)


@pytest.fixture
def case_in(world):
    """A function that brings a new case of somebody new to a state."""

    def bring(state: str) -> Case:
        case = open_case(cast.make_patient("Stacey States"), world.site, source="self", by=None)
        assign(case, world.amara, by=None)
        for step in way_to(state):
            turn(case, step, by=world.olu)
        return Case.objects.get(pk=case.pk)

    return bring


@pytest.mark.rule("REF-8a")
def test_the_states_are_the_named_ones():
    assert set(STATES) == set(Case.State.values)
    assert all(after in CASE_TRANSITIONS for afters in CASE_TRANSITIONS.values() for after in afters)
    assert [state for state in STATES if not CASE_TRANSITIONS[state]] == [
        "discharged", "declined", "signposted", "withdrawn"
    ]  # fmt: skip


@pytest.mark.rule("REF-8b")
@pytest.mark.parametrize("before", STATES)
def test_the_verb_makes_the_moves_of_the_table_and_refuses_all_others(world, case_in, before):
    case = case_in(before)
    for after in STATES:
        savepoint = transaction.savepoint()
        if may_turn(before, after):
            turn(case, after, by=world.olu, reason="to see")
            event = case.events.last()
            assert (event.before, event.after, event.by, event.reason) == (before, after, world.olu, "to see")
        else:
            with pytest.raises(Refused):
                turn(case, after, by=world.olu)
            assert Case.objects.get(pk=case.pk).state == before
        transaction.savepoint_rollback(savepoint)
        case.refresh_from_db()


@pytest.mark.rule("REF-8c")
@pytest.mark.parametrize("before", STATES)
def test_the_database_makes_the_moves_of_the_table_and_refuses_all_others(case_in, before):
    case = case_in(before)
    for after in STATES:
        if after == before:
            continue
        savepoint = transaction.savepoint()
        try:
            with transaction.atomic(), connection.cursor() as cursor:
                cursor.execute("UPDATE patients_case SET state = %s WHERE id = %s", [after, case.pk])
            made = True
        except DatabaseError:
            made = False
        transaction.savepoint_rollback(savepoint)
        assert made is may_turn(before, after), f"{before} to {after}"


@pytest.mark.rule("REF-8c")
@pytest.mark.parametrize("state", [state for state in STATES if state != FIRST_STATE])
def test_the_database_lets_no_case_begin_elsewhere(world, state):
    with pytest.raises(DatabaseError, match="begins as referred"), transaction.atomic():
        open_case(world.alice, world.site, source="self", by=None, state=state)


@pytest.mark.rule("REF-8d")
def test_each_move_is_logged_with_actor_and_time_and_the_log_cannot_be_changed(world, case_in):
    case = case_in("waiting")
    events = list(case.events.all())
    assert [(event.before, event.after) for event in events] == [("", "referred"), ("referred", "waiting")]
    assert events[-1].by == world.olu
    assert events[-1].at is not None
    for statement in ("UPDATE patients_caseevent SET after = 'x'", "DELETE FROM patients_caseevent"):
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)
    assert CaseEvent.objects.filter(case=case).count() == 2
