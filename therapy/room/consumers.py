"""The socket of the room: frames in, verbs called, lines out of Postgres in order (ROOM-2)."""

from __future__ import annotations

import asyncio
import json
import uuid
from collections import Counter
from typing import Any, ClassVar

from django.utils import timezone

from accounts.access import Declaration
from audit.actions import record_access
from live import doorbell
from live.consumers import CLOSED, LEFT, NOT_A_PARTICIPANT, NOT_FOUND, RESTART, SIGNED_OUT, Closing, Consumer, run_db
from live.handshake import session_key, who_is
from live.hub import hub
from therapy.room import actions, frames, rules, store, typed
from therapy.room.frames import Nack, iso
from therapy.room.limits import Allowance
from therapy.room.models import Session

# Frames of all kinds; beyond that the socket is closed with 4429 by the base.
FRAMES_A_SECOND, FRAMES_AT_ONCE = 80.0, 400.0
# Lines that a client has not said it read; beyond that the server waits for its word instead of filling memory.
UNREAD_LINES = 400
# A socket whose page was reloaded says so in its address.
RELOADED = b"reloaded"
RELATED = ("patient_user", "clinician_user", "appointment__case__clinician")


def find(user, session_ref) -> Session | None:
    """Return a session of which this person may write, or None (ROOM-4)."""
    rows = Session.objects.visible_to(user, "session", "write").select_related(*RELATED)
    return rows.filter(ref=session_ref).first()


class RoomConsumer(Consumer):
    """One tab of one of the two people."""

    access = Declaration("requires", "session", "write")
    session: Session
    welcomed = False
    side = ""
    # How many tabs each person has open in this process: closing one of two is not leaving.
    tabs: ClassVar[Counter] = Counter()

    async def opened(self) -> None:
        """Authorise and join the group; lines are read only when the client says after which (ROOM-4)."""
        self.bucket = Allowance(FRAMES_A_SECOND, FRAMES_AT_ONCE)
        self.lines_allowed = Allowance(rules.LINES_A_SECOND, rules.LINES_AT_ONCE)
        self.delivered = self.read = 0
        # Own lines that were acknowledged before something older was delivered.
        self.acknowledged: set[int] = set()
        self.other_presence: dict[str, Any] = {}
        self.login = session_key(self.scope) or ""
        self.tab = uuid.uuid4().hex
        found = await run_db(find)(self.user, self.kwargs["session"])
        if found is None:
            raise Closing(NOT_FOUND)
        self.session, self.ref = found, found.ref
        self.group = actions.group_of(self.ref)
        await self.join(self.group)
        self.side = await run_db(self._enter)()
        self.tabs[self.ref, self.user.pk] += 1

    def _enter(self) -> str:
        """Come in, or read on where the session has ended; written to the access log for staff (ACC-5)."""
        session = self.session
        now = timezone.now()
        why = actions.why_closed(session, self.user, now)
        if why in ("forbidden", "not_open"):
            raise Closing(NOT_A_PARTICIPANT)
        if self.user.is_staff_member:
            client = self.scope.get("client")
            record_access(
                who=self.user,
                case_ref=session.case.ref,
                thing="session",
                verb="write",
                object_ref=str(session.ref),
                address=client[0] if client else None,
            )
        if why == "ended":
            return session.side_of(self.user)
        reloaded = self.scope.get("query_string", b"") == RELOADED
        return actions.join(session, self.user, at=now, reloaded=reloaded)

    # --- what the client says -----------------------------------------------------------------------

    async def on_hello(self, frame: dict[str, Any]) -> None:
        """Welcome the client and send it everything after the last line that it has."""
        after = frames.number(frame.get("after"))
        state = await self._beat()
        self.delivered = self.read = min(after, state.head)
        self.acknowledged.clear()
        self.welcomed = True
        self.other_presence = state.presence(timezone.now())
        await self.frame(
            "welcome",
            head=state.head,
            you=self.side,
            limits=frames.limits(),
            **self.other_presence,
            seen=state.other_seen,
            now=iso(timezone.now()),
            draft=(await run_db(typed.typed_by)(self.session, self.user)).values(),
        )
        await self._deliver(state)

    async def on_send(self, frame: dict[str, Any]) -> None:
        """Commit a line, then acknowledge it; then the others are told to look (ROOM-2)."""
        try:
            cid, text = self._checked(frame.get("cid"), frame.get("text"))
            ack = await store.write(self._values(cid=cid, text=text))
        except Nack as nack:
            await self._send(nack.frame())
            if nack.code == "forbidden":
                raise Closing(await self._why_not_allowed()) from nack
            return
        self._tell({"seq": ack.seq}, line=ack.line(self.side, text) if ack.new else "")
        await asyncio.sleep(0)  # the other person first: their tabs send the line now
        await self._send(ack.frame())
        if self.welcomed and ack.seq > self.delivered:
            self.acknowledged.add(ack.seq)
            self._reach(self.delivered)

    def _checked(self, cid: Any, text: Any) -> tuple[str, str]:
        """Return id and text as they are kept; raises Nack where they cannot be, or come too fast (ROOM-5)."""
        if wrong := rules.why_not_text(cid, text):
            raise Nack(cid, wrong)
        if not self.lines_allowed.take():
            raise Nack(cid, "too_fast", rules.RETRY_SECONDS)
        return cid, rules.clean_text(text)

    async def on_ping(self, frame: dict[str, Any]) -> None:
        """The heartbeat: answers with the head, notices what the doorbell lost, and ends what may not go on."""
        self.read = max(self.read, min(frames.number(frame.get("after")), self.delivered))
        state = await self._beat()
        await self.frame("pong", head=state.head, now=iso(timezone.now()), seen=state.other_seen)
        await self._catch_up(state)

    async def on_typing(self, frame: dict[str, Any]) -> None:
        """Tell the other side; nothing is kept."""
        self._tell({"typing": self.side}, lasting=False)

    async def on_seen(self, frame: dict[str, Any]) -> None:
        """Keep the newest line on this person's screen."""
        seq = await store.seen(self.ref, self.user.pk, min(frames.number(frame.get("seq")), self.delivered))
        if seq:
            self._tell({"seen": seq, "from": self.side})

    async def on_draft(self, frame: dict[str, Any]) -> None:
        """Keep what is being typed on the server (ROOM-3), or say what another window wrote meanwhile (MSG-9)."""
        told = typed.told_in(frame)
        if told is None:
            return
        values = self._values(**told.values())
        version = await store.draft(values)
        settle = run_db(typed.settle)
        answer = typed.kept(version) if version else await settle(self.session, self.user, told, values)
        await self.frame("kept", **answer)
        if answer["draft"]:
            self._tell({"drafted": self.user.pk, "tab": self.tab})

    # --- what the doorbell says ---------------------------------------------------------------------

    async def rung(self, group: str, payload: dict[str, Any]) -> None:
        """Pass on what has no number; for anything else read from Postgres what lies after the last line sent."""
        if not self.welcomed:
            return
        if group != self.group:
            payload = {}
        if "typing" in payload:
            await self._from_other(payload["typing"], "typing")
        elif "seen" in payload:
            await self._from_other(payload["from"], "seen", seq=payload["seen"])
        elif "drafted" in payload:
            await self._draft_elsewhere(payload)
        elif "tools" in payload:
            await self.frame("tools", part=payload["tools"])
        elif "seq" in payload:
            await self._line(payload["seq"], payload.get("line"))
        else:
            await self._catch_up(await self._beat())

    async def _draft_elsewhere(self, payload: dict[str, Any]) -> None:
        """Show a person's newest draft in their other tabs; a page that was reloaded may have read too early."""
        if payload["drafted"] == self.user.pk and payload.get("tab") != self.tab:
            await self.frame("draft", **(await run_db(typed.typed_by)(self.session, self.user)).values())

    async def _line(self, seq: int, handed: str | None) -> None:
        """Send the line that was handed over in this process where it is the next; else read what is missing."""
        if handed and seq == self.delivered + 1 and self.delivered - self.read < UNREAD_LINES:
            await self.base_send({"type": "websocket.send", "text": handed})
            self._reach(seq)
        elif seq > self.delivered:
            await self._deliver()

    def _reach(self, seq: int) -> None:
        """Everything up to a number was sent, and one's own lines right after it: their acknowledgements were."""
        self.delivered = seq
        while self.delivered + 1 in self.acknowledged:
            self.delivered += 1
            self.acknowledged.discard(self.delivered)

    async def _why_not_allowed(self) -> int:
        """Return the code that says whether the sign-in is gone or the place in the room."""
        caller = await run_db(who_is)(self.scope)
        return caller.code if caller.user is None else NOT_A_PARTICIPANT

    async def _from_other(self, side: str, kind: str, **values: Any) -> None:
        if side != self.side:
            await self.frame(kind, **{"from": side}, **values)

    async def _catch_up(self, state: store.State) -> None:
        """Send what is missing, say whether the other is here, and go where one may not stay (ROOM-4)."""
        if not state.allowed:
            raise Closing(await self._why_not_allowed())
        presence = state.presence(timezone.now())
        if presence != self.other_presence:
            self.other_presence = presence
            await self.frame("presence", **presence)
        await self._deliver(state)

    async def _deliver(self, state: store.State | None = None) -> None:
        """Send the lines after the last one sent, in order, as far as the client has read (trap 6)."""
        while self.delivered - self.read < UNREAD_LINES:
            lines = await store.lines(self.ref, self.delivered, self.user.pk)
            for line in lines:
                if line["seq"] == self.delivered + 1:
                    await self._send(line)
                    self._reach(line["seq"])
            if any(line["kind"] == "event" and line["text"] == "ended" for line in lines):
                raise Closing(CLOSED)
            if len(lines) < store.LINES_A_READ:
                break
        if state is not None and state.ended and self.delivered >= state.head:
            raise Closing(CLOSED)

    async def left(self) -> None:
        """The socket is gone: say so, unless the same person has another tab open here or is coming back at once."""
        if not self.side:
            return
        self.tabs[self.ref, self.user.pk] -= 1
        if not self.tabs[self.ref, self.user.pk]:
            del self.tabs[self.ref, self.user.pk]
            if self.closed_with == RESTART:
                return
            left = self.client_code == LEFT or self.closed_with == SIGNED_OUT
            await store.gone(self.ref, self.user.pk, timezone.now(), left=left)
            await doorbell.publish(self.group, {"presence": self.side})

    # --- small help -----------------------------------------------------------------------------------

    def _values(self, **more: Any) -> dict[str, Any]:
        return {"session": self.ref, "user": self.user.pk, "login": self.login, "at": timezone.now(), **more}

    async def _beat(self) -> store.State:
        return await store.beat(self._values())

    async def _send(self, frame: dict[str, Any]) -> None:
        await self.base_send({"type": "websocket.send", "text": json.dumps(frame)})

    def _tell(self, payload: dict[str, Any], *, lasting: bool = True, **here: Any) -> None:
        """Ring in this process at once, and elsewhere through Redis without waiting for it."""
        hub().tell(self.group, payload, but=self._ring, lasting=lasting, **here)
