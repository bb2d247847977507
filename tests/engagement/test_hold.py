"""A hold stops the clocks of engagement and its end starts them again with what was left (REF-9, ENG-3, TIME-17)."""

import datetime as dt

import pytest

from deadlines.actions import sweep
from deadlines.models import Deadline
from notices.models import OutboxMessage
from patients.cases.actions import assign, turn
from tests.engagement.conftest import AT, DAY
from therapy.engagement import queries, rules
from therapy.engagement.rules import Sent
from therapy.models import NeverEngaged

SECOND = dt.timedelta(seconds=1)


def owed(case, kind: str) -> list[dt.datetime]:
    return [row.due_at for row in Deadline.objects.owed().filter(case_ref=case.ref, kind=kind)]


def told(notice: str = "engagement_due") -> int:
    return OutboxMessage.objects.filter(notice=notice).count()


@pytest.fixture
def held(world):
    """A function that puts a case on hold some days after AT, until other days after AT where they are given."""

    def hold(case, since: float, until: float | None = None, to: str = "") -> None:
        before = case.state
        turn(case, "on_hold", by=world.amara.user, at=AT + since * DAY)
        if until is not None:
            turn(case, to or before, by=world.amara.user, at=AT + until * DAY)

    return hold


@pytest.mark.rule("ENG-3d")
@pytest.mark.parametrize(
    ("pauses", "over"),
    [
        ([], 7),
        ([(2, 5)], 10),
        ([(-3, 2)], 9),
        ([(-5, -1)], 7),
        ([(7, 9)], 7),  # begun when the wait was over
        ([(1, 2), (4, 6)], 10),
        ([(6, 20), (20, 21)], 22),
        ([(6, None)], None),
        ([(7, None)], 7),
    ],
)
def test_time_on_hold_is_no_time_of_a_wait(pauses, over):
    held = [(AT + a * DAY, None if b is None else AT + b * DAY) for a, b in pauses]
    assert rules.after(AT, 7 * DAY, held) == (None if over is None else AT + over * DAY)


@pytest.mark.rule("ENG-3d")
def test_a_step_counts_only_after_the_whole_of_its_wait():
    pauses = [(AT + 2 * DAY, AT + 5 * DAY)]
    early, late = Sent("engagement", AT + 10 * DAY - SECOND), Sent("engagement", AT + 10 * DAY)
    prompt = Sent("engagement_prompt", AT)
    assert len(rules.stand([prompt, early], None, pauses).steps) == 1
    assert len(rules.stand([prompt, late], None, pauses).steps) == 2
    assert "on hold" in rules.too_early("engagement", rules.stand([prompt], None, [(AT + DAY, None)]), AT + 90 * DAY)


@pytest.mark.rule("ENG-3d")
def test_the_next_step_waits_for_the_end_of_the_hold_and_then_for_what_was_left(world, says, held, client_of, at):
    case = world.alice_case
    says(case, world.amara.user, 0, "engagement_prompt")
    turn(case, "on_hold", by=world.amara.user, at=AT + 3 * DAY)
    assert owed(case, "engagement_step") == []
    sweep(AT + 20 * DAY)
    assert told() == 0
    with at(AT + 20 * DAY):
        page = client_of(world.amara).get(f"/cases/{case.ref}/engagement/").text
        form = {"text": "Would you like to go on?", "client_key": "k", "template": "engagement", "hold": "yes"}
        answer = client_of(world.amara).post(f"/messages/{case.ref}/sent/", form)
    assert "Nothing of this runs while the case is on hold." in page
    assert (answer.status_code, "stand still" in answer.text) == (409, True)
    turn(case, "treatment", by=world.amara.user, at=AT + 21 * DAY)
    assert owed(case, "engagement_step") == [AT + 25 * DAY]
    assert queries.stand_of(case).next_at == AT + 25 * DAY
    sweep(AT + 25 * DAY - SECOND)
    assert told() == 0
    sweep(AT + 25 * DAY)
    assert told() == 1
    says(case, world.amara.user, 25, "engagement")
    assert len(queries.stand_of(case).steps) == 2


@pytest.mark.rule("ENG-3d")
def test_a_word_during_the_hold_ends_it_for_good(world, says, held):
    case = world.alice_case
    says(case, world.amara.user, 0, "engagement_prompt")
    turn(case, "on_hold", by=world.amara.user, at=AT + 3 * DAY)
    says(case, world.alice.user, 5)
    turn(case, "treatment", by=world.amara.user, at=AT + 8 * DAY)
    assert owed(case, "engagement_step") == []
    assert not queries.stand_of(case).runs


@pytest.mark.rule("ENG-3d")
def test_two_holds_and_one_that_began_when_it_was_overdue(world, says, held):
    case = world.alice_case
    says(case, world.amara.user, 0, "engagement_prompt")
    held(case, 1, 2)
    held(case, 3, 5)
    assert owed(case, "engagement_step") == [AT + 10 * DAY]
    sweep(AT + 11 * DAY)
    held(case, 12, 30)
    assert owed(case, "engagement_step") == [AT + 30 * DAY]
    sweep(AT + 30 * DAY)
    assert told() == 2, "and the clinician is prompted again"


@pytest.mark.rule("ENG-3d")
@pytest.mark.rule("TIME-3a")
def test_never_engaged_waits_as_well(world, fresh, says, held):
    says(fresh, world.amara.user, 1)
    says(fresh, world.amara.user, 4, "booking_reminder")
    held(fresh, 6, 26)
    sweep(AT + 28 * DAY - SECOND)
    assert not NeverEngaged.objects.exists()
    sweep(AT + 28 * DAY)
    assert NeverEngaged.objects.exists()


@pytest.mark.rule("ENG-3d")
@pytest.mark.parametrize("how", ["to the waiting list", "to somebody else"])
def test_what_stood_still_does_not_come_back_to_whoever_no_longer_has_the_case(world, says, held, how):
    case = world.alice_case
    says(case, world.amara.user, 0, "engagement_prompt")
    turn(case, "on_hold", by=world.amara.user, at=AT + 3 * DAY)
    assign(case, None if how == "to the waiting list" else world.piet, by=world.olu, at=AT + 4 * DAY)
    turn(case, "waiting" if how == "to the waiting list" else "treatment", by=world.olu, at=AT + 5 * DAY)
    assert owed(case, "engagement_step") == []


@pytest.mark.rule("ENG-3d")
def test_a_reply_and_a_review_of_risk_go_on_during_a_hold(world, says, held):
    case = world.alice_case
    says(case, world.alice.user, 0)
    turn(case, "on_hold", by=world.amara.user, at=AT + DAY)
    assert owed(case, "reply") == [AT + 2 * DAY]


@pytest.mark.rule("ENG-3d")
def test_a_prompt_sent_during_a_hold_counts_from_its_end(world, says):
    case = world.alice_case
    turn(case, "on_hold", by=world.amara.user, at=AT)
    says(case, world.amara.user, 2, "engagement_prompt")
    assert owed(case, "engagement_step") == []
    turn(case, "treatment", by=world.amara.user, at=AT + 9 * DAY)
    assert owed(case, "engagement_step") == [AT + 16 * DAY] == [queries.stand_of(case).next_at]
