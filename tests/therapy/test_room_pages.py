"""The pages of the room: before it opens, while it is open, after it ended; and its twin without a socket."""

import datetime as dt
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from threading import Barrier, BrokenBarrierError
from types import SimpleNamespace

import pytest
from django.db import DatabaseError, connection, transaction
from django.urls import reverse
from django.utils import timezone

from audit.models import AccessEntry
from deadlines.actions import sweep
from deadlines.models import Deadline
from notices.models import OutboxMessage
from tests.therapy.sockets import tab
from therapy.appointments import actions as appointments
from therapy.room import actions as room
from therapy.room import typed
from therapy.room.models import Line, Presence, Session
from ui.words import clock

MINUTES = dt.timedelta(minutes=1)
HOURS = dt.timedelta(hours=1)


def door(name: str, session, *more) -> str:
    return reverse(f"therapy:{name}", args=[session.ref, *more])


def post_line(client, session, cid: str, text: str):
    return client.post(door("lines", session), {"cid": cid, "text": text}, content_type="application/json")


@pytest.mark.rule("ROOM-1b")
def test_the_room_opens_15_minutes_before_the_start(world, client_of, open_room, at):
    session = open_room(30 * MINUTES)
    start = session.appointment.starts_at
    for client in (client_of(world.alice), client_of(world.amara)):
        with at(start - 15 * MINUTES - dt.timedelta(seconds=1)):
            assert "not open yet" in client.get(door("room", session)).content.decode()
            assert post_line(client, session, "early", "Hello").json()["code"] == "not_open"
        with at(start - 15 * MINUTES):
            assert "data-room" in client.get(door("room", session)).content.decode()


@pytest.mark.rule("ROOM-1a")
@pytest.mark.parametrize("name", ["room", "lines", "transcript"])
def test_nobody_else_finds_the_room(world, client_of, session, name):
    for other in (world.bob, world.charlie, world.piet, world.tamsin, world.farid):
        assert client_of(other).get(door(name, session)).status_code == 404
        if name == "lines":
            assert post_line(client_of(other), session, "one", "Hello").status_code == 404


@pytest.mark.rule("ROOM-2g")
@pytest.mark.rule("ROOM-2c")
def test_the_same_verbs_over_plain_requests(world, client_of, session):
    alice, amara = client_of(world.alice), client_of(world.amara)
    first = post_line(alice, session, "one", "Hello").json()
    assert post_line(alice, session, "one", "Hello").json() == first
    read = amara.get(door("lines", session), {"after": first["seq"] - 1}).json()
    assert [(line["seq"], line["from"], line["text"]) for line in read["lines"]] == [(first["seq"], "patient", "Hello")]
    beat = amara.post(door("beat", session), {"seen": first["seq"]}, content_type="application/json").json()
    assert (beat["here"], beat["head"], beat["ended"]) == (True, first["seq"], False)
    beat = alice.post(door("beat", session), {}, content_type="application/json").json()
    assert beat["seen"] == first["seq"]


@pytest.mark.rule("ROOM-5c")
@pytest.mark.parametrize(
    ("cid", "text", "status", "code"),
    [
        ("one", "", 422, "empty"),
        ("one", "x" * 4001, 413, "too_long"),
        ("", "x", 400, "malformed"),
        (None, "x", 400, "malformed"),
        ("one", None, 400, "malformed"),
        ("one", ["x"], 400, "malformed"),
    ],
)
def test_a_bad_line_gets_a_named_error(world, client_of, session, cid, text, status, code):
    answer = post_line(client_of(world.alice), session, cid, text)
    assert (answer.status_code, answer.json()["code"]) == (status, code)


@pytest.mark.rule("ROOM-5c")
@pytest.mark.parametrize("body", ["", "{", "[]", "7", "[" * 20000, '{"cid": "a", "text": "' + "x" * 3_000_000 + '"}'])
def test_a_malformed_body_is_never_an_error_of_ours(world, client_of, session, body):
    answer = client_of(world.alice).post(door("lines", session), body, content_type="application/json")
    assert 400 <= answer.status_code < 500
    assert not session.lines.filter(kind="line").exists()


@pytest.mark.parametrize("after", ["", "x", "-1", "99999999999999999999", "٣"])
def test_a_strange_number_counts_as_none(world, client_of, session, after):
    read = client_of(world.alice).get(door("lines", session), {"after": after}).json()
    assert [line["seq"] for line in read["lines"]] == [1, 2]


@pytest.mark.rule("ROOM-3c")
def test_the_draft_is_kept_without_a_socket(world, client_of, session):
    client = client_of(world.alice)
    assert client.post(door("draft", session), {"text": "I think"}, content_type="application/json").json()["draft"]
    assert client.post(door("beat", session), {}, content_type="application/json").json()["draft"]["text"] == "I think"
    assert not client.post(door("draft", session), {"text": 7}, content_type="application/json").json()["draft"]


@pytest.mark.rule("ROOM-3m")
def test_without_a_socket_the_other_text_comes_back_with_the_difference(world, client_of, session):
    client = client_of(world.alice)

    def keep(text: str, version: object, page: str, **more):
        told = {"text": text, "version": version, "page": page} | more
        return client.post(door("draft", session), told, content_type="application/json")

    assert keep("On the phone", 0, "one").json() == {"draft": True, "version": 1}
    refused = keep("On the laptop", 0, "two")
    assert (refused.status_code, refused.json()["theirs"]["text"]) == (409, "On the phone")
    assert keep("phone", 0, "two", leaving=True).json() == {"draft": True, "version": 1}  # it stands there already
    assert keep("On the laptop", 0, "three", leaving=True).json() == {"draft": True, "version": 2}
    assert typed.typed_by(session, world.alice.user).text == "On the phone\n\nOn the laptop"
    assert keep("", 2, "one").status_code == 200
    assert keep("Something new", 0, "four").status_code == 200  # nothing was there to be overwritten
    assert [keep("x", version, page).status_code for version, page in ((-1, ""), (True, ""), (0, "é"))] == [400] * 3
    session.close(by=world.amara.user, at=timezone.now())
    assert keep("Too late", 4, "four").json() == {"draft": False}


def test_coming_in_is_an_event_of_the_conversation_and_starts_the_assessment(world, open_room):
    case = world.alice_case
    type(case).objects.filter(pk=case.pk)
    session = open_room()
    room.join(session, world.alice.user)
    room.join(session, world.alice.user)
    room.join(session, world.amara.user)
    session.refresh_from_db()
    came = [(line.sender, line.text) for line in session.lines.select_related("sender")]
    assert came == [(session.patient_user, "joined"), (session.clinician_user, "joined")]
    assert session.started_at
    assert session.appointment.events.filter(what="joined by patient").count() == 1


def test_the_first_session_turns_an_allocated_case_into_an_assessment(world, open_room):
    from tests import cast

    case = cast.make_case(world.charlie, world.site, "allocated", world.amara)
    session = open_room(case=case)
    room.join(session, world.charlie.user)
    case.refresh_from_db()
    assert case.state == "allocated"
    room.join(session, world.amara.user)
    case.refresh_from_db()
    assert case.state == "assessment"


@pytest.mark.rule("APPT-19a")
def test_the_clinician_ends_the_session_once(world, client_of, agreed, at):
    amara = client_of(world.amara)
    with at(agreed.appointment.starts_at + 50 * MINUTES):
        page = amara.get(door("end", agreed)).content.decode()
        assert "Completed:" in page
        answer = amara.post(door("end", agreed), {"outcome": "completed", "reason": ""})
        assert (answer.status_code, answer.url) == (303, reverse("therapy:note", args=[agreed.appointment.ref]))
        assert amara.post(door("end", agreed), {"outcome": "dna", "reason": ""}).status_code == 303
    agreed.refresh_from_db()
    appointment = agreed.appointment
    assert (appointment.status, appointment.outcome.outcome) == ("completed", "completed")
    assert agreed.lines.last().text == "ended"
    note = Deadline.objects.get(kind="note", key=str(appointment.ref))
    assert note.due_at == agreed.ended_at + 48 * HOURS
    with pytest.raises(Exception, match="completed"):
        appointments.end(appointment, "dna", by=world.amara.user)


@pytest.mark.rule("APPT-4f")
def test_a_session_that_ends_early_frees_the_rest_of_its_time(world, agreed, offered):
    start = agreed.appointment.starts_at
    ended = room.end_session(agreed, "completed", by=world.amara.user, at=start + 20 * MINUTES)
    assert (ended.ends_at, ended.minutes) == (start + 20 * MINUTES, 60)
    again = offered(20 * MINUTES, at=start, key="again")
    assert again.starts_at == ended.ends_at
    with pytest.raises(DatabaseError, match="never moved"), transaction.atomic():
        type(ended).objects.filter(pk=again.pk).update(during=ended.during)


@pytest.mark.rule("APPT-19a")
@pytest.mark.parametrize("data", [{}, {"outcome": ""}, {"outcome": "splendid"}, {"outcome": ["completed", "dna"]}])
def test_ending_needs_exactly_one_known_outcome(world, client_of, session, at, data):
    with at(session.appointment.ends_at):
        status = client_of(world.amara).post(door("end", session), data).status_code
    session.refresh_from_db()
    assert (status, session.ended_at) == (422, None)


@pytest.mark.rule("APPT-19b")
def test_what_does_not_fit_cannot_be_chosen_and_says_why(world, client_of, session):
    client = client_of(world.amara)
    page = client.get(door("end", session)).content.decode()
    assert "The session has not begun yet." in page
    assert client.post(door("end", session), {"outcome": "completed"}).status_code == 422
    assert client_of(world.alice).post(door("end", session), {"outcome": "completed"}).status_code == 404


@pytest.mark.rule("APPT-14a")
@pytest.mark.parametrize(("minutes", "status"), [(14, 422), (15, 303)])
def test_a_dna_after_the_wait(world, client_of, open_room, at, minutes, status):
    session = open_room()
    room.join(session, world.amara.user)
    with at(session.appointment.starts_at + minutes * MINUTES):
        answer = client_of(world.amara).post(door("end", session), {"outcome": "dna"})
    assert answer.status_code == status


@pytest.mark.rule("APPT-19c")
@pytest.mark.rule("APPT-19d")
def test_a_session_left_open_asks_the_clinician_and_the_next_morning_patient_services(world, session, at):
    ends = session.appointment.ends_at
    with at(ends + 29 * MINUTES):
        sweep()
    assert not OutboxMessage.objects.filter(notice="session_left_open").exists()
    with at(ends + 30 * MINUTES):
        sweep()
    assert OutboxMessage.objects.get(notice="session_left_open").recipient == world.amara.user.email
    morning = dt.datetime.combine(timezone.localdate(ends) + dt.timedelta(days=1), dt.time(9, 0))
    with at(morning.isoformat()):
        sweep()
    told = OutboxMessage.objects.filter(notice="session_left_open").values_list("recipient", flat=True)
    assert set(told) == {world.amara.user.email, world.olu.email}


@pytest.mark.rule("ROOM-1a")
@pytest.mark.django_db(transaction=True)
def test_where_both_come_in_at_the_same_moment_the_session_has_started(world, open_room, monkeypatch):
    """Both wait on a page that goes in by itself when the room opens."""
    made, both = open_room(), Barrier(2)
    real = Presence.objects.get_or_create

    def together(*args, **fields):
        with suppress(BrokenBarrierError):
            both.wait(timeout=0.5)
        return real(*args, **fields)

    monkeypatch.setattr(room, "Presence", SimpleNamespace(objects=SimpleNamespace(get_or_create=together)))

    def come(user):
        try:
            return room.join(Session.objects.get(pk=made.pk), user)
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(come, (world.alice.user, world.amara.user))) == ["clinician", "patient"]
    made.refresh_from_db()
    assert made.started_at is not None
    assert made.head == 2


@pytest.mark.rule("ROOM-8b")
def test_both_read_the_whole_conversation_afterwards(world, client_of, agreed, at):
    room.write(agreed.ref, world.amara.user, "one", "Look: https://example.org/a?b=1&c=2. <script>alert(1)</script>")
    room.write(agreed.ref, world.alice.user, "two", "Thank you\nAmara")
    with at(agreed.appointment.ends_at):
        room.end_session(agreed, "completed", by=world.amara.user)
    for who in (world.alice, world.amara, world.sunniva):
        page = client_of(who).get(door("transcript", agreed)).content.decode()
        assert page.index("Look:") < page.index("Thank you\nAmara") < page.index("The session ended")
        for seq, name in ((agreed.lines.get(cid="one").seq, "Amara Obi"), (agreed.lines.get(cid="two").seq, "Alice")):
            line = page.split(f'id="line-{seq}"')[1].split("</li>")[0]
            assert name in line, "who"
            assert clock(timezone.localtime(agreed.lines.get(seq=seq).at)) in line, "when"
        assert 'href="https://example.org/a?b=1&amp;c=2"' in page
        assert "<script>alert" not in page
        assert "<c-" not in page
    assert AccessEntry.objects.filter(thing="transcript", who=world.sunniva).exists()
    assert "This session has ended" in client_of(world.alice).get(door("room", agreed)).content.decode()


@pytest.fixture
def by_mistake(world, session) -> str:
    """The words of a line of Amara's that she has marked as sent by mistake."""
    words = "A word about Mr Hargreaves"
    sent = room.write(session.ref, world.amara.user, "slip", words)
    room.mark_sent_in_error(session.lines.get(seq=sent.seq), by=world.amara.user)
    return words


@pytest.mark.rule("ROOM-8d")
def test_what_was_sent_by_mistake_is_not_sent_to_the_patient_again(world, client_of, session, by_mistake):
    own = room.write(session.ref, world.alice.user, "own", "A slip of mine")
    room.mark_sent_in_error(session.lines.get(seq=own.seq), by=world.alice.user)
    for who, read in ((world.alice, ""), (world.amara, by_mistake)):
        lines = client_of(who).get(door("lines", session)).json()["lines"]
        assert [line["text"] for line in lines if line["kind"] == "line"] == [read, "A slip of mine"]


@pytest.mark.rule("ROOM-8d")
@pytest.mark.django_db(transaction=True)
def test_nor_over_the_socket_when_the_page_is_loaded_again(world, live_service, session, by_mistake):
    seq = session.lines.get(text=by_mistake).seq
    for who, read in ((world.alice, ""), (world.amara, by_mistake)):
        with tab(live_service, who, session) as opened:
            assert dict(opened.lines(seq))[seq] == read


@pytest.mark.rule("ROOM-8c")
def test_a_line_sent_in_error_is_marked_and_stays_legible_to_staff(world, client_of, session):
    seq = room.write(session.ref, world.alice.user, "one", "Not meant for you").seq
    other = room.write(session.ref, world.amara.user, "two", "Meant for somebody else").seq
    assert client_of(world.amara).post(door("sent-in-error", session, seq)).status_code == 409
    assert client_of(world.alice).post(door("sent-in-error", session, seq)).status_code == 303
    assert client_of(world.alice).post(door("sent-in-error", session, seq)).status_code == 303
    assert client_of(world.amara).post(door("sent-in-error", session, other)).status_code == 303
    assert client_of(world.amara).post(door("sent-in-error", session, 999)).status_code == 404
    staff = client_of(world.sunniva).get(door("transcript", session)).content.decode()
    assert staff.count("Sent by mistake") == 2
    assert "Not meant for you" in staff
    patient = client_of(world.alice).get(door("transcript", session)).content.decode()
    assert "Meant for somebody else" not in patient


@pytest.mark.rule("ROOM-8a")
@pytest.mark.parametrize(
    "statement", ["UPDATE therapy_line SET text = 'x'", "DELETE FROM therapy_line", "TRUNCATE therapy_line CASCADE"]
)
def test_the_record_cannot_be_changed(world, session, statement):
    room.write(session.ref, world.alice.user, "one", "Kept")
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)
    assert Line.objects.get(kind="line").text == "Kept"


@pytest.mark.rule("ROOM-8a")
@pytest.mark.parametrize("changes", [{"ended_at": None}, {"head": 0}, {"head": 99}])
def test_an_ended_session_stays_ended(world, agreed, at, changes):
    with at(agreed.appointment.ends_at):
        room.end_session(agreed, "completed", by=world.amara.user)
    with pytest.raises(DatabaseError), transaction.atomic():
        type(agreed).objects.filter(pk=agreed.pk).update(**changes)
    with pytest.raises(room.Nack, match="closed"):
        room.write(agreed.ref, world.alice.user, "late", "One more thing")


def test_a_long_transcript_asks_the_database_as_often(world, client_of, session, same_queries):
    def grow() -> None:
        for number in range(20):
            room.write(session.ref, world.alice.user, f"line-{number}", "More")

    same_queries(client_of(world.amara), door("transcript", session), grow)
