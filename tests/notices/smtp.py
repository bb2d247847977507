"""A small mail server for tests: keeps what it accepts, refuses addresses it is told to, and can be slow or away."""

from __future__ import annotations

import asyncio
import threading
from dataclasses import dataclass, field
from email import message_from_bytes


@dataclass
class MailServer:
    """Runs in a thread of its own while in its `with` block; `stop()` and `start()` keep the port."""

    refused: dict[str, str] = field(default_factory=dict)  # address: the answer to RCPT
    seconds_to_answer: float = 0.0
    port: int = 0
    accepted: list[tuple[str, str]] = field(default_factory=list)  # (recipient, Message-ID)

    def __enter__(self) -> MailServer:
        self.loop = asyncio.new_event_loop()
        self.thread = threading.Thread(target=self.loop.run_forever, daemon=True)
        self.thread.start()
        self.start()
        return self

    def __exit__(self, *_) -> None:
        self.stop()
        self._run(self._hang_up())
        self.loop.call_soon_threadsafe(self.loop.stop)
        self.thread.join(5)
        self.loop.close()

    def start(self) -> None:
        self.server = self._run(asyncio.start_server(self._serve, "127.0.0.1", self.port))
        self.port = self.server.sockets[0].getsockname()[1]

    def stop(self) -> None:
        async def close() -> None:
            self.server.close()

        self._run(close())

    @staticmethod
    async def _hang_up() -> None:
        others = asyncio.all_tasks() - {asyncio.current_task()}
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)

    def _run(self, coroutine):
        return asyncio.run_coroutine_threadsafe(coroutine, self.loop).result(5)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        async def say(line: str) -> None:
            writer.write(f"{line}\r\n".encode())
            await writer.drain()

        recipient = ""
        try:
            await say("220 here")
            while line := (await reader.readline()).decode().strip():
                verb = line[:4].upper()
                if verb == "RCPT":
                    await asyncio.sleep(self.seconds_to_answer)
                    recipient = line.partition("<")[2].partition(">")[0]
                    await say(self.refused.get(recipient, "250 fine"))
                elif verb == "DATA":
                    await say("354 go on")
                    raw = (await reader.readuntil(b"\r\n.\r\n"))[:-5]
                    self.accepted.append((recipient, message_from_bytes(raw)["Message-ID"]))
                    await say("250 taken")
                elif verb == "QUIT":
                    await say("221 bye")
                    break
                else:
                    await say("250 fine")
        except (ConnectionError, asyncio.IncompleteReadError):
            pass  # the client went away
        finally:
            writer.close()
