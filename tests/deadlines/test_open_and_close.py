"""Opening, meeting and cancelling deadlines."""

import pytest
from django.db import DatabaseError, transaction

from deadlines import registry
from deadlines.actions import cancel, cancel_for_case, case_left, hand_over, meet, open_deadline, sweep
from deadlines.models import Deadline
from risk.actions import raise_alert, review
from tests.deadlines.conftest import DAY, HOUR, START


@pytest.mark.rule("TIME-0a")
def test_it_says_what_who_and_when(chore, world):
    deadline = chore(owner=world.amara.user, case_ref="BCDFGHJ2", remind_at=START + DAY)
    row = Deadline.objects.get(pk=deadline.pk)
    assert (row.kind, row.case_ref, row.owner, row.state) == ("chore", "BCDFGHJ2", world.amara.user, "open")
    assert (row.opened_at, row.remind_at, row.due_at) == (START, START + DAY, START + 2 * DAY)
    assert row.next_at == row.remind_at
    assert row.label == "Do the chore"


@pytest.mark.rule("TIME-0a")
def test_opening_it_again_changes_nothing(chore):
    first = chore()
    again = chore(due_at=START + 9 * DAY, opened_by="somebody else")
    assert again.pk == first.pk
    assert (again.due_at, again.opened_by) == (START + 2 * DAY, "the test")


def test_a_kind_that_nobody_registered_is_refused(db):
    with pytest.raises(registry.UnknownKindError):
        open_deadline("mystery", "one", due_at=START, opened_by="the test")


def test_a_reminder_not_before_the_due_time_is_no_reminder(chore):
    assert chore(remind_at=START + 2 * DAY).remind_at is None


@pytest.mark.rule("TIME-0i")
def test_met_in_time_it_does_nothing(chore, diary):
    chore(remind_at=START + DAY)
    assert meet("chore", "one", closed_by="done", at=START + HOUR)
    sweep(START + 9 * DAY)
    row = Deadline.objects.get()
    assert (diary.entries, row.state, row.closed_by, row.closed_at) == ([], "met", "done", START + HOUR)


@pytest.mark.rule("TIME-0i")
def test_cancelled_it_does_nothing(chore, diary):
    chore()
    assert cancel("chore", "one", closed_by="no longer needed", at=START + HOUR)
    sweep(START + 9 * DAY)
    assert (diary.entries, Deadline.objects.get().state) == ([], "cancelled")


@pytest.mark.rule("TIME-0i")
def test_met_late_it_stays_missed_and_is_no_longer_owed(chore, diary):
    chore()
    sweep(START + 2 * DAY)
    assert Deadline.objects.owed().exists()
    assert meet("chore", "one", closed_by="done", at=START + 3 * DAY)
    row = Deadline.objects.get()
    assert (row.state, row.settled_at, row.settled_by) == ("missed", START + 3 * DAY, "done")
    assert not Deadline.objects.owed().exists()


def test_closing_twice_is_told(chore):
    chore()
    assert meet("chore", "one", closed_by="done")
    assert not meet("chore", "one", closed_by="done")
    assert not cancel("chore", "one", closed_by="late")
    assert not meet("chore", "never opened", closed_by="done")


def test_what_a_case_owed_is_cancelled_with_it(chore):
    chore("a", case_ref="BCDFGHJ2")
    chore("b", case_ref="BCDFGHJ2")
    chore("c", case_ref="KMNPQRT3")
    assert cancel_for_case("BCDFGHJ2", ["other"], closed_by="left") == 0
    assert cancel_for_case("BCDFGHJ2", closed_by="left") == 2
    assert Deadline.objects.open().get().key == "c"


def test_only_what_hangs_on_the_caseload_falls_with_it(chore, diary):
    registry.register("theirs", label="Theirs", on_due=diary.due, falls_with_caseload=True)
    try:
        chore("stays", case_ref="BCDFGHJ2")
        open_deadline("theirs", "falls", due_at=START, case_ref="BCDFGHJ2", opened_by="the test")
        assert case_left("BCDFGHJ2", closed_by="left") == 1
    finally:
        del registry.KINDS["theirs"]
    assert Deadline.objects.open().get().key == "stays"


@pytest.mark.rule("TIME-21a")
def test_what_somebody_owes_is_listed_soonest_first(chore, world):
    amara, piet = world.amara.user, world.piet.user
    chore("later", owner=amara, due_at=START + 3 * DAY)
    chore("overdue", owner=amara, due_at=START + DAY)
    chore("another's", owner=piet)
    chore("done", owner=amara)
    meet("chore", "done", closed_by="done")
    sweep(START + DAY)
    assert [row.key for row in Deadline.objects.owed_by(amara)] == ["overdue", "later"]
    assert [row.key for row in Deadline.objects.overdue()] == ["overdue"]


@pytest.mark.parametrize("state", ["met", "missed", "cancelled"])
def test_the_database_refuses_to_open_a_closed_one_again(chore, state):
    chore()
    Deadline.objects.update(state=state, closed_at=START)
    with pytest.raises(DatabaseError, match="Invalid transition"), transaction.atomic():
        Deadline.objects.update(state="open", closed_at=None)
    fields = {"kind": "chore", "key": "born closed", "due_at": START, "next_at": START, "opened_at": START}
    with pytest.raises(DatabaseError, match="begins open"), transaction.atomic():
        Deadline.objects.create(state=state, closed_at=START, opened_by="the test", **fields)


@pytest.mark.rule("TIME-0a")
def test_no_package_takes_over_a_kind_of_another():
    """Two kinds of one name would send the clinician's question to somebody else's desk."""
    with pytest.raises(registry.TakenKindError, match=r"therapy\.engagement"):
        registry.register("breach_decision", label="Something else", on_due=lambda deadline, at: None)
    assert registry.label_of("breach_decision") == "Decide whether therapy goes on"
    assert registry.label_of("data_breach_decision") == "Decide whether the regulator is told"


@pytest.mark.rule("TIME-21a")
@pytest.mark.rule("TIME-21c")
def test_what_a_team_owes_stands_with_each_of_its_members_and_rings_their_tabs(world, rung):
    alert = raise_alert(world.charlie_case, kind="item_9", source="a test")
    owed = {who: Deadline.objects.owed_by(user).count() for who, user in world.by_role().items()}
    assert {who for who, number in owed.items() if number} == {"triage"}
    assert set(rung) == {world.tamsin.pk}
    rung.clear()
    review(alert, by=world.tamsin, considered="Asked.", done="Rang.", level="low")
    assert world.tamsin.pk in rung
    assert not Deadline.objects.owed_by(world.tamsin).exists()


@pytest.mark.rule("TIME-21c")
def test_what_passes_to_somebody_else_rings_both(world, diary, rung):
    open_deadline("chore", "one", due_at=START + DAY, owner=world.amara.user, opened_by="a test", at=START)
    rung.clear()
    assert hand_over("chore", "one", world.sunniva)
    assert set(rung) == {world.amara.user.pk, world.sunniva.pk}
    assert not hand_over("chore", "one", world.sunniva)
    assert not hand_over("chore", "two", world.sunniva)
    assert Deadline.objects.owed_by(world.sunniva).get().key == "one"
