"""When an unsent message is tried again. Pure."""

import datetime as dt

# Longer than the slowest send, so that nobody takes a message up while its first attempt still runs.
FIRST_BACK_OFF = dt.timedelta(minutes=1)
LONGEST_BACK_OFF = dt.timedelta(hours=2)
# About a day of trying; after that a person is asked to look.
ATTEMPTS_AT_MOST = 18
FAILURES_THAT_END_A_ROUND = 3


def back_off(attempts: int) -> dt.timedelta:
    """Return the wait after that many attempts (1 or more): doubling, at most two hours."""
    return min(FIRST_BACK_OFF * 2 ** min(attempts - 1, 10), LONGEST_BACK_OFF)
