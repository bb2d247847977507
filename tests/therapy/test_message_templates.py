"""A template opened for a case: filled with what the case knows, in UK time (MSG-3)."""

import datetime as dt

import pytest

from hub import rules
from tests import cast
from tests.providers import offered
from therapy.appointments.booking import offer
from therapy.messages.actions import send
from therapy.messages.templates import choices, prepared
from ui.errors import Refused

pytestmark = pytest.mark.django_db
AT = dt.datetime(2026, 10, 20, 9, tzinfo=dt.UTC)
DAY = dt.timedelta(days=1)


@pytest.mark.rule("MSG-3b")
def test_people_and_hours_come_from_the_case(world):
    filled = prepared("welcome", world.alice_case, at=AT)
    assert filled.missing == ()
    assert filled.text.startswith("Hello Alice,\n\nI am Amara Obi")
    assert "within 48 hours" in filled.text


@pytest.mark.rule("MSG-3b")
def test_what_the_case_does_not_know_is_named(world):
    filled = prepared("first_appointment", world.alice_case)
    assert filled.missing == ("appointment_time", "appointment_minutes", "confirm_by", "cancel_by")
    offered(world, world.alice_case)
    assert prepared("first_appointment", world.alice_case).missing == ()


@pytest.mark.rule("MSG-3b")
def test_times_are_uk_times_across_the_change_of_clocks(world, at):
    with at(AT):
        starts_at = dt.datetime(2026, 10, 25, 12, tzinfo=dt.UTC)
        one = offer(world.alice_case, starts_at=starts_at, minutes=60, client_key="k", by=world.amara.user)
        text = prepared("first_appointment", world.alice_case, appointment=one, at=AT).text
    assert "Sun 25 October 2026, midday (UK time)" in text
    assert "cancel by Fri 23 October 2026, 1:00pm" in text


@pytest.mark.rule("ENG-3a")
def test_the_days_of_the_7_7_rule_stand_in_its_messages(world):
    text = prepared("engagement", world.alice_case, at=AT).text
    assert "by Tue 27 October 2026" in text
    assert "closed on Thu 29 October 2026" in text
    assert "case on Thu 22 October 2026" in prepared("discharge", world.alice_case, at=AT).text


def test_the_reminder_to_book_counts_from_the_welcome(world, at):
    with at(AT):
        case = cast.make_case(world.charlie, world.site, "allocated", world.amara)
    send(case, "Welcome", by=world.amara.user, client_key="w", at=AT)
    assert "by Tue 27 October 2026" in prepared("booking_reminder", case, at=AT + 3 * DAY).text
    assert "by Thu 29 October 2026" in prepared("booking_reminder", case, at=AT + 7 * DAY).text


def test_every_template_can_be_chosen_and_no_other(world):
    assert [choice.slug for choice in choices(world.alice_case)] == list(rules.KINDS)
    with pytest.raises(Refused):
        prepared("nothing", world.alice_case)
