"""Joining, weeks, caseload, leave and documents through verbs and pages."""

import datetime as dt

import pytest
from django.urls import reverse

from accounts.actions import create_person
from accounts.models import Role
from audit.models import ChangeEntry
from clinicians import actions
from clinicians.models import Clinician, ComplianceDocument
from clinicians.rules import Stretch
from tests import cast
from ui.errors import Refused

pytestmark = pytest.mark.django_db
PAGE = "/availability/"
EVENING = Stretch(2, dt.time(18), dt.time(21))


@pytest.fixture
def clara(world):
    return create_person("clara@example.org", "Clara Coe", [Role.CLINICIAN], password=cast.PASSWORD, verified=True)


def test_a_clinician_joins(world, clara):
    clinician = actions.join(
        clara, "PWP", supervisor=world.sunniva, sites=[world.site], modalities=["typed"], desired_caseload=8
    )
    assert (clinician.kind, clinician.supervisor, list(clinician.sites.all())) == ("PWP", world.sunniva, [world.site])
    assert ChangeEntry.objects.filter(what="clinician joined").count() == 1


@pytest.mark.parametrize("who", ["amara", "olu", "self"])
def test_a_supervisor_is_somebody_else_who_is_one(world, clara, who):
    supervisor = {"amara": world.amara.user, "olu": world.olu, "self": clara}[who]
    with pytest.raises(Refused) as refusal:
        actions.join(clara, "PWP", supervisor=supervisor, sites=[])
    assert refusal.value.field == "supervisor"
    assert not Clinician.objects.filter(user=clara).exists()


def test_who_holds_no_role_of_a_clinician_does_not_join(world):
    with pytest.raises(Refused) as refusal:
        actions.join(world.olu, "PWP", supervisor=world.sunniva, sites=[])
    assert refusal.value.field == "user"


@pytest.mark.parametrize(
    "stretch", [(0, dt.time(7), dt.time(9)), (0, dt.time(20), dt.time(23)), (0, dt.time(12), dt.time(12))]
)
def test_hours_lie_between_eight_and_ten(world, stretch):
    before = list(world.amara.stretches())
    with pytest.raises(Refused):
        actions.set_availability(world.amara, [stretch], by=world.amara.user)
    assert list(world.amara.stretches()) == before


def test_a_week_replaces_the_one_before_and_is_written_down(world):
    actions.set_availability(world.amara, [EVENING, (2, dt.time(20), dt.time(22))], by=world.amara.user)
    assert [(slot.weekday, slot.starts, slot.ends) for slot in world.amara.availability.all()] == [
        (2, dt.time(18), dt.time(22))
    ]
    entry = ChangeEntry.objects.filter(what="availability").first()
    assert entry.after == {"week": ["wed 18:00-22:00"]}


def test_a_clinician_changes_the_own_week_on_the_page(world, client_of):
    actions.set_availability(world.amara, [EVENING], by=world.amara.user)
    client = client_of(world.amara)
    assert client.get(PAGE).context["form"].initial["parts"] == ["wed-evening"]
    answer = client.post(PAGE, {"parts": ["wed-evening", "sat-morning"], "desired_caseload": 14})
    assert (answer.status_code, answer["Location"]) == (303, PAGE)
    clinician = Clinician.objects.get(pk=world.amara.pk)
    assert clinician.desired_caseload == 14
    assert list(clinician.stretches()) == [EVENING, Stretch(5, dt.time(8), dt.time(12))]


@pytest.mark.parametrize(
    ("posted", "field"),
    [
        ({"parts": ["mon-night"], "desired_caseload": 5}, "parts"),
        ({"parts": [], "desired_caseload": -1}, "desired_caseload"),
        ({"parts": [], "desired_caseload": 61}, "desired_caseload"),
        ({"parts": []}, "desired_caseload"),
    ],
)
def test_what_cannot_be_is_said_at_its_field_and_changes_nothing(world, client_of, posted, field):
    answer = client_of(world.amara).post(PAGE, posted)
    assert answer.status_code == 422
    assert field in answer.context["form"].errors
    assert Clinician.objects.get(pk=world.amara.pk).desired_caseload == 10
    assert world.amara.availability.count() == 7


def days(first: dt.date, last: dt.date) -> dict:
    parts = {"first_day": first, "last_day": last}
    return {f"{name}_{part}": getattr(day, part) for name, day in parts.items() for part in ("day", "month", "year")}


def test_days_away_are_entered_once(world, client_of, at):
    with at("2026-11-02 09:00"):
        client = client_of(world.amara)
        for _ in range(2):
            answer = client.post(f"{PAGE}leave/", days(dt.date(2026, 12, 24), dt.date(2027, 1, 3)))
            assert answer.status_code == 303
        assert "Thu 24 December 2026 to Sun 3 January 2027" in client.get(PAGE).content.decode()
    assert world.amara.leaves.count() == 1


@pytest.mark.parametrize(
    ("first", "last", "field"),
    [("2026-12-24", "2026-12-23", "last_day"), ("2026-11-01", "2026-11-03", "first_day")],
)
def test_days_away_that_cannot_be(world, client_of, at, first, last, field):
    with at("2026-11-02 09:00"):
        posted = days(dt.date.fromisoformat(first), dt.date.fromisoformat(last))
        answer = client_of(world.amara).post(f"{PAGE}leave/", posted)
    assert answer.status_code == 422
    assert field in answer.context["leave_form"].errors
    assert not world.amara.leaves.exists()


def test_a_missing_document_is_said_on_the_own_page_and_in_the_list(world, client_of, at):
    world.amara.documents.filter(kind="insurance").delete()
    with at("2026-11-02 09:00"):
        actions.file_document(world.amara, "insurance", dt.date(2026, 11, 1), by=world.olu)
        assert "Indemnity insurance missing or out of date" in client_of(world.amara).get(PAGE).content.decode()
        listed = client_of(world.olu).get(reverse("clinicians:list")).content.decode()
        assert "Indemnity insurance missing or out of date" in listed
        actions.file_document(world.amara, "insurance", dt.date(2027, 11, 1), by=world.olu)
        assert "Indemnity insurance missing" not in client_of(world.amara).get(PAGE).content.decode()
    assert ComplianceDocument.objects.filter(clinician=world.amara, kind="insurance").count() == 2


def test_who_sees_which_clinicians(world, client_of):
    def seen(who) -> set[str]:
        return {one.user.name for one in client_of(who).get(reverse("clinicians:list")).context["clinicians"]}

    both = {"Amara Obi", "Piet Vermeer"}
    assert seen(world.olu) == seen(world.leonie) == both
    assert seen(world.sunniva) == seen(world.amara) == {"Amara Obi"}
    piet = reverse("clinicians:clinician", args=[world.piet.ref])
    assert client_of(world.olu).get(piet).status_code == 200
    for who in (world.amara, world.sunniva, world.alice, world.farid):
        assert client_of(who).get(piet).status_code == 404
    assert client_of(world.leonie).get(PAGE).status_code == 404
