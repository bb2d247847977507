"""What a session pays: tables at each boundary, and properties over all amounts."""

import datetime as dt
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from billing import rules

UK = ZoneInfo("Europe/London")


@pytest.mark.rule("PAY-2a")
@pytest.mark.rule("PAY-2b")
@pytest.mark.parametrize(
    ("rate", "basic", "holiday"),
    [(4483, 4000, 483), (3362, 3000, 362), (2241, 2000, 241), (5000, 4461, 539), (3000, 2677, 323), (0, 0, 0)],
)
def test_holiday_pay_is_contained_in_the_rate(rate, basic, holiday):
    assert rules.split(rate) == (basic, holiday)


@pytest.mark.rule("PAY-2b")
@given(st.integers(min_value=0, max_value=1_000_000))
def test_basic_and_holiday_always_add_up_to_the_rate(rate):
    basic, holiday = rules.split(rate)
    assert basic + holiday == rate
    assert abs(basic * 11_207 - rate * 10_000) * 2 <= 11_207


@pytest.mark.rule("PAY-3a")
@pytest.mark.rule("PAY-3b")
@pytest.mark.rule("PAY-3d")
@pytest.mark.parametrize(
    ("status", "pence"),
    [
        ("completed", 4483),
        ("completed_late", 4483),
        ("dna", 2241),
        ("late_cancelled", 2241),
        ("cancelled", 0),
        ("declined", 0),
        ("lapsed", 0),
        ("clinician_cancelled", 0),
    ],
)
def test_each_outcome_pays_full_half_or_nothing_with_a_reason(status, pence):
    verdict = rules.pay_for(status, was_confirmed=True, rate_pence=4483, breaches_before=0)
    assert verdict.pence == pence
    assert verdict.reason.endswith(".")


@pytest.mark.rule("PAY-3f")
def test_an_aborted_session_pays_nothing_until_decided():
    verdict = rules.pay_for("aborted", was_confirmed=True, rate_pence=4483, breaches_before=0)
    assert verdict.pence == 0
    assert "decided" in verdict.reason


@pytest.mark.rule("PAY-3c")
@pytest.mark.parametrize(("before", "pence"), [(0, 2500), (1, 2500), (2, 0), (3, 0)])
def test_two_breaches_of_an_episode_are_paid_and_no_more(before, pence):
    assert rules.pay_for("dna", was_confirmed=True, rate_pence=5000, breaches_before=before).pence == pence


@pytest.mark.rule("PAY-3b")
@pytest.mark.parametrize(
    ("status", "before", "words"),
    [
        ("dna", 0, "Did not attend: half of the rate (1 of at most 2 in this episode)."),
        ("late_cancelled", 1, "Late cancellation: half of the rate (2 of at most 2 in this episode)."),
    ],
)
def test_a_paid_breach_says_which_it_is_and_of_how_many(status, before, words):
    assert rules.pay_for(status, was_confirmed=True, rate_pence=4483, breaches_before=before).reason == words


@pytest.mark.rule("PAY-3e")
@pytest.mark.parametrize("status", ["dna", "late_cancelled"])
def test_a_breach_of_an_unconfirmed_appointment_pays_nothing(status):
    verdict = rules.pay_for(status, was_confirmed=False, rate_pence=4483, breaches_before=0)
    assert verdict.pence == 0
    assert "never confirmed" in verdict.reason


@pytest.mark.parametrize("status", ["offered", "confirmed"])
def test_what_has_not_ended_is_not_settled(status):
    assert not rules.is_settled(status)


@pytest.mark.rule("PAY-7c")
@pytest.mark.parametrize(
    ("start", "month"),
    [
        (dt.datetime(2026, 6, 30, 22, 59, tzinfo=dt.UTC), dt.date(2026, 6, 1)),
        (dt.datetime(2026, 6, 30, 23, 0, tzinfo=dt.UTC), dt.date(2026, 7, 1)),
        (dt.datetime(2026, 12, 31, 23, 59, tzinfo=dt.UTC), dt.date(2026, 12, 1)),
        (dt.datetime(2027, 1, 1, 0, 0, tzinfo=dt.UTC), dt.date(2027, 1, 1)),
    ],
)
def test_the_month_is_that_of_the_start_in_uk_time(start, month):
    assert rules.month_of(start) == month


@pytest.mark.rule("PAY-7c")
@pytest.mark.parametrize(
    "month", [dt.date(2026, 3, 1), dt.date(2026, 10, 1), dt.date(2026, 2, 1), dt.date(2026, 12, 1)]
)
def test_a_month_ends_where_the_next_begins(month):
    first, after = rules.month_bounds(month)
    assert rules.month_of(first) == month
    assert rules.month_of(after.astimezone(dt.UTC) - dt.timedelta(seconds=1)) == month
    assert rules.month_of(after) == rules.next_month(month)


@pytest.mark.rule("PAY-1a")
@pytest.mark.rule("PAY-1b")
def test_the_newest_rate_in_force_on_the_day_counts():
    rates = [rules.RateOnDay(dt.date(2026, 4, 1), 4500), rules.RateOnDay(dt.date(2025, 4, 1), 4483)]
    assert rules.rate_on(rates, dt.date(2026, 3, 31)) == 4483
    assert rules.rate_on(rates, dt.date(2026, 4, 1)) == 4500
    assert rules.rate_on(rates, dt.date(2025, 3, 31)) is None
