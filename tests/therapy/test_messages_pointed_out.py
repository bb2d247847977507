"""A promise in a message is pointed out to the clinician before it goes (NOTE-8)."""

import pytest

from audit.models import ChangeEntry
from therapy.messages.models import HeldMessage, Message

pytestmark = pytest.mark.django_db
PROMISE = "You will have six sessions with me."


def post(client, case, **more):
    return client.post(f"/messages/{case.ref}/sent/", {"text": PROMISE, "client_key": "k1"} | more)


@pytest.mark.rule("NOTE-8a")
@pytest.mark.rule("NOTE-8d")
@pytest.mark.parametrize("hold", ["", "yes"])
def test_a_promise_is_pointed_out_and_goes_with_one_more_press(world, client_of, hold):
    case, amara = world.alice_case, client_of(world.amara)
    answer = post(amara, case, hold=hold)
    page = answer.content.decode()
    assert (answer.status_code, "<li>six sessions</li>" in page, f">\n{PROMISE}</textarea>" in page) == (
        422,
        True,
        True,
    )
    assert not Message.objects.exists()
    assert not HeldMessage.objects.exists()
    for _ in range(2):
        assert post(amara, case, hold=hold, despite=answer.context["pointed_out"].key).status_code == 303
    assert (HeldMessage if hold else Message).objects.get().text == PROMISE
    assert ChangeEntry.objects.get(what="message sent all the same").after == {"promise": 1}


@pytest.mark.rule("NOTE-8b")
def test_hours_of_notice_and_what_a_patient_writes_are_not_pointed_out(world, client_of):
    case = world.alice_case
    fine = "Thank you for our two sessions. I answer within 48 hours."
    assert post(client_of(world.amara), case, text=fine.replace("our two", "these two")).status_code == 303
    assert post(client_of(world.alice), case, text=PROMISE).status_code == 303
