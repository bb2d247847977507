"""Booking a free time in a real browser: by keyboard alone, and on a phone; each page is held against axe."""

import pytest

from tests.harness.browser import PHONE
from therapy.appointments.models import Appointment

pytestmark = pytest.mark.django_db(transaction=True)


def tab_to(page, text: str, most: int = 80) -> None:
    """Press Tab until the thing in focus says `text`; fails where it is not reached."""
    for _ in range(most):
        page.keyboard.press("Tab")
        if text in (page.evaluate("document.activeElement.innerText") or ""):
            return
    raise AssertionError(f"{text!r} is not reached by keyboard")


@pytest.mark.rule("APPT-3a")
def test_a_time_is_booked_by_keyboard_alone(world, page_as):
    visitor = page_as(world.alice)
    visitor.visit("/appointments/")
    page = visitor.page
    tab_to(page, "Choose a free time")
    page.keyboard.press("Enter")
    page.wait_for_url("**/times/**")
    visitor.check()
    tab_to(page, ":00")
    page.keyboard.press("Enter")
    page.wait_for_url("**/booking/**")
    visitor.check()
    tab_to(page, "Book this time")
    page.keyboard.press("Enter")
    page.wait_for_url("**/appointments/*-*/")
    visitor.check()
    assert Appointment.objects.get().status == "confirmed"
    assert visitor.sees("Booked and confirmed")


@pytest.mark.rule("APPT-11d")
def test_a_time_is_booked_and_moved_on_a_phone(world, page_as):
    visitor = page_as(world.alice)
    visitor.page.set_viewport_size(PHONE)
    visitor.visit(f"/cases/{world.alice_case.ref}/times/")
    visitor.page.locator(".app-times__time").first.click()
    visitor.page.wait_for_url("**/booking/**")
    visitor.press("Book this time")
    visitor.follow("Move to another time")
    visitor.page.locator(".app-times__time").last.click()
    visitor.page.wait_for_url("**/booking/**")
    visitor.check()
    visitor.press("Yes, move it")
    assert visitor.sees("In place of")
    visitor.visit("/appointments/week/")
    visitor.visit("/calendar/")
    assert sorted(Appointment.objects.values_list("status", flat=True)) == ["cancelled", "confirmed"]


@pytest.mark.rule("APPT-8e")
def test_the_clinicians_pages_of_the_calendar_are_usable(world, page_as):
    visitor = page_as(world.amara)
    for path in ("/appointments/week/", "/availability/", "/availability/hours/", "/home/"):
        visitor.visit(path)
    visitor.visit(f"/cases/{world.alice_case.ref}/appointments/series/")
