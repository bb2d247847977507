"""The delivery protocol as a state machine: the real client against a model of the server, over a bad network.

Frames are cut, dropped and late, the doorbell is lost, repeated and reordered, the server dies between commit and
acknowledgement. Whatever happens, what is shown is 1 to n of what is kept, and nothing that was written is lost.
"""

import json
import subprocess

import pytest
from django.conf import settings
from hypothesis import settings as budget
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from tests.ui.test_scripts import node

SIDES = ("patient", "clinician")
ROUNDS_TO_SETTLE = 60
STEP_MS = 1000
SELDOM = st.sampled_from([False, False, False, True])


class Client:
    """protocol.js of one side, in a node process."""

    process: subprocess.Popen | None = None

    def __init__(self, side: str) -> None:
        self.side, self.lines, self.given_back = side, [], []
        self.frames: list[dict] = []
        self.wants_socket = False
        self.link, self.waiting = "connecting", 0
        self.call("create")

    @classmethod
    def ask(cls, room: str, verb: str, *args) -> dict:
        if cls.process is None or cls.process.poll() is not None:
            script = settings.BASE_DIR / "static/js/tests/room_driver.mjs"
            cls.process = subprocess.Popen([*node(), script], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        cls.process.stdin.write(json.dumps({"room": room, "verb": verb, "args": args}) + "\n")
        cls.process.stdin.flush()
        return json.loads(cls.process.stdout.readline())

    def call(self, verb: str, *args) -> None:
        answer = self.ask(self.side, verb, *args)
        self.link, self.waiting = answer["link"], answer["waiting"]
        for effect in answer["effects"]:
            if effect["do"] == "line":
                self.lines.append(effect["line"])
            elif effect["do"] == "send":
                self.frames.append(effect["frame"])
            elif effect["do"] == "failed":
                self.given_back.append(effect["entry"]["text"])
            elif effect["do"] == "connect":
                self.wants_socket = True
            elif effect["do"] == "close":
                self.frames.clear()


class Road:
    """One socket: frames on their way, and how far the server has sent."""

    def __init__(self) -> None:
        self.up: list[dict] = []
        self.down: list[dict] = []
        self.delivered: int | None = None


class Room(RuleBasedStateMachine):
    @initialize()
    def begin(self) -> None:
        Client.ask("", "reset")
        self.now = 0
        self.kept: list[dict] = []
        self.written: dict[str, list[str]] = {side: [] for side in SIDES}
        self.ended = False
        self.clients = {side: Client(side) for side in SIDES}
        self.roads: dict[str, Road | None] = dict.fromkeys(SIDES)

    # --- the people and the network ---------------------------------------------------------------

    @rule(side=st.sampled_from(SIDES), lines=st.integers(1, 3))
    def write(self, side: str, lines: int) -> None:
        for _ in range(lines):
            if self.clients[side].link != "ended":
                text = f"{side} {len(self.written[side])}"
                self.written[side].append(text)
                self.tell(side, "compose", text)

    @rule(side=st.sampled_from(SIDES), swiftly=st.booleans())
    def connect(self, side: str, swiftly: bool) -> None:
        if self.roads[side] is not None or self.clients[side].link == "ended":
            return
        self.roads[side] = Road()
        self.tell(side, "connecting")
        self.tell(side, "opened")
        if swiftly:
            self.serve(side, dies=False, busy=False)
            self.arrive(side, frames=99)

    @rule(side=st.sampled_from(SIDES), really=SELDOM)
    def cut(self, side: str, really: bool) -> None:
        if really and self.roads[side] is not None:
            self.roads[side] = None
            self.tell(side, "lost", 1006)

    @rule(side=st.sampled_from(SIDES), really=SELDOM)
    def drop_a_frame(self, side: str, really: bool) -> None:
        road = self.roads[side]
        if really and road and road.down and road.down[0]["type"] != "welcome":
            road.down.pop(0)

    @rule(side=st.sampled_from(SIDES), frames=st.integers(1, 3))
    def arrive(self, side: str, frames: int) -> None:
        while frames and self.roads[side] and self.roads[side].down:
            self.tell(side, "received", self.roads[side].down.pop(0))
            frames -= 1

    @rule(side=st.sampled_from(SIDES), milliseconds=st.sampled_from([10, 300, 1500, 4000, 16000]))
    def wait(self, side: str, milliseconds: int) -> None:
        self.now += milliseconds
        self.tell(side, "tick")

    # --- the server -------------------------------------------------------------------------------

    @rule(side=st.sampled_from(SIDES), dies=SELDOM, busy=SELDOM)
    def serve(self, side: str, dies: bool, busy: bool) -> None:
        """Take one frame; a server that dies has committed and acknowledges nothing, a busy one asks to wait."""
        road = self.roads[side]
        if not road or not road.up:
            return
        frame = road.up.pop(0)
        if busy and frame["type"] == "send":
            road.down.append({"type": "nack", "cid": frame["cid"], "code": "too_fast", "retry": 1})
            return
        answers = self.answers(side, road, frame)
        if dies:
            self.cut(side, really=True)
        else:
            road.down += answers

    @rule(side=st.sampled_from(SIDES))
    def ring(self, side: str) -> None:
        """The doorbell: heard late, twice or never, it only makes the server read what lies after the last line."""
        road = self.roads[side]
        if road and road.delivered is not None:
            road.down += self.lines_after(road)

    @precondition(lambda self: len(self.kept) > 3)
    @rule()
    def end(self) -> None:
        if not self.ended:
            self.ended = True
            self.keep("clinician", "event:ended", "ended", kind="event")

    def answers(self, side: str, road: Road, frame: dict) -> list[dict]:
        head = len(self.kept)
        if frame["type"] == "hello":
            road.delivered = min(frame["after"], head)
            return [{"type": "welcome", "you": side, "head": head, "seen": 0}, *self.lines_after(road)]
        if frame["type"] == "ping":
            return [{"type": "pong", "head": head, "seen": 0, "now": ""}, *self.lines_after(road)]
        return [self.taken(side, frame)] if frame["type"] == "send" else []

    def taken(self, side: str, frame: dict) -> dict:
        found = [line for line in self.kept if (line["from"], line["cid"]) == (side, frame["cid"])]
        if not found and self.ended:
            return {"type": "nack", "cid": frame["cid"], "code": "closed", "retry": None}
        line = found[0] if found else self.keep(side, frame["cid"], frame["text"])
        return {"type": "ack", "cid": frame["cid"], "seq": line["seq"], "at": ""}

    def keep(self, side: str, cid: str, text: str, kind: str = "line") -> dict:
        line = {
            "type": "line",
            "seq": len(self.kept) + 1,
            "cid": cid,
            "kind": kind,
            "from": side,
            "text": text,
            "at": "",
        }
        self.kept.append(line)
        return line

    def lines_after(self, road: Road) -> list[dict]:
        if road.delivered is None:
            return []
        lines = self.kept[road.delivered :]
        road.delivered = len(self.kept)
        return lines

    # --- what must hold -----------------------------------------------------------------------------

    def tell(self, side: str, verb: str, *args) -> None:
        client, road = self.clients[side], self.roads[side]
        client.call(verb, *args, *([] if verb == "create" else [self.now]))
        if road is not None:
            road.up += client.frames
            if client.wants_socket:  # it gave the socket up by itself
                self.roads[side] = None
        client.frames, client.wants_socket = [], False

    @invariant()
    def what_is_shown_is_1_to_n_of_what_is_kept(self) -> None:
        for client in getattr(self, "clients", {}).values():
            shown = [(line["seq"], line["from"], line["text"]) for line in client.lines]
            assert shown == [(line["seq"], line["from"], line["text"]) for line in self.kept[: len(shown)]]

    @invariant()
    def what_is_kept_stands_in_the_order_of_writing_and_once(self) -> None:
        for side in getattr(self, "clients", {}):
            mine = [line["text"] for line in self.kept if line["from"] == side and line["kind"] == "line"]
            assert mine == self.written[side][: len(mine)]

    def teardown(self) -> None:
        """Once the network holds, everything arrives: each line is kept once, or given back because of the end."""
        if not hasattr(self, "clients"):
            return
        for _ in range(ROUNDS_TO_SETTLE):
            for side in SIDES:
                self.settle(side)
        for side, client in self.clients.items():
            mine = [line["text"] for line in self.kept if line["from"] == side and line["kind"] == "line"]
            assert mine + client.given_back == self.written[side]
            assert len(client.lines) == len(self.kept)
            assert client.waiting == 0

    def settle(self, side: str) -> None:
        self.now += STEP_MS
        if self.clients[side].link == "ended":
            return
        self.connect(side, swiftly=True)
        self.tell(side, "tick")
        for _ in range(6):
            self.serve(side, dies=False, busy=False)
            self.ring(side)
            self.arrive(side, frames=999)


@pytest.mark.rule("ROOM-2c")
@pytest.mark.rule("ROOM-2d")
@pytest.mark.rule("ROOM-2e")
def test_nothing_is_lost_doubled_or_misplaced_whatever_the_network_does():
    from hypothesis.stateful import run_state_machine_as_test

    run_state_machine_as_test(Room, settings=budget(max_examples=100, stateful_step_count=50, deadline=None))
