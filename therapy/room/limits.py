"""How much one person may send: bursts pass, a flood is told to wait (ROOM-5)."""

from __future__ import annotations

import time
from collections.abc import Callable

from live.limits import Bucket


class Allowance(Bucket):
    """A token bucket of `burst` tokens, refilled at `rate` a second."""

    def __init__(self, rate: float, burst: float, clock: Callable[[], float] = time.monotonic) -> None:
        self.rate, self.burst, self.clock = rate, burst, clock
        self.tokens, self.filled_at = burst, clock()

    def take(self) -> bool:
        """Take one token; False where there is none."""
        now = self.clock()
        self.tokens = min(self.burst, self.tokens + (now - self.filled_at) * self.rate)
        self.filled_at = now
        if self.tokens < 1:
            return False
        self.tokens -= 1
        return True
