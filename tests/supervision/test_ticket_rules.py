"""What a ticket asks for, how it moves, and by when it is answered."""

import datetime as dt
from itertools import product
from zoneinfo import ZoneInfo

import pytest

from deadlines.calendars import ENGLAND
from supervision import rules

UK = ZoneInfo("Europe/London")
URGENT, OTHER = rules.TYPES["risk_urgent"], rules.TYPES["other"]


def uk(moment: str) -> dt.datetime:
    return dt.datetime.fromisoformat(moment).replace(tzinfo=UK)


@pytest.mark.rule("SUP-2a")
def test_an_urgent_ticket_asks_for_every_field_of_its_form():
    assert [question.name for question in URGENT.questions] == [
        "item_9", "scores", "thoughts", "plans", "intent", "past_risk", "self_harm", "to_others", "from_others",
        "safeguarding", "other_relevant", "protective", "plan_agreed", "actions_taken", "question",
    ]  # fmt: skip
    assert [question.name for question in URGENT.questions if question.filled] == ["item_9", "scores"]


@pytest.mark.rule("SUP-2b")
def test_each_type_closes_with_outcomes_of_its_own():
    assert list(URGENT.outcomes.values()) == ["Advice given", "Actions required", "Referred on"]
    assert list(OTHER.outcomes.values()) == ["Answered", "Agreed", "Not agreed", "Closed as another type"]


@pytest.mark.rule("SUP-3b")
def test_an_urgent_ticket_goes_with_anything_missing():
    assert rules.why_not_sendable(URGENT, rules.clean_form(URGENT, {})) is None


@pytest.mark.rule("SUP-3c")
def test_another_ticket_needs_its_question():
    assert rules.why_not_sendable(OTHER, {"question": ""}) == ("question", "Fill in: your question to the supervisor.")
    assert rules.why_not_sendable(OTHER, {"question": "May I?"}) is None


@pytest.mark.rule("SUP-3a")
def test_what_is_empty_is_named_but_not_what_the_platform_fills_in():
    form = rules.clean_form(URGENT, {"thoughts": "Every day.", "intent": "4"})
    empty = rules.empty_fields(URGENT, form)
    assert "Thoughts" not in empty
    assert "Intent to act" not in empty
    assert "Latest scores" not in empty
    assert len(empty) == len(URGENT.asked) - 2


@pytest.mark.parametrize(
    ("intent", "right"),
    [("", True), ("0", True), ("10", True), ("11", False), ("-1", False), ("x", False), ("٣", False)],
)
def test_intent_is_a_whole_number_from_0_to_10(intent, right):
    assert (rules.why_not_sendable(URGENT, {"intent": intent}) is None) is right


def test_only_the_types_own_fields_are_kept():
    assert rules.clean_form(OTHER, {"question": "  May I? ", "thoughts": "x", "client_key": "k"}) == {
        "question": "May I?"
    }


@pytest.mark.rule("SUP-1b")
@pytest.mark.parametrize(("before", "after"), list(product(rules.TICKET_TRANSITIONS, repeat=2)))
def test_a_closed_ticket_stays_closed_and_none_is_open_again(before, after):
    allowed = rules.may_turn(before, after)
    if before == "closed":
        assert not allowed
    elif after == "open":
        assert allowed is (before == "open")
    else:
        assert allowed


@pytest.mark.rule("SUP-1b")
def test_whoever_has_written_waits_for_the_other():
    assert rules.state_after("supervisor") == "waiting_clinician"
    assert rules.state_after("clinician") == "waiting_supervisor"


@pytest.mark.rule("TIME-10a")
@pytest.mark.parametrize("opened", ["2026-10-25 00:30", "2026-12-25 03:00", "2027-03-28 00:30"])
def test_an_urgent_answer_is_due_after_one_elapsed_hour_and_reminded_after_half(opened):
    assert rules.answer_due(URGENT, uk(opened), ENGLAND) - uk(opened).astimezone(dt.UTC) == dt.timedelta(hours=1)
    assert rules.reminder_due(URGENT, uk(opened)) - uk(opened).astimezone(dt.UTC) == dt.timedelta(minutes=30)


@pytest.mark.rule("SUP-5a")
@pytest.mark.rule("TIME-11a")
@pytest.mark.parametrize(
    ("opened", "due"),
    [
        ("2026-11-02 10:00", "2026-11-06 10:00"),
        ("2026-11-05 10:00", "2026-11-11 10:00"),
        ("2026-12-23 10:00", "2026-12-30 10:00"),  # four working days would be the 31st: seven days are the most
        ("2026-12-24 17:31", "2026-12-31 17:31"),
        ("2027-03-25 17:29", "2027-04-01 18:29"),  # Easter, and the clocks go forward: seven days end an hour later
        ("2026-10-23 10:00", "2026-10-29 10:00"),
    ],
)
def test_another_answer_is_due_after_four_working_days_and_seven_days_at_the_most(opened, due):
    assert rules.answer_due(OTHER, uk(opened), ENGLAND) == uk(due)
    assert rules.reminder_due(OTHER, uk(opened)) is None


@pytest.mark.rule("SUP-4a")
@pytest.mark.parametrize(
    ("now", "next_"),
    [
        ("2026-11-02 08:00", None),
        ("2026-11-02 19:59", None),
        ("2026-11-02 20:00", "2026-11-03 08:00"),
        ("2026-11-02 07:59", "2026-11-02 08:00"),
        ("2026-10-24 23:30", "2026-10-25 08:00"),
        ("2026-12-25 12:00", None),
    ],
)
def test_somebody_is_on_duty_from_8_to_20_every_day(now, next_):
    assert rules.next_on_duty(uk(now)) == (uk(next_) if next_ else None)
