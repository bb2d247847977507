"""What the first appointment makes due, pre-assessed or not: the questions about risk and the new-patient ticket."""

import datetime as dt

import pytest
from django.urls import reverse
from django.utils import timezone

from deadlines.actions import sweep
from deadlines.models import Deadline
from notices.models import OutboxMessage
from risk.actions import set_level
from supervision.actions import raise_ticket
from therapy.appointments import actions

DAY = dt.timedelta(days=1)
FORM = {"problem": "Panic on buses", "risk": "Asked; none found; level none.", "plan": "Six sessions at step 2"}


@pytest.fixture
def book(world):
    """A function that offers an appointment of a case in so many days, of 60 minutes or as asked."""

    def make(case, days: int = 5, minutes: int = 60):
        starts_at, by = timezone.now() + days * DAY, case.clinician.user
        return actions.offer(case, starts_at=starts_at, minutes=minutes, client_key=f"{case.ref}{days}", by=by)

    return make


def owed(user) -> list[str]:
    return list(Deadline.objects.owed().filter(owner=user).order_by("kind").values_list("kind", flat=True))


def pre_assessed(case):
    case.pre_assessed, case.provisional_step = True, "2"
    case.save(update_fields=["pre_assessed", "provisional_step"])
    return case


@pytest.mark.rule("APPT-24b")
def test_a_pre_assessed_referral_owes_the_same_as_any_other_with_its_first_appointment(world, book):
    made = book(pre_assessed(world.bob_case), minutes=45)
    assert owed(world.piet.user) == ["new_patient_ticket", "risk_form"]
    assert Deadline.objects.get(kind="risk_form").due_at == made.starts_at
    book(world.alice_case, days=6)
    assert owed(world.amara.user) == ["risk_form"]


@pytest.mark.rule("APPT-24b")
def test_it_stays_due_past_its_time_and_through_later_bookings(world, book):
    first = book(pre_assessed(world.bob_case), minutes=45)
    book(world.bob_case, days=9)
    assert owed(world.piet.user) == ["new_patient_ticket", "risk_form"]
    sweep(first.ends_at + 3 * DAY)
    assert owed(world.piet.user) == ["new_patient_ticket", "risk_form"]
    told = OutboxMessage.objects.filter(notice="review_due", recipient=world.piet.user.email)
    assert told.count() == 2


@pytest.mark.rule("APPT-24b")
def test_the_list_of_tasks_leads_to_where_each_is_done_and_there_it_ends(world, book, client_of):
    case = pre_assessed(world.bob_case)
    book(case, minutes=45)
    client = client_of(world.piet)
    home = client.get("/home/").content.decode()
    ticket, risk = reverse("supervision:raise", args=[case.ref, "new_patient"]), reverse("risk:case", args=[case.ref])
    assert ticket in home
    assert risk in home
    looked_at = client.post(ticket, FORM | {"client_key": "one"}).context["pointed_out"]
    assert client.post(ticket, FORM | {"client_key": "one", "despite": looked_at.key}).status_code == 303
    assert owed(world.piet.user) == ["risk_form"]
    assert client.post(risk, {"level": "none", "reason": "Asked in the session."}).status_code == 303
    assert owed(world.piet.user) == []


def test_a_new_patient_ticket_without_its_plan_is_given_back(world, client_of):
    url = reverse("supervision:raise", args=[world.bob_case.ref, "new_patient"])
    answer = client_of(world.piet).post(url, FORM | {"plan": "", "client_key": "one"})
    assert answer.status_code == 422
    assert "proposed plan" in answer.content.decode()


def test_another_ticket_or_another_case_stops_nothing(world, book):
    book(world.bob_case)
    raise_ticket(world.bob_case, "other", {"question": "May I?"}, by=world.piet.user, client_key="one")
    set_level(world.alice_case, "none", "Asked.", by=world.amara.user)
    assert owed(world.piet.user) == ["new_patient_ticket", "risk_form"]
