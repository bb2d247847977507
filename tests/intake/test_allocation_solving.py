"""The assignment: nobody twice, nobody who is excluded, never worse than taking the best pair again and again."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from intake.allocation import rules
from intake.allocation.solving import match, solve

TODAY = dt.date(2026, 11, 2)
CLINICIANS = 5
WORTHS = st.dictionaries(st.integers(0, CLINICIANS - 1), st.floats(0.1, 40), max_size=CLINICIANS)
CASES = st.lists(WORTHS, max_size=9)
PLACES = st.lists(st.integers(0, 4), min_size=CLINICIANS, max_size=CLINICIANS)


def worth(scores, chosen) -> float:
    return sum(scores[row][number] for row, number in enumerate(chosen) if number is not None)


def greedy(scores, places) -> list[int | None]:
    """Take the best pair that is left until none is."""
    left, chosen = list(places), [None] * len(scores)
    pairs = [(worth, row, number) for row, worths in enumerate(scores) for number, worth in worths.items()]
    for _, row, number in sorted(pairs, reverse=True):
        if chosen[row] is None and left[number]:
            chosen[row], left[number] = number, left[number] - 1
    return chosen


def count(chosen) -> int:
    return sum(number is not None for number in chosen)


@pytest.mark.rule("ALLOC-2a")
@given(CASES, PLACES)
def test_no_place_is_filled_twice_and_nobody_is_given_who_is_excluded(scores, places):
    chosen = solve(scores, places)
    assert all(number is None or number in scores[row] for row, number in enumerate(chosen))
    assert all(chosen.count(number) <= free for number, free in enumerate(places))


@pytest.mark.rule("ALLOC-2a")
@given(CASES, PLACES)
def test_it_is_at_least_as_good_as_taking_the_best_pair_again_and_again(scores, places):
    chosen, simple = solve(scores, places), greedy(scores, places)
    assert count(chosen) >= count(simple)
    if count(chosen) == count(simple):
        assert worth(scores, chosen) >= worth(scores, simple) - 1e-6


@pytest.mark.rule("ALLOC-2a")
def test_two_are_placed_where_taking_the_best_pair_places_one():
    scores, places = [{0: 10.0, 1: 9.0}, {0: 9.5}], [1, 1]
    assert greedy(scores, places) == [0, None]
    assert solve(scores, places) == [1, 0]


@pytest.mark.rule("ALLOC-2d")
@given(CASES, PLACES)
def test_the_same_inputs_give_the_same_answer(scores, places):
    assert solve(scores, places) == solve(scores, places)


@pytest.mark.parametrize(("scores", "places"), [([], [3]), ([{}], [3]), ([{0: 1.0}], [0])])
def test_nothing_to_give_gives_nothing(scores, places):
    assert solve(scores, places) == [None] * len(scores)


def facts(ref: str, waited: int, **changes) -> rules.CaseFacts:
    return rules.CaseFacts(ref=ref, site="north", step="3", modality="typed", waited_days=waited, **changes)


def hit(ref: str, places: int, **changes) -> rules.ClinicianFacts:
    north, typed = frozenset({"north"}), frozenset({"typed"})
    cleared = {"sites": north, "protocols": north, "modalities": typed, "parts": frozenset({"mon-evening"})}
    documents = dict.fromkeys(rules.DOCUMENTS, dt.date(2027, 6, 1))
    usual = {"ref": ref, "kind": "HIT", "desired": places, "held": 0, "documents": documents}
    return rules.ClinicianFacts(**usual | cleared | changes)


@pytest.mark.rule("ALLOC-2c")
def test_the_one_place_goes_to_who_waited_longest():
    found = match([facts("new", 3), facts("old", 90), facts("middle", 30)], [hit("amara", 1)], TODAY)
    assert [(each.case, each.chosen and each.chosen.clinician) for each in found] == [
        ("new", None),
        ("old", "amara"),
        ("middle", None),
    ]
    assert found[0].why_nobody == "Every place that fits went to somebody else: 1 clinician fitted."


@pytest.mark.rule("ALLOC-2e")
def test_each_case_keeps_candidates_with_scores_and_what_excluded_the_rest():
    wanted = facts("C1", 10, hours=frozenset({"mon-evening"}))
    others = [hit("piet", 2, kind="PWP"), hit("noor", 2, parts=frozenset({"fri-morning"})), hit("full", 0)]
    (found,) = match([wanted], [hit("amara", 1), *others], TODAY)
    assert [(one.clinician, one.score > 0) for one in found.candidates] == [("amara", True)]
    assert {reason.name: refs for reason, refs in found.excluded.items()} == {"step": ["piet"], "hours": ["noor"]}


def test_ten_thousand_cases_are_matched_in_seconds():
    parts = [f"{day}-{part}" for day in ("mon", "tue", "wed", "thu", "fri") for part in ("morning", "evening")]
    cases = [facts(f"c{n}", n % 120, hours=frozenset({parts[n % 10], parts[n % 7]})) for n in range(10_000)]
    clinicians = [hit(f"h{n}", 2, parts=frozenset(parts[n % 8 : n % 8 + 3])) for n in range(100)]
    found = match(cases, clinicians, TODAY)
    assert sum(each.chosen is not None for each in found) == 200
