"""The clinical lead names who supervises a clinician, and what waits passes to them (TIME-21)."""

import datetime as dt

import pytest
from django.urls import reverse

from accounts.models import Role
from audit.models import ChangeEntry
from clinicians.clocks import PROPOSED
from deadlines.actions import open_deadline
from deadlines.models import Deadline
from notices.models import OutboxMessage

pytestmark = pytest.mark.django_db
AT = dt.datetime(2026, 11, 2, 9, tzinfo=dt.UTC)
DAY = dt.timedelta(days=1)


def url(clinician) -> str:
    return reverse("patients:supervisor", args=[clinician.ref])


def owner_of(kind: str):
    return Deadline.objects.get(kind=kind).owner


@pytest.mark.rule("TIME-21f")
def test_what_waits_passes_and_what_is_not_due_stays(world, client_of, at):
    case, about = world.alice_case, {"opened_by": "a test", "at": AT - DAY}
    open_deadline("on_hold_ends", "1", due_at=AT + DAY, owner=world.sunniva, case_ref=case.ref, **about)
    open_deadline(PROPOSED, f"{world.amara.ref}:2026-11-02", due_at=AT + DAY, owner=world.sunniva, **about)
    open_deadline("reply_escalated", "1", due_at=AT + DAY, case_ref=case.ref, **about)
    open_deadline("reply", "1", due_at=AT, owner=world.amara.user, case_ref=case.ref, **about)
    open_deadline("on_hold_ends", "2", due_at=AT, owner=world.stellan, case_ref=world.bob_case.ref, **about)
    with at(AT):
        lead = client_of(world.leonie)
        assert "so far with Sunniva" in lead.get(url(world.amara)).text
        answer = lead.post(url(world.amara), {"supervisor": world.stellan.pk}, follow=True)
    assert "2 things that waited are on the supervisor&#x27;s list now." in answer.text
    assert {row.kind: row.owner for row in Deadline.objects.filter(case_ref=case.ref)} == {
        "on_hold_ends": world.stellan,
        "reply_escalated": None,
        "reply": world.amara.user,
    }
    assert owner_of(PROPOSED) == world.stellan
    told = OutboxMessage.objects.filter(notice="supervisor_named").values_list("recipient", flat=True)
    assert sorted(told) == sorted([world.stellan.email, world.amara.user.email])
    assert ChangeEntry.objects.filter(what="supervisor appointed", who=world.leonie).count() == 1


@pytest.mark.rule("TIME-21f")
def test_who_is_no_supervisor_yet_becomes_one_and_the_same_again_changes_nothing(world, client_of):
    lead, piet = client_of(world.leonie), world.piet.user
    for said in ("from now on. Both are told.", "supervises Amara Obi already."):
        assert said in lead.post(url(world.amara), {"supervisor": piet.pk}, follow=True).text
    assert list(piet.roles.filter(role=Role.SUPERVISOR).values_list("role", flat=True)) == ["supervisor"]
    assert ChangeEntry.objects.filter(what__in=["role given", "supervisor appointed"]).count() == 2
    assert client_of(world.piet).get(reverse("desk:case", args=[world.alice_case.ref])).status_code == 200


@pytest.mark.parametrize("who", ["amara", "alice", "olu", "gone", ""])
def test_nobody_who_cannot_supervise_is_appointed(world, client_of, who):
    type(world.stellan).objects.filter(pk=world.stellan.pk).update(is_active=False)
    chosen = {"amara": world.amara.user, "alice": world.alice.user, "olu": world.olu, "gone": world.stellan}.get(who)
    answer = client_of(world.leonie).post(url(world.amara), {"supervisor": chosen.pk if chosen else ""})
    assert answer.status_code == 422
    assert Deadline.objects.count() == 0
    world.amara.refresh_from_db()
    assert world.amara.supervisor == world.sunniva


def test_only_the_lead_finds_the_page_and_the_way_to_it(world, client_of):
    for other in (world.amara, world.sunniva, world.olu, world.alice):
        assert client_of(other).get(url(world.amara)).status_code == 404
    page = reverse("clinicians:clinician", args=[world.amara.ref])
    assert url(world.amara) in client_of(world.leonie).get(page).text
    assert url(world.amara) not in client_of(world.sunniva).get(page).text
