"""Whom a site covers, ages, hours in words (REF-1, SITE-1)."""

import datetime as dt
from types import SimpleNamespace

import pytest

from intake.referrals import rules

SITE = SimpleNamespace(practices=["The Quay Practice", "Hall & Sons"], postcode_districts=["NM1"])
ANYWHERE = SimpleNamespace(practices=[], postcode_districts=[])


@pytest.mark.parametrize(
    ("born", "day", "age"),
    [
        (dt.date(2008, 11, 21), dt.date(2026, 11, 20), 17),
        (dt.date(2008, 11, 21), dt.date(2026, 11, 21), 18),
        (dt.date(2008, 2, 29), dt.date(2026, 2, 28), 17),
        (dt.date(2008, 2, 29), dt.date(2026, 3, 1), 18),
    ],
)
def test_age_counts_whole_years(born, day, age):
    assert rules.age_on(born, day) == age


@pytest.mark.parametrize(
    ("practice", "postcode", "covered"),
    [
        ("the quay practice", "ZX1 1AA", True),
        ("Quay Practice", "ZX1 1AA", True),
        ("HALL AND SONS", "ZX1 1AA", True),
        ("Another", "NM1 4AB", True),
        ("Another", "NM11 4AB", False),
        ("", "ZX1 1AA", False),
    ],
)
@pytest.mark.rule("REF-1d")
def test_a_site_covers_by_practice_or_by_postcode(practice, postcode, covered):
    assert rules.covers(SITE, practice, postcode) is covered
    assert rules.covers(ANYWHERE, practice, postcode)


def test_a_practice_is_called_as_the_contract_calls_it():
    assert rules.contract_name(SITE, "hall and sons") == "Hall & Sons"
    assert rules.contract_name(SITE, "Another") == "Another"


@pytest.mark.rule("REF-1f")
def test_hours_read_in_the_order_of_the_week():
    wishes = ["sun-evening", "mon-evening", "mon-morning", "nonsense"]
    assert rules.wishes_in_words(wishes) == ["Monday: morning, evening", "Sunday: evening"]
