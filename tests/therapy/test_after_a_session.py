"""What a session leaves to do, a clinician who is missed, and outcomes corrected afterwards (APPT-18, 21, 23)."""

import datetime as dt

import pytest
from django.db import DatabaseError, transaction
from django.urls import reverse

from deadlines.actions import sweep
from deadlines.models import Deadline
from notices.models import OutboxMessage
from therapy.appointments import actions, breaches, correcting, rules
from therapy.appointments.models import Appointment, Correction
from therapy.messages import actions as messages
from therapy.room import actions as room

MINUTES = dt.timedelta(minutes=1)
HOURS = dt.timedelta(hours=1)


def task() -> Deadline:
    return Deadline.objects.get(kind="follow_up")


def door(name: str, appointment) -> str:
    return reverse(f"therapy:{name}", args=[appointment.ref])


@pytest.fixture
def missed(world, open_room):
    """A session to which Alice did not come."""
    made = open_room()
    start = made.appointment.starts_at
    room.join(made, world.amara.user, at=start)
    return room.end_session(made, "dna", by=world.amara.user, at=start + 20 * MINUTES)


@pytest.mark.rule("APPT-23b")
def test_a_missed_session_leaves_a_task_with_the_fitting_template(world, client_of, missed):
    amara = client_of(world.amara)
    assert (task().owner, task().state) == (world.amara.user, "open")
    assert "Write, or offer another time" in amara.get(reverse("desk:home")).content.decode()
    page = amara.get(door("follow-up", missed)).content.decode()
    assert f"{reverse('therapy:messages', args=[world.alice_case.ref])}?template=first_dna_new" in page
    messages.send(world.alice_case, "I missed you today.", by=world.amara.user, client_key="one")
    assert task().state == "met"
    assert "Nothing is left to do" in amara.get(door("follow-up", missed)).content.decode()


@pytest.mark.rule("APPT-23b")
def test_another_booking_does_it_as_well(world, missed, offered):
    offered(at=missed.ends_at, key="again")
    assert task().state == "met"


@pytest.mark.rule("APPT-23b")
@pytest.mark.parametrize(("side", "status"), [("patient", "cancelled"), ("clinician", "clinician_cancelled")])
def test_each_cancelled_session_leaves_one_and_an_offer_taken_back_does_not(world, offered, confirmed, side, status):
    actions.cancel(offered(key="offer"), by=world.amara.user)
    assert not Deadline.objects.filter(kind="follow_up").exists()
    by = world.alice.user if side == "patient" else world.amara.user
    assert actions.cancel(confirmed(), by=by).status == status
    assert task().state == "open"


@pytest.mark.rule("APPT-23b")
def test_a_task_that_nobody_does_is_told(world, missed, at):
    with at(task().due_at):
        sweep()
    assert OutboxMessage.objects.get(notice="follow_up_overdue").recipient == world.amara.user.email


@pytest.mark.rule("APPT-23b")
@pytest.mark.parametrize(
    ("status", "slug"),
    [
        ("aborted", "session_aborted"),
        ("cancelled", "session_cancelled"),
        ("clinician_cancelled", "session_cancelled"),
    ],
)
def test_which_template_fits_what_is_no_breach(status, slug):
    assert rules.follow_up_template(status) == slug


@pytest.mark.rule("APPT-18c")
def test_a_clinician_who_is_not_there_is_missed(world, client_of, open_room, at):
    session = open_room()
    appointment = session.appointment
    room.join(session, world.alice.user, at=appointment.starts_at)
    with at(appointment.starts_at + 10 * MINUTES):
        sweep()
    assert OutboxMessage.objects.get(notice="clinician_missed").recipient == world.olu.email
    with at(appointment.ends_at + HOURS):
        answer = client_of(world.olu).post(door("withdrawal", appointment), {"side": "clinician", "reason": "Ill"})
        assert answer.status_code == 303
    appointment.refresh_from_db()
    assert appointment.status == "clinician_cancelled"
    assert breaches.next_count(appointment).number == 1


@pytest.mark.rule("APPT-18d")
@pytest.mark.parametrize("outcome", ["completed", "dna"])
def test_nothing_is_held_against_a_patient_whose_clinician_did_not_come(world, open_room, client_of, at, outcome):
    session = open_room()
    if outcome == "completed":
        room.join(session, world.alice.user, at=session.appointment.starts_at)
    with at(session.appointment.ends_at):
        room.join(session, world.amara.user)
        answer = client_of(world.amara).post(reverse("therapy:end", args=[session.ref]), {"outcome": outcome})
    session.appointment.refresh_from_db()
    assert (answer.status_code, session.appointment.status) == (422, "confirmed")
    assert "counts as cancelled by the clinician" in answer.content.decode()


@pytest.mark.rule("APPT-18d")
@pytest.mark.parametrize(
    ("seconds", "words", "status"),
    [(-1, "late cancellation", "late_cancelled"), (0, "has not come", "clinician_cancelled")],
)
def test_who_gives_up_waiting_for_the_clinician_has_not_cancelled_late(
    world, client_of, open_room, at, seconds, words, status
):
    session = open_room()
    made = session.appointment
    room.join(session, world.alice.user, at=made.starts_at)
    with at(made.starts_at + dt.timedelta(minutes=10, seconds=seconds)):
        alice = client_of(world.alice)
        page = alice.get(door("cancellation", made)).content.decode()
        assert words in page
        shown = "in time" if status == "clinician_cancelled" else "late"
        alice.post(door("cancellation", made), {"reason": "I had to go.", "shown": shown})
    made.refresh_from_db()
    assert (made.status, made.cancellation.by) == (status, world.alice.user)
    assert breaches.next_count(made).number == (1 if status == "clinician_cancelled" else 2)
    assert OutboxMessage.objects.filter(notice="appointment_cancelled", recipient=world.amara.user.email).exists()


@pytest.mark.rule("APPT-18d")
def test_a_patient_who_is_left_waiting_is_told_in_the_room(world, client_of, open_room, at):
    session = open_room()
    alice, url = client_of(world.alice), reverse("therapy:strip", args=[session.ref])
    start = session.appointment.starts_at
    room.join(session, world.alice.user, at=start)
    with at(start + 2 * MINUTES):
        assert "not here" not in alice.get(url).content.decode()
    with at(start + 3 * MINUTES):
        early = alice.get(url).content.decode()
    assert "is not here yet" in early
    assert "data-refresh-at" in early
    with at(start + 10 * MINUTES):
        assert "Our team has been told" in alice.get(url).content.decode()
        room.join(session, world.amara.user)
        assert "Our team" not in alice.get(url).content.decode()


@pytest.mark.rule("APPT-18c")
def test_a_clinician_who_is_there_is_not_missed(world, session, at):
    with at(session.appointment.starts_at + 10 * MINUTES):
        sweep()
    assert not OutboxMessage.objects.filter(notice="clinician_missed").exists()


@pytest.mark.rule("APPT-21b")
def test_patient_services_correct_an_outcome_with_a_reason(world, client_of, missed):
    olu, url = client_of(world.olu), door("correction", missed)
    assert breaches.next_count(missed).number == 2
    assert olu.post(url, {"after": "clinician_cancelled", "reason": " "}).status_code == 422
    assert olu.post(url, {"after": "confirmed", "reason": "x"}).status_code == 422
    assert olu.post(url, {"after": "clinician_cancelled", "reason": "The site was down"}).status_code == 303
    missed.refresh_from_db()
    kept = Correction.objects.get()
    assert (missed.status, kept.before, kept.after, kept.by) == ("clinician_cancelled", "dna", missed.status, world.olu)
    assert breaches.next_count(missed).number == 1
    assert missed.outcome.outcome == "dna"
    assert "The site was down" in client_of(world.amara).get(door("appointment", missed)).content.decode()
    assert OutboxMessage.objects.get(notice="outcome_corrected").recipient == world.amara.user.email
    for who in (world.amara, world.alice, world.sunniva, world.farid):
        assert client_of(who).post(url, {"after": "dna", "reason": "x"}).status_code == 404


@pytest.mark.rule("APPT-21b")
@pytest.mark.rule("APPT-19e")
def test_the_database_refuses_a_correction_without_its_row(world, missed):
    with pytest.raises(DatabaseError, match="only with a reason"), transaction.atomic():
        Appointment.objects.filter(pk=missed.pk).update(status="completed")
    correcting.correct(missed, "completed", "Wrong button", by=world.olu)
    with pytest.raises(DatabaseError, match="only with a reason"), transaction.atomic():
        Appointment.objects.filter(pk=missed.pk).update(status="dna")
    with pytest.raises(DatabaseError), transaction.atomic():
        Correction.objects.update(reason="other")
    assert Deadline.objects.get(kind="follow_up").state == "cancelled"


@pytest.mark.rule("APPT-23b")
def test_a_session_corrected_to_missed_leaves_the_task_too(world, client_of, agreed):
    ended = room.end_session(agreed, "completed", by=world.amara.user, at=agreed.appointment.ends_at)
    assert not Deadline.objects.filter(kind="follow_up").exists()
    url = door("correction", ended)
    assert client_of(world.olu).post(url, {"after": "dna", "reason": "Wrong button"}).status_code == 303
    assert (task().state, task().owner) == ("open", world.amara.user)


@pytest.mark.rule("APPT-17g")
def test_a_stopped_session_is_told_to_the_patient_in_calm_words(world, client_of, agreed):
    ended = room.end_session(
        agreed, "aborted", by=world.amara.user, reason="The line kept dropping.", at=agreed.appointment.ends_at
    )
    alice, amara = client_of(world.alice), client_of(world.amara)
    page = alice.get(door("appointment", ended)).content.decode()
    assert "never counted against you" in page
    assert "Stopped because of technical trouble" in page
    for shown in (page, alice.get(reverse("therapy:my-appointments")).content.decode()):
        assert "Stopped, technical trouble" in shown
        assert "Aborted" not in shown
    assert "Aborted" in amara.get(door("appointment", ended)).content.decode()


@pytest.mark.rule("APPT-21a")
def test_the_history_speaks_to_whoever_reads_it(world, client_of, agreed):
    url = door("appointment", agreed.appointment)
    for who, said in ((world.alice, "You came into the room"), (world.amara, "The patient came into the room")):
        assert said in client_of(who).get(url).content.decode()
