"""Screens, standards and indicative steps, boundary by boundary."""

import datetime as dt

import pytest

from intake.triage import rules

REFERRED = dt.datetime(2026, 10, 1, 9, 0, tzinfo=dt.UTC)


def sheet(**changes) -> rules.Sheet:
    usual = {"age": 34, "youngest_age": 18, "postcode": "LS6 2AB", "practice": "Hill Surgery", "item_9": 0}
    return rules.Sheet(**usual | changes)


def kinds(**changes) -> list[str]:
    return [flag.kind for flag in rules.flags(sheet(**changes))]


def test_usual_answers_raise_nothing():
    assert rules.flags(sheet()) == []


@pytest.mark.rule("REF-5a")
@pytest.mark.parametrize(
    ("age", "youngest", "raised"), [(17, 18, True), (18, 18, False), (16, 16, False), (15, 16, True)]
)
def test_age_is_held_against_the_youngest_the_site_takes(age, youngest, raised):
    assert ("under_age" in kinds(age=age, youngest_age=youngest)) is raised


@pytest.mark.rule("REF-5b")
@pytest.mark.parametrize("covered", [True, False])
def test_somebody_whom_the_site_does_not_cover_is_outside_the_area(covered):
    assert ("outside_area" in kinds(covered=covered)) is not covered


@pytest.mark.rule("REF-5c")
@pytest.mark.parametrize(("item_9", "raised"), [(None, False), (0, False), (1, True), (2, True), (3, True)])
def test_item_9_of_one_or_more_is_risk_to_self(item_9, raised):
    assert ("risk_to_self" in kinds(item_9=item_9)) is raised


@pytest.mark.rule("REF-5e")
@pytest.mark.parametrize(
    ("page", "field", "value", "kind"),
    [
        ("safety", "thoughts", "sometimes", "risk_to_self"),
        ("safety", "thoughts", "often", "risk_to_self"),
        ("safety", "thoughts", "plan", "risk_to_self"),
        ("safety", "attempts", "year", "risk_to_self"),
        ("safety", "attempts", "earlier", "risk_to_self"),
        ("safety", "from_others", "yes", "risk_others"),
        ("safety", "to_others", "yes", "risk_others"),
        ("care", "in_care", "yes", "care_elsewhere"),
        ("health", "alcohol", "daily", "substances"),
        ("health", "drugs", "often", "substances"),
    ],
)
def test_answers_of_the_self_assessment_raise_their_flags(page, field, value, kind):
    assert kinds(answers={page: {field: value}}) == [kind]
    assert kinds(answers={page: {field: "no"}}) == []


@pytest.mark.rule("REF-5d")
def test_a_flag_of_risk_carries_each_answer_that_raised_it():
    safety = {"thoughts": "plan", "attempts": "year", "from_others": "yes", "to_others": "no"}
    assert [flag.answer for flag in rules.flags(sheet(item_9=1, answers={"safety": safety}))] == [
        "PHQ-9 item 9 answered 1, several days. Thoughts of ending their life, with a plan. "
        "Harmed themselves or tried to end their life within the last year.",
        "At risk of harm from somebody else.",
    ]


@pytest.mark.rule("REF-5d")
def test_each_flag_carries_the_answer_that_raised_it():
    found = rules.flags(sheet(age=16, postcode="BD1 1AA", covered=False, item_9=2))
    assert [flag.answer for flag in found] == [
        "PHQ-9 item 9 answered 2, more than half the days.",
        "Aged 16 when referred; this site takes people from 18.",
        "Postcode BD1 1AA, practice Hill Surgery: this site covers neither.",
    ]


STEPS = [
    (4, 4, ""), (5, 0, "2"), (0, 5, "2"), (14, 14, "2"), (15, 0, "3"), (19, 14, "3"), (0, 15, "3"),
    (0, 16, "3"), (14, 21, "3"), (20, 0, "3+"), (27, 21, "3+"), (19, 21, "3"), (None, None, ""),
    (None, 9, "2"), (16, None, "3"),
]  # fmt: skip


@pytest.mark.rule("REF-7a")
@pytest.mark.rule("REF-7b")
@pytest.mark.rule("REF-7c")
@pytest.mark.parametrize(("phq9", "gad7", "step"), STEPS)
def test_indicative_step_of_scores(phq9, gad7, step):
    assert rules.indicative_step(phq9, gad7) == step


@pytest.mark.rule("REF-7d")
@pytest.mark.parametrize("need", [{"severe_ocd": True}, {"added_need": True}])
def test_need_indicates_the_highest_step_whatever_the_scores(need):
    assert rules.indicative_step(6, 6, **need) == "3+"


@pytest.mark.rule("REF-7e")
@pytest.mark.parametrize(
    ("phq9", "gad7", "prompted"), [(9, 7, True), (10, 7, False), (9, 8, False), (None, 7, False), (0, 0, True)]
)
def test_both_below_caseness_prompt_for_a_disorder_measure(phq9, gad7, prompted):
    assert rules.prompts_disorder_measure(phq9, gad7) is prompted


@pytest.mark.rule("REF-6b")
@pytest.mark.parametrize(
    ("waited", "words"),
    [
        (dt.timedelta(0), "42 days to 6 weeks"),
        (dt.timedelta(days=41), "1 day to 6 weeks"),
        (dt.timedelta(days=41, hours=23), "1 day to 6 weeks"),
        (dt.timedelta(weeks=6), "0 days to 6 weeks"),
        (dt.timedelta(weeks=6, seconds=1), "past 6 weeks, 84 days to 18"),
        (dt.timedelta(weeks=18), "past 6 weeks, 0 days to 18"),
        (dt.timedelta(weeks=18, seconds=1), "past 18 weeks"),
    ],
)
def test_where_a_referral_stands_against_the_standards(waited, words):
    assert rules.standard_in_words(REFERRED, REFERRED + waited) == words


@pytest.mark.rule("REF-6b")
def test_days_are_whole_elapsed_days_over_the_clock_change():
    assert rules.days_waited(REFERRED, REFERRED + dt.timedelta(days=30, hours=23)) == 30
    assert rules.days_waited(REFERRED, REFERRED - dt.timedelta(hours=1)) == 0


@pytest.mark.rule("REF-6f")
def test_accepting_needs_an_open_referral_a_complete_assessment_and_a_bought_step():
    fits = {"state": "in_triage", "assessed": True, "step": "3", "steps_bought": ("2", "3")}
    assert rules.why_not_acceptable(**fits) == ""
    assert "decided" in rules.why_not_acceptable(**fits | {"state": "waiting"})
    assert "self-assessment" in rules.why_not_acceptable(**fits | {"assessed": False})
    assert "does not buy step 3+" in rules.why_not_acceptable(**fits | {"step": "3+"})
