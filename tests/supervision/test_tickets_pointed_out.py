"""The patient's name in a ticket is pointed out before it goes (NOTE-8)."""

import pytest
from django.urls import reverse

from audit.models import ChangeEntry
from supervision.actions import raise_ticket
from supervision.models import Ticket, TicketPost

pytestmark = pytest.mark.django_db


@pytest.mark.rule("NOTE-8c")
@pytest.mark.rule("NOTE-8d")
def test_the_name_is_pointed_out_and_the_ticket_goes_all_the_same(world, client_of):
    page = reverse("supervision:raise", args=[world.alice_case.ref, "other"])
    client, data = client_of(world.amara), {"question": "How do I go on with Alice?", "client_key": "k"}
    answer = client.post(page, data)
    shown = answer.content.decode()
    assert (answer.status_code, "<li>Alice</li>" in shown, data["question"] in shown) == (422, True, True)
    assert not Ticket.objects.exists()
    assert client.post(page, data | {"despite": answer.context["pointed_out"].key}).status_code == 303
    kept = ChangeEntry.objects.get(what="ticket raised all the same")
    assert (kept.object_ref, kept.after) == (str(Ticket.objects.get().ref), {"patient_name": 1})
    assert client.post(page, {"question": "And the patient?", "client_key": "k2"}).status_code == 303


@pytest.mark.rule("NOTE-8c")
@pytest.mark.parametrize(("who", "door"), [("amara", "reply"), ("sunniva", "answer")])
def test_the_name_is_pointed_out_in_the_dialogue_too(world, client_of, who, door):
    author = world.amara.user
    ticket = raise_ticket(world.alice_case, "other", {"question": "How?"}, by=author, client_key="k")
    client, url = client_of(getattr(world, who)), reverse(f"supervision:{door}", args=[ticket.ref])
    answer = client.post(url, {"text": "Ask Arden.", "client_key": "p"})
    assert (answer.status_code, "<li>Arden</li>" in answer.content.decode()) == (422, True)
    assert not TicketPost.objects.exists()
    data = {"text": "Ask Arden.", "client_key": "p", "despite": answer.context["pointed_out"].key}
    assert client.post(url, data).status_code == 303
    assert TicketPost.objects.get().text == "Ask Arden."
