"""The measured connection from the facts of the room to the outcome of the session (APPT-17), and known outages."""

import datetime as dt
import json

import pytest
from django.db import DatabaseError, connection, transaction
from django.urls import reverse
from django.utils import timezone

from deadlines.models import Heartbeat
from notices.models import OutboxMessage
from therapy.appointments import actions as appointments
from therapy.connection import actions, measured
from therapy.connection.models import Outage, Stretch, Trouble
from therapy.room import actions as room
from therapy.room import statements
from ui.errors import Refused

MINUTES = dt.timedelta(minutes=1)
SECONDS = dt.timedelta(seconds=1)


def gone(session, who, at, *, left: bool = False) -> None:
    """The socket of somebody closed, as the consumer says it; `left`: their page said that they leave."""
    with connection.cursor() as cursor:
        cursor.execute(statements.GONE, {"session": session.ref, "user": who.user_id, "at": at, "left": left})


def speak(session, who, begins, ends) -> None:
    """Heartbeats of somebody every 15 seconds between two moments."""
    while begins <= ends:
        room.beat(session, who.user, at=begins)
        begins += 15 * SECONDS


@pytest.fixture
def start(session):
    return session.appointment.starts_at


@pytest.mark.rule("APPT-17b")
def test_heartbeats_and_leaving_become_stretches(world, session, start):
    speak(session, world.amara, start, start + 30 * MINUTES)
    speak(session, world.alice, start, start + 10 * MINUTES)
    gone(session, world.alice, start + 10 * MINUTES + 5 * SECONDS)
    before = Stretch.objects.filter(user=world.alice.user).values_list("pk", flat=True)
    known = list(before)
    speak(session, world.alice, start + 14 * MINUTES, start + 30 * MINUTES)
    kept = Stretch.objects.exclude(pk__in=known).get(user=world.alice.user)
    assert (kept.user, kept.heard_at) == (world.alice.user, start + 10 * MINUTES + 5 * SECONDS)
    record = measured.record_of(session.appointment, start + 30 * MINUTES)
    assert [(side.name, side.total) for side in record.sides] == [
        ("patient", 4 * MINUTES - 5 * SECONDS),
        ("clinician", dt.timedelta(0)),
    ]


@pytest.mark.rule("APPT-17b")
def test_a_reload_and_a_page_in_the_background_lose_nothing(world, session, start):
    speak(session, world.alice, start, start + 2 * MINUTES)
    gone(session, world.alice, start + 2 * MINUTES)
    room.beat(session, world.alice.user, at=start + 2 * MINUTES + 4 * SECONDS)
    for minute in range(3, 30):
        room.beat(session, world.alice.user, at=start + minute * MINUTES)
    record = measured.record_of(session.appointment, start + 29 * MINUTES + 59 * SECONDS)
    assert record.sides[0].total == dt.timedelta(0)


@pytest.mark.rule("APPT-17b")
def test_a_server_that_died_says_nothing_and_the_loss_counts_from_the_last_word(world, session, start):
    speak(session, world.alice, start, start + 5 * MINUTES)
    speak(session, world.alice, start + 16 * MINUTES, start + 20 * MINUTES)
    record = measured.record_of(session.appointment, start + 20 * MINUTES)
    assert record.sides[0].total == 11 * MINUTES
    assert record.reaches_limit


@pytest.mark.rule("APPT-17b")
def test_the_room_offers_the_outcome_once_the_limit_is_reached(world, client_of, session, start, at):
    amara = client_of(world.amara)

    def strip() -> str:
        return amara.get(reverse("therapy:strip", args=[session.ref])).content.decode()

    speak(session, world.amara, start, start + 20 * MINUTES)
    speak(session, world.alice, start, start + 5 * MINUTES)
    gone(session, world.alice, start + 5 * MINUTES)
    with at(start + 14 * MINUTES):
        assert "End as aborted" not in strip()
        assert f'data-refresh-at="{timezone.localtime(start + 15 * MINUTES):%Y-%m-%dT%H:%M:%S}' in strip()
    with at(start + 15 * MINUTES):
        assert "lost for <strong>10 minutes</strong> in all" in strip()
        assert "End as aborted" in strip()
    speak(session, world.alice, start + 16 * MINUTES, start + 20 * MINUTES)
    with at(start + 20 * MINUTES):
        assert "11 minutes" in strip()  # it is still offered, and nobody is away
        assert "data-refresh-at" not in strip()
    assert (
        "End as aborted"
        not in client_of(world.alice).get(reverse("therapy:strip", args=[session.ref])).content.decode()
    )


def end(client, session, **data):
    return client.post(reverse("therapy:end", args=[session.ref]), {"reason": ""} | data)


@pytest.mark.rule("APPT-17a")
@pytest.mark.rule("APPT-17b")
def test_where_the_limit_is_measured_aborted_is_offered_first_and_needs_no_reason(world, client_of, session, start, at):
    speak(session, world.amara, start, start + 20 * MINUTES)
    gone(session, world.alice, start)
    amara = client_of(world.amara)
    with at(start + 20 * MINUTES):
        page = amara.get(reverse("therapy:end", args=[session.ref])).content.decode()
        assert (
            'value="aborted" class="nhsuk-radios__input" checked' in page
            or "checked" in page.split('value="aborted"')[1][:120]
        )
        assert "The limit of 10 minutes is reached." in page
        assert end(amara, session, outcome="aborted").status_code == 303
    session.appointment.refresh_from_db()
    assert (session.appointment.status, session.appointment.outcome.lost_seconds) == ("aborted", 1200)
    assert not Trouble.objects.exists()


@pytest.mark.rule("APPT-17a")
@pytest.mark.rule("APPT-17d")
def test_where_less_was_measured_a_reason_is_asked_for_and_patient_services_see_it(
    world, client_of, session, start, at
):
    for who in (world.alice, world.amara):
        speak(session, who, start, start + 20 * MINUTES)
    amara, olu = client_of(world.amara), client_of(world.olu)
    with at(start + 20 * MINUTES):
        refused = end(amara, session, outcome="aborted")
        assert (refused.status_code, "less than 10 minutes" in refused.content.decode()) == (422, True)
        assert "Say what went wrong. Write it here: patient services read it." in refused.content.decode()
        assert end(amara, session, outcome="aborted", reason="Her keyboard broke").status_code == 303
        assert OutboxMessage.objects.get(notice="technical_trouble").recipient == world.olu.email
        assert "Aborted although less was measured" in olu.get(reverse("therapy:troubles")).content.decode()
        report = olu.get(reverse("therapy:trouble", args=[Trouble.objects.get().ref]))
        assert "Her keyboard broke" in report.content.decode()
        assert "No loss of connection was measured." in report.content.decode()
        olu.post(reverse("therapy:trouble", args=[Trouble.objects.get().ref]), {"words": "Rang her"})
    assert Trouble.objects.get().look.words == "Rang her"
    assert not Trouble.objects.waiting().exists()


@pytest.mark.rule("APPT-17e")
def test_the_record_stands_on_the_appointment_of_staff_and_not_of_the_patient(world, client_of, session, start, at):
    with at(start + 5 * MINUTES):
        url = reverse("therapy:appointment", args=[session.appointment.ref])
        for who, shown in ((world.amara, True), (world.sunniva, True), (world.olu, True), (world.alice, False)):
            assert ("Measured connection" in client_of(who).get(url).content.decode()) is shown


@pytest.mark.rule("APPT-17c")
@pytest.mark.rule("APPT-14c")
def test_an_outage_is_never_a_dna(world, client_of, open_room, at):
    session = open_room()
    start = session.appointment.starts_at
    room.join(session, world.amara.user, at=start - MINUTES)
    actions.enter_outage(start - MINUTES, start + 5 * MINUTES, "Database", by=world.olu, at=start + 6 * MINUTES)
    amara = client_of(world.amara)
    with at(start + 19 * MINUTES):
        refused = end(amara, session, outcome="dna")
        assert (refused.status_code, "began again after the service had been down" in refused.content.decode()) == (
            422,
            True,
        )
    with at(start + 20 * MINUTES):
        assert end(amara, session, outcome="dna").status_code == 303


@pytest.mark.rule("APPT-17c")
@pytest.mark.parametrize("outcome", ["dna", "late_cancelled"])
def test_after_ten_minutes_of_outage_there_is_no_breach(world, open_room, outcome):
    session = open_room()
    start = session.appointment.starts_at
    actions.enter_outage(start, start + 10 * MINUTES, "Database", by=world.olu, at=start + 11 * MINUTES)
    with pytest.raises(Refused, match="never held against the patient"):
        appointments.end(session.appointment, outcome, by=world.amara.user, at=start + 50 * MINUTES)
    ended = appointments.end(session.appointment, "aborted", by=world.amara.user, at=start + 50 * MINUTES)
    assert ended.status == "aborted"


@pytest.mark.rule("APPT-17c")
def test_a_patient_who_cancels_in_a_long_outage_has_not_cancelled_late(world, session, start):
    actions.enter_outage(start, None, "Everything", by=world.olu, at=start)
    done = appointments.cancel(session.appointment, by=world.alice.user, at=start + 12 * MINUTES)
    assert (done.status, done.cancellation.late) == ("cancelled", False)


@pytest.mark.rule("APPT-17c")
def test_the_service_finds_its_own_outage(world):
    now = timezone.now()
    beats = [0, 15, 30, 95, 110]
    found = [actions.pulse(now + n * SECONDS, wall=now + n * SECONDS) for n in beats]
    assert [bool(one) for one in found] == [False, False, False, True, False]
    outage = Outage.objects.get()
    assert (outage.began_at, outage.ended_at, outage.found) == (now + 30 * SECONDS, now + 95 * SECONDS, True)


def test_a_clock_that_somebody_moved_is_no_outage(world):
    now = timezone.now()
    actions.pulse(now, wall=now)
    assert actions.pulse(now + dt.timedelta(days=2), wall=now + 15 * SECONDS) is None
    assert not Outage.objects.exists()
    assert Heartbeat.objects.filter(name=actions.BEAT).exists()


@pytest.mark.rule("APPT-17c")
def test_outages_are_entered_ended_and_withdrawn_at_their_desk(world, client_of):
    olu, url = client_of(world.olu), reverse("therapy:outages")
    began = timezone.localtime() - 30 * MINUTES
    posted = {"began_at": began.strftime("%Y-%m-%dT%H:%M"), "ended_at": "", "what": "Nothing loads"}
    assert olu.post(url, posted).status_code == 303
    assert "Nothing loads" in olu.get(url).content.decode()
    outage = Outage.objects.get()
    assert olu.post(reverse("therapy:outage-end", args=[outage.ref])).status_code == 303
    assert olu.post(reverse("therapy:outage-withdrawal", args=[outage.ref])).status_code == 303
    outage.refresh_from_db()
    assert outage.ended_at
    assert outage.withdrawn_by == world.olu
    assert not Outage.objects.between(outage.began_at, outage.ended_at).exists()
    assert client_of(world.amara).get(url).status_code == 404
    ahead = (timezone.localtime() + 30 * MINUTES).strftime("%Y-%m-%dT%H:%M")
    assert olu.post(url, posted | {"began_at": ahead}).status_code == 422
    with pytest.raises(DatabaseError), transaction.atomic():
        Outage.objects.update(ended_at=timezone.now() + MINUTES)


@pytest.mark.rule("ROOM-14b")
def test_a_report_from_the_room_reaches_patient_services_without_a_word_of_the_conversation(world, client_of, session):
    url = reverse("therapy:report-trouble", args=[session.ref])
    trace = [{"at": "19:01:02", "state": "lost", "text": "secret"}, "nonsense", {"state": 7}]
    answer = client_of(world.alice).post(url, {"trace": trace, "words": "It hangs"}, content_type="application/json")
    assert answer.json()["told"]
    kept = Trouble.objects.get()
    assert kept.trace == [{"at": "19:01:02", "state": "lost"}, {"at": "", "state": "7"}]
    page = client_of(world.olu).get(reverse("therapy:trouble", args=[kept.ref])).content.decode()
    assert "19:01:02" in page
    assert "It hangs" in page
    assert client_of(world.bob).post(url, {}, content_type="application/json").status_code == 404
    assert client_of(world.amara).get(reverse("therapy:trouble", args=[kept.ref])).status_code == 404


@pytest.mark.rule("ROOM-14b")
def test_a_report_that_holds_what_no_text_may_hold_arrives_all_the_same(world, client_of, session):
    url, odd = reverse("therapy:report-trouble", args=[session.ref]), "It\0 hangs \ud83d!"
    body = json.dumps({"words": odd, "trace": [{"at": odd, "state": odd}]})
    answer = client_of(world.alice).post(url, body, content_type="application/json")
    assert answer.json()["told"]
    kept = Trouble.objects.get()
    assert kept.words == "It hangs \ufffd!"
    assert kept.trace == [{"at": kept.words, "state": kept.words}]


@pytest.mark.rule("APPT-17f")
def test_the_status_page_asks_nothing_of_the_database(client):
    page = client.get("/status/")  # this test has no database: asking it would fail
    script = client.get("/status/status.js")
    assert "Is the service working?" in page.content.decode()
    assert script["Content-Type"].startswith("text/javascript")
    assert client.get("/status/other").status_code == 404


@pytest.mark.rule("APPT-17h")
def test_who_leaves_is_kept_as_such_and_never_counts_up_to_an_abort(world, client_of, session, start, at):
    speak(session, world.amara, start, start + 20 * MINUTES)
    speak(session, world.alice, start, start + 5 * MINUTES)
    gone(session, world.alice, start + 5 * MINUTES, left=True)
    amara = client_of(world.amara)
    with at(start + 18 * MINUTES):
        page = amara.get(reverse("therapy:end", args=[session.ref])).content.decode()
        assert "No loss of connection was measured." in page
        assert "Alice left the room for 13 minutes" in page
        assert "Left the room" in page
        assert end(amara, session, outcome="aborted").status_code == 422
    speak(session, world.alice, start + 19 * MINUTES, start + 20 * MINUTES)
    kept = Stretch.objects.filter(user=world.alice.user).latest("heard_at")
    assert (kept.heard_at, kept.left_room) == (start + 5 * MINUTES, True)
    patient = measured.record_of(session.appointment, start + 20 * MINUTES).sides[0]
    assert (patient.total, patient.left[0].length) == (0 * MINUTES, 14 * MINUTES)


@pytest.mark.rule("APPT-17h")
def test_a_page_that_was_reloaded_had_not_been_left_however_long_it_took(world, session, start):
    speak(session, world.alice, start, start + 5 * MINUTES)
    gone(session, world.alice, start + 5 * MINUTES, left=True)
    room.join(session, world.alice.user, at=start + 9 * MINUTES, reloaded=True)
    patient = measured.record_of(session.appointment, start + 10 * MINUTES).sides[0]
    assert (patient.total, patient.left) == (4 * MINUTES, ())


def said_to_leave(client, session) -> int:
    return client.post(reverse("therapy:leaving", args=[session.ref]), {}, content_type="application/json").status_code


@pytest.mark.rule("APPT-17h")
@pytest.mark.rule("ROOM-3l")
def test_a_page_without_a_socket_leaves_by_a_plain_request(world, client_of, session, start, at):
    speak(session, world.alice, start, start + 5 * MINUTES)
    with at(start + 5 * MINUTES + 10 * SECONDS):
        assert said_to_leave(client_of(world.alice), session) == 204
        assert room.beat(session, world.amara.user).away(timezone.now()) == "left"
        assert said_to_leave(client_of(world.piet), session) == 404
    with at(start + 8 * MINUTES):
        assert said_to_leave(client_of(world.alice), session) == 204, "said again it moves nothing"
    patient = measured.record_of(session.appointment, start + 9 * MINUTES).sides[0]
    assert (patient.total, patient.left[0].begins) == (0 * MINUTES, start + 5 * MINUTES + 10 * SECONDS)


@pytest.mark.rule("APPT-17h")
def test_who_was_silent_before_their_page_said_so_has_left_nothing(world, client_of, session, start, at):
    speak(session, world.alice, start, start + 5 * MINUTES)
    with at(start + 5 * MINUTES + 21 * SECONDS):
        said_to_leave(client_of(world.alice), session)
    patient = measured.record_of(session.appointment, start + 9 * MINUTES).sides[0]
    assert (patient.total, patient.left) == (4 * MINUTES, ())


@pytest.mark.rule("APPT-17h")
def test_who_signs_out_without_a_socket_has_left_too(world, client_of, session, start, at):
    alice = client_of(world.alice)
    speak(session, world.alice, start, start + 5 * MINUTES)
    with at(start + 5 * MINUTES + 5 * SECONDS):
        alice.post(reverse("account_logout"))
    patient = measured.record_of(session.appointment, start + 9 * MINUTES).sides[0]
    assert (patient.total, patient.left[0].begins) == (0 * MINUTES, start + 5 * MINUTES + 5 * SECONDS)


@pytest.mark.rule("ROOM-3l")
def test_the_strip_says_how_the_other_went_and_that_nothing_is_lost(world, client_of, session, start, at):
    def strip(who) -> str:
        return client_of(who).get(reverse("therapy:strip", args=[session.ref])).content.decode()

    for who in (world.alice, world.amara):
        speak(session, who, start, start + 5 * MINUTES)
    with at(start + 5 * MINUTES):
        assert "the room at" not in strip(world.alice) + strip(world.amara)
    gone(session, world.alice, start + 5 * MINUTES, left=True)
    gone(session, world.amara, start + 5 * MINUTES)
    with at(start + 6 * MINUTES):
        assert "Alice left the room at" in strip(world.amara)
        assert "has lost the connection. It is nothing that you did." in strip(world.alice)
    gone(session, world.alice, start + 5 * MINUTES)
    gone(session, world.amara, start + 5 * MINUTES, left=True)
    with at(start + 6 * MINUTES):
        assert "connection was lost at" in strip(world.amara)
        assert "has left the room" in strip(world.alice)
