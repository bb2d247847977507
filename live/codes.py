"""The codes with which a socket is closed (the room's protocol)."""

RESTART = 1012
# The one code that a page closes with by itself: its person leaves, the connection was not lost.
LEFT = 4000
SIGNED_OUT = 4401
NOT_A_PARTICIPANT = 4403
NOT_FOUND = 4404
UNREAD = 4408
CLOSED = 4410
TOO_LARGE = 4413
LOCKED = 4423
SLOW_DOWN = 4429
