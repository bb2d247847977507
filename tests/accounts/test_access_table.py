"""The table of who may do what, read as data (ACC-4). What it opens in practice is walked route by route elsewhere."""

import pytest
from django.http import Http404, HttpResponse
from django.test import RequestFactory

from accounts import access
from accounts.models import Role
from accounts.policy import POLICY, THINGS

CASE_THINGS = {name for name, thing in THINGS.items() if thing.root == "case"}


def granted(role: str, *, without_reason: bool = False) -> dict[str, set[str]]:
    """What the role may do to things of a case: thing -> verbs."""
    found: dict[str, set[str]] = {}
    for grant in POLICY:
        if grant.role == role and grant.thing in CASE_THINGS and not (without_reason and grant.reason):
            found.setdefault(grant.thing, set()).update(grant.verbs)
    return found


def relations(role: str, thing: str) -> set[str]:
    return {grant.relation for grant in POLICY if (grant.role, grant.thing) == (role, thing)}


@pytest.mark.rule("ACC-4d")
def test_a_patient_holds_nothing_but_their_own_and_no_staff_notes():
    assert {grant.relation for grant in POLICY if grant.role == Role.PATIENT and grant.thing in CASE_THINGS} == {"own"}
    assert not granted(Role.PATIENT).keys() & {"notes", "admin_notes", "risk", "tickets", "details", "triage"}
    assert granted(Role.PATIENT)["messages"] == {"read", "write"}
    assert "access_log" in granted(Role.PATIENT)


@pytest.mark.rule("ACC-4e")
@pytest.mark.rule("ACC-4f")
def test_a_clinician_holds_the_caseload_and_six_weeks_more_of_what_was_said():
    things = granted(Role.CLINICIAN)
    assert {grant.relation for grant in POLICY if grant.role == Role.CLINICIAN and grant.thing in CASE_THINGS} == {
        "caseload",
        "caseload_lately",
    }
    lately = {thing for thing in things if "caseload_lately" in relations(Role.CLINICIAN, thing)}
    assert lately == {"case", "transcript", "files", "scores", "letters", "session_tools"}
    assert "access_log" not in things


@pytest.mark.rule("ACC-4g")
def test_a_supervisor_reads_supervisees_cases_and_answers():
    things = granted(Role.SUPERVISOR, without_reason=True)
    assert things["tickets"] == {"read", "answer"}
    assert things["notes"] == {"read", "comment"}
    assert things["messages"] == things["transcript"] == {"read"}
    assert "access_log" not in things


@pytest.mark.rule("ACC-4i")
def test_patient_services_hold_the_administrative_side():
    things = granted(Role.PATIENT_SERVICES, without_reason=True)
    assert "messages" not in granted(Role.PATIENT_SERVICES)
    assert "transcript" not in things
    assert things["letters"] == {"read", "approve"}
    assert things["contact"] == things["admin_notes"] == things["referral"] == {"read", "write"}
    assert things["notes"] == {"read"}


@pytest.mark.rule("ACC-4j")
def test_finance_hold_outcomes_alone():
    assert granted(Role.FINANCE) == {"outcomes": {"read"}}


@pytest.mark.rule("ACC-4k")
def test_triage_holds_what_it_needs_of_cases_without_a_clinician():
    things = granted(Role.TRIAGE)
    assert {thing for thing, verbs in things.items() if "write" in verbs} == {
        "triage",
        "admin_notes",
        "risk",
        "safe_contact",
        "tickets",
    }
    assert {"case", "referral", "scores"} <= things.keys()
    assert all(relations(Role.TRIAGE, thing) == {"unallocated"} for thing in things)


@pytest.mark.rule("ACC-4l")
@pytest.mark.parametrize("role", [Role.COMMISSIONER, Role.SAFEGUARDING, Role.DPO])
def test_some_roles_hold_nothing_of_a_case(role):
    assert granted(role) == {}


@pytest.mark.rule("ACC-4m")
def test_the_clinical_lead_reads_records_with_a_reason_only():
    assert set(granted(Role.CLINICAL_LEAD, without_reason=True)) == {"complaints"}
    assert {"case", "notes", "messages", "transcript", "letters", "risk"} <= granted(Role.CLINICAL_LEAD).keys()


@pytest.mark.rule("ACC-4m")
def test_a_reason_lets_in_to_reading_alone():
    assert all(grant.verbs == {"read"} for grant in POLICY if grant.reason)


@pytest.mark.rule("ACC-4a")
def test_a_thing_that_is_not_in_the_table_cannot_be_declared(world):
    with pytest.raises(KeyError):
        access.requires("everything", "read")
    with pytest.raises(KeyError):
        access.allowed("case", world.olu, "everything", "read")


@pytest.mark.rule("ACC-4b")
def test_a_view_that_declares_nothing_is_closed(world, client_of, settings):
    settings.ROOT_URLCONF = "tests.accounts.undeclared"
    for who in (world.leonie, world.alice, world.olu):
        assert client_of(who).get("/undeclared/").status_code == 404


@pytest.mark.rule("ACC-4p")
def test_a_door_answers_404_to_a_role_without_a_grant(world):
    @access.requires("finance_desk", "read")
    def door(request):
        return HttpResponse("open")

    request = RequestFactory().get("/")
    request.user = world.alice.user
    with pytest.raises(Http404):
        door(request)
    request.user = world.farid
    assert door(request).status_code == 200


def test_an_account_that_was_closed_holds_nothing(world):
    world.amara.user.is_active = False
    assert not access.may(world.amara.user, "case", "read")
