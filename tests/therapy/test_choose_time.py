"""The patient chooses a free time: what is shown, what is booked, who comes first, who may."""

import datetime as dt
import re

import pytest
from django.urls import reverse
from django.utils import timezone

from audit.models import ChangeEntry
from clinicians import actions as clinicians
from clinicians.rules import Stretch
from deadlines.models import Deadline
from notices.models import OutboxMessage
from patients.cases import actions as patients
from tests import cast
from tests.harness.together import together
from therapy.appointments import actions, choosing, rules, slots
from therapy.appointments.models import Appointment
from ui.errors import Refused

HOURS = dt.timedelta(hours=1)
DAY = dt.timedelta(days=1)


def uk(day: dt.date, hour: int, minute: int = 0) -> dt.datetime:
    return dt.datetime.combine(day, dt.time(hour, minute), tzinfo=rules.UK)


@pytest.fixture
def evenings(world):
    """Amara works from five to nine, each day."""
    clinicians.set_availability(
        world.amara, [Stretch(day, dt.time(17), dt.time(21)) for day in range(7)], by=world.amara.user
    )


@pytest.fixture
def soon():
    """A free evening hour well beyond the notice."""
    return uk(timezone.localdate() + 5 * DAY, 19)


@pytest.fixture
def choose(world, client_of, evenings, soon):
    """A function that presses "Book this time" as Alice."""
    url = reverse("therapy:choosing", args=[world.alice_case.ref])

    def press(start=soon, how="typed-60", key="one"):
        return client_of(world.alice).post(url, {"start": start.isoformat(), "how": how, "client_key": key})

    return press


def times_page(client, case, **query) -> str:
    answer = client.get(reverse("therapy:times", args=[case.ref]), query)
    assert answer.status_code == 200
    return answer.content.decode()


def starts_on(page: str) -> list[str]:
    return re.findall(r"start=([0-9T%A-Z:+-]+)&amp;how", page)


@pytest.mark.rule("APPT-3a")
@pytest.mark.rule("APPT-23a")
def test_a_chosen_time_is_an_offer_confirmed_at_once_and_both_are_told(choose, world, soon):
    answer = choose()
    made = Appointment.objects.get()
    assert (answer.status_code, answer.url) == (303, reverse("therapy:appointment", args=[made.ref]))
    assert (made.status, made.starts_at, made.minutes, made.patient) == ("confirmed", soon, 60, world.alice)
    assert made.confirmed_at == made.offered_at
    assert [(event.what, event.by) for event in made.events.all()] == [
        ("chosen", world.alice.user),
        ("confirmed", world.alice.user),
    ]
    told = {(row.notice, row.recipient) for row in OutboxMessage.objects.all()}
    assert {("appointment_chosen", world.amara.user.email), ("appointment_booked", world.alice.email)} <= told
    clocks = set(Deadline.objects.filter(key=str(made.ref), state="open").values_list("kind", flat=True))
    assert "outcome" in clocks
    assert not clocks & {"confirm", "lapse"}
    assert ChangeEntry.objects.filter(what="appointment chosen", who=world.alice.user).exists()


@pytest.mark.rule("APPT-3a")
def test_the_page_shows_the_free_times_of_a_week_and_no_others(world, client_of, evenings, offered):
    day = timezone.localdate() + 5 * DAY
    dana = cast.make_case(cast.make_patient("Dana Dove"), world.site, "treatment", world.amara)
    now = timezone.now()
    offered(case=dana, ahead=uk(day, 18) - now, at=now, key="at six")
    client, url = client_of(world.alice), {"week": day.isoformat()}
    page = times_page(client, world.alice_case, **url)
    shown = {start.replace("%3A", ":").replace("%2B", "+") for start in starts_on(page)}
    assert uk(day, 17).astimezone(dt.UTC).isoformat() in shown
    assert uk(day, 19).astimezone(dt.UTC).isoformat() in shown
    for taken in (uk(day, 17, 30), uk(day, 18), uk(day, 18, 30), uk(day, 20, 30), uk(day, 16, 30)):
        assert taken.astimezone(dt.UTC).isoformat() not in shown
    assert "<c-" not in page


@pytest.mark.rule("APPT-3b")
@pytest.mark.parametrize(("seconds", "is_shown"), [(0, True), (1, False)])
def test_a_time_is_shown_until_48_hours_before_it(world, at, evenings, seconds, is_shown):
    start = uk(dt.date(2026, 11, 24), 19)
    with at(start - 48 * HOURS + dt.timedelta(seconds=seconds)):
        assert (start in slots.free_times(world.alice_case, 60, at=timezone.now())) is is_shown


@pytest.mark.rule("APPT-3b")
@pytest.mark.parametrize(
    "start", [uk(dt.date(2026, 10, 26), 19), uk(dt.date(2027, 3, 29), 19)], ids=["clocks back", "clocks forward"]
)
def test_48_hours_are_elapsed_ones_over_a_change_of_the_clocks(world, evenings, start):
    limit = start.astimezone(dt.UTC) - 48 * HOURS
    assert start in slots.free_times(world.alice_case, 60, at=limit)
    assert start not in slots.free_times(world.alice_case, 60, at=limit + dt.timedelta(seconds=1))


@pytest.mark.rule("APPT-3b")
def test_a_time_that_came_too_near_while_the_page_was_open_is_not_booked(choose, soon, at):
    with at(soon - 48 * HOURS + dt.timedelta(seconds=1)):
        answer = choose()
    assert answer.status_code == 409
    assert "less than 48 hours away" in answer.content.decode()
    assert not Appointment.objects.exists()


@pytest.mark.rule("APPT-1f")
def test_the_button_pressed_twice_books_once(choose):
    first, again = choose(), choose()
    assert first.url == again.url
    assert Appointment.objects.count() == 1


@pytest.mark.rule("APPT-3e")
def test_who_comes_second_is_told_kindly_and_shown_the_nearest_free_times(choose, world, soon, offered):
    dana = cast.make_case(cast.make_patient("Dana Dove"), world.site, "treatment", world.amara)
    offered(case=dana, ahead=soon - timezone.now(), key="dana")
    answer = choose()
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "not free any more" in page
    assert "Nothing is lost" in page
    assert "Dana" not in page
    assert dana.ref not in page
    assert soon.astimezone(dt.UTC).isoformat().replace(":", "%3A").replace("+", "%2B") not in starts_on(page)
    assert len(starts_on(page)) == slots.NEAREST_SHOWN


@pytest.mark.rule("APPT-3a")
@pytest.mark.parametrize(
    ("changes", "status"),
    [
        ({"how": "typed-45"}, 303),
        ({"start": uk(dt.date(2126, 11, 24), 19)}, 303),
        ({"start": timezone.now() + 5 * DAY + dt.timedelta(seconds=7)}, 409),
    ],
)
def test_what_the_page_never_offered_books_nothing(choose, changes, status):
    assert choose(**changes).status_code == status
    assert not Appointment.objects.exists()


@pytest.mark.rule("APPT-3c")
def test_a_clinician_closes_the_times_and_opens_them_again(choose, world, client_of):
    clinicians.set_self_booking(world.amara, False, by=world.amara.user)
    assert "Write to your therapist" in times_page(client_of(world.alice), world.alice_case)
    assert choose().status_code == 409
    clinicians.set_self_booking(world.amara, True, by=world.amara.user)
    assert choose().status_code == 303


@pytest.mark.rule("APPT-3c")
@pytest.mark.rule("APPT-2a")
def test_the_first_appointment_can_be_chosen_and_the_next_waits_for_what_follows_from_it(choose, world, soon):
    assert choose().status_code == 303
    assert Appointment.objects.get().kind == "assessment"
    answer = choose(start=soon + 7 * DAY, key="two")
    assert answer.status_code == 409
    assert "Your first appointment is booked" in answer.content.decode()


@pytest.mark.rule("APPT-3c")
def test_on_a_case_on_hold_nothing_is_chosen(choose, world):
    patients.turn(world.alice_case, "on_hold", by=world.olu)
    assert choose().status_code == 409
    assert not Appointment.objects.exists()


@pytest.mark.rule("CLIN-7e")
def test_nothing_is_free_on_leave(world, evenings, soon):
    assert soon in slots.free_times(world.alice_case, 60, at=timezone.now())
    clinicians.take_leave(world.amara, soon.date(), soon.date(), by=world.amara.user)
    assert soon not in slots.free_times(world.alice_case, 60, at=timezone.now())


@pytest.mark.rule("APPT-3a")
def test_nobody_else_chooses_for_a_patient(world, client_of, soon, evenings):
    urls = [reverse(f"therapy:{name}", args=[world.alice_case.ref]) for name in ("times", "choosing")]
    sent = {"start": soon.isoformat(), "how": "typed-60", "client_key": "one"}
    for other in (world.bob, world.charlie, world.amara, world.piet, world.sunniva, world.olu):
        client = client_of(other)
        assert [client.get(url).status_code for url in urls] == [404, 404]
        assert client.post(urls[1], sent).status_code == 404
    assert not Appointment.objects.exists()


@pytest.mark.django_db(transaction=True)
@pytest.mark.rule("APPT-3e")
@pytest.mark.rule("APPT-4c")
def test_of_many_patients_who_want_one_time_exactly_one_gets_it(world):
    start = uk(timezone.localdate() + 5 * DAY, 19)
    cases = [
        cast.make_case(cast.make_patient(f"Patient{n} Person"), world.site, "treatment", world.amara) for n in range(8)
    ]
    wishes = [
        lambda case=case: choosing.choose(case, starts_at=start, minutes=60, client_key=case.ref, by=case.patient.user)
        for case in cases
    ]
    made, wrong = together(*wishes)
    assert len([one for one in made if one]) == 1
    assert {type(error) for error in wrong} == {Refused}
    assert all("not free any more" in str(error) for error in wrong)
    assert Appointment.objects.get().status == "confirmed"


@pytest.mark.rule("APPT-13a")
def test_what_was_chosen_is_cancelled_under_the_same_rules(choose, world, soon, at):
    choose()
    made = Appointment.objects.get()
    done = actions.cancel(made, by=world.alice.user, at=soon - 48 * HOURS)
    assert (done.status, done.cancellation.late) == ("cancelled", False)
