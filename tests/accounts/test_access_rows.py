"""What lists show and what opens one by one are the same, and both are what the facts say (ACC-4)."""

import datetime as dt
from itertools import product

import pytest
from django.utils import timezone

from accounts.actions import create_person
from accounts.models import Role
from accounts.policy import POLICY, THINGS
from patients.admin_notes.actions import write_admin_note
from patients.cases import actions
from patients.models import AdminNote, Case
from supervision.actions import raise_ticket
from tests import cast

pytestmark = pytest.mark.django_db
WEEK = dt.timedelta(weeks=1)
ENDED = {"discharged", "declined", "signposted", "withdrawn"}
UNDECIDED = {"referred", "in_triage", "waiting"}


def discharged(patient, world, ago: dt.timedelta) -> Case:
    case = cast.make_case(patient, world.site, "treatment", world.amara)
    for state in ("discharging", "discharged"):
        actions.turn(case, state, by=world.olu, at=timezone.now() - ago)
    return case


@pytest.fixture
def cases(world) -> list[Case]:
    """Cases of many kinds: of either clinician, undecided, ended lately and long ago, with somebody's open ticket."""
    dee, eve = cast.make_patient("Dee Dale"), cast.make_patient("Eve East")
    made = [world.alice_case, world.bob_case, world.charlie_case]
    made += [discharged(dee, world, 2 * WEEK), discharged(dee, world, 7 * WEEK)]
    made += [cast.make_case(eve, world.site, state, world.piet) for state in ("referred", "waiting", "allocated")]
    ticket = {"question": "What would you do?"}
    held = raise_ticket(world.bob_case, "other", ticket, by=world.piet.user, client_key="held")
    type(held).objects.filter(pk=held.pk).update(supervisor=world.sunniva)
    return made


@pytest.fixture
def people(world) -> list:
    """One of each role, the other clinician and supervisor, the stranger, and one who holds two roles."""
    both = create_person("bea@example.org", "Bea Both", [Role.FINANCE, Role.TRIAGE])
    others = [world.piet.user, world.stellan, world.charlie.user, both]
    return [cast.user_of(user) for user in [*world.by_role().values(), *others]]


def stands(user, case: Case, relation: str) -> bool:
    """The facts in plain words, with no help from the query sets."""
    clinician = case.clinician.user if case.clinician else None
    tickets = case.tickets.exclude(state="closed")
    if relation == "own":
        return case.patient.user == user
    if relation == "caseload":
        return clinician == user and case.state not in ENDED
    if relation == "caseload_lately":
        return clinician == user and case.ended_at is not None and timezone.now() - case.ended_at < 6 * WEEK
    if relation == "supervisee":
        supervises = case.clinician is not None and case.clinician.supervisor == user
        return supervises or any(ticket.supervisor == user for ticket in tickets)
    if relation == "unallocated":
        return case.clinician is None and case.state in UNDECIDED
    return relation == "any"


def may(user, case: Case, thing: str, verb: str, *, with_reason: bool) -> bool:
    grants = [grant for grant in POLICY if grant.thing == thing and verb in grant.verbs]
    return any(
        stands(user, case, grant.relation)
        for grant in grants
        if user.has_role(grant.role) and (with_reason or not grant.reason)
    )


@pytest.mark.rule("ACC-4o")
@pytest.mark.rule("ACC-4h")
def test_lists_show_what_may_be_opened(cases, people):
    things = [name for name, thing in THINGS.items() if thing.root == "case"]
    for user, thing, verb, reason in product(people, things, ("read", "write", "answer"), (False, True)):
        shown = set(Case.objects.visible_to(user, thing, verb, with_reason=reason))
        right = {case for case in cases if may(user, case, thing, verb, with_reason=reason)}
        assert shown == right, f"{user} {verb} {thing}, with reason: {reason}"


@pytest.mark.rule("ACC-4o")
def test_what_hangs_on_a_case_is_seen_where_the_case_is(cases, people):
    notes = {case: write_admin_note(case, "other", f"About {case}", by=None) for case in cases}
    for user, reason in product(people, (False, True)):
        shown = set(AdminNote.objects.visible_to(user, "admin_notes", with_reason=reason))
        right = {notes[case] for case in cases if may(user, case, "admin_notes", "read", with_reason=reason)}
        assert shown == right, f"{user}, with reason: {reason}"


@pytest.mark.rule("ACC-4h")
def test_a_ticket_opens_the_case_to_its_supervisor_until_it_closes(world, cases):
    assert world.bob_case in Case.objects.visible_to(world.sunniva, "notes")
    world.bob_case.tickets.update(state="closed")
    assert world.bob_case not in Case.objects.visible_to(world.sunniva, "notes")


@pytest.mark.rule("ACC-4f")
@pytest.mark.parametrize(("after", "open_"), [(dt.timedelta(days=41), True), (dt.timedelta(days=43), False)])
def test_a_clinician_reads_on_for_six_weeks(world, after, open_):
    case = discharged(world.alice, world, after)
    for thing in ("transcript", "scores", "letters"):
        assert (case in Case.objects.visible_to(world.amara.user, thing)) is open_
    assert case not in Case.objects.visible_to(world.amara.user, "notes")
    assert case in Case.objects.visible_to(world.alice.user, "transcript")


@pytest.mark.rule("ACC-4e")
def test_a_clinician_loses_a_case_with_its_reallocation(world):
    actions.assign(world.alice_case, world.piet, by=world.olu)
    assert world.alice_case not in Case.objects.visible_to(world.amara.user, "case")
    assert world.alice_case in Case.objects.visible_to(world.piet.user, "case")
