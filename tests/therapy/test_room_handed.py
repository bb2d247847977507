"""A line handed over within the process: only as the next number, and only as the table has it."""

import pytest

from live import doorbell
from tests.therapy.sockets import tab
from therapy.room import actions as room

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.rule("ROOM-2e")
def test_a_line_that_is_not_the_next_brings_what_lies_before_it(live_service, world, session, monkeypatch):
    """Somebody else's process wrote a line and its ring was lost; the next one, handed over here, shows the gap."""
    with tab(live_service, world.alice, session) as alice, tab(live_service, world.amara, session) as amara:
        amara.lines(session.head)
        monkeypatch.setattr(doorbell, "ring", lambda *_: None)
        room.write(session.ref, world.alice.user, "unheard", "Unheard")
        seq = alice.say("heard", "Heard").wait("ack")["seq"]
        assert amara.lines(seq)[-2:] == [(seq - 1, "Unheard"), (seq, "Heard")]


@pytest.mark.rule("ROOM-2b")
def test_own_lines_count_once_what_lay_before_them_has_come(live_service, world, session, monkeypatch):
    """An acknowledgement may overtake an older line of the other side: that one still comes, and nothing twice."""
    with tab(live_service, world.alice, session) as alice, tab(live_service, world.amara, session) as amara:
        alice.lines(session.head)
        amara.lines(session.head)
        monkeypatch.setattr(doorbell, "ring", lambda *_: None)
        room.write(session.ref, world.amara.user, "older", "Older")
        own = alice.say("own", "Own").wait("ack")["seq"]
        newer = amara.say("newer", "Newer").wait("ack")["seq"]
        alice.wait("line", seq=newer)
        assert alice.wait("line", seq=own - 1)["text"] == "Older"
        numbers = [frame["seq"] for frame in alice.everything if frame["type"] == "line"]
        assert len(numbers) == len(set(numbers))


@pytest.mark.rule("ROOM-2c")
def test_a_repeated_line_is_never_handed_over_with_other_words(live_service, world, session, monkeypatch):
    with tab(live_service, world.alice, session) as alice, tab(live_service, world.amara, session) as amara:
        amara.lines(session.head)
        monkeypatch.setattr(doorbell, "ring", lambda *_: None)
        room.write(session.ref, world.alice.user, "same", "As it was")
        seq = alice.say("same", "Changed").wait("ack")["seq"]
        assert amara.lines(seq)[-1] == (seq, "As it was")


@pytest.mark.rule("ROOM-2a")
@pytest.mark.rule("ROOM-5a")
def test_what_is_handed_over_reads_as_out_of_the_table(live_service, world, session):
    with tab(live_service, world.alice, session) as alice, tab(live_service, world.amara, session) as amara:
        seq = alice.say("one", "é🌱\r\n<b>\x07").wait("ack")["seq"]
        handed = amara.wait("line", seq=seq)
        amara.frames, amara.passed = [], []
        amara.hello(after=seq - 1)
        assert amara.wait("line", seq=seq) == handed


@pytest.mark.rule("ROOM-2d")
def test_a_second_tab_of_the_writer_gets_the_line_once(live_service, world, session):
    with tab(live_service, world.alice, session) as alice, tab(live_service, world.alice, session) as second:
        seq = alice.say("one").wait("ack")["seq"]
        after = alice.say("two").wait("ack")["seq"]
        second.wait("line", seq=seq)
        second.wait("line", seq=after)
        assert [frame["seq"] for frame in second.everything if frame["type"] == "line"].count(seq) == 1
        assert seq not in [frame["seq"] for frame in alice.everything if frame["type"] == "line"]
