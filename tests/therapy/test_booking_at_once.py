"""Fifty people at the real doors for one hour: one gets it, the others are told in words what to do (APPT-4)."""

import datetime as dt
import html
import re
from zoneinfo import ZoneInfo

import httpx
import pytest
from django.urls import reverse
from django.utils import timezone

from clinicians import actions as clinicians
from clinicians.rules import Stretch
from patients.cases.actions import set_details
from tests import cast
from tests.harness.together import together
from therapy.appointments.models import Appointment

UK = ZoneInfo("Europe/London")
PATIENTS, TRIES = 5, 5
DAY = dt.timedelta(days=5)
TOKEN = "a" * 32
WHAT_TO_DO = re.compile("Choose another time|please choose another one")


@pytest.fixture
def cases(live_service):
    """Five patients of Amara's, who works in the evening."""
    world = cast.make_world()
    evenings = [Stretch(day, dt.time(17), dt.time(21)) for day in range(7)]
    clinicians.set_availability(world.amara, evenings, by=world.amara.user)
    people = [cast.make_patient(f"Patient{number} Person") for number in range(PATIENTS)]
    made = [cast.make_case(patient, world.site, "treatment", world.amara) for patient in people]
    for case in made:
        set_details(case, step="3", problem="gad", protocol="", by=world.amara.user)
    return made


def browser(live_service, who) -> httpx.Client:
    cookies = live_service.cookies(who) | {"csrf": TOKEN}
    headers = {"X-CSRFToken": TOKEN, "Origin": live_service.url}
    return httpx.Client(base_url=live_service.url, cookies=cookies, headers=headers, timeout=60)


def presses(live_service, cases: list, start: dt.datetime) -> list:
    """Each patient books the hour five times over; their clinician offers it to each five times over."""
    clinician = browser(live_service, cases[0].clinician)
    patients = [browser(live_service, case.patient) for case in cases]
    chosen, typed = {"start": start.isoformat(), "how": "typed-60"}, {"minutes": "60", "modality": "typed"}
    typed |= {"date": f"{start:%Y-%m-%d}", "time": f"{start:%H:%M}"}
    found = []
    for number in range(PATIENTS * TRIES):
        case, patient = cases[number % PATIENTS], patients[number % PATIENTS]
        choosing, offer = (reverse(f"therapy:{name}", args=[case.ref]) for name in ("choosing", "offer"))
        found.append((patient, choosing, chosen | {"client_key": f"chosen-{number}"}))
        found.append((clinician, offer, typed | {"client_key": f"offered-{number}"}))
    return [lambda one=one: one[0].post(one[1], data=one[2]) for one in found]


@pytest.mark.rule("APPT-4c")
@pytest.mark.rule("APPT-3e")
def test_of_fifty_presses_at_once_one_books_and_the_others_are_told_what_to_do(live_service, cases):
    start = dt.datetime.combine(timezone.localdate() + DAY, dt.time(19), tzinfo=UK)
    answers, wrong = together(*presses(live_service, cases, start))
    assert wrong == []
    assert sorted({answer.status_code for answer in answers}) == [303, 409]
    assert [answer.status_code for answer in answers].count(303) == 1
    refused = [html.unescape(answer.text) for answer in answers if answer.status_code == 409]
    assert [page for page in refused if not WHAT_TO_DO.search(page)] == []
    assert Appointment.objects.count() == 1
