"""Group commit: lines of several rooms in one statement, and nobody's line depends on anybody else's."""

import asyncio
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection, transaction
from django.utils import timezone

from patients.cases import actions as patients
from tests.live.conftest import elsewhere
from therapy.room import store
from therapy.room.frames import Ack, Nack
from therapy.room.models import Line, Session
from therapy.room.writer import WRITERS, Writer

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def other(world, open_room):
    """Bob's room with Piet."""
    return open_room(case=world.bob_case, minutes=60)


def line(session: Session, user, cid: str, text: str = "Hello", login: str = "") -> dict:
    return {"session": session.ref, "user": user.pk, "login": login, "cid": cid, "text": text, "at": timezone.now()}


def together(*lines: dict) -> list:
    """Write these at the same moment, while every road is taken, so that they share a commit; their answers."""
    answers: list = []

    async def play() -> None:
        writer = Writer(store._rows, store.write_alone)
        writer.busy = WRITERS
        tasks = [asyncio.create_task(writer.write(one)) for one in lines]
        await asyncio.sleep(0)
        assert len(writer.waiting) == len(lines)
        writer._next()
        answers.extend(await asyncio.gather(*tasks, return_exceptions=True))
        await store.lent().close()

    elsewhere(asyncio.run, play())
    return answers


def cids(session: Session) -> list[tuple[int, str]]:
    return list(Line.objects.filter(session=session, kind="line").order_by("seq").values_list("seq", "cid"))


@pytest.mark.rule("ROOM-2b")
def test_lines_of_several_rooms_share_a_commit(world, session, other):
    head = session.head
    answers = together(line(session, world.alice.user, "a"), line(other, world.bob.user, "b"))
    assert [answer.seq for answer in answers] == [head + 1, 1]
    assert (cids(session), cids(other)) == ([(head + 1, "a")], [(1, "b")])
    assert [answer.at for answer in answers] == [Line.objects.get(cid=cid).at for cid in ("a", "b")]


@pytest.mark.rule("ROOM-2b")
def test_several_lines_of_one_room_keep_their_order(world, session, other):
    lines = [line(session, world.alice.user, f"a{number}") for number in range(5)]
    answers = together(*lines, line(other, world.bob.user, "b"))
    head = session.head
    assert [answer.seq for answer in answers] == [*range(head + 1, head + 6), 1]
    assert [cid for _, cid in cids(session)] == [f"a{number}" for number in range(5)]


@pytest.mark.rule("ROOM-2c")
@pytest.mark.rule("ROOM-4d")
def test_a_refused_or_repeated_line_leaves_the_others_alone(world, session, other, open_room):
    [first] = together(line(session, world.alice.user, "once", "As it was"))
    answers = together(
        line(session, world.alice.user, "once", "Changed"),
        line(other, world.alice.user, "forged"),
        line(open_room(case=world.bob_case, minutes=60, ahead=timezone.timedelta(minutes=65)), world.bob.user, "early"),
    )
    assert (answers[0].seq, answers[0].at, answers[0].new) == (first.seq, first.at, False)
    assert [(type(answer), answer.code) for answer in answers[1:]] == [(Nack, "forbidden"), (Nack, "not_open")]
    assert Line.objects.get(cid="once").text == "As it was"
    assert cids(other) == []


@pytest.mark.rule("ROOM-4d")
def test_the_common_statement_asks_who_may_write(world, session, other):
    patients.assign(world.alice_case, world.piet, by=world.olu)
    answers = together(
        line(session, world.amara.user, "late"),
        line(session, world.alice.user, "signed out", login="gone"),
        line(other, world.bob.user, "fine"),
    )
    assert [getattr(answer, "code", "ack") for answer in answers] == ["forbidden", "forbidden", "ack"]
    assert (cids(session), cids(other)) == ([], [(1, "fine")])


@pytest.mark.rule("ROOM-2c")
def test_the_same_line_twice_in_a_moment_is_one(world, session, other):
    twice = [line(session, world.alice.user, "same") for _ in range(3)]
    answers = together(*twice, line(other, world.bob.user, "b"))
    assert {(answer.seq, answer.cid) for answer in answers[:3]} == {(session.head + 1, "same")}
    assert cids(session) == [(session.head + 1, "same")]


@pytest.mark.rule("ROOM-2b")
def test_a_room_whose_row_is_held_keeps_no_other_waiting(world, session, other):
    held, written, release = threading.Event(), [], threading.Event()

    def hold() -> None:
        with transaction.atomic():
            Session.objects.select_for_update().get(pk=session.pk)
            held.set()
            release.wait(10)
        connection.close()

    async def play() -> None:
        writer = Writer(store._rows, store.write_alone)
        writer.busy = WRITERS
        waits = asyncio.create_task(writer.write(line(session, world.alice.user, "a")))
        goes = asyncio.create_task(writer.write(line(other, world.bob.user, "b")))
        await asyncio.sleep(0)
        writer._next()
        written.append(await asyncio.wait_for(goes, 3))
        assert not waits.done()
        release.set()
        written.append(await asyncio.wait_for(waits, 3))
        await store.lent().close()

    with ThreadPoolExecutor(max_workers=1) as thread:
        holding = thread.submit(hold)
        assert held.wait(5)
        try:
            elsewhere(asyncio.run, play())
        finally:
            release.set()
        holding.result()
    assert [(type(ack), ack.cid) for ack in written] == [(Ack, "b"), (Ack, "a")]


@pytest.mark.rule("ROOM-2b")
@pytest.mark.rule("ROOM-2c")
def test_many_at_once_number_without_gaps(world, session, other):
    """Both sides of two rooms, through two writers as two processes would have them, every line sent twice."""

    async def play() -> None:
        writers = [Writer(store._rows, store.write_alone) for _ in range(2)]
        people = [(session, world.alice), (session, world.amara), (other, world.bob), (other, world.piet)]
        lines = [line(room, who.user, f"{who.user.pk}-{n}") for n in range(30) for room, who in people]
        tasks = [asyncio.create_task(writer.write(one)) for one in lines for writer in writers]
        for answer in await asyncio.gather(*tasks, return_exceptions=True):
            assert isinstance(answer, Ack) or answer.code == "busy", answer
        await store.lent().close()

    elsewhere(asyncio.run, play())
    for room, before in ((session, session.head), (other, 0)):
        assert [seq for seq, _ in cids(room)] == list(range(before + 1, before + 61))
