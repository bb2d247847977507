"""Confirming, declining, lapsing: by the patient, in time, once."""

import datetime as dt

import pytest
from django.urls import reverse
from django.utils import timezone

from deadlines.actions import sweep
from deadlines.models import Deadline
from notices.models import OutboxMessage
from therapy.appointments import actions
from ui.errors import Refused

HOURS, SECOND = dt.timedelta(hours=1), dt.timedelta(seconds=1)


def door(name: str, appointment) -> str:
    return reverse(f"therapy:{name}", args=[appointment.ref])


@pytest.mark.rule("APPT-5a")
@pytest.mark.rule("APPT-23a")
def test_the_patient_confirms_and_the_clinician_is_told(world, client_of, offered):
    made = offered()
    answer = client_of(world.alice).post(door("confirmation", made))
    made.refresh_from_db()
    assert (answer.status_code, made.status) == (303, "confirmed")
    assert OutboxMessage.objects.get(notice="appointment_confirmed").recipient == world.amara.user.email
    assert Deadline.objects.get(kind="confirm", key=str(made.ref)).state == "met"


@pytest.mark.rule("APPT-5e")
def test_answering_again_changes_nothing(world, client_of, offered):
    first, second = offered(), offered(100 * HOURS)
    client = client_of(world.alice)
    for _ in range(2):
        assert client.post(door("confirmation", first)).status_code == 303
        assert client.post(door("decline", second), {"reason": ""}).status_code == 303
    assert [event.what for event in first.events.all()] == ["offered", "confirmed"]
    assert [event.what for event in second.events.all()] == ["offered", "declined"]


@pytest.mark.parametrize("verb", ["confirmation", "decline", "cancellation"])
def test_nobody_else_answers_for_the_patient(world, client_of, offered, verb):
    made = offered()
    for other in (world.bob, world.charlie, world.amara, world.piet, world.sunniva, world.olu, world.farid):
        assert client_of(other).post(door(verb, made), {"shown": "in time"}).status_code == 404
    made.refresh_from_db()
    assert made.status == "offered"


@pytest.mark.parametrize("verb", ["withdrawal", "keeping"])
def test_only_the_case_s_clinician_and_patient_services_act_for_the_service(world, client_of, offered, verb):
    made = offered()
    for other in (world.alice, world.bob, world.charlie, world.piet, world.sunniva, world.farid):
        assert client_of(other).post(door(verb, made), {"side": "clinician", "reason": "ill"}).status_code == 404
    assert client_of(world.olu).post(door(verb, made), {"side": "clinician", "reason": "ill"}).status_code == 303


@pytest.mark.rule("APPT-5a")
@pytest.mark.parametrize(("late_by", "status"), [(-SECOND, "confirmed"), (0 * SECOND, "confirmed"), (SECOND, None)])
def test_confirming_ends_48_hours_before_the_start(world, offered, late_by, status):
    made = offered()
    moment = made.starts_at - 48 * HOURS + late_by
    if status:
        assert actions.confirm(made, by=world.alice.user, at=moment).status == status
    else:
        with pytest.raises(Refused, match="had to be confirmed by"):
            actions.confirm(made, by=world.alice.user, at=moment)


@pytest.mark.rule("APPT-5c")
def test_a_short_notice_offer_is_marked_and_confirmed_until_its_start(world, client_of, offered):
    made = offered(2 * HOURS)
    page = client_of(world.alice).get(door("appointment", made)).content.decode()
    assert "Short notice" in page
    assert "until it starts" in page
    with pytest.raises(Refused):
        actions.confirm(made, by=world.alice.user, at=made.starts_at + SECOND)
    assert actions.confirm(made, by=world.alice.user, at=made.starts_at).status == "confirmed"


@pytest.mark.rule("APPT-5d")
def test_joining_an_unconfirmed_offer_confirms_it(world, client_of, offered):
    made = offered(dt.timedelta(minutes=10))
    assert client_of(world.amara).post(door("joining", made)).status_code == 409
    answer = client_of(world.alice).post(door("joining", made))
    made.refresh_from_db()
    assert (made.status, answer.status_code) == ("confirmed", 303)
    assert made.events.get(what="confirmed").reason == "by joining"


@pytest.mark.rule("APPT-5d")
@pytest.mark.parametrize("moment", [-16 * 60, 1])
def test_joining_confirms_only_while_the_room_is_open_and_before_the_start(world, offered, moment):
    made = offered(2 * HOURS)
    with pytest.raises(Refused):
        actions.confirm_by_joining(made, by=world.alice.user, at=made.starts_at + moment * SECOND)


@pytest.mark.rule("APPT-6b")
def test_kept_open_it_can_be_confirmed_up_to_its_very_start(world, offered):
    made = offered(96 * HOURS)
    actions.keep_open(made, by=world.amara.user, at=made.starts_at - 47 * HOURS)
    with pytest.raises(Refused):
        actions.confirm(made, by=world.alice.user, at=made.starts_at + SECOND)
    assert actions.confirm(made, by=world.alice.user, at=made.starts_at).status == "confirmed"


@pytest.mark.rule("APPT-6a")
@pytest.mark.rule("APPT-6b")
@pytest.mark.rule("TIME-4a")
def test_an_unanswered_offer_prompts_the_clinician_who_can_keep_it_open(world, client_of, offered, at):
    made = offered(96 * HOURS)
    with at(made.confirm_by + SECOND):
        sweep()
        assert OutboxMessage.objects.get(notice="appointment_unconfirmed").recipient == world.amara.user.email
        assert "Not confirmed in time" in client_of(world.amara).get(door("appointment", made)).content.decode()
        assert "has passed" in client_of(world.alice).get(door("appointment", made)).content.decode()
        assert client_of(world.alice).post(door("confirmation", made)).status_code == 409
        assert (
            "Not confirmed in time" in client_of(world.alice).get(reverse("therapy:my-appointments")).content.decode()
        )
        assert "Can you come on" not in client_of(world.alice).get(reverse("desk:home")).content.decode()
        client_of(world.amara).post(door("keeping", made))
        assert "Can you come on" in client_of(world.alice).get(reverse("desk:home")).content.decode()
        page = client_of(world.alice).get(door("appointment", made)).content.decode()
        assert "Cancelling after that counts as a late cancellation" in page
        assert "without any consequence" not in page
        assert client_of(world.alice).post(door("confirmation", made)).status_code == 303


@pytest.mark.rule("APPT-6c")
@pytest.mark.parametrize("kept", [True, False])
def test_kept_or_not_it_lapses_at_its_start_and_both_are_told(world, offered, at, kept):
    made = offered(96 * HOURS)
    if kept:
        actions.keep_open(made, by=world.amara.user, at=made.starts_at - HOURS)
    with pytest.raises(Refused):
        actions.lapse(made, at=made.starts_at - SECOND)
    with at(made.starts_at):
        sweep()
        made.refresh_from_db()
        assert made.status == "lapsed"
        told = OutboxMessage.objects.filter(notice="appointment_lapsed").values_list("recipient", flat=True)
        assert set(told) == {world.alice.email, world.amara.user.email}
        assert offered(HOURS, at=timezone.now() - HOURS, key="again").status == "offered"


@pytest.mark.rule("APPT-6c")
def test_a_confirmed_appointment_does_not_lapse(world, confirmed, at):
    made = confirmed()
    with at(made.starts_at + HOURS):
        sweep()
    made.refresh_from_db()
    assert made.status == "confirmed"


def test_lists_show_ones_own_and_cost_the_same_with_more(world, client_of, offered, same_queries):
    offered()
    number = iter(range(200, 300, 2))

    def grow() -> None:
        for _ in range(3):
            offered(next(number) * HOURS)

    same_queries(client_of(world.alice), reverse("therapy:my-appointments"), grow)
    same_queries(client_of(world.amara), reverse("therapy:my-appointments"), grow)
    case_list = reverse("therapy:appointments", args=[world.alice_case.ref])
    same_queries(client_of(world.amara), case_list, grow)
    assert "Nothing is booked" in client_of(world.bob).get(reverse("therapy:my-appointments")).content.decode()
    assert client_of(world.bob).get(case_list).status_code == 404
