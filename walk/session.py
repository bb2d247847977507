"""Step 6: the typed session, one websocket each, from a script; both transcripts compared line by line."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

import websockets

from walk.journey import Journey
from walk.person import Person, check

SCRIPT = Path(__file__).resolve().parent.parent / "examples" / "session.txt"
ANSWER_SECONDS = 15


def script() -> list[tuple[str, str]]:
    """Return (side, text) of each line of the script."""
    lines: list[tuple[str, str]] = []
    for row in SCRIPT.read_text().splitlines():
        if row.startswith(("C: ", "P: ")):
            lines.append(("clinician" if row[0] == "C" else "patient", row[3:]))
        elif row.startswith("| "):
            side, text = lines[-1]
            lines[-1] = (side, f"{text}\n{row[2:]}")
    return lines


class Seat:
    """One person's tab: says hello after the last line it has, sends, and keeps what it is shown.

    The acknowledgement of one's own line stands for the line: the server does not send it back.
    """

    def __init__(self, person: Person, session: str, side: str) -> None:
        self.person, self.session, self.side = person, session, side
        self.sent: dict[str, str] = {}
        self.lines: dict[int, tuple[str, str]] = {}
        self.acks: dict[str, int] = {}
        self.socket: websockets.ClientConnection
        self.reader: asyncio.Task

    async def come_in(self) -> None:
        """Open the socket and wait for the welcome."""
        address = self.person.base.replace("http", "ws", 1) + f"/ws/sessions/{self.session}/"
        headers = {"Cookie": self.person.cookies}
        self.socket = await websockets.connect(
            address, origin=websockets.Origin(self.person.base), additional_headers=headers, compression=None
        )
        await self._put({"type": "hello", "after": self.whole()})
        self.reader = asyncio.create_task(self._read())

    def whole(self) -> int:
        """The number up to which no line is missing; an acknowledgement can overtake somebody else's line."""
        number = 0
        while number + 1 in self.lines:
            number += 1
        return number

    async def leave(self) -> None:
        """Drop the connection, as a tunnel does."""
        await self.socket.close()
        self.reader.cancel()

    async def say(self, cid: str, text: str) -> None:
        """Send a line and wait for its acknowledgement."""
        self.sent[cid] = text
        await self._put({"type": "send", "cid": cid, "text": text})
        await _until(lambda: cid in self.acks, f"no acknowledgement of {cid}")

    async def _put(self, frame: dict) -> None:
        await self.socket.send(json.dumps(frame))

    async def _read(self) -> None:
        async for raw in self.socket:
            frame = json.loads(raw)
            if frame["type"] == "line" and frame.get("kind", "line") == "line":
                self.lines[frame["seq"]] = (frame["from"], frame["text"])
            elif frame["type"] == "line":
                self.lines.setdefault(frame["seq"], ("", ""))
            elif frame["type"] == "ack":
                self.acks[frame["cid"]] = frame["seq"]
                self.lines[frame["seq"]] = (self.side, self.sent[frame["cid"]])

    def has_read(self, lines: int) -> bool:
        """Tell whether as many lines are on the screen."""
        return len(self.said()) >= lines

    def said(self) -> list[tuple[str, str]]:
        """What was written, in order, without the events."""
        return [line for _, line in sorted(self.lines.items()) if line[0]]


async def _until(done: Callable[[], bool], trouble: str) -> None:
    end = time.monotonic() + ANSWER_SECONDS
    while not done():
        check(time.monotonic() < end, trouble)
        await asyncio.sleep(0.002)


async def _type(journey: Journey) -> tuple[list, list]:
    seats = {
        "patient": Seat(journey.patient, journey.session, "patient"),
        "clinician": Seat(journey.clinician, journey.session, "clinician"),
    }
    for seat in seats.values():
        await seat.come_in()
    lines = script()
    for number, (side, text) in enumerate(lines):
        if number == len(lines) // 2:
            await seats["patient"].leave()
            await seats["patient"].come_in()
        await seats[side].say(f"walk-{number}", text)
    for seat in seats.values():
        await _until(partial(seat.has_read, len(lines)), f"{seat.person.name} misses lines")
        await seat.leave()
    return seats["patient"].said(), seats["clinician"].said()


def hold(journey: Journey) -> None:
    """Join from both sides, wait for the start, type the whole script, end the session as completed."""
    path = journey.bookings["now"].path
    for person in (journey.clinician, journey.patient):
        page = person.send(person.get(path).form(action="/joining/"))
        journey.session = page.url.rstrip("/").rsplit("/", 1)[-1]
    wait = journey.bookings["now"].starts_at.timestamp() - time.time()
    time.sleep(max(0.0, wait) + 0.5)
    both = asyncio.run(_type(journey))
    check(both[0] == script(), "the patient's tab does not hold the script")
    check(both[1] == script(), "the clinician's tab does not hold the script")
    clinician = journey.clinician
    _confide(journey)
    form = clinician.get(f"/sessions/{journey.session}/end/").form(having="outcome")
    clinician.send(form, outcome="completed")
    for person in (journey.patient, clinician):
        _compare(person, journey)


def _confide(journey: Journey) -> None:
    """In the first session the statement is posted and answered; later ones have no form for it."""
    path = f"/sessions/{journey.session}/"
    page = journey.clinician.get(path)
    if "/confidentiality/posting/" not in page.html:
        return
    journey.clinician.send(page.form(action="/confidentiality/posting/"))
    journey.patient.send(journey.patient.get(path).form(action="/confidentiality/answer/"), answer="agreed")


def _compare(person: Person, journey: Journey) -> None:
    """The transcript page holds every line of the script, in order, as it was typed."""
    page = person.get(f"/sessions/{journey.session}/transcript/")
    place = 0
    for _, text in script():
        plain = " ".join(text.split())
        found = page.text.find(plain, place)
        check(found >= 0, f"{person.name}'s transcript misses, or misplaces: {plain[:80]}")
        place = found + len(plain)
