"""Flags of a real case: raised from referral and answers, once, and accepting without a person where none is."""

import datetime as dt

import pytest
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from intake.selfassessment.models import SelfAssessment
from intake.triage import actions
from intake.triage.models import ScreeningFlag
from measures import actions as measures
from risk.actions import raise_alert
from sites.actions import set_policy


@pytest.fixture
def case(world):
    return world.charlie_case


def assessed(case, **answers) -> None:
    now = timezone.now()
    SelfAssessment.objects.create(case=case, started_at=now, saved_at=now, completed_at=now, answers=answers)


def score(case, measure: str, items: int, value: int, last: int | None = None) -> None:
    """Fill in a measure with one value, and another one for its last item."""
    form, by = measures.give(case, measure, occasion="self-assessment"), case.patient.user
    for item in range(1, items + 1):
        measures.answer(form, item, last if item == items and last is not None else value, by=by)
    measures.complete(form, by=by)


def kinds(case) -> list[str]:
    return [flag.kind for flag in case.flags.all()]


@pytest.mark.rule("REF-5a")
@pytest.mark.rule("REF-5b")
@pytest.mark.rule("REF-5e")
def test_referral_and_answers_of_a_case_raise_its_flags(case):
    case.patient.date_of_birth = timezone.localdate() - dt.timedelta(days=17 * 365)
    case.patient.postcode, case.patient.gp_practice = "ZE1 0AA", "Far Away Surgery"
    assessed(case, care={"in_care": "yes"})
    actions.raise_flags(case)
    assert kinds(case) == ["under_age", "outside_area", "care_elsewhere"]


@pytest.mark.rule("REF-5c")
def test_item_9_counts_also_before_the_questionnaire_is_complete(case):
    form = measures.give(case, "phq-9", occasion="self-assessment")
    measures.answer(form, 9, 1, by=case.patient.user)
    (flag,) = actions.raise_flags(case)
    assert (flag.kind, flag.answer) == ("risk_to_self", "PHQ-9 item 9 answered 1, several days.")


@pytest.mark.rule("REF-5f")
def test_a_flag_is_raised_once_and_never_changed(case):
    assessed(case, care={"in_care": "yes"})
    assert [len(actions.raise_flags(case)) for _ in range(2)] == [1, 1]
    for statement in ("UPDATE intake_screeningflag SET answer = ''", "DELETE FROM intake_screeningflag"):
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)
    assert ScreeningFlag.objects.count() == 1


@pytest.fixture
def allowed(world, case):
    """The same case at a site that accepts without a person."""
    policy = world.site.policy.as_data() | {"auto_accept": True}
    set_policy(world.site, policy, by=world.leonie, applies_to_open_cases=True)
    case.refresh_from_db()
    return case


@pytest.mark.rule("REF-6l")
def test_an_unflagged_referral_is_accepted_without_a_person_where_the_site_allows_it(world, allowed):
    assessed(allowed)
    score(allowed, "phq-9", 9, 2, last=0)
    decision = actions.accept_unflagged(allowed)
    allowed.refresh_from_db()
    assert (allowed.state, allowed.provisional_step, decision.by) == ("waiting", "3", None)
    assert allowed.admin_notes.get().text.startswith("Accepted at step 3: No flag, and the site allows it.")


def flag(case) -> None:
    ScreeningFlag.objects.create(case=case, kind="substances", answer="Drinks.", at=timezone.now())


def alert(case) -> None:
    raise_alert(case, kind="saq_risk", source="self-assessment:x")


def unfinish(case) -> None:
    SelfAssessment.objects.update(completed_at=None)


def sell_less(case) -> None:
    case.site.steps = ["2"]
    case.site.save()


@pytest.mark.rule("REF-6l")
@pytest.mark.parametrize("hindrance", [flag, alert, unfinish, sell_less])
def test_a_person_looks_where_anything_speaks_against_it(allowed, hindrance):
    assessed(allowed)
    score(allowed, "phq-9", 9, 2, last=0)
    hindrance(allowed)
    assert actions.accept_unflagged(allowed) is None
    allowed.refresh_from_db()
    assert allowed.state == "in_triage"


@pytest.mark.rule("REF-6l")
def test_a_person_looks_where_the_scores_indicate_no_step_or_the_site_does_not_allow_it(case, allowed, world):
    assessed(allowed)
    assert actions.accept_unflagged(allowed) is None
    set_policy(world.site, {}, by=world.leonie, applies_to_open_cases=True)
    score(allowed, "phq-9", 9, 2, last=0)
    allowed.refresh_from_db()
    assert actions.accept_unflagged(allowed) is None
