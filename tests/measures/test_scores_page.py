"""Scores over time: chart, table and words (MEAS-7)."""

import datetime as dt

import pytest
from django.utils import timezone

from measures.actions import answer_all, complete, definition_of, give
from measures.charts import score_chart

pytestmark = pytest.mark.django_db


def scored(case, measure: str, total: int, days_ago: int) -> None:
    """A finished questionnaire of this total."""
    at = timezone.now() - dt.timedelta(days=days_ago)
    given = give(case, measure, occasion=f"{total} {days_ago} days ago", at=at)
    numbers = definition_of(given).numbers
    points = {number: min(3, max(0, total - 3 * place)) for place, number in enumerate(numbers)}
    answer_all(given, points, by=case.patient.user, at=at)
    complete(given, by=case.patient.user, at=at)


@pytest.fixture
def case(world):
    scored(world.alice_case, "phq-9", 16, 42)
    scored(world.alice_case, "phq-9", 12, 21)
    scored(world.alice_case, "phq-9", 9, 1)
    scored(world.alice_case, "gad-7", 8, 1)
    return world.alice_case


@pytest.mark.rule("MEAS-7a")
@pytest.mark.rule("MEAS-7b")
def test_patient_and_clinician_see_chart_table_and_words(world, client_of, case):
    for who in (world.alice, world.amara, world.sunniva, world.olu):
        page = client_of(who).get(f"/cases/{case.ref}/scores/").content.decode()
        assert "PHQ-9: from 16 to 9: below the clinical cut-off." in page
        assert "GAD-7: 8, at or above the clinical cut-off." in page
        assert page.count("<svg") >= 2
        assert "None to" in page
        assert "cut-off 10" in page
        assert "Scores go from 0 to 21. 8 or more is the range in which treatment usually helps." in page
        for number in ("16", "12", "9"):
            assert f'<td class="app-number">{number}</td>' in page


@pytest.mark.rule("MEAS-7a")
def test_nobody_else_sees_them(world, client_of, case):
    for who in (world.charlie, world.bob, world.piet, world.farid, world.tamsin):
        assert client_of(who).get(f"/cases/{case.ref}/scores/").status_code == 404


def test_without_a_score_the_page_says_so(world, client_of):
    assert "No scores yet" in client_of(world.alice).get(f"/cases/{world.alice_case.ref}/scores/").content.decode()
    assert score_chart(world.alice_case, "gad-7").words == ""


def test_more_scores_ask_the_database_no_oftener(world, client_of, case, same_queries):
    same_queries(client_of(world.alice), f"/cases/{case.ref}/scores/", lambda: scored(case, "phq-9", 5, 0))
