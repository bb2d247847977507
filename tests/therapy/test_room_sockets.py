"""The room over real sockets, real Redis and real Postgres: nothing lost, nothing doubled, nothing out of order."""

import socket
import threading
import time

import pytest
from django.utils import timezone
from websockets.exceptions import InvalidStatus
from websockets.sync.client import connect

from live.actions import close_user
from live.codes import LEFT, SIGNED_OUT
from patients.cases import actions as patients
from tests import cast
from tests.therapy.sockets import Tab, tab
from therapy.room import actions as room
from therapy.room import typed
from therapy.room.frames import Nack
from therapy.room.models import Line, Session

pytestmark = pytest.mark.django_db(transaction=True)


def texts(session: Session) -> list[str]:
    return list(Line.objects.filter(session=session, kind="line").order_by("seq").values_list("text", flat=True))


def numbers(session: Session) -> list[int]:
    return list(Line.objects.filter(session=session).order_by("seq").values_list("seq", flat=True))


@pytest.mark.rule("ROOM-1a")
@pytest.mark.rule("ROOM-2a")
def test_what_one_writes_the_other_reads_and_the_ack_means_it_is_kept(live_service, world, session):
    with tab(live_service, world.alice, session) as alice, tab(live_service, world.amara, session) as amara:
        ack = alice.say("one", "Hello,\nhow are you? 🌱").wait("ack")
        assert texts(session) == ["Hello,\nhow are you? 🌱"]
        line = amara.wait("line", kind="line")
        assert (line["seq"], line["from"], line["text"]) == (ack["seq"], "patient", "Hello,\nhow are you? 🌱")


@pytest.mark.rule("ROOM-2c")
def test_the_same_id_again_is_the_same_line(live_service, world, session):
    with tab(live_service, world.alice, session) as alice:
        first = alice.say("one", "Once").wait("ack")
        again = alice.say("one", "Once").wait("ack")
        assert (first["seq"], first["at"]) == (again["seq"], again["at"])
    client = cast.signed_in(world.alice)
    posted = client.post(f"/sessions/{session.ref}/lines/", {"cid": "one", "text": "Once"}, "application/json")
    assert posted.json()["seq"] == first["seq"]
    assert texts(session) == ["Once"]


@pytest.mark.rule("ROOM-2b")
def test_numbers_have_no_gaps_when_both_write_at_once(live_service, world, session):
    def write(who, name: str) -> None:
        with tab(live_service, who, session) as here:
            for number in range(25):
                here.say(f"{name}-{number}", f"{name} {number}").wait("ack")

    writers = [threading.Thread(target=write, args=pair) for pair in ((world.alice, "a"), (world.amara, "b"))]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    assert numbers(session) == list(range(1, 53))
    assert [text for text in texts(session) if text[0] == "a"] == [f"a {number}" for number in range(25)]


@pytest.mark.rule("ROOM-2d")
def test_after_a_cut_everything_after_the_last_number_comes_once(live_service, world, session):
    with tab(live_service, world.amara, session) as amara:
        last = amara.say("one", "First").wait("ack")["seq"]
    with tab(live_service, world.alice, session) as alice:
        for number in range(5):
            alice.say(f"more-{number}", f"More {number}").wait("ack")
        with tab(live_service, world.amara, session, hello=False) as amara:
            assert amara.hello(after=last)["head"] == last + 5
            assert amara.lines(last + 5) == [(last + 1 + n, f"More {n}") for n in range(5)]


@pytest.mark.rule("ROOM-2e")
def test_a_client_that_asks_again_gets_what_it_lacks(live_service, world, session):
    with tab(live_service, world.alice, session) as alice:
        for number in range(3):
            alice.say(f"line-{number}").wait("ack")
        alice.frames, alice.passed = [], []
        head = alice.hello(after=0)["head"]
        assert [seq for seq, _ in alice.lines(head)] == list(range(1, head + 1))


@pytest.mark.rule("ROOM-4a")
def test_only_the_two_people_of_the_session_come_in(live_service, world, session):
    for other in (world.bob, world.charlie, world.piet, world.sunniva, world.olu, world.leonie):
        with tab(live_service, other, session, hello=False) as stranger:
            assert stranger.closes() == 4404
    with tab(live_service, None, session, hello=False) as nobody:
        assert nobody.closes() == 4401


@pytest.mark.rule("ROOM-4a")
@pytest.mark.rule("ROOM-1b")
def test_the_room_is_closed_before_its_time(live_service, world, confirmed):
    early = room.open_session(confirmed(timezone.timedelta(minutes=20)))
    with tab(live_service, world.alice, early, hello=False) as alice:
        assert alice.closes() == 4403
    page = cast.signed_in(world.alice).get(f"/sessions/{early.ref}/").content.decode()
    assert "not open yet" in page


@pytest.mark.rule("ROOM-4b")
@pytest.mark.parametrize("origin", ["http://evil.example.org", "null", "http://127.0.0.1:1"])
def test_another_origin_is_refused(live_service, world, session, origin):
    with pytest.raises(InvalidStatus), live_service.socket(f"/ws/sessions/{session.ref}/", world.alice, origin=origin):
        pass


@pytest.mark.rule("ROOM-4c")
def test_signing_out_closes_the_socket(live_service, world, session):
    client = cast.signed_in(world.alice)
    cookie = {"Cookie": f"session={client.cookies['session'].value}"}
    address = f"{live_service.url.replace('http', 'ws')}/ws/sessions/{session.ref}/"
    with connect(address, origin=live_service.url, additional_headers=cookie, proxy=None) as socket:
        alice = Tab(socket)
        alice.hello()
        client.post("/accounts/logout/")
        assert alice.closes(within=15) == 4401


@pytest.mark.rule("ROOM-4c")
def test_a_clinician_who_loses_the_case_is_shown_out(live_service, world, session):
    with tab(live_service, world.amara, session) as amara:
        patients.assign(world.alice_case, world.piet, by=world.olu)
        assert amara.closes(within=15) == 4403


@pytest.mark.rule("ROOM-4d")
def test_a_late_write_is_refused_by_the_statement_itself(world, session):
    room.write(session.ref, world.amara.user, "before", "Kept")
    patients.assign(world.alice_case, world.piet, by=world.olu)
    with pytest.raises(Nack, match="forbidden"):
        room.write(session.ref, world.amara.user, "after", "Too late")
    with pytest.raises(Nack, match="forbidden"):
        room.write(session.ref, world.alice.user, "after", "Signed out", login="gone")
    assert texts(session) == ["Kept"]


@pytest.mark.rule("ROOM-4d")
def test_a_forged_sender_or_session_changes_nothing(live_service, world, session, open_room):
    other = open_room(case=world.bob_case, minutes=60)
    with tab(live_service, world.alice, session) as alice:
        alice.send("send", cid="one", text="Mine", sender=world.amara.user.pk, **{"from": "clinician"})
        alice.wait("ack")
        alice.send("send", cid="two", text="Elsewhere", session=str(other.ref)).wait("ack")
    assert set(session.lines.filter(kind="line").values_list("sender", flat=True)) == {world.alice.user.pk}
    assert texts(other) == []


@pytest.mark.rule("ROOM-5c")
def test_bad_frames_get_a_named_error_and_the_session_goes_on(live_service, world, session):
    with tab(live_service, world.alice, session) as alice:
        for sent, named in [
            ("{", "malformed"),
            ("[]", "malformed"),
            ('{"type": 7}', "malformed"),
            ('{"type": "shout"}', "unknown"),
            ("[" * 20000, "malformed"),
            (b"\x00\xff", "malformed"),
        ]:
            alice.socket.send(sent)
            assert alice.wait("error")["code"] == named
        for cid, text, code in [
            ("long", "x" * 4001, "too_long"),
            ("empty", " \n ", "empty"),
            ("bad id", "x", "malformed"),
            ("event:joined", "x", "malformed"),
            ("x" * 65, "x", "malformed"),
            ("number", 7, "malformed"),
        ]:
            alice.send("send", cid=cid, text=text)
            assert (alice.wait("nack")["code"], alice.passed[-1]["retry"]) == (code, None)
        alice.say("fine", "Still here").wait("ack")
    assert texts(session) == ["Still here"]


@pytest.mark.rule("ROOM-5a")
@pytest.mark.rule("ROOM-5b")
def test_text_is_kept_as_typed_without_control_characters(live_service, world, session):
    long = "é🌱" * 2000
    with tab(live_service, world.alice, session) as alice:
        alice.say("one", "a\r\nb\x00\x07\tc <b>&").wait("ack")
        alice.say("two", long).wait("ack")
        alice.send("send", cid="three", text="half \ud83d of one").wait("ack")
    assert texts(session) == ["a\nb\tc <b>&", long, "half \ufffd of one"]


@pytest.mark.rule("ROOM-5d")
def test_lines_that_come_too_fast_are_told_to_wait(live_service, world, session):
    with tab(live_service, world.alice, session) as alice:
        for number in range(150):
            alice.say(f"flood-{number}", str(number))
        refused = alice.wait("nack")
        assert (refused["code"], refused["retry"] > 0) == ("too_fast", True)
        time.sleep(refused["retry"])
        alice.say(refused["cid"], "again").wait("ack", cid=refused["cid"])
    assert 90 <= len(texts(session)) < 150


@pytest.mark.rule("ROOM-3a")
def test_presence_typing_and_seen_reach_the_other(live_service, world, session):
    with tab(live_service, world.amara, session) as amara:
        with tab(live_service, world.alice, session) as alice:
            seq = amara.say("one").wait("ack")["seq"]
            alice.send("typing")
            assert amara.wait("typing")["from"] == "patient"
            alice.lines(seq)
            alice.send("seen", seq=seq)
            assert amara.wait("seen")["seq"] == seq
        assert amara.wait("presence", here=False)
        with tab(live_service, world.alice, session):
            assert amara.wait("presence", here=True)


@pytest.mark.rule("ROOM-3l")
@pytest.mark.rule("APPT-17h")
def test_who_closes_the_page_has_left_and_who_is_cut_off_has_lost_the_connection(live_service, world, session):
    with tab(live_service, world.amara, session) as amara:
        with tab(live_service, world.alice, session) as alice:
            alice.socket.close(LEFT)
            assert amara.wait("presence", here=False)["away"] == "left"
        assert presence_of(session, world.alice).left_room
        with tab(live_service, world.alice, session) as alice:
            amara.wait("presence", here=True, away="")
            assert not presence_of(session, world.alice).left_room
            alice.socket.close(1001)  # as a browser closes by itself, perhaps to save power: in doubt it is lost
            assert amara.wait("presence", here=False)["away"] == "lost"
        with tab(live_service, world.alice, session) as alice:
            amara.wait("presence", here=True)
            alice.socket.socket.shutdown(socket.SHUT_RDWR)
            assert amara.wait("presence", here=False)["away"] == "lost"
        assert not presence_of(session, world.alice).left_room


@pytest.mark.rule("ROOM-3l")
def test_of_two_tabs_the_last_one_says_how_somebody_went(live_service, world, session):
    with tab(live_service, world.amara, session) as amara, tab(live_service, world.alice, session) as one:
        with tab(live_service, world.alice, session) as two:
            two.socket.close(LEFT)
        assert one.send("ping", after=0).wait("pong")
        assert [frame for frame in amara.everything if frame["type"] == "presence" and not frame["here"]] == []
        one.socket.close(LEFT)
        assert amara.wait("presence", here=False)["away"] == "left"


def presence_of(session, who):
    return session.presences.get(user=who.user)


@pytest.mark.rule("ROOM-3c")
def test_what_is_being_typed_comes_back_after_a_reload(live_service, world, session):
    with tab(live_service, world.alice, session) as alice:
        alice.send("draft", text="I have been thinking that").wait("kept", draft=True)
    with tab(live_service, world.alice, session, hello=False) as alice:
        assert alice.hello()["draft"]["text"] == "I have been thinking that"
    with tab(live_service, world.amara, session, hello=False) as amara:
        assert amara.hello()["draft"]["text"] == ""


@pytest.mark.rule("ROOM-3c")
def test_a_draft_kept_by_one_tab_reaches_the_other_tabs_of_the_same_person_alone(live_service, world, session):
    who = world.alice
    with (
        tab(live_service, who, session) as one,
        tab(live_service, who, session) as two,
        tab(live_service, world.amara, session) as amara,
    ):
        one.send("draft", text="I have been").wait("kept", draft=True)
        two.wait("draft", text="I have been")
        typed.save(session, who.user, typed.Typed("I have been thinking", 1, "elsewhere"))
        for mine in (one, two):
            mine.wait("draft", text="I have been thinking")
        amara.send("ping", after=0).wait("pong")
        assert [frame for frame in amara.frames + amara.passed if frame["type"] == "draft"] == []


@pytest.mark.rule("MSG-9b")
@pytest.mark.rule("ROOM-3m")
def test_two_tabs_never_overwrite_each_other_unseen(live_service, world, session):
    with tab(live_service, world.alice, session) as one, tab(live_service, world.alice, session) as two:
        one.send("draft", text="On the phone", version=0, page="one").wait("kept", draft=True, version=1)
        answer = two.send("draft", text="On the laptop", version=0, page="two").wait("kept", draft=False)
        assert answer["theirs"] == {"text": "On the phone", "version": 1, "page": "one"}
        assert ["removed", "laptop"] in answer["differences"]
        assert typed.typed_by(session, world.alice.user).text == "On the phone"
        one.send("draft", text="On the phone, on", version=0, page="one").wait("kept", draft=True, version=2)
        two.send("draft", text="On the laptop", version=2, page="two").wait("kept", draft=True, version=3)
        assert one.wait("draft", version=3)["text"] == "On the laptop"
        assert one.send("draft", text="On", version=2, page="one").wait("kept", draft=False)["theirs"]["version"] == 3


def test_the_end_reaches_both_and_nothing_is_taken_afterwards(live_service, world, session):
    with tab(live_service, world.alice, session) as alice:
        alice.say("one", "Before the end").wait("ack")
        room.end_session(session, "aborted", by=world.amara.user, reason="Power cut", at=session.appointment.ends_at)
        assert alice.wait("line", text="ended")
        assert alice.closes() == 4410
    with tab(live_service, world.alice, session, hello=False) as alice:
        head = alice.hello()["head"]
        assert [text for _, text in alice.lines(head)] == ["joined", "joined", "Before the end", "ended"]
        assert alice.closes() == 4410


@pytest.mark.rule("ROOM-2e")
@pytest.mark.rule("ROOM-2c")
def test_two_tabs_and_plain_requests_of_one_person_show_the_same(live_service, world, session):
    """Two devices write at once, and the one posts by hand what its socket sends as well."""
    client = cast.signed_in(world.alice)
    with tab(live_service, world.alice, session) as desk, tab(live_service, world.alice, session) as phone:
        for number in range(6):
            desk.say(f"desk-{number}", f"desk {number}")
            phone.say(f"phone-{number}", f"phone {number}")
            body = {"cid": f"desk-{number}", "text": f"desk {number}"}
            posted = client.post(f"/sessions/{session.ref}/lines/", body, "application/json").json()
            assert desk.wait("ack", cid=f"desk-{number}")["seq"] == posted["seq"]
            phone.wait("ack", cid=f"phone-{number}")
        assert asked_anew(desk) == asked_anew(phone) == ["joined", "joined", *texts(session)]
    assert len(texts(session)) == 12


def asked_anew(one: Tab) -> list[str]:
    """Forget what came and ask for everything: the texts of all lines, in the order of their numbers."""
    one.frames, one.passed = [], []
    head, found = one.hello()["head"], {}
    while len(found) < head:
        line = one.wait("line")
        found[line["seq"]] = line["text"]
    return [found[number] for number in sorted(found)]


@pytest.mark.rule("ROOM-3c")
def test_what_was_kept_although_the_page_never_heard_of_it_does_not_come_back_as_a_draft(live_service, world, session):
    with tab(live_service, world.alice, session) as alice:
        alice.send("draft", text="In mid-send").wait("kept")
        alice.say("one", "In mid-send").wait("ack")  # and the page is reloaded before it hears of that
    with tab(live_service, world.alice, session, hello=False) as alice:
        assert alice.hello()["draft"]["text"] == ""


@pytest.mark.rule("APPT-17h")
def test_who_signs_out_has_left(live_service, world, session):
    with tab(live_service, world.amara, session) as amara, tab(live_service, world.alice, session) as alice:
        close_user(world.alice.user.pk)
        assert alice.closes() == SIGNED_OUT
        assert amara.wait("presence", here=False)["away"] == "left"
