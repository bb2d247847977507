"""The web server: Daphne with our limits, and with a word to every socket before it ends (ROOM-10).

    python -m ieso.web --bind 127.0.0.1 --port 8000

SIGTERM or SIGINT ends it in order. Daphne has no lifespan events and would cut every socket without a code, so the
farewell is said where Daphne waits before it stops.
"""

import asyncio
import gc
import signal
import sys
from typing import Any

from daphne.cli import CommandLineInterface
from daphne.server import Server as Daphne
from twisted.internet.defer import Deferred

from live.codes import RESTART

GRACE_SECONDS = 5.0
# What may wait in this process for one client to read it. More than a long session and its history; whoever lets it
# grow beyond that reads nothing, and is cut off: Daphne would buffer without end (ROOM-5).
MOST_UNREAD_BYTES = 2 * 1024 * 1024
AGAIN_SECONDS = 0.1
FRAME_BYTES = "65536"
OPTIONS = (
    "--verbosity=0",
    "--no-server-name",
    f"--websocket-max-message-size={FRAME_BYTES}",
    f"--websocket-max-frame-size={FRAME_BYTES}",
    "--websocket_connect_timeout=10",
    "--application-close-timeout=5",
)
APPLICATION = "ieso.asgi:application"


class Server(Daphne):
    """Daphne that takes nobody in any more when it is to end, and sends those who are here to its successor."""

    def run(self) -> None:
        self.ports: list[Any] = []
        # What is loaded by now stays: a collection that walks all of it holds every socket up for a sixth of a second.
        gc.collect()
        gc.freeze()
        gc.set_threshold(10_000, 20, 20)
        super().run()

    def listen_success(self, port: Any) -> None:
        self.ports.append(port)
        super().listen_success(port)

    async def handle_reply(self, protocol: Any, message: dict[str, Any]) -> None:
        """As Daphne does, but for 1012: the library beneath refuses it to whoever asks by the front door."""
        if message["type"] == "websocket.close" and message.get("code") == RESTART:
            protocol.sendCloseFrame(code=RESTART)
        else:
            await super().handle_reply(protocol, message)
        if message["type"] == "websocket.send":
            write_now(protocol.transport)
            if unread_bytes(protocol.transport) > MOST_UNREAD_BYTES:
                protocol.transport.abortConnection()

    def kill_all_applications(self) -> Deferred:
        """Called when the server is to end; Twisted goes on when the result is there."""
        return Deferred.fromFuture(asyncio.ensure_future(self.farewell()))

    async def farewell(self) -> None:
        """Let pages be finished and sockets close with 1012, within GRACE_SECONDS; then end what is left."""
        from live.hub import hub  # needs the settings

        for port in self.ports:
            port.stopListening()
        limit = asyncio.get_running_loop().time() + GRACE_SECONDS
        while self.running() and asyncio.get_running_loop().time() < limit:
            hub().close_all(RESTART)  # again and again: a socket may be busy, or only just be opening
            await asyncio.sleep(AGAIN_SECONDS)
        left = self.running()
        for application in left:
            application.cancel()
        await asyncio.gather(*left, return_exceptions=True)

    def running(self) -> list[asyncio.Future]:
        """The pages and sockets that are being served."""
        found = [details.get("application_instance") for details in self.connections.values()]
        return [application for application in found if application is not None and not application.done()]


def write_now(transport: Any) -> None:
    """Write at once instead of in the event loop's next turn: a line arrives a tenth of a millisecond sooner.

    What the operating system does not take, and an error, stay with the event loop, which was asked to write as well.
    """
    if transport.connected and not transport.disconnecting and not transport.dataBuffer:
        transport.doWrite()


def unread_bytes(transport: Any) -> int:
    """What Twisted holds for a client that the operating system would not take yet."""
    return len(transport.dataBuffer) - transport.offset + transport._tempDataLen


class Command(CommandLineInterface):
    """Daphne's command line with our server behind it."""

    server_class = Server


def main(application: str = APPLICATION) -> None:
    # Twisted takes a SIGINT only where Python would; a shell that starts us in the background says that it is ignored.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    Command().run([*sys.argv[1:], *OPTIONS, application])


if __name__ == "__main__":
    main()
