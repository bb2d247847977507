"""A TCP proxy before the web servers that cuts every connection a few seconds after it was opened."""

from __future__ import annotations

import asyncio
import contextlib
import itertools

CHUNK = 65536


class Cutter:
    """Passes bytes to whichever server takes the connection; `cuts` counts the connections that it tore."""

    def __init__(self, ports: list[int], every_seconds: float) -> None:
        self.backends = itertools.cycle(ports)
        self.count, self.every = len(ports), every_seconds
        self.cuts = 0
        self.cutting = True
        self.open: set[asyncio.StreamWriter] = set()

    async def serve(self, port: int) -> asyncio.Server:
        return await asyncio.start_server(self._serve, "127.0.0.1", port)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(asyncio.CancelledError):  # the end of the drill
            await self._pass(reader, writer)

    async def _pass(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        server = await self._connect()
        if server is None:
            writer.transport.abort()
            return
        from_server, to_server = server
        done: set[asyncio.Task] = set()
        roads = [asyncio.create_task(_pipe(reader, to_server)), asyncio.create_task(_pipe(from_server, writer))]
        try:
            done, _ = await asyncio.wait(roads, timeout=self.every, return_when=asyncio.FIRST_COMPLETED)
            while not done and not self.cutting:
                done, _ = await asyncio.wait(roads, timeout=1, return_when=asyncio.FIRST_COMPLETED)
            self.cuts += not done
            # What an ending side still had to say reaches the other before both are closed.
            if done:
                await asyncio.wait(roads, timeout=0.2)
        finally:
            for road in roads:
                road.cancel()
            for end in (writer, to_server):
                _tear(end, clean=bool(done))

    async def _connect(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter] | None:
        for _ in range(self.count):
            with contextlib.suppress(OSError):
                return await asyncio.open_connection("127.0.0.1", next(self.backends))
        return None


async def _pipe(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with contextlib.suppress(OSError):
        while chunk := await reader.read(CHUNK):
            writer.write(chunk)
            await writer.drain()
        writer.write_eof()


def _tear(end: asyncio.StreamWriter, *, clean: bool) -> None:
    """A cut throws away what is on its way, as a lost network does."""
    with contextlib.suppress(OSError):
        end.close() if clean else end.transport.abort()
