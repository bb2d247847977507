"""Why a message did not go out. Their words are kept and logged, so they hold nothing of a message."""


class SendingError(Exception):
    """A message that was not accepted."""

    for_good = False


class Unreachable(SendingError):
    """The server does not answer, or takes nothing from us: no message of this channel gets through now."""


class Later(SendingError):
    """This message was refused for now."""


class RefusedForGood(SendingError):
    """This message will not be accepted, such as for an address that does not exist."""

    for_good = True
