"""Reviews that are due at the next session after certain ones (TIME-18)."""

import datetime as dt

import pytest

from clinicians.models import Clinician
from deadlines.actions import sweep
from deadlines.models import Deadline
from notices.models import OutboxMessage
from patients.cases.actions import assign
from patients.models import Case
from supervision.actions import raise_ticket
from therapy.appointments import reviews
from therapy.appointments.reviews import asks_for_review, review_needed, review_raised
from therapy.notes.details import set_details
from therapy.room import actions as room
from therapy.room import asking

START = dt.datetime(2026, 11, 2, 9, tzinfo=dt.UTC)
WEEK = dt.timedelta(weeks=1)


@pytest.mark.rule("TIME-18a")
@pytest.mark.parametrize(
    ("kind", "assessment", "sessions", "asks"),
    [
        ("PWP", True, 3, True),
        ("PWP", True, 2, False),
        ("PWP", False, 3, False),
        ("HIT", True, 2, True),
        ("HIT", True, 1, False),
        ("HIT", False, 3, True),
    ],
)
def test_after_which_sessions(kind, assessment, sessions, asks):
    assert asks_for_review(kind, assessments=int(assessment), treatment_sessions=sessions) is asks


@pytest.mark.rule("TIME-18a")
def test_it_is_due_at_the_next_session_and_stops_when_it_is_raised(world):
    ref, owner = world.alice_case.ref, world.amara.user
    for _ in range(2):
        review_needed(ref, owner=owner, next_session_at=START + WEEK, at=START)
    assert Deadline.objects.filter(kind="case_review").count() == 1
    sweep(START + WEEK)
    assert [row.recipient for row in OutboxMessage.objects.filter(notice="review_due")] == [owner.email]
    assert review_raised(ref, at=START + WEEK)
    assert not review_raised(ref, at=START + WEEK)
    assert review_needed(ref, owner=owner, next_session_at=None, at=START + 5 * WEEK).due_at == START + 6 * WEEK


@pytest.fixture
def held(world, open_room, at):
    """A function: Alice's session in that week, with Amara or another clinician, took place."""

    def hold(week: int, clinician=world.amara) -> None:
        with at(START + week * WEEK):
            session = open_room()
            for person in (world.alice.user, clinician.user):
                room.join(session, person)
            asking.post(session, by=clinician.user)
            asking.answer(session, "agreed", by=world.alice.user)
            session.refresh_from_db()
            room.end_session(session, "completed", by=clinician.user, at=session.appointment.ends_at)

    return hold


@pytest.mark.rule("TIME-18a")
@pytest.mark.rule("SUP-8b")
def test_after_the_third_session_it_is_due_at_the_next_and_its_ticket_does_it(world, held, offered, client_of, at):
    Clinician.objects.filter(pk=world.amara.pk).update(kind="HIT")
    case, owed = world.alice_case, Deadline.objects.owed().filter(kind="case_review")
    held(0)
    held(1)
    assert not owed.exists()
    with at(START + WEEK + dt.timedelta(days=2)):
        following = offered(3 * WEEK)
    held(2)
    assert owed.get().due_at == following.starts_at
    with at(START + 2 * WEEK):
        page = client_of(world.amara).get(owed.get().url).content.decode()
    assert "4-weekly review" in page
    assert "3 of assessment, 0 of treatment" in page
    form = {"problem": "Low mood", "plan_so_far": "Activity", "plan": "Go on"}
    raise_ticket(case, "review", form, by=world.amara.user, client_key="r", at=START + 2 * WEEK)
    assert not owed.exists()
    held(3)
    assert not owed.exists(), "once a case and its clinician"


@pytest.mark.rule("TIME-18a")
def test_a_pwp_does_not_owe_it_before_three_sessions_of_treatment(world, held):
    Clinician.objects.filter(pk=world.amara.pk).update(kind="PWP")
    for week in range(3):
        held(week)
    assert not Deadline.objects.filter(kind="case_review").exists(), "three of assessment, none of treatment"


def assessed(world) -> None:
    set_details(world.alice_case, step="3", problem="gad", protocol="", by=world.amara.user)


@pytest.mark.rule("TIME-18a")
@pytest.mark.rule("SUP-8a")
def test_a_pwp_owes_it_with_the_end_of_the_third_session_of_treatment_after_the_assessment(world, held):
    Clinician.objects.filter(pk=world.amara.pk).update(kind="PWP")
    owed = Deadline.objects.owed().filter(kind="case_review")
    held(0)
    assessed(world)
    held(1)
    held(2)
    assert not owed.exists()
    held(3)
    last = world.alice_case.appointments.last()
    assert (last.kind, owed.get().owner, owed.get().due_at) == ("treatment", world.amara.user, last.ends_at + WEEK)


@pytest.mark.rule("SUP-8a")
def test_a_pwp_owes_it_too_of_a_case_that_somebody_else_assessed(world, held):
    held(0)
    assessed(world)
    assign(world.alice_case, world.piet, by=world.olu)
    for week in (1, 2, 3):
        held(week, world.piet)
    assert Deadline.objects.owed().get(kind="case_review").owner == world.piet.user


@pytest.mark.rule("SUP-8a")
def test_a_pwp_owes_it_too_of_a_case_that_came_assessed(world, held):
    Clinician.objects.filter(pk=world.amara.pk).update(kind="PWP")
    Case.objects.filter(pk=world.alice_case.pk).update(pre_assessed=True)
    assessed(world)
    for week in range(3):
        held(week)
    assert Deadline.objects.owed().filter(kind="case_review").exists()


@pytest.mark.rule("TIME-18b")
def test_one_owed_by_a_therapy_that_goes_on_after_all_is_asked_for_again(world, held):
    owed = Deadline.objects.owed().filter(kind="case_review")
    for week in range(3):
        held(week)
    assert reviews.therapy_ends(world.alice_case.ref, at=owed.get().due_at + WEEK)
    assert not owed.exists()
    held(3)
    assert owed.get().owner == world.amara.user
