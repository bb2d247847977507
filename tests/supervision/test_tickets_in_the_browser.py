"""A ticket from question to closing in a real browser, each page held against axe at phone and desk width."""

import pytest

from supervision.models import Ticket
from tests import cast


@pytest.mark.rule("SUP-1f")
@pytest.mark.rule("SUP-3a")
@pytest.mark.rule("ACC-12a")
def test_an_urgent_ticket_is_raised_answered_and_closed(page_as):
    world = cast.make_world()
    amara, sunniva = page_as(world.amara, viewport={"width": 390, "height": 844}), page_as(world.sunniva)
    amara.visit(f"/cases/{world.alice_case.ref}/")
    amara.follow("Urgent risk ticket")
    assert amara.sees("Do not wait for the answer")
    amara.page.get_by_label("Thoughts").fill("Every night since Monday.")
    amara.expect("422")
    amara.press("Send the ticket")
    assert amara.sees("Some fields are empty")
    amara.press("Send it as it is")
    assert amara.sees("Your ticket is with Sunniva Dahl.")

    sunniva.visit("/tickets/")
    sunniva.follow("Risk urgent")
    assert sunniva.sees("Every night since Monday.")
    sunniva.page.get_by_label("Your answer").fill("Ring the crisis team now and write to me then.")
    sunniva.press("Send your answer")
    sunniva.page.get_by_label("Actions required").check()
    sunniva.press("Close")
    assert sunniva.sees("Closed: Actions required")
    assert Ticket.objects.get().state == "closed"

    amara.visit(f"/tickets/{Ticket.objects.get().ref}/")
    assert amara.sees("Ring the crisis team now")
