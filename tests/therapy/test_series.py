"""Several times offered in one go: each looked at before anything is booked, all of them or none."""

import datetime as dt

import pytest
from django.urls import reverse
from django.utils import timezone

from deadlines.models import Deadline
from notices.models import OutboxMessage
from patients.cases import actions as patients
from tests import cast
from therapy.appointments import actions, rules, series
from therapy.appointments.models import Appointment
from ui.errors import Refused

HOURS = dt.timedelta(hours=1)
DAY = dt.timedelta(days=1)


@pytest.fixture
def case(world):
    """Alice's case with diagnosis and step."""
    found = world.alice_case
    patients.set_details(found, step="3", problem="gad", protocol="", by=world.amara.user)
    found.refresh_from_db()
    return found


@pytest.fixture
def post(case, world, client_of):
    """A function that sends the form of a series as Amara."""
    client, url = client_of(world.amara), reverse("therapy:series", args=[case.ref])
    first = (timezone.localdate() + 5 * DAY).isoformat()

    def send(**changes):
        sent = {
            "date": first, "time": "19:00", "every": "1", "times": "4", "modality": "typed", "minutes": "60",
            "client_key": "row",
        }  # fmt: skip
        return client.post(url, sent | changes)

    return send


def uk(day: dt.date, hour: int = 19) -> dt.datetime:
    return dt.datetime.combine(day, dt.time(hour), tzinfo=rules.UK)


@pytest.mark.rule("APPT-10a")
def test_a_series_is_looked_at_and_then_offered_in_one_go(post, case, world):
    page = post()
    assert page.status_code == 200
    assert "All 4 times are free" in page.content.decode()
    assert "<c-" not in page.content.decode()
    assert not Appointment.objects.exists()
    answer = post(offer="1")
    made = list(Appointment.objects.order_by("during"))
    assert (answer.status_code, answer.url) == (303, reverse("therapy:appointments", args=[case.ref]))
    assert [one.starts_at for one in made] == [uk(timezone.localdate() + (5 + 7 * n) * DAY) for n in range(4)]
    assert {(one.status, one.kind, one.minutes) for one in made} == {("offered", "treatment", 60)}
    assert len({one.series for one in made}) == 1
    assert Deadline.objects.filter(kind="confirm", state="open").count() == 4
    told = OutboxMessage.objects.filter(recipient=world.alice.email, notice__startswith="appointment")
    assert [row.notice for row in told] == ["appointment_series_offered"]


def test_no_series_begins_at_the_end_of_the_calendar(post):
    answer = post(date="9999-12-31", time="23:59")
    assert answer.status_code == 422
    assert "Check the year" in answer.content.decode()


@pytest.mark.rule("APPT-10a")
def test_each_of_a_series_goes_its_own_way(post, world):
    post(offer="1", every="2", times="3")
    first, second, _ = Appointment.objects.order_by("during")
    assert second.starts_at - first.starts_at == 14 * DAY
    actions.confirm(first, by=world.alice.user)
    actions.decline(second, by=world.alice.user)
    assert [one.status for one in Appointment.objects.order_by("during")] == ["confirmed", "declined", "offered"]


@pytest.mark.rule("APPT-10b")
@pytest.mark.parametrize("first", ["2026-10-14", "2027-03-17"])
def test_seven_stays_seven_over_a_change_of_the_clocks(case, first):
    day = dt.date.fromisoformat(first)
    seen = series.look(case, day, dt.time(19), weeks=1, times=4, minutes=60, at=uk(day - 9 * DAY))
    assert {one.starts_at.astimezone(rules.UK).time() for one in seen} == {dt.time(19)}
    assert len({one.starts_at.hour for one in seen}) == 2


@pytest.mark.rule("APPT-10b")
def test_a_time_that_a_change_leaves_out_is_shown_as_such(case):
    seen = series.look(
        case, dt.date(2027, 3, 21), dt.time(1, 30), weeks=1, times=2, minutes=60, at=uk(dt.date(2027, 3, 1))
    )
    assert [bool(one.clash) for one in seen] == [False, True]
    assert "does not exist" in seen[1].clash


@pytest.fixture
def taken(world, case):
    """The second time of the series is Bob's friend Dana's."""
    dana = cast.make_case(cast.make_patient("Dana Dove"), world.site, "treatment", world.amara)
    start = uk(timezone.localdate() + 12 * DAY)
    return actions.offer(dana, starts_at=start, minutes=60, client_key="dana", by=world.amara.user)


@pytest.mark.rule("APPT-10c")
def test_clashes_are_named_before_anything_is_booked_and_can_be_left_out(post, taken):
    page = post().content.decode()
    assert "3 of 4 times are free" in page
    assert f"You have case {taken.case.ref} from" in page
    left_out = timezone.localtime(taken.starts_at).date().isoformat()
    assert f'name="leave_out" value="{left_out}"' in page
    assert post(offer="1", leave_out=[left_out]).status_code == 303
    assert Appointment.objects.exclude(series=None).count() == 3


@pytest.mark.rule("APPT-10c")
def test_a_clash_that_nobody_left_out_books_none_of_them(post, taken):
    answer = post(offer="1")
    assert answer.status_code == 409
    page = answer.content.decode()
    assert "Nothing was offered" in page
    assert "This time is taken" in page
    assert "3 of 4 times are free" in page
    assert Appointment.objects.get() == taken


@pytest.mark.rule("APPT-1f")
def test_the_button_pressed_twice_offers_one_series(post):
    post(offer="1")
    assert post(offer="1").status_code == 303
    assert Appointment.objects.count() == 4


@pytest.mark.rule("APPT-10c")
@pytest.mark.parametrize(
    "changes", [{"times": "1"}, {"times": "13"}, {"times": "many"}, {"every": "3"}, {"minutes": "45"}, {"date": "soon"}]
)
def test_what_cannot_be_typed_is_refused(post, changes):
    assert post(offer="1", **changes).status_code == 422
    assert not Appointment.objects.exists()


@pytest.mark.rule("APPT-10a")
def test_a_case_without_diagnosis_and_step_gets_no_series(world, client_of):
    case = world.alice_case
    page = client_of(world.amara).get(reverse("therapy:series", args=[case.ref])).content.decode()
    assert "The assessment comes first" in page
    with pytest.raises(Refused, match="series is for treatment"):
        series.offer_series(case, [timezone.now() + 96 * HOURS], minutes=60, client_key="row", by=world.amara.user)


@pytest.mark.rule("APPT-10c")
def test_everything_left_out_is_no_series(world, case):
    with pytest.raises(Refused, match="nothing to offer"):
        series.offer_series(case, [], minutes=60, client_key="row", by=world.amara.user)
