"""Moving: one action, judged as a cancellation would be, told before and shown from both ends."""

import datetime as dt

import pytest
from django.db import DatabaseError, transaction
from django.urls import reverse

from clinicians import actions as clinicians
from deadlines.models import Deadline
from notices.models import OutboxMessage
from patients.cases import actions as patients
from tests import cast
from therapy.appointments import actions, moving, rules
from therapy.appointments.models import Appointment, Move
from ui.errors import Refused

HOURS = dt.timedelta(hours=1)
SECOND = dt.timedelta(seconds=1)
DAY = dt.timedelta(days=1)


def uk(text: str) -> dt.datetime:
    return dt.datetime.fromisoformat(text).replace(tzinfo=rules.UK).astimezone(dt.UTC)


@pytest.fixture
def old(confirmed):
    """Confirmed for Thursday the 26th at seven, on Monday at nine."""
    at = uk("2026-11-23 09:00")
    return confirmed(82 * HOURS, at=at, key="old")


@pytest.fixture
def press(world, client_of, at, old):
    """A function: Alice moves to a free time, at a moment, having been shown a consequence."""

    def send(when="2026-11-24 09:00", start="2026-12-01 19:00", shown="in time", key="new"):
        with at(when):
            sent = {"start": uk(start).isoformat(), "how": "typed-60", "client_key": key, "shown": shown}
            return client_of(world.alice).post(reverse("therapy:other-time", args=[old.ref]), sent)

    return send


def typed(**changes) -> dict:
    sent = {"date": "2026-12-01", "time": "18:00", "minutes": "60", "modality": "typed", "side": "clinician"}
    return sent | {"client_key": "new", "reason": ""} | changes


@pytest.mark.rule("APPT-11a")
@pytest.mark.rule("APPT-11c")
def test_the_clinician_moves_in_one_action_and_both_ends_show_it(world, client_of, at, old):
    with at("2026-11-25 09:00"):
        client = client_of(world.amara)
        answer = client.post(reverse("therapy:moving", args=[old.ref]), typed())
        link = Move.objects.get()
        pages = [client.get(reverse("therapy:appointment", args=[one.ref])).content.decode() for one in (old, link.new)]
    old.refresh_from_db()
    assert (answer.status_code, answer.url) == (303, reverse("therapy:appointment", args=[link.new.ref]))
    assert (link.old, link.side, old.status, link.new.status) == (old, "clinician", "clinician_cancelled", "offered")
    assert link.new.starts_at == uk("2026-12-01 18:00")
    assert (old.cancellation.late, old.cancellation.side) == (False, "clinician")
    assert 'Moved to <a href="' in pages[0]
    assert str(link.new.ref) in pages[0]
    assert 'In place of <a href="' in pages[1]
    assert str(old.ref) in pages[1]
    told = OutboxMessage.objects.filter(recipient=world.alice.email, created_at__gte=uk("2026-11-25 08:00"))
    assert [row.notice for row in told] == ["appointment_moved"]
    assert Deadline.objects.filter(key=str(link.new.ref), kind="confirm", state="open").exists()
    assert not Deadline.objects.filter(key=str(old.ref), state="open").exists()


@pytest.mark.rule("APPT-11b")
@pytest.mark.rule("APPT-12b")
@pytest.mark.parametrize(
    ("starts_at", "last_moment"),
    [
        ("2026-10-26 19:00", "2026-10-24 20:00"),
        ("2027-03-29 19:00", "2027-03-27 18:00"),
        ("2026-11-26 19:00", "2026-11-24 19:00"),
    ],
    ids=["clocks back", "clocks forward", "plain"],
)
@pytest.mark.parametrize(("after", "late"), [(-SECOND, False), (0 * SECOND, False), (SECOND, True)])
def test_moving_at_the_patients_wish_is_judged_to_the_second(world, confirmed, starts_at, last_moment, after, late):
    start, moved_at = uk(starts_at), uk(last_moment) + after
    old = confirmed(start - (start - 96 * HOURS), at=start - 96 * HOURS, key="old")
    moving.move(
        old, starts_at=start + 7 * DAY, minutes=60, client_key="new", by=world.amara.user, side="patient", at=moved_at
    )
    old.refresh_from_db()
    assert (old.cancellation.late, old.status) == (late, "late_cancelled" if late else "cancelled")
    assert old.cancellation.rule


@pytest.mark.rule("APPT-11d")
def test_a_patient_moves_to_a_free_time_which_is_confirmed_at_once(press, world, old):
    answer = press()
    new = Appointment.objects.get(client_key="new")
    old.refresh_from_db()
    assert (answer.status_code, answer.url) == (303, reverse("therapy:appointment", args=[new.ref]))
    assert (old.status, new.status, new.starts_at) == ("cancelled", "confirmed", uk("2026-12-01 19:00"))
    assert old.moved_to.side == "patient"
    told = OutboxMessage.objects.filter(recipient=world.amara.user.email, created_at__gte=uk("2026-11-24 08:00"))
    assert [row.notice for row in told] == ["appointment_moved"]


@pytest.mark.rule("APPT-11b")
def test_a_patient_is_told_before_moving_late(world, client_of, at, old, press):
    query = {"start": uk("2026-12-01 19:00").isoformat(), "how": "typed-60"}
    for when, words in (("2026-11-24 19:00", "Yes, move it<"), ("2026-11-24 19:00:01", "Yes, move it late")):
        with at(when):
            client = client_of(world.alice)
            page = client.get(reverse("therapy:other-time", args=[old.ref]), query).content.decode()
            times = client.get(reverse("therapy:other-times", args=[old.ref])).content.decode()
        assert words in page
        assert ("counts as a late cancellation: 1 of 2" in times) is ("late" in words)
    assert press(when="2026-11-24 19:00:01", shown="late").status_code == 303
    old.refresh_from_db()
    assert (old.status, old.cancellation.late) == ("late_cancelled", True)


@pytest.mark.rule("APPT-13d")
@pytest.mark.rule("APPT-11e")
def test_when_the_limit_passes_while_the_page_is_open_nothing_moves_until_it_was_read(press, old):
    answer = press(when="2026-11-24 19:00:01", shown="in time")
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "Nothing is changed yet" in page
    assert "Yes, move it late" in page
    assert 'name="shown" value="late"' in page
    old.refresh_from_db()
    assert old.status == "confirmed"
    assert not Move.objects.exists()


@pytest.mark.rule("APPT-11e")
def test_where_the_new_time_is_taken_the_old_one_stays(world, client_of, at, old, press):
    dana = cast.make_case(cast.make_patient("Dana Dove"), world.site, "treatment", world.amara)
    moment = uk("2026-11-23 10:00")
    actions.offer(dana, starts_at=uk("2026-12-01 18:30"), minutes=60, client_key="dana", by=world.amara.user, at=moment)
    answer = press()
    assert answer.status_code == 409
    assert "not free any more" in answer.content.decode()
    with at("2026-11-24 09:00"):
        form = client_of(world.amara).post(reverse("therapy:moving", args=[old.ref]), typed(time="19:00"))
    assert form.status_code in (409, 422)
    assert "This time is taken" in form.content.decode()
    old.refresh_from_db()
    assert old.status == "confirmed"
    assert not hasattr(old, "cancellation")
    assert not Move.objects.exists()


@pytest.mark.rule("APPT-11d")
def test_where_no_free_times_are_published_the_page_says_how_to_ask(world, client_of, at, old, press):
    clinicians.set_self_booking(world.amara, False, by=world.amara.user)
    with at("2026-11-24 09:00"):
        page = client_of(world.alice).get(reverse("therapy:other-times", args=[old.ref])).content.decode()
    assert "and ask for another time" in page
    assert press().status_code == 409
    old.refresh_from_db()
    assert old.status == "confirmed"


@pytest.mark.rule("APPT-11e")
@pytest.mark.parametrize("when", ["2026-11-26 19:00", "2026-11-26 19:30", "2026-11-27 09:00"])
def test_what_has_begun_is_not_moved(world, old, when):
    with pytest.raises(Refused, match="begun"):
        moving.move(
            old, starts_at=uk("2026-12-01 19:00"), minutes=60, client_key="new", by=world.amara.user, at=uk(when)
        )


@pytest.mark.rule("APPT-11a")
def test_pressed_twice_it_moves_once(press):
    assert press().url == press().url
    assert Appointment.objects.count() == 2


@pytest.mark.rule("APPT-11a")
@pytest.mark.rule("APPT-11d")
def test_each_side_has_its_own_door_and_nobody_else_has_any(world, client_of, at, old):
    doors = {name: reverse(f"therapy:{name}", args=[old.ref]) for name in ("moving", "other-times", "other-time")}
    with at("2026-11-24 09:00"):
        for who in (world.bob, world.piet, world.charlie, world.sunniva):
            client = client_of(who)
            assert {client.get(door).status_code for door in doors.values()} == {404}
        assert client_of(world.alice).get(doors["moving"]).status_code == 404
        assert client_of(world.amara).get(doors["other-times"]).status_code == 404
        assert client_of(world.amara).get(doors["moving"]).status_code == 200


@pytest.mark.rule("APPT-21a")
def test_a_move_is_kept_for_good(world, old):
    moving.move(
        old,
        starts_at=uk("2026-12-24 09:00"),
        minutes=60,
        client_key="new",
        by=world.amara.user,
        at=uk("2026-11-24 09:00"),
    )
    for verb in (lambda: Move.objects.update(side="patient"), lambda: Move.objects.all().delete()):
        with pytest.raises(DatabaseError), transaction.atomic():
            verb()
    assert [event.what for event in old.events.all()] == ["offered", "confirmed", "clinician_cancelled", "moved"]


@pytest.mark.rule("APPT-11d")
def test_one_of_many_ahead_can_be_moved_all_the_same(world, press, confirmed, old):
    patients.set_details(world.alice_case, step="3", problem="gad", protocol="", by=world.amara.user)
    world.alice_case.refresh_from_db()
    for week in (2, 3, 4):
        confirmed(82 * HOURS + week * 7 * DAY, at=uk("2026-11-23 09:00"), key=str(week))
    assert press().status_code == 303
    old.refresh_from_db()
    assert old.status == "cancelled"
