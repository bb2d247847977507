"""Offering an appointment: what fits, what clashes, and who may."""

import datetime as dt

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from deadlines.models import Deadline
from notices.models import OutboxMessage
from patients.cases import actions as patients
from tests import cast
from tests.harness.together import together
from therapy.appointments import actions, rules
from therapy.appointments.history import local
from therapy.appointments.models import Appointment
from ui.errors import Refused

HOURS = dt.timedelta(hours=1)


def in_days(days: int) -> str:
    return (timezone.localdate() + dt.timedelta(days=days)).isoformat()


def typed(**changes) -> dict:
    return {"date": in_days(5), "time": "19:00", "minutes": "60", "modality": "typed", "client_key": "one"} | changes


@pytest.fixture
def offer(world, client_of):
    """A function that sends the booking form as Amara and returns the answer."""
    client = client_of(world.amara)
    url = reverse("therapy:offer", args=[world.alice_case.ref])
    return lambda **changes: client.post(url, typed(**changes))


@pytest.mark.rule("APPT-1a")
@pytest.mark.rule("APPT-5b")
def test_the_clinician_offers_a_time_and_the_patient_is_told(offer, world, client_of):
    answer = offer()
    made = Appointment.objects.get()
    assert (answer.status_code, answer.url) == (303, reverse("therapy:appointment", args=[made.ref]))
    assert (made.status, made.kind, made.minutes, made.patient) == ("offered", "assessment", 60, world.alice)
    assert made.starts_at.astimezone(rules.UK).time() == dt.time(19)
    assert OutboxMessage.objects.get(notice="appointment_offered").recipient == world.alice.email
    page = client_of(world.alice).get(answer.url).content.decode()
    assert "Please answer by" in page
    assert made.confirm_by == made.starts_at - 48 * HOURS
    assert local(made.confirm_by) in page
    assert "<c-" not in page


@pytest.mark.parametrize("day", ["0001-01-01", "9999-12-31"])
def test_the_ends_of_the_calendar_are_no_days_for_an_appointment(offer, day):
    answer = offer(date=day, time="23:59")
    assert answer.status_code == 422
    assert "Check the year" in answer.content.decode()


@pytest.mark.rule("APPT-1a")
def test_nobody_else_offers_a_time_on_a_case(world, client_of):
    url = reverse("therapy:offer", args=[world.alice_case.ref])
    for other in (world.alice, world.bob, world.charlie, world.piet, world.sunniva, world.farid, world.tamsin):
        client = client_of(other)
        assert client.get(url).status_code == 404
        assert client.post(url, typed()).status_code == 404
    assert not Appointment.objects.exists()


@pytest.mark.rule("APPT-1d")
@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"minutes": "45"}, "minutes"),
        ({"minutes": "1000000000000"}, "minutes"),
        ({"minutes": ""}, "minutes"),
        ({"modality": "telepathy"}, "modality"),
        ({"date": "yesterday"}, "date"),
        ({"time": "25:00"}, "time"),
        ({"client_key": ""}, None),
    ],
)
def test_what_does_not_fit_is_said_and_nothing_is_written(offer, changes, field):
    answer = offer(**changes)
    assert answer.status_code == 422
    assert field is None or field in answer.context["form"].errors
    assert not Appointment.objects.exists()


@pytest.mark.rule("APPT-1d")
def test_the_verb_refuses_lengths_and_modalities_of_other_contracts(world, offered):
    with pytest.raises(Refused, match="lasts 60 minutes"):
        offered(minutes=45)
    world.site.modalities = ["typed"]
    world.site.save()
    with pytest.raises(Refused, match="no minutes"):
        offered(modality="video", minutes=50)


@pytest.mark.rule("APPT-1e")
def test_nothing_is_offered_in_the_past_or_in_a_far_future(offer):
    assert offer(date=in_days(-1)).status_code == 409
    assert offer(date=in_days(400)).status_code == 409
    assert not Appointment.objects.exists()


@pytest.mark.rule("APPT-1e")
def test_nothing_is_offered_on_a_case_that_is_ending(world, offered):
    patients.turn(world.alice_case, "discharging", by=world.amara.user)
    with pytest.raises(Refused, match="discharging"):
        offered()


@pytest.mark.rule("APPT-1f")
def test_the_same_form_twice_makes_one_appointment(offer):
    assert offer().url == offer().url
    assert Appointment.objects.count() == 1


@pytest.mark.rule("APPT-1f")
def test_a_form_gone_back_to_and_changed_is_not_taken_for_the_same(offer):
    offer()
    answer = offer(time="20:30")
    assert answer.status_code == 409
    assert "7:00pm, so the other time is not booked." in answer.content.decode()
    assert Appointment.objects.count() == 1


@pytest.mark.rule("APPT-1f")
def test_a_form_of_another_case_does_not_show_its_appointment(world, offered):
    offered(key="one")
    with pytest.raises(Refused, match="another case"):
        offered(key="one", case=world.bob_case)


@pytest.mark.rule("APPT-2b")
def test_a_second_assessment_is_pointed_out_before_it_is_booked(offer, world, client_of):
    offer()
    url = reverse("therapy:offer", args=[world.alice_case.ref])
    assert "second assessment" in client_of(world.amara).get(url).content.decode()
    second = {"date": in_days(6), "client_key": "two"}
    assert offer(**second).status_code == 422
    assert offer(**second, anyway="on").status_code == 303


@pytest.mark.rule("APPT-2a")
def test_with_step_and_diagnosis_it_is_a_treatment_of_the_steps_length(world, offered):
    patients.set_details(world.alice_case, step="3", problem="ocd", by=world.amara.user)
    assert offered(minutes=30).kind == "treatment"
    with pytest.raises(Refused, match="60 or 30 minutes"):
        offered(97 * HOURS, minutes=45)


@pytest.mark.rule("APPT-1g")
@pytest.mark.parametrize(("step", "wished", "minutes"), [("2", "typed", 45), ("2", "video", 50), ("3", "typed", 60)])
def test_what_the_form_proposes_is_allowed(world, client_of, step, wished, minutes):
    patients.set_details(world.alice_case, step=step, problem="ocd", by=world.amara.user)
    world.site.modalities = ["typed", "video"]
    world.site.save()
    type(world.alice_case).objects.filter(pk=world.alice_case.pk).update(modality=wished)
    form = client_of(world.amara).get(reverse("therapy:offer", args=[world.alice_case.ref])).context["form"]
    assert (form["modality"].value(), form["minutes"].value()) == (wished, minutes)


@pytest.mark.rule("APPT-1g")
def test_the_patients_hours_and_the_clinicians_day_stand_beside_the_form(offer, world, client_of):
    type(world.alice_case).objects.filter(pk=world.alice_case.pk).update(wished_hours=["tue-evening", "mon-morning"])
    url, client = reverse("therapy:offer", args=[world.alice_case.ref]), client_of(world.amara)
    page = client.get(url)
    assert page.context["hours"] == ["Monday: morning", "Tuesday: evening"]
    assert "Nothing is booked." in page.content.decode()
    offer()
    assert list(client.get(url).context["booked"]) == [Appointment.objects.get()]
    assert "Booked on that day" in offer(minutes="1", client_key="two").content.decode()
    assert not offer(date=in_days(6), minutes="1", client_key="two").context["booked"]


@pytest.mark.rule("APPT-2b")
def test_after_the_assessment_the_page_names_what_is_missing(world, client_of, session):
    ends = session.appointment.ends_at
    actions.end(session.appointment, "completed", by=world.amara.user, at=ends)
    url, client = reverse("therapy:offer", args=[world.alice_case.ref]), client_of(world.amara)
    page = client.get(url).content.decode()
    assert "The assessment has taken place" in page
    assert "still lacks diagnosis and step" in page
    patients.set_details(world.alice_case, problem="ocd", by=world.amara.user)
    assert "still lacks step," in client.get(url).content.decode()


@pytest.mark.rule("APPT-4a")
def test_a_clash_names_the_appointment_that_holds_the_time(offer, world, offered):
    offer()
    second = cast.make_case(world.charlie, world.site, "treatment", world.amara)
    url = reverse("therapy:offer", args=[second.ref])
    answer = cast.signed_in(world.amara).post(url, typed(time="19:30", client_key="two"))
    assert answer.status_code == 409
    assert f"case {world.alice_case.ref}" in " ".join(answer.context["form"].errors["time"])


@pytest.mark.rule("APPT-4b")
def test_a_patient_has_no_two_at_once_either(world, offered):
    first = offered()
    patients.assign(world.alice_case, world.piet, by=world.olu)
    world.alice_case.refresh_from_db()
    with pytest.raises(Refused, match="The patient has an appointment"):
        offered(first.starts_at - timezone.now())


@pytest.mark.rule("APPT-4e")
@pytest.mark.parametrize("free", ["decline", "cancel", "withdraw", "next to it"])
def test_what_is_given_up_frees_the_time(world, offered, free):
    at = timezone.now()
    first = offered(at=at, key="one")
    if free == "decline":
        actions.decline(first, by=world.alice.user)
    elif free in ("cancel", "withdraw"):
        actions.cancel(first, by=world.alice.user if free == "cancel" else world.amara.user)
    ahead = 97 * HOURS if free == "next to it" else 96 * HOURS
    assert offered(ahead, at=at, key="two").status == "offered"


@pytest.mark.rule("APPT-4d")
def test_the_database_itself_refuses_an_overlap(offered):
    first = offered()
    twin = Appointment.objects.get(pk=first.pk)
    twin.pk, twin.ref, twin.client_key = None, "7d8f6f3e-98f8-4b8c-9a54-6a8f7c0f5f11", "two"
    with pytest.raises(IntegrityError, match="one_at_a_time"), transaction.atomic():
        twin.save(force_insert=True)


@pytest.mark.rule("APPT-8b")
def test_the_hours_of_the_clock_changes_are_refused_or_asked_about(world, client_of, at):
    url = reverse("therapy:offer", args=[world.alice_case.ref])
    with at("2027-03-20 12:00"):
        answer = client_of(world.amara).post(url, typed(date="2027-03-28", time="01:30"))
        assert "does not exist" in " ".join(answer.context["form"].errors["time"])
    with at("2027-10-20 12:00"):
        client = client_of(world.amara)
        twice = typed(date="2027-10-31", time="01:30")
        answer = client.post(url, twice)
        assert "Choose which of the two" in " ".join(answer.context["form"].errors["which"])
        assert client.post(url, twice | {"which": "1"}).status_code == 303
        assert Appointment.objects.get().starts_at == dt.datetime(2027, 10, 31, 1, 30, tzinfo=dt.UTC)


@pytest.mark.rule("APPT-8c")
def test_a_zone_other_than_the_uks_is_named(world, client_of, confirmed):
    url = reverse("therapy:appointment", args=[confirmed().ref])
    client = client_of(world.alice)
    assert "time zone" not in client.get(url).content.decode()
    with timezone.override("Europe/Madrid"):
        assert "Madrid time" in client.get(url).content.decode()


def test_an_offer_opens_the_patients_clock(offered):
    made = offered()
    clock = Deadline.objects.get(kind="confirm", key=str(made.ref))
    assert (clock.due_at, clock.owner) == (made.starts_at - 48 * HOURS, made.patient.user)


@pytest.mark.rule("APPT-4c")
@pytest.mark.django_db(transaction=True)
def test_of_many_at_the_same_moment_exactly_one_succeeds(transactional_db):
    world = cast.make_world()
    cases = [world.alice_case, cast.make_case(world.charlie, world.site, "treatment", world.amara)]
    starts_at = timezone.now() + 96 * HOURS

    def book(number: int):
        return actions.offer(
            cases[number % 2],
            starts_at=starts_at + number % 5 * dt.timedelta(minutes=10),
            minutes=60,
            client_key=f"attempt-{number}",
            by=world.amara.user,
        )

    made, wrong = together(*[lambda number=number: book(number) for number in range(20)])
    assert len([one for one in made if one]) == 1
    assert {type(error) for error in wrong} == {Refused}
    assert all(error.message.startswith("This time is taken") for error in wrong)
    assert Appointment.objects.count() == 1


@pytest.mark.rule("APPT-24a")
def test_a_pre_assessed_referral_begins_with_a_short_assessment_or_with_treatment(world, offer, client_of):
    assert offer(minutes="30").status_code == 422
    case = world.alice_case
    case.pre_assessed, case.provisional_step = True, "3"
    case.save(update_fields=["pre_assessed", "provisional_step"])
    page = client_of(world.amara).get(reverse("therapy:offer", args=[case.ref])).content.decode()
    assert "came assessed already" in page
    assert offer(minutes="45").status_code == 422
    assert offer(minutes="30").status_code == 303
    assert (Appointment.objects.get().kind, Appointment.objects.get().minutes) == ("assessment", 30)
    patients.set_details(case, step="3", problem="gad", protocol="", by=world.amara.user)
    assert offer(minutes="30", date=in_days(12), client_key="two").status_code == 303
    assert Appointment.objects.get(client_key="two").kind == "treatment"
