"""Totals, bands, caseness and change in words (MEAS-5, MEAS-7)."""

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from measures import definitions, rules
from measures.definitions.reading import Item

PHQ, GAD = definitions.get("phq-9"), definitions.get("gad-7")


def answers_to(definition):
    return st.fixed_dictionaries({number: st.sampled_from(sorted(definition.values)) for number in definition.numbers})


@pytest.mark.rule("MEAS-5f")
@given(answers_to(PHQ))
def test_a_sum_is_the_sum_and_lies_on_the_scale(answers):
    total = rules.total(PHQ, answers)
    assert total == sum(answers.values())
    assert PHQ.lowest <= total <= PHQ.highest


@pytest.mark.rule("MEAS-5f")
@given(answers_to(GAD), st.sets(st.sampled_from(GAD.numbers)))
def test_a_reversed_item_counts_from_the_other_end(answers, turned):
    items = tuple(Item(item.number, item.text, item.number in turned) for item in GAD.items)
    expected = sum(3 - value if number in turned else value for number, value in answers.items())
    assert rules.total(replace(GAD, items=items), answers) == expected
    mean = rules.total(replace(GAD, items=items, method="mean"), answers)
    assert abs(mean - Decimal(expected) / 7) <= Decimal("0.005")


@pytest.mark.rule("MEAS-5a")
@pytest.mark.rule("MEAS-5c")
@given(answers_to(PHQ), st.sets(st.sampled_from(PHQ.numbers), min_size=1))
def test_with_anything_missing_there_is_no_score(answers, gone):
    given_ones = {number: value for number, value in answers.items() if number not in gone}
    with pytest.raises(rules.Incomplete) as error:
        rules.total(PHQ, given_ones)
    assert error.value.missing == sorted(gone)


@pytest.mark.rule("MEAS-5a")
@pytest.mark.parametrize("wrong", [-1, 4, None, "2"])
def test_an_answer_that_is_no_option_is_missing(wrong):
    assert rules.missing_items(PHQ, dict.fromkeys(PHQ.numbers, 0) | {4: wrong}) == [4]


@pytest.mark.parametrize(
    ("definition", "score", "name", "caseness"),
    [
        (PHQ, 0, "None to minimal", False),
        (PHQ, 4, "None to minimal", False),
        (PHQ, 5, "Mild", False),
        (PHQ, 9, "Mild", False),
        (PHQ, 10, "Moderate", True),
        (PHQ, 15, "Moderately severe", True),
        (PHQ, 20, "Severe", True),
        (PHQ, 27, "Severe", True),
        (GAD, 4, "None to minimal", False),
        (GAD, 7, "Mild", False),
        (GAD, 8, "Mild", True),
        (GAD, 10, "Moderate", True),
        (GAD, 15, "Severe", True),
        (GAD, 21, "Severe", True),
    ],
)
@pytest.mark.rule("MEAS-4d")
def test_bands_and_caseness_at_their_borders(definition, score, name, caseness):
    assert rules.band(definition, score) == name
    assert rules.is_caseness(definition, score) is caseness


@pytest.mark.rule("MEAS-4d")
@pytest.mark.parametrize(("definition", "change"), [(PHQ, 6), (GAD, 4)])
def test_change_is_reliable_from_its_figure_on_in_both_directions(definition, change):
    for first, last in [(12, 12 - change), (12 - change, 12)]:
        assert rules.is_reliable_change(definition, first, last)
    assert not rules.is_reliable_change(definition, 12, 12 - change + 1)


@pytest.mark.rule("MEAS-7b")
@pytest.mark.parametrize(
    ("first", "last", "words"),
    [
        (16, 9, "from 16 to 9: below the clinical cut-off"),
        (9, 10, "from 9 to 10: at or above the clinical cut-off"),
        (Decimal("12.00"), Decimal("12.00"), "still 12: at or above the clinical cut-off"),
    ],
)
def test_the_course_in_words(first, last, words):
    assert rules.change_in_words(first, last, PHQ) == words


@pytest.mark.rule("MEAS-7b")
def test_without_a_cut_off_the_course_is_said_alone():
    assert rules.change_in_words(Decimal("2.50"), Decimal("1.20"), replace(PHQ, caseness=None)) == "from 2.5 to 1.2"
