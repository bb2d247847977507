"""Previewing, applying and allocating by hand, by the verbs."""

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from deadlines.models import Deadline
from intake.allocation import actions
from intake.allocation.inputs import Inputs
from intake.allocation.models import Allocation, AllocationRun, MatchOutcome
from intake.allocation.solving import match as solve
from notices.models import OutboxMessage
from patients.cases.actions import turn
from patients.models import Case
from risk.actions import raise_alert
from sites.actions import acknowledge_protocol, pause_allocation, publish_protocol
from tests import cast
from tests.harness.together import together
from tests.intake.waiting_list import held_by, only_places, waiting
from ui.errors import Refused


@pytest.mark.rule("ALLOC-2d")
def test_a_preview_allocates_nobody_and_can_be_worked_out_again_from_what_it_kept(world):
    cases = [waiting(f"Wanda{number} Wait", world.site, number) for number in range(4)]
    only_places(world.amara, 2)
    run = actions.preview(by=world.olu)
    assert not Case.objects.filter(state="allocated").exists()
    assert {match.case for match in run.matches.all()} == set(cases)
    run.refresh_from_db()
    kept = Inputs.from_data(run.inputs)
    again = {
        each.case: each.chosen and each.chosen.clinician for each in solve(kept.cases, kept.clinicians, kept.today)
    }
    assert again == {match.case.ref: match.clinician and str(match.clinician.ref) for match in run.matches.all()}


@pytest.mark.rule("ALLOC-2e")
def test_each_match_keeps_who_was_considered_and_what_excluded_the_rest(world):
    case = waiting("Wanda Wait", world.site, wished_hours=["mon-evening"])
    (match,) = actions.preview(by=world.olu).matches.all()
    assert (match.case, match.clinician, match.candidates) == (case, world.amara, 1)
    assert match.considered == [{"clinician": str(world.amara.ref), "score": match.score}]
    assert match.excluded == [
        {"name": "step", "words": "is a PWP and does not take step 3", "clinicians": [str(world.piet.ref)]}
    ]


@pytest.mark.rule("ALLOC-1f")
def test_a_clinician_who_has_not_acknowledged_the_newest_protocol_gets_nobody(world):
    waiting("Wanda Wait", world.site)
    first = publish_protocol(world.site, "Who we take.", by=world.leonie)
    acknowledge_protocol(first, by=world.amara.user)
    assert actions.preview(by=world.olu).matches.get().clinician == world.amara
    publish_protocol(world.site, "Who we take now.", by=world.leonie)
    match = actions.preview(by=world.olu).matches.get()
    assert match.clinician is None
    assert match.why_nobody == "No HIT whose hours fit has acknowledged the site's protocol."


@pytest.mark.rule("ALLOC-4a")
def test_a_changed_caseload_counts_from_the_next_run(world):
    waiting("Wanda Wait", world.site)
    only_places(world.amara, 0)
    assert actions.preview(by=world.olu).matches.get().clinician is None
    only_places(world.amara, 1)
    assert actions.preview(by=world.olu).matches.get().clinician == world.amara


@pytest.mark.rule("ALLOC-3c")
def test_a_paused_site_is_passed_by(world):
    waiting("Wanda Wait", world.site)
    pause_allocation(world.site, True, by=world.olu)
    assert actions.preview(by=world.olu).matches.get().why_nobody == "Allocation is paused for this site."


@pytest.mark.rule("ALLOC-5a")
@pytest.mark.rule("ALLOC-5b")
@pytest.mark.rule("ALLOC-5c")
def test_allocating_starts_the_welcome_clock_and_tells_both(world, at):
    case = waiting("Wanda Wait", world.site)
    with at("2026-10-24 09:00"):
        actions.apply(actions.preview(by=world.olu), by=world.olu)
    case.refresh_from_db()
    assert (case.state, case.clinician) == ("allocated", world.amara)
    welcome = Deadline.objects.get(kind="welcome", key=case.ref)
    assert welcome.owner == world.amara.user
    assert welcome.due_at == dt.datetime(2026, 10, 26, 8, 0, tzinfo=dt.UTC)
    assert welcome.remind_at == dt.datetime(2026, 10, 25, 20, 0, tzinfo=dt.UTC)
    told = {row.notice: row for row in OutboxMessage.objects.filter(case_ref=case.ref)}
    assert told["case_allocated"].recipient == world.amara.user.email
    assert told["clinician_found"].recipient == case.patient.user.email


@pytest.mark.rule("ALLOC-5c")
def test_a_patient_without_an_account_is_told_at_the_address(world):
    case = waiting("Wanda Wait", world.site)
    case.patient.user = None
    case.patient.save()
    actions.apply(actions.preview(by=world.olu), by=world.olu)
    assert OutboxMessage.objects.get(notice="clinician_found").recipient == "wanda@example.org"


@pytest.mark.rule("ALLOC-5d")
def test_an_unreviewed_alert_goes_over_to_the_clinician(world):
    case = waiting("Wanda Wait", world.site)
    raise_alert(case, kind="item_9", source="questionnaire:x")
    actions.apply(actions.preview(by=world.olu), by=world.olu)
    assert Deadline.objects.get(kind="risk_review").owner == world.amara.user


@pytest.mark.rule("ALLOC-9a")
def test_what_no_longer_holds_is_passed_over_with_the_reason(world):
    first, second = waiting("Wanda Wait", world.site, 20), waiting("Wilf Wait", world.site, 10)
    run = actions.preview(by=world.olu)
    turn(first, "withdrawn", by=None)
    world.amara.allocation_hold = "late notes"
    world.amara.save()
    whys = {outcome.match.case: (outcome.allocated, outcome.why) for outcome in actions.apply(run, by=world.olu)}
    assert whys[first] == (False, "is no longer waiting, it is withdrawn")
    assert whys[second] == (False, "is on an allocation hold: late notes")
    assert not Allocation.objects.exists()


@pytest.mark.rule("ALLOC-9a")
def test_a_run_applied_twice_allocates_once(world):
    waiting("Wanda Wait", world.site)
    run = actions.preview(by=world.olu)
    assert [len(actions.apply(run, by=world.olu)) for _ in range(2)] == [1, 0]
    assert Allocation.objects.count() == 1


@pytest.mark.rule("ALLOC-9b")
def test_two_runs_over_the_same_place_fill_it_once(world):
    for number in range(3):
        waiting(f"Wanda{number} Wait", world.site, number)
    only_places(world.amara, 1)
    runs = [actions.preview(by=world.olu) for _ in range(2)]
    waiting("Wilf Wait", world.site, 90)
    runs.append(actions.preview(by=world.olu))
    before = held_by(world.amara)
    for run in runs:
        actions.apply(run, by=world.olu)
    assert held_by(world.amara) == before + 1


@pytest.mark.rule("ALLOC-3b")
def test_by_hand_needs_a_reason_and_keeps_it(world):
    case = waiting("Wanda Wait", world.site)
    with pytest.raises(Refused, match="Write why"):
        actions.allocate_by_hand(case, world.amara, " ", by=world.olu)
    made = actions.allocate_by_hand(case, world.amara, "Knows the family's language.", by=world.olu)
    assert (made.reason, made.by, made.run) == ("Knows the family's language.", world.olu, None)
    case.refresh_from_db()
    assert case.events.last().reason == "Knows the family's language."


@pytest.mark.rule("ALLOC-3b")
def test_by_hand_overrides_hours_and_leave_only_when_told_to(world):
    case = waiting("Wanda Wait", world.site, wished_hours=["sun-evening"])
    world.amara.availability.filter(weekday=6).delete()
    with pytest.raises(Refused, match="no hours that suit"):
        actions.allocate_by_hand(case, world.amara, "Agreed on the phone.", by=world.olu)
    actions.allocate_by_hand(case, world.amara, "Agreed on the phone.", by=world.olu, override=True)
    case.refresh_from_db()
    assert case.clinician == world.amara


def hold(clinician) -> None:
    clinician.allocation_hold = "late notes"
    clinician.save()


def expire(clinician) -> None:
    clinician.documents.update(expires_on=dt.date(2020, 1, 1))


HARD = {
    "step": lambda world: world.piet,
    "site": lambda world: world.amara.sites.clear(),
    "hold": lambda world: hold(world.amara),
    "documents": lambda world: expire(world.amara),
    "full": lambda world: only_places(world.amara, 0),
}


@pytest.mark.rule("ALLOC-3d")
@pytest.mark.parametrize("reason", list(HARD))
def test_by_hand_never_overrides_what_keeps_patients_safe(world, reason):
    case = waiting("Wanda Wait", world.site)
    HARD[reason](world)
    clinician = world.piet if reason == "step" else world.amara
    with pytest.raises(Refused):
        actions.allocate_by_hand(case, clinician, "I want it so.", by=world.olu, override=True)
    case.refresh_from_db()
    assert (case.state, case.clinician) == ("waiting", None)


@pytest.mark.rule("ALLOC-9a")
def test_by_hand_twice_allocates_once_and_somebody_elses_choice_is_named(world):
    case = waiting("Wanda Wait", world.site)
    once = [actions.allocate_by_hand(case, world.amara, "Fits.", by=world.olu) for _ in range(2)]
    assert once[0] == once[1]
    with pytest.raises(Refused, match="no longer waiting, it is allocated"):
        actions.allocate_by_hand(case, world.amara, "Fits too.", by=world.leonie)


@pytest.fixture
def crowd(transactional_db):
    """Six waiting cases and two clinicians with one free place each, committed."""
    world = cast.make_world()
    noor = cast.make_clinician("Noor Haddad", "HIT", world.sunniva, world.site, caseload=1)
    only_places(world.amara, 1)
    cases = [waiting(f"Wanda{number} Wait", world.site, number) for number in range(6)]
    return world, noor, cases


@pytest.mark.rule("ALLOC-9b")
def test_runs_at_the_same_moment_give_no_case_twice_and_fill_no_place_twice(crowd):
    world, noor, _ = crowd
    runs = [actions.preview(by=world.olu) for _ in range(4)]
    _, wrong = together(*(lambda run=run: actions.apply(run, by=world.olu) for run in [*runs, *runs]))
    assert wrong == []
    assert (held_by(world.amara), held_by(noor)) == (world.amara.desired_caseload, 1)
    assert Allocation.objects.count() == 2
    assert Case.objects.filter(allocations__isnull=False).distinct().count() == 2
    assert MatchOutcome.objects.count() == sum(run.matches.exclude(clinician=None).count() for run in runs)


@pytest.mark.rule("ALLOC-9c")
def test_a_run_beside_allocations_by_hand_gives_no_case_twice_and_fills_no_place_twice(crowd):
    world, noor, cases = crowd
    run = actions.preview(by=world.olu)
    hands = [
        lambda case=case, clinician=clinician: actions.allocate_by_hand(case, clinician, "By phone.", by=world.olu)
        for case in cases[:3]
        for clinician in (world.amara, noor)
    ]
    _, wrong = together(lambda: actions.apply(run, by=world.olu), *hands)
    assert {type(error) for error in wrong} <= {Refused}
    assert (held_by(world.amara), held_by(noor)) == (world.amara.desired_caseload, 1)
    assert Allocation.objects.count() == 2
    assert Case.objects.filter(state="allocated").exclude(clinician=None).count() == 2


def test_a_run_over_many_cases_asks_as_often_as_one_over_few(world):
    def count() -> int:
        with CaptureQueriesContext(connection) as queries:
            actions.preview(by=world.olu)
        return len(queries)

    waiting("Wanda Wait", world.site)
    few = count()
    for number in range(8):
        waiting(f"Wilf{number} Wait", world.site)
    assert count() == few
    assert AllocationRun.objects.count() == 2
