"""A websocket client by hand (RFC 6455, no extensions): it shares two cores with the server, so it has to be cheap."""

from __future__ import annotations

import asyncio
import base64
import os
import struct
from collections.abc import Callable
from typing import Self
from urllib.parse import urlsplit

TEXT, CLOSE, PING, PONG = 1, 8, 9, 10
# A masking key of zeros is allowed, and the server unmasks as usual.
NO_MASK = b"\0\0\0\0"
OPEN_SECONDS = 60.0


class Socket(asyncio.Protocol):
    """One open websocket; `heard(frame)` is called for each text frame that arrives, `ended()` when it is gone."""

    def __init__(self, heard: Callable[[bytes], None], ended: Callable[[], None] = lambda: None) -> None:
        self.heard, self.ended = heard, ended
        self.buffer = bytearray()
        self.opened = asyncio.get_running_loop().create_future()
        self.closed = ""

    @classmethod
    async def open(cls, url: str, headers: dict[str, str], heard, ended=lambda: None) -> Self:
        """Return the socket once the handshake is done; ConnectionError where it is refused."""
        parts = urlsplit(url)
        loop = asyncio.get_running_loop()
        host, port = parts.hostname or "", parts.port or 80
        _, made = await loop.create_connection(lambda: cls(heard, ended), host, port)
        made.ask(parts.netloc, parts.path, headers)
        await asyncio.wait_for(made.opened, OPEN_SECONDS)
        return made

    def ask(self, host: str, path: str, headers: dict[str, str]) -> None:
        key = base64.b64encode(os.urandom(16)).decode()
        asked = {"Host": host, "Upgrade": "websocket", "Connection": "Upgrade", "Sec-WebSocket-Key": key}
        lines = [f"{name}: {value}" for name, value in (asked | {"Sec-WebSocket-Version": "13"} | headers).items()]
        self.transport.write("\r\n".join([f"GET {path} HTTP/1.1", *lines, "", ""]).encode())

    def send(self, text: bytes, kind: int = TEXT) -> None:
        length = len(text)
        head = struct.pack("!BB", 0x80 | kind, 0x80 | length)
        if length > 125:
            head = struct.pack("!BBH", 0x80 | kind, 0xFE, length)
        self.transport.write(head + NO_MASK + text)

    def close(self) -> None:
        if not self.transport.is_closing():
            self.send(struct.pack("!H", 1000), CLOSE)
            self.transport.close()

    def cut(self) -> None:
        """As a network that goes away: no word of farewell."""
        self.transport.abort()

    # --- asyncio's side ------------------------------------------------------------------------------

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport

    def connection_lost(self, error: Exception | None) -> None:
        self.closed = self.closed or repr(error)
        if not self.opened.done():
            self.opened.set_exception(ConnectionError(f"closed in the handshake: {error!r}"))
        self.ended()

    def data_received(self, data: bytes) -> None:
        self.buffer += data
        if not self.opened.done() and not self._answered():
            return
        at = 0
        while (end := self._frame_ends(at)) is not None:
            at = end
        if at:
            del self.buffer[:at]

    def _answered(self) -> bool:
        """Whether the server agreed; what is behind its answer are frames."""
        end = self.buffer.find(b"\r\n\r\n")
        if end < 0:
            return False
        status = bytes(self.buffer[:end]).split(b"\r\n", 1)[0]
        del self.buffer[: end + 4]
        if b" 101 " not in status + b" ":
            self.opened.set_exception(ConnectionError(status.decode("latin1")))
            self.transport.close()
            return False
        self.opened.set_result(None)
        return True

    def _frame_ends(self, at: int) -> int | None:
        """Take the frame that begins here and return where the next begins; None while it is not all there."""
        buffer, size = self.buffer, len(self.buffer) - at
        if size < 2:
            return None
        length, head = buffer[at + 1] & 0x7F, 2
        if length == 126:
            if size < 4:
                return None
            length, head = struct.unpack_from("!H", buffer, at + 2)[0], 4
        elif length == 127:
            if size < 10:
                return None
            length, head = struct.unpack_from("!Q", buffer, at + 2)[0], 10
        if size < head + length:
            return None
        self._take(buffer[at] & 0x0F, bytes(buffer[at + head : at + head + length]))
        return at + head + length

    def _take(self, kind: int, payload: bytes) -> None:
        if kind == TEXT:
            self.heard(payload)
        elif kind == PING:
            self.send(payload, PONG)
        elif kind == CLOSE:
            self.closed = f"code {int.from_bytes(payload[:2], 'big')}"
            self.transport.close()
