"""Cancelling in time and late: the verdict, what the patient is told first, and what follows."""

import datetime as dt

import pytest
from django.db import DatabaseError, connection, transaction
from django.urls import reverse
from django.utils import timezone

from deadlines.models import Deadline
from notices.models import OutboxMessage
from therapy.appointments import actions
from therapy.appointments.models import Appointment, AppointmentEvent, Cancellation
from ui.errors import Refused

HOURS, SECOND = dt.timedelta(hours=1), dt.timedelta(seconds=1)


def door(name: str, appointment) -> str:
    return reverse(f"therapy:{name}", args=[appointment.ref])


@pytest.mark.rule("APPT-12a")
@pytest.mark.rule("APPT-12c")
@pytest.mark.rule("APPT-12d")
def test_the_patient_cancels_in_time_without_consequence(world, client_of, confirmed):
    made, client = confirmed(), client_of(world.alice)
    assert "without any consequence until" in client.get(door("cancellation", made)).content.decode()
    answer = client.post(door("cancellation", made), {"shown": "in time", "reason": "I am away."})
    made.refresh_from_db()
    verdict = made.cancellation
    assert (answer.status_code, made.status, verdict.late, verdict.side) == (303, "cancelled", False, "patient")
    assert verdict.rule == "Cancelled by the patient 48 hours or more before the start."
    assert OutboxMessage.objects.get(notice="appointment_cancelled").recipient == world.amara.user.email
    assert not Deadline.objects.filter(kind="note").exists()


@pytest.mark.rule("APPT-13a")
@pytest.mark.rule("APPT-12d")
def test_the_patient_cancels_late_after_being_told(world, client_of, confirmed):
    made, client = confirmed(30 * HOURS), client_of(world.alice)
    assert "This is a late cancellation" in client.get(door("cancellation", made)).content.decode()
    client.post(door("cancellation", made), {"shown": "late"})
    made.refresh_from_db()
    assert (made.status, made.cancellation.late, made.cancellation.was_confirmed) == ("late_cancelled", True, True)
    assert Deadline.objects.get(kind="note", key=str(made.ref)).owner == world.amara.user


@pytest.mark.rule("APPT-20c")
def test_the_patient_is_told_which_breach_it_is_and_what_follows(world, client_of, confirmed):
    client = client_of(world.alice)
    for number, following in ((1, "Nothing changes for you."), (2, "Nothing is decided before that.")):
        made = confirmed(number * 3 * HOURS)
        before = client.get(door("cancellation", made)).content.decode()
        after = client.post(door("cancellation", made), {"shown": "late"}, follow=True).content.decode()
        for page in (before, after):
            assert f"{number} of 2 in this course of treatment" in page
            assert following in page
        assert "tag--red" not in client.get(reverse("therapy:my-appointments")).content.decode()


@pytest.mark.rule("APPT-13d")
def test_a_limit_that_passes_while_the_page_is_open_is_shown_before_anything_happens(world, client_of, confirmed):
    made, client = confirmed(30 * HOURS), client_of(world.alice)
    answer = client.post(door("cancellation", made), {"shown": "in time", "reason": "Dentist"})
    made.refresh_from_db()
    assert (answer.status_code, made.status) == (409, "confirmed")
    assert "the limit passed" in answer.content.decode()
    assert "Dentist" in answer.content.decode()


@pytest.mark.rule("APPT-12b")
@pytest.mark.parametrize(
    ("start", "cancelled_at", "status"),
    [
        ("2026-10-26 19:00+00:00", "2026-10-24 19:00:00+00:00", "cancelled"),
        ("2026-10-26 19:00+00:00", "2026-10-24 19:00:01+00:00", "late_cancelled"),
        ("2027-03-29 18:00+00:00", "2027-03-27 18:00:00+00:00", "cancelled"),
        ("2027-03-29 18:00+00:00", "2027-03-27 18:00:01+00:00", "late_cancelled"),
    ],
)
def test_the_stored_verdict_goes_by_elapsed_time_over_the_clock_changes(world, confirmed, start, cancelled_at, status):
    starts_at, moment = dt.datetime.fromisoformat(start), dt.datetime.fromisoformat(cancelled_at)
    made = confirmed(96 * HOURS, at=starts_at - 96 * HOURS)
    assert actions.cancel(made, by=world.alice.user, at=moment).status == status


@pytest.mark.rule("APPT-13c")
def test_cancelling_an_unconfirmed_offer_is_never_late(world, offered):
    made = offered(2 * HOURS)
    assert actions.cancel(made, by=world.alice.user).status == "cancelled"
    assert not made.cancellation.late


@pytest.mark.rule("APPT-13b")
def test_cancelling_within_the_session_is_late_and_closes_the_room(world, session):
    moment = session.appointment.starts_at + HOURS / 4
    made = actions.cancel(session.appointment, by=world.alice.user, at=moment)
    session.refresh_from_db()
    assert (made.status, session.ended_at) == ("late_cancelled", moment)
    assert made.cancellation.rule == "Cancelled by the patient after the start."


def test_cancelling_again_or_after_the_end_changes_nothing(world, confirmed):
    made = confirmed()
    first = actions.cancel(made, by=world.alice.user)
    assert actions.cancel(made, by=world.amara.user).status == first.status
    assert Cancellation.objects.count() == 1
    over = confirmed(97 * HOURS)
    with pytest.raises(Refused, match="over"):
        actions.cancel(over, by=world.alice.user, at=over.ends_at)


@pytest.mark.rule("APPT-18a")
@pytest.mark.rule("APPT-18b")
def test_a_clinician_cancels_on_the_day_and_patient_services_are_told(world, client_of, confirmed, at):
    with at(f"{timezone.localdate() + dt.timedelta(days=1)} 12:00"):
        made = confirmed(dt.timedelta(minutes=1))
        client_of(world.amara).post(door("withdrawal", made), {"side": "clinician", "reason": "I am ill."})
    made.refresh_from_db()
    assert (made.status, made.cancellation.late) == ("clinician_cancelled", False)
    told = OutboxMessage.objects.values_list("notice", "recipient")
    assert ("appointment_cancelled", world.alice.email) in told
    assert ("appointment_cancelled_today", world.olu.email) in told


@pytest.mark.rule("APPT-18b")
@pytest.mark.parametrize(("now", "told"), [("2026-11-23 23:59", 0), ("2026-11-24 00:00", 1)])
def test_the_day_of_the_appointment_begins_at_midnight_by_uk_clocks(world, confirmed, at, now, told):
    with at("2026-11-20 12:00"):
        made = confirmed(dt.timedelta(days=4, hours=7))
    with at(now):
        actions.cancel(made, by=world.amara.user)
    assert OutboxMessage.objects.filter(notice="appointment_cancelled_today").count() == told


def test_patient_services_cancel_on_the_patients_word(world, client_of, confirmed):
    made = confirmed(20 * HOURS)
    client_of(world.olu).post(door("withdrawal", made), {"side": "patient", "reason": "She rang."})
    made.refresh_from_db()
    assert (made.status, made.cancellation.by) == ("late_cancelled", world.olu)


@pytest.mark.rule("APPT-19e")
@pytest.mark.parametrize(
    ("path", "status"),
    [([], "completed"), ([], "dna"), ([], "late_cancelled"), (["declined"], "confirmed"), (["cancelled"], "offered")],
)
def test_the_database_refuses_turns_that_are_not_in_the_table(offered, path, status):
    made = offered()
    rows = Appointment.objects.filter(pk=made.pk)
    for step in path:
        rows.update(status=step)
    with pytest.raises(DatabaseError, match="Invalid transition"), transaction.atomic():
        rows.update(status=status)


@pytest.mark.rule("APPT-19e")
def test_an_appointment_begins_as_offered_and_keeps_its_time(offered):
    made = offered()
    twin = Appointment.objects.get(pk=made.pk)
    twin.pk, twin.ref, twin.client_key, twin.status = None, "7d8f6f3e-98f8-4b8c-9a54-6a8f7c0f5f11", "two", "completed"
    with pytest.raises(DatabaseError, match="begins as offered"), transaction.atomic():
        twin.save(force_insert=True)
    for change in ({"minutes": 30}, {"kind": "treatment"}, {"clinician": None}):
        with pytest.raises(DatabaseError), transaction.atomic():
            Appointment.objects.filter(pk=made.pk).update(**change)
    with pytest.raises(DatabaseError), transaction.atomic():
        made.delete()


@pytest.mark.rule("APPT-21a")
@pytest.mark.parametrize("model", [AppointmentEvent, Cancellation])
@pytest.mark.parametrize("statement", ["UPDATE {} SET reason = 'x'", "DELETE FROM {}", "TRUNCATE {} CASCADE"])
def test_history_and_verdicts_cannot_be_changed(world, confirmed, model, statement):
    made = confirmed()
    actions.cancel(made, by=world.alice.user)
    assert [event.what for event in made.events.all()] == ["offered", "confirmed", "cancelled"]
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement.format(model._meta.db_table))
