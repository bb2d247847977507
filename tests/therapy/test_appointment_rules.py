"""The rules of appointments, one second either side of each limit and over both clock changes."""

import datetime as dt
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sites.rules import Policy
from therapy.appointments import rules
from therapy.connection.rules import Record, Span

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
    ("side", "status", "before", "late", "words"),
    [
        ("patient", "confirmed", NOTICE, False, "Cancelled by the patient 48 hours or more before the start."),
        (
            "patient",
            "confirmed",
            NOTICE - SECOND,
            True,
            "Cancelled by the patient less than 48 hours before the start.",
        ),
        ("patient", "confirmed", 0 * SECOND, True, "Cancelled by the patient after the start."),
        ("patient", "confirmed", -SECOND, True, "Cancelled by the patient after the start."),
        ("patient", "offered", -SECOND, False, "Never confirmed, so not a late cancellation."),
        ("clinician", "confirmed", SECOND, False, "Cancelled by the clinician: never counted against the patient."),
    ],
)
def test_a_verdict_says_why(side, status, before, late, words):
    assert rules.judge_cancellation(side, status, START, START - before, NOTICE) == rules.Verdict(late, words)


@pytest.mark.rule("APPT-12a")
@pytest.mark.parametrize(("late", "status"), [(True, "late_cancelled"), (False, "cancelled")])
def test_a_patients_cancellation_is_late_or_not(late, status):
    assert rules.cancelled_status("patient", late=late) == status


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
    assert rules.may_turn("offered", "confirmed")
    assert rules.may_turn("confirmed", "dna")
    assert not rules.may_turn("offered", "dna")
    assert not rules.may_turn("offered", "late_cancelled")
    assert rules.APPOINTMENT_TRANSITIONS.keys() == rules.OPEN_STATUSES


@pytest.mark.rule("APPT-21b")
def test_an_outcome_is_corrected_to_another_outcome_and_to_nothing_else():
    assert rules.may_correct("dna", "completed")
    assert not rules.may_correct("dna", "dna")
    assert not rules.may_correct("dna", "confirmed")
    assert not rules.may_correct("offered", "dna")
    allowed = rules.transitions()
    assert len(allowed) == len(set(allowed)) == 5 + 7 + 7 * 6
    assert ("offered", "confirmed") in allowed
    assert not any(rules.may_turn(settled, "confirmed") for settled in rules.SETTLED_STATUSES)


SPOILT = Span(START, START + HOURS / 6)


def measured(*lost: Span, outages: tuple[Span, ...] = ()) -> Record:
    """A record of the session in which so much was without connection."""
    return Record(Span(START, START + HOURS), START + HOURS, (), outages, lost)


@pytest.mark.rule("APPT-17c")
def test_a_session_that_the_service_spoilt_is_held_against_nobody():
    down = replace(facts(joined=None), connection=measured(SPOILT, outages=(SPOILT,)))
    assert rules.why_not("dna", down, at=START + HOURS) == rules.SPOILT
    assert rules.why_not("late_cancelled", down, at=START + HOURS) == rules.SPOILT
    short = Span(START, START + HOURS / 12)
    again = replace(facts(joined=None), connection=measured(short, outages=(short,)))
    words = "The wait of 15 minutes is not over yet, and it began again after the service had been down."
    assert rules.why_not("dna", again, at=START + HOURS / 4) == words
    assert rules.why_not("dna", facts(joined=None), at=START) == "The wait of 15 minutes is not over yet."


@pytest.mark.rule("APPT-17b")
def test_an_aborted_session_needs_ten_measured_minutes_or_a_reason():
    long, short = measured(SPOILT), measured(Span(START, START + HOURS / 12))
    assert rules.why_not("aborted", replace(facts(), connection=long), at=START + HOURS) == ""
    words = rules.why_not("aborted", replace(facts(), connection=short), at=START + HOURS)
    assert words == "We measured 5 minutes without connection, less than 10 minutes. Say what went wrong."
    assert "We measured nothing" in rules.why_not("aborted", facts(), at=START + HOURS, reason=" ")


@pytest.mark.rule("APPT-18d")
@pytest.mark.parametrize("outcome", ["completed", "completed_late", "dna"])
def test_a_clinician_who_never_came_records_nothing_against_the_patient(outcome):
    alone = replace(facts(joined=None if outcome == "dna" else START + SECOND), clinician_missed=True)
    assert rules.why_not(outcome, alone, at=START + HOURS) == rules.CLINICIAN_MISSED


@pytest.mark.rule("APPT-19b")
@pytest.mark.parametrize(
    ("known", "minutes", "outcome"),
    [
        ({"joined": None}, 14, ""),
        ({"joined": None}, 15, "dna"),
        ({"joined": START}, 60, "completed"),
        ({"joined": START + SECOND}, 60, "completed_late"),
        ({"joined": START}, -1, ""),
    ],
)
def test_the_outcome_that_the_facts_speak_for(known, minutes, outcome):
    at = START + dt.timedelta(minutes=minutes)
    assert rules.fitting(facts(**known), at=at) == outcome
    assert rules.why_not("completed", facts(), at=START) == ""


@pytest.mark.rule("APPT-17b")
def test_a_lost_connection_speaks_for_aborted():
    assert rules.fitting(replace(facts(), connection=measured(SPOILT)), at=START + HOURS) == "aborted"


@pytest.mark.rule("APPT-4f")
@pytest.mark.parametrize(
    ("ended", "until"),
    [(HOURS / 2, HOURS / 2), (HOURS, HOURS), (2 * HOURS, HOURS), (0 * HOURS, HOURS), (-HOURS, HOURS)],
)
def test_a_session_that_ends_early_frees_the_rest_of_its_time(ended, until):
    assert rules.held_time(START, START + HOURS, START + ended) == (START, START + until)


@pytest.mark.rule("APPT-10a")
def test_the_days_of_a_series_are_the_same_day_of_the_week():
    days = rules.series_days(dt.date(2026, 10, 21), 2, 3)
    assert days == [dt.date(2026, 10, 21), dt.date(2026, 11, 4), dt.date(2026, 11, 18)]


@pytest.mark.rule("ROOM-1b")
def test_the_room_opens_a_quarter_of_an_hour_before():
    assert rules.room_opens_at(START) == START - HOURS / 4


def test_what_is_written_after_a_session_that_counts_for_nothing():
    assert rules.follow_up_template("aborted") == "session_aborted"
    assert rules.follow_up_template("clinician_cancelled") == "session_cancelled"
