"""Every deadline stands on somebody's list, however few people work here (TIME-21, TIME-5)."""

import datetime as dt

import pytest

from accounts.models import Role
from deadlines import registry, rules
from deadlines.actions import open_deadline, sweep
from deadlines.models import Deadline
from desk.tasks import number_owed, tasks_of
from notices.models import OutboxMessage
from tests import cast
from therapy.messages.actions import send

pytestmark = pytest.mark.django_db
AT = dt.datetime(2026, 11, 2, 9, tzinfo=dt.UTC)
HOUR, DAY = dt.timedelta(hours=1), dt.timedelta(days=1)
# What machines do, and what a patient without a sign-in is asked: nobody who works here owes it.
NOBODYS = {name for name, kind in registry.KINDS.items() if not kind.stays_owed} | {"confirm", "transcript_access"}


@pytest.fixture
def few():
    """One clinical lead, one person of patient services, one who treats, and nobody who supervises."""
    lead, office = cast.person("Lena Lead", Role.CLINICAL_LEAD), cast.person("Otto Office", Role.PATIENT_SERVICES)
    return lead, office, cast.make_clinician("Ann Alone", "HIT", None)


def kinds() -> list[str]:
    """The kinds of the service itself; tests of the machinery register their own."""
    return sorted(name for name, kind in registry.KINDS.items() if not kind.on_due.__module__.startswith("tests."))


def made(kind: str, owner=None) -> Deadline:
    return open_deadline(kind, f"few:{kind}", due_at=AT, owner=owner, opened_by="a test", at=AT - DAY)


def listed(who, kind: str, at: dt.datetime) -> bool:
    return Deadline.objects.owed_by(who, at).filter(kind=kind).exists()


@pytest.mark.rule("TIME-21e")
def test_what_no_one_person_owes_stands_on_a_list_even_where_its_team_has_no_members(few):
    lead, office, _ = few
    ownerless = [kind for kind in kinds() if registry.get(kind).team or registry.get(kind).oversight]
    assert {"reply_escalated", "on_hold_ends", "data_breach_decision"} <= set(ownerless)
    for kind in ownerless:
        made(kind)
        assert listed(lead, kind, AT) or listed(office, kind, AT), kind
    assert rules.STANDS_IN == Role.CLINICAL_LEAD
    assert not any(listed(office, kind, AT) for kind in ownerless if registry.team_of(kind) != Role.PATIENT_SERVICES)


@pytest.mark.rule("TIME-21e")
def test_what_somebody_owed_who_has_left_stands_on_the_leads_list(few):
    lead, _, treats = few
    for kind in set(kinds()) - NOBODYS:
        made(kind, treats.user)
        assert (listed(treats.user, kind, AT), listed(lead, kind, AT)) == (True, False), kind
    treats.user.is_active = False
    treats.user.save()
    assert {kind for kind in set(kinds()) - NOBODYS if not listed(lead, kind, AT)} == set()


@pytest.mark.rule("TIME-5b")
def test_an_overdue_reply_that_nobody_supervises_is_the_leads_until_it_is_written(few, world, client_of, at):
    lead, _, treats = few
    sent = AT
    with at(sent):
        case = cast.make_case(world.charlie, world.site, "allocated", treats)
    for role in ("sunniva", "stellan"):
        person = getattr(world, role)
        person.is_active = False
        person.save()
    send(case, "Hello", by=world.charlie.user, client_key="1", at=sent)
    sweep(sent + 50 * HOUR)
    assert not listed(lead, "reply_escalated", sent + 71 * HOUR), "the clinician has the first three days"
    sweep(sent + 73 * HOUR)
    late = sent + 73 * HOUR
    assert [task.case_ref for task in tasks_of(lead, late) if task.what == "A reply is overdue"] == [case.ref]
    with at(late):
        assert number_owed(lead) >= 1
    assert lead.email in OutboxMessage.objects.filter(notice="reply_overdue").values_list("recipient", flat=True)
    answer = client_of(world.leonie).get(Deadline.objects.get(kind="reply_escalated").url)
    assert answer.headers["Location"].startswith("/access/reason/"), "whoever leads opens it with a reason"
    send(case, "Hello, Charlie", by=treats.user, client_key="2", at=late + HOUR)
    assert not listed(lead, "reply_escalated", late + 2 * HOUR)
