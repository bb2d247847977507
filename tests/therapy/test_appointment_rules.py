"""The rules of appointments, one second either side of each limit and over both clock changes."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sites.rules import Policy
from therapy.appointments import rules

HOURS = dt.timedelta(hours=1)
NOTICE = 48 * HOURS
SECOND = dt.timedelta(seconds=1)
START = dt.datetime(2026, 11, 24, 19, 0, tzinfo=dt.UTC)


def uk(text: str) -> dt.datetime:
    return dt.datetime.fromisoformat(text).replace(tzinfo=rules.UK).astimezone(dt.UTC)


@pytest.mark.rule("APPT-12b")
@pytest.mark.rule("APPT-13a")
@pytest.mark.parametrize(
    ("before", "late"),
    [(NOTICE + SECOND, False), (NOTICE, False), (NOTICE - SECOND, True), (HOURS, True), (-SECOND, True)],
)
def test_48_hours_exactly_is_in_time(before, late):
    assert rules.is_late_cancellation("confirmed", START, START - before, NOTICE) is late


@pytest.mark.rule("APPT-12b")
@pytest.mark.parametrize(
    ("starts_at", "last_moment"),
    [
        ("2026-10-26 19:00", "2026-10-24 20:00"),  # the clocks go back on the 25th: 48 hours earlier is an hour later
        ("2027-03-29 19:00", "2027-03-27 18:00"),  # they go forward on the 28th: 48 hours earlier is an hour earlier
        ("2026-11-24 19:00", "2026-11-22 19:00"),
    ],
)
def test_elapsed_time_counts_over_a_clock_change(starts_at, last_moment):
    start, last = uk(starts_at), uk(last_moment)
    assert rules.free_until(start, NOTICE) == last
    assert not rules.is_late_cancellation("confirmed", start, last, NOTICE)
    assert rules.is_late_cancellation("confirmed", start, last + SECOND, NOTICE)


@pytest.mark.rule("APPT-13c")
@pytest.mark.parametrize("status", ["offered", "declined", "lapsed"])
def test_what_was_never_confirmed_is_never_late(status):
    assert not rules.is_late_cancellation(status, START, START - SECOND, NOTICE)
    assert not rules.judge_cancellation("patient", status, START, START - SECOND, NOTICE).late


@pytest.mark.rule("APPT-18a")
@given(st.timedeltas(min_value=-HOURS, max_value=100 * HOURS))
def test_a_clinicians_cancellation_never_counts_against_the_patient(before):
    verdict = rules.judge_cancellation("clinician", "confirmed", START, START - before, NOTICE)
    assert not verdict.late
    assert rules.cancelled_status("clinician", late=verdict.late) == "clinician_cancelled"


@pytest.mark.rule("APPT-12c")
@pytest.mark.parametrize(
    ("before", "words"),
    [
        (NOTICE, "48 hours or more before"),
        (NOTICE - SECOND, "less than 48 hours before"),
        (-SECOND, "after the start"),
    ],
)
def test_a_verdict_says_why(before, words):
    assert words in rules.judge_cancellation("patient", "confirmed", START, START - before, NOTICE).reason


@pytest.mark.rule("APPT-5a")
@pytest.mark.rule("APPT-5c")
@pytest.mark.parametrize(
    ("ahead", "short", "limit"),
    [
        (NOTICE + SECOND, False, START - NOTICE),
        (NOTICE, False, START - NOTICE),
        (NOTICE - SECOND, True, START),
        (SECOND, True, START),
    ],
)
def test_an_offer_is_confirmed_48_hours_before_or_at_short_notice_until_the_start(ahead, short, limit):
    assert rules.is_short_notice(START - ahead, START, NOTICE) is short
    assert rules.confirmation_limit(START - ahead, START, NOTICE) == limit


@pytest.mark.rule("APPT-8a")
@pytest.mark.parametrize(
    "day", [dt.date(2026, 10, 24), dt.date(2026, 10, 26), dt.date(2027, 3, 27), dt.date(2027, 3, 29)]
)
def test_seven_in_the_evening_stays_seven_in_the_evening(day):
    (moment,) = rules.uk_moments(day, dt.time(19))
    assert moment.astimezone(rules.UK).time() == dt.time(19)


@pytest.mark.rule("APPT-8b")
def test_the_hour_left_out_means_no_moment_and_the_doubled_one_two():
    assert rules.uk_moments(dt.date(2027, 3, 28), dt.time(1, 30)) == []
    first, second = rules.uk_moments(dt.date(2026, 10, 25), dt.time(1, 30))
    assert second - first == HOURS


@pytest.mark.rule("APPT-2a")
@pytest.mark.parametrize(
    ("step", "problem", "assessment"), [("", "", True), ("3", "", True), ("", "ocd", True), ("3", "ocd", False)]
)
def test_an_appointment_is_an_assessment_until_step_and_diagnosis_are_set(step, problem, assessment):
    assert rules.is_assessment(step, problem) is assessment


@pytest.mark.rule("APPT-1b")
@pytest.mark.rule("APPT-1c")
@pytest.mark.parametrize(
    ("modality", "step", "assessment", "minutes"),
    [
        ("typed", "", True, [60]),
        ("typed", "2", False, [45]),
        ("typed", "3", False, [60, 30]),
        ("typed", "3+", False, [60, 30]),
        ("video", "", True, [50]),
        ("video", "2", False, [50, 30]),
        ("video", "3+", False, [50, 30]),
    ],
)
def test_lengths_by_modality_kind_and_step(modality, step, assessment, minutes):
    assert Policy().lengths(modality, step=step, assessment=assessment) == minutes


def facts(*, joined: dt.datetime | None = START, wait: dt.timedelta = 15 * HOURS / 60) -> rules.SessionFacts:
    return rules.SessionFacts(START, START + HOURS, joined, wait, NOTICE)


@pytest.mark.rule("APPT-14a")
@pytest.mark.parametrize("minutes", [10, 15])
def test_a_dna_waits_until_the_wait_is_over(minutes):
    wait = dt.timedelta(minutes=minutes)
    assert "not over" in rules.why_not("dna", facts(joined=None, wait=wait), at=START + wait - SECOND)
    assert rules.why_not("dna", facts(joined=None, wait=wait), at=START + wait) == ""


@pytest.mark.rule("APPT-14b")
@pytest.mark.parametrize(("step", "minutes"), [("2", 10), ("3", 15), ("3+", 15), ("", 15)])
def test_the_wait_goes_by_step_and_is_the_longest_without_one(step, minutes):
    assert Policy().wait_for(step) == minutes


@pytest.mark.rule("APPT-14c")
def test_who_was_there_did_not_fail_to_attend():
    assert rules.why_not("dna", facts(), at=START + HOURS) == "The patient was here."


@pytest.mark.rule("APPT-16a")
def test_completed_late_is_for_those_who_came_late():
    late = facts(joined=START + 20 * SECOND)
    assert rules.why_not("completed_late", late, at=START + HOURS) == ""
    assert rules.why_not("completed_late", facts(), at=START + HOURS) == "The patient was here at the start."


@pytest.mark.rule("APPT-19b")
@pytest.mark.parametrize(
    ("outcome", "joined", "at", "why"),
    [
        ("completed", START, START - SECOND, "not begun"),
        ("completed", None, START + HOURS, "not here"),
        ("completed_late", None, START + HOURS, "not here"),
        ("late_cancelled", None, START - NOTICE, "early enough"),
        ("aborted", START, START + HOURS, "what went wrong"),
        ("cancelled", START, START + HOURS, "not an outcome"),
    ],
)
def test_an_outcome_that_the_facts_rule_out_says_why(outcome, joined, at, why):
    assert why in rules.why_not(outcome, facts(joined=joined), at=at)


@pytest.mark.rule("APPT-13b")
@pytest.mark.rule("APPT-17a")
def test_cancelling_within_the_session_is_late_and_trouble_needs_words():
    assert rules.why_not("late_cancelled", facts(), at=START + HOURS / 2) == ""
    assert rules.why_not("aborted", facts(), at=START + HOURS, reason="The line kept dropping.") == ""


@pytest.mark.rule("APPT-6d")
def test_an_unconfirmed_appointment_never_becomes_a_dna():
    assert not rules.may_turn("offered", "dna")
    assert not rules.may_turn("offered", "late_cancelled")
    assert rules.APPOINTMENT_TRANSITIONS.keys() == rules.OPEN_STATUSES
