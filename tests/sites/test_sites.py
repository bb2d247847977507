"""A site and its policy through the verbs (SITE-1, SITE-2)."""

import datetime as dt

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from audit.models import ChangeEntry
from patients.cases import actions as patients
from sites import actions
from sites.models import PolicyVersion, Site
from sites.rules import Policy
from tests import cast
from ui.errors import Refused

pytestmark = pytest.mark.django_db


@pytest.mark.rule("SITE-1b")
@pytest.mark.parametrize(
    ("practice", "postcode", "sites"),
    [
        ("Rowan Road Surgery", "SF7 1AA", ["northmere"]),
        ("  rowan  road SURGERY ", "", ["northmere"]),
        ("Elsewhere Practice", "SF7 1AA", ["southfell"]),
        ("", "nm2 3xy", ["northmere"]),
        ("Elsewhere Practice", "ZZ1 1ZZ", []),
        ("", "", []),
    ],
)
def test_a_site_covers_by_practice_then_by_postcode(practice, postcode, sites):
    cast.make_site()
    cast.make_site("southfell", "Southfell", practices=["Fell Foot Surgery"], postcode_districts=["SF7"])
    assert [site.code for site in Site.objects.covering(practice, postcode)] == sites


@pytest.mark.rule("SITE-1a")
@pytest.mark.parametrize(
    ("day", "runs"), [("2025-03-31", False), ("2025-04-01", True), ("2026-03-31", True), ("2026-04-01", False)]
)
def test_a_contract_runs_on_both_its_days(day, runs):
    dates = {"contract_from": dt.date(2025, 4, 1), "contract_to": dt.date(2026, 3, 31)}
    site = cast.make_site(**dates)
    assert (site in Site.objects.under_contract(dt.date.fromisoformat(day))) is runs


@pytest.mark.rule("SITE-1c")
@pytest.mark.parametrize(
    "fields",
    [
        {"steps": ["2", "4"]},
        {"modalities": ["post"]},
        {"sources": ["neighbour"]},
        {"contract_to": dt.date(2019, 12, 31)},
        {"practices": None},
    ],
)
def test_the_database_refuses_what_no_site_can_be(fields):
    with pytest.raises(IntegrityError), transaction.atomic():
        cast.make_site(**fields)
    assert not Site.objects.exists()


@pytest.mark.rule("SITE-2b")
def test_a_change_makes_a_new_version_with_author_and_date(world):
    at = timezone.now() + dt.timedelta(days=1)
    version = actions.set_policy(world.site, {"note_hours": 24}, by=world.leonie, at=at)
    assert (version.version, version.author, version.at) == (2, world.leonie, at)
    assert world.site.policy.note_hours == 24
    assert world.site.policy.reply_hours == 48
    entry = ChangeEntry.objects.filter(what="site policy").first()
    assert (entry.who, entry.before["note_hours"], entry.after["note_hours"]) == (world.leonie, 48, 24)


@pytest.mark.rule("SITE-2b")
def test_the_same_policy_again_makes_no_version(world):
    actions.set_policy(world.site, {"note_hours": 24}, by=world.leonie)
    actions.set_policy(world.site, {"note_hours": 24}, by=world.leonie)
    assert world.site.policies.count() == 2


@pytest.mark.rule("SITE-2e")
def test_an_invalid_policy_is_not_saved_and_names_the_field(world):
    with pytest.raises(Refused) as refusal:
        actions.set_policy(world.site, {"note_hours": 0}, by=world.leonie)
    assert refusal.value.field == "note_hours"
    assert "note_hours" in refusal.value.message
    assert world.site.policies.count() == 1


@pytest.mark.rule("SITE-2c")
def test_a_case_keeps_the_policy_it_started_under(world):
    actions.set_policy(world.site, {"note_hours": 24}, by=world.leonie)
    assert world.alice_case.policy.note_hours == 48
    dee = cast.make_patient("Dee Dale")
    assert patients.open_case(dee, world.site, source="self", by=None).policy.note_hours == 24


@pytest.mark.rule("SITE-2d")
def test_a_change_for_open_cases_reaches_them_alone(world):
    now = timezone.now()
    for state in ("discharging", "discharged"):
        patients.turn(world.bob_case, state, by=world.olu, at=now)
    actions.set_policy(
        world.site, {"note_hours": 24}, by=world.leonie, applies_to_open_cases=True, at=now + dt.timedelta(seconds=1)
    )
    actions.set_policy(world.site, {"note_hours": 12}, by=world.leonie, at=now + dt.timedelta(seconds=2))
    assert world.alice_case.policy.note_hours == 24
    assert world.bob_case.policy.note_hours == 48


@pytest.mark.rule("SITE-2d")
def test_a_case_asks_for_its_policy_once_and_again_when_it_is_read_again(world, django_assert_num_queries):
    world.alice_case.refresh_from_db()
    assert world.alice_case.policy.note_hours == 48
    with django_assert_num_queries(0):
        assert world.alice_case.policy.note_hours == 48
    actions.set_policy(world.site, {"note_hours": 24}, by=world.leonie, applies_to_open_cases=True)
    world.alice_case.refresh_from_db()
    assert world.alice_case.policy.note_hours == 24


@pytest.mark.rule("SITE-2a")
def test_an_older_version_without_a_newer_field_takes_its_default(world):
    data = Policy().as_data()
    del data["auto_accept"]
    version = PolicyVersion.objects.create(site=world.far_site, version=9, data=data, at=timezone.now())
    assert Policy.from_data(version.data).auto_accept is False


def test_pausing_allocation_is_written_down(world):
    actions.pause_allocation(world.site, True, by=world.olu)
    assert Site.objects.get(pk=world.site.pk).allocation_paused
    entry = ChangeEntry.objects.filter(what="site allocation").get()
    assert (entry.before, entry.after) == ({"paused": False}, {"paused": True})
