"""A week by half hours, single days and the switch of self-booking, through the clinician's own pages."""

import datetime as dt

import pytest
from django.utils import timezone

from audit.models import ChangeEntry
from clinicians import actions, rules
from clinicians.models import HoursException
from clinicians.rules import Stretch
from ui.errors import Refused

PAGE = "/availability/"
DAYS = "/availability/dates/"


def of_day(day: dt.date, **changes) -> dict:
    parts = {"day_day": day.day, "day_month": day.month, "day_year": day.year}
    return {"kind": "extra", "starts": "08:00", "ends": "09:30"} | parts | changes


@pytest.mark.rule("CLIN-5d")
def test_half_hours_make_stretches_and_back():
    week = [Stretch(0, dt.time(8), dt.time(9, 30)), Stretch(6, dt.time(21), dt.time(22))]
    assert rules.stretches_of_half_hours(rules.half_hours_of(week)) == week
    assert rules.half_hours_of([Stretch(1, dt.time(8, 15), dt.time(9, 15))]) == {"1-08:30"}


@pytest.mark.rule("CLIN-5d")
def test_a_clinician_changes_the_week_by_half_hours(world, client_of):
    client = client_of(world.amara)
    page = client.get(f"{PAGE}hours/").content.decode()
    assert page.count('type="checkbox"') == 7 * 28
    assert "<c-" not in page
    answer = client.post(f"{PAGE}hours/", {"hours": ["2-18:00", "2-18:30", "4-08:30"]})
    assert answer.status_code == 303
    assert world.amara.stretches() == [Stretch(2, dt.time(18), dt.time(19)), Stretch(4, dt.time(8, 30), dt.time(9))]
    assert client.post(f"{PAGE}hours/", {"hours": ["2-03:00"]}).status_code == 422


@pytest.mark.rule("CLIN-5a")
def test_a_single_day_is_entered_and_taken_back(world, client_of):
    client, day = client_of(world.amara), timezone.localdate() + dt.timedelta(days=9)
    assert client.post(DAYS, of_day(day)).status_code == 303
    made = HoursException.objects.get(clinician=world.amara)
    assert (made.day, made.kind, made.starts, made.ends) == (day, "extra", dt.time(8), dt.time(9, 30))
    assert "Take back" in client.get(PAGE).content.decode()
    client_of(world.piet).post(f"{DAYS}removal/", {"exception": made.pk})
    assert HoursException.objects.count() == 1
    client.post(f"{DAYS}removal/", {"exception": made.pk})
    assert not HoursException.objects.exists()
    assert ChangeEntry.objects.filter(what__startswith="hours of a day").count() == 2


@pytest.mark.rule("CLIN-5a")
@pytest.mark.parametrize(
    "changes",
    [
        {"ends": "08:00"},
        {"ends": "07:00"},
        {"starts": "nine"},
        {"kind": "perhaps"},
        {"day_month": "13"},
        {"day_year": ""},
    ],
)
def test_a_day_that_cannot_be_is_refused_in_words_and_kept_on_the_page(world, client_of, changes):
    day = timezone.localdate() + dt.timedelta(days=9)
    answer = client_of(world.amara).post(DAYS, of_day(day, **changes))
    assert answer.status_code == 422
    assert "There is a problem" in answer.content.decode()
    assert not HoursException.objects.exists()


@pytest.mark.rule("CLIN-5a")
def test_the_verb_refuses_hours_outside_the_day(world):
    day = timezone.localdate()
    for kind, starts, ends in (("extra", 7, 9), ("blocked", 10, 10), ("perhaps", 9, 10)):
        with pytest.raises(Refused):
            actions.add_exception(world.amara, kind, day, dt.time(starts), dt.time(ends), by=world.amara.user)


@pytest.mark.rule("APPT-3c")
def test_the_switch_of_self_booking_stands_on_the_page(world, client_of):
    client, sent = client_of(world.amara), {"parts": ["mon-evening"], "desired_caseload": "8"}
    client.post(PAGE, sent)
    world.amara.refresh_from_db()
    assert not world.amara.self_booking
    client.post(PAGE, sent | {"self_booking": "on"})
    world.amara.refresh_from_db()
    assert world.amara.self_booking
    assert ChangeEntry.objects.filter(what="self-booking").count() == 2
