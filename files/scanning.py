"""The virus check: whoever can say of some bytes whether they are harmful (ROOM-11)."""

from __future__ import annotations

import socket
import struct
from contextlib import closing
from typing import Protocol
from urllib.parse import urlsplit

from django.conf import settings

PIECE_BYTES = 64 * 1024
PATIENCE_SECONDS = 30.0
# The harmless string that every scanner takes for a virus, in two halves so that this file is none.
EICAR = b"X5O!P%@AP[4\\PZX54(P^)7CC)7}" + b"$EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"
DEVELOPMENT_NOTICE = (
    "This is a demonstration. Files are looked at by a practice scanner that knows one harmless test virus and no "
    "real one, so do not open files here that you do not know."
)
WAITING_NOTICE = "There is no virus check here at the moment. Files are kept safe and can be opened once it is back."


class ScannerAway(Exception):
    """The virus check did not answer, or not as it should: the file waits."""


class Scanner(Protocol):
    """Says whether bytes are harmful."""

    name: str

    def harm_in(self, content: bytes) -> str:
        """Return the name of what is harmful in it, or an empty string. Raises ScannerAway where it cannot say."""


class Clamd:
    """ClamAV's daemon over `tcp://host:port` or `unix:///path`, which is handed the bytes and no path (INSTREAM)."""

    name = "clamd"

    def __init__(self, address: str) -> None:
        self.address = urlsplit(address)

    def _connected(self) -> socket.socket:
        if self.address.scheme == "unix":
            line = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
            line.settimeout(PATIENCE_SECONDS)
            line.connect(self.address.path)
            return line
        place = (self.address.hostname or "localhost", self.address.port or 3310)
        return socket.create_connection(place, timeout=PATIENCE_SECONDS)

    def harm_in(self, content: bytes) -> str:
        try:
            with closing(self._connected()) as line:
                line.sendall(b"zINSTREAM\0")
                for start in range(0, len(content), PIECE_BYTES):
                    piece = content[start : start + PIECE_BYTES]
                    line.sendall(struct.pack("!L", len(piece)) + piece)
                line.sendall(struct.pack("!L", 0))
                return self._verdict(_all_of(line))
        except OSError as error:
            raise ScannerAway(str(error)) from error

    @staticmethod
    def _verdict(answer: str) -> str:
        if answer == "stream: OK":
            return ""
        if answer.startswith("stream: ") and answer.endswith(" FOUND"):
            return answer.removeprefix("stream: ").removesuffix(" FOUND")
        raise ScannerAway(f"clamd said {answer[:80]!r}")


def _all_of(line: socket.socket) -> str:
    pieces = []
    while piece := line.recv(4096):
        pieces.append(piece)
    return b"".join(pieces).rstrip(b"\0\n").decode("utf-8", "replace")


class Development:
    """For development and the demonstration only: knows the EICAR test string and nothing else."""

    name = "practice scanner"

    def harm_in(self, content: bytes) -> str:
        return "EICAR test" if EICAR in content else ""


def scanner() -> Scanner | None:
    """Return the virus check of this service, or None where it has none: then files wait in quarantine."""
    if settings.CLAMD_ADDRESS:
        return Clamd(settings.CLAMD_ADDRESS)
    return Development() if settings.PRACTICE_SCANNER else None


def notice() -> str:
    """Return what people who add files are told about the virus check; empty where there is a real one."""
    if settings.CLAMD_ADDRESS:
        return ""
    return DEVELOPMENT_NOTICE if settings.PRACTICE_SCANNER else WAITING_NOTICE
