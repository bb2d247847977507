"""What one socket may do, so that no client can starve the others."""

import time

MAX_FRAME_BYTES = 64 * 1024
# A client pings every 15 seconds, from a tab in the background once a minute; two of those missed and it is gone.
QUIET_SECONDS = 150.0
# While Redis is gone nobody is told of a sign-out: each socket asks for itself, at most this often.
ASK_AGAIN_SECONDS = 10.0
FRAMES_A_SECOND = 20.0
FRAMES_AT_ONCE = 200.0


class Bucket:
    """A token bucket: short bursts (a resend after a cut) pass, a flood does not."""

    def __init__(self) -> None:
        self.tokens, self.filled_at = FRAMES_AT_ONCE, time.monotonic()

    def take(self) -> bool:
        now = time.monotonic()
        self.tokens = min(FRAMES_AT_ONCE, self.tokens + (now - self.filled_at) * FRAMES_A_SECOND)
        self.filled_at = now
        if self.tokens < 1:
            return False
        self.tokens -= 1
        return True
