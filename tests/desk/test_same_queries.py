"""The pages of the desk and of pay ask the database as often with more to show."""

import datetime as dt

import pytest
from django.utils import timezone

from billing import actions as billing
from letters import actions as letters
from patients.admin_notes.actions import write_admin_note
from risk.actions import raise_alert
from supervision.actions import raise_ticket
from tests import cast
from therapy.appointments.booking import offer
from therapy.messages.actions import send

NAMES = ["Ada", "Ben", "Cem", "Dot", "Eve"]


def fill(world, case, number: int) -> None:
    """Something of every kind that these pages show."""
    key, clinician = f"{case.ref}:{number}", case.clinician.user
    starts_at = timezone.now() + dt.timedelta(days=10 * number + case.pk % 10, hours=case.pk % 7)
    offer(case, starts_at=starts_at, minutes=60, client_key=key, by=clinician)
    send(case, f"Message {number}", by=case.patient.user, client_key=key)
    raise_ticket(case, "other", {"question": "May I?"}, by=clinician, client_key=key)
    raise_alert(case, kind="possible", source=key, passage="Not sure.")
    letters.start(case, "assessment", by=clinician)
    write_admin_note(case, "call", f"Call {number}", by=world.olu, reached="no_answer")


@pytest.fixture
def grow(world):
    """A function: five more cases of Amara's with something on each, and more on Alice's."""

    def more() -> None:
        for number, name in enumerate(NAMES, start=2):
            patient = cast.make_patient(f"{name} Further")
            fill(world, cast.make_case(patient, world.site, "treatment", world.amara), number)
            fill(world, world.alice_case, number + 10)

    fill(world, world.alice_case, 1)
    return more


@pytest.mark.parametrize("who", ["alice", "amara", "sunniva", "olu", "tamsin", "farid", "leonie"])
def test_home(world, client_of, same_queries, grow, who):
    same_queries(client_of(getattr(world, who)), "/home/", grow)


@pytest.mark.parametrize("who", ["amara", "sunniva", "olu"])
def test_case_page(world, client_of, same_queries, grow, who):
    same_queries(client_of(getattr(world, who)), f"/cases/{world.alice_case.ref}/", grow)


@pytest.mark.parametrize(("who", "url"), [("amara", "/caseload/"), ("sunniva", "/caseload/"), ("olu", "/cases/")])
def test_lists_of_cases(world, client_of, same_queries, grow, who, url):
    same_queries(client_of(getattr(world, who)), url, grow)


def test_month_of_pay(world, client_of, same_queries, grow):
    month = timezone.localdate().replace(day=1)

    def more() -> None:
        grow()
        for name in NAMES:
            clinician = cast.make_clinician(f"New{name} Clinician", "hit", world.sunniva, world.site)
            case = cast.make_case(cast.make_patient(f"Paid{name} Person"), world.site, "treatment", clinician)
            soon = timezone.now() + dt.timedelta(minutes=5)
            offer(case, starts_at=soon, minutes=60, client_key=case.ref, by=clinician.user)
            billing.draw_up(clinician, month, by=world.farid)

    more_than_nothing = timezone.now() + dt.timedelta(minutes=5)
    offer(world.bob_case, starts_at=more_than_nothing, minutes=60, client_key="soon", by=world.piet.user)
    billing.draw_up(world.piet, month, by=world.farid)
    same_queries(client_of(world.farid), f"/pay/months/{month:%Y-%m}/", more)
