"""What may be written in the room, and who counts as present (ROOM-3, ROOM-5). Pure: the time is an argument."""

from __future__ import annotations

import datetime as dt
import re

from therapy.connection.rules import SILENT_AFTER

LONGEST_TEXT = 4000
# A client's id of a line: made by the client, so that a line sent twice is one line.
CID = re.compile(r"[\x21-\x7e]{1,64}")
EVENT_PREFIX = "event:"
# The event that a line was sent in error: this and the number of the line.
SENT_IN_ERROR = "error:"
# Every control character (Unicode's category Cc) but line break and tab.
CONTROLS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")
# Somebody is present who was heard of within two heartbeats of 15 seconds and a little.
HEARTBEAT = dt.timedelta(seconds=15)
PRESENT_WITHIN = dt.timedelta(seconds=35)
# Why somebody is not present: never came, quiet for a moment, gone by their page's word, or the connection is lost.
YET, QUIET, LEFT, LOST = "yet", "quiet", "left", "lost"
# Lines a second in the long run, and at once after a cut; more are refused for a moment, never lost.
LINES_A_SECOND = 30.0
LINES_AT_ONCE = 90.0
RETRY_SECONDS = 1.0


def clean_text(text: str) -> str:
    """Return the text as kept: one kind of line break, no control characters, no halves of characters (ROOM-5)."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    if not text.isascii():
        text = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return CONTROLS.sub("", text)


def why_not_text(cid: object, text: object) -> str:
    """Return the name of what is wrong with a line to be sent, or an empty string (ROOM-5)."""
    if not isinstance(cid, str) or not CID.fullmatch(cid) or cid.startswith(EVENT_PREFIX):
        return "malformed"
    if not isinstance(text, str):
        return "malformed"
    cleaned = clean_text(text)
    if not cleaned.strip():
        return "empty"
    return "too_long" if len(cleaned) > LONGEST_TEXT else ""


def is_present(heard_at: dt.datetime | None, now: dt.datetime) -> bool:
    """Tell whether somebody last heard of then counts as present now (ROOM-3)."""
    return heard_at is not None and now - heard_at <= PRESENT_WITHIN


def away(heard_at: dt.datetime | None, left: bool, now: dt.datetime) -> str:
    """Return why somebody last heard of then is not present now, an empty string where they are (ROOM-3).

    A page in the background speaks once a minute: until SILENT_AFTER nobody can say that its connection is lost.
    """
    if heard_at is None:
        return YET
    if is_present(heard_at, now):
        return ""
    if left:
        return LEFT
    return LOST if now - heard_at >= SILENT_AFTER else QUIET
