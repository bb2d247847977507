"""Codes of an authenticator app (RFC 6238: HMAC-SHA-1, 30 seconds, six digits)."""

from __future__ import annotations

import base64
import hmac
import struct
import time

STEP_SECONDS = 30


def code(secret: str, at: float | None = None) -> str:
    """Return the code of a base32 secret at a Unix time, now by default."""
    counter = int((time.time() if at is None else at) // STEP_SECONDS)
    key = base64.b32decode(secret + "=" * (-len(secret) % 8))
    digest = hmac.digest(key, struct.pack(">Q", counter), "sha1")
    start = digest[-1] & 15
    number = struct.unpack(">I", digest[start : start + 4])[0] & 0x7FFFFFFF
    return f"{number % 1_000_000:06d}"


def seconds_left() -> float:
    """Return how long the code of this moment still counts."""
    return STEP_SECONDS - time.time() % STEP_SECONDS
