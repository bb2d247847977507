"""What differs between two texts, word by word, as pages show it. Pure."""

from __future__ import annotations

import difflib
import re
from dataclasses import dataclass

PIECE = re.compile(r"\s+|[^\s]+")


@dataclass(frozen=True)
class Piece:
    """A stretch of text: kind is "same", "added" or "removed"."""

    kind: str
    text: str


def differences(before: str, after: str) -> list[Piece]:
    """Return the stretches of which the two texts are made, in reading order, what was removed before what came.

    A blank between two changes belongs to them: texts with nothing in common read as one after the other.
    """
    old, new = PIECE.findall(before), PIECE.findall(after)
    pieces: list[Piece] = []
    gone = came = ""
    codes = difflib.SequenceMatcher(None, old, new, autojunk=False).get_opcodes()
    for kind, i1, i2, j1, j2 in codes:
        was, now = "".join(old[i1:i2]), "".join(new[j1:j2])
        between = bool(gone or came) and not was.strip() and i2 < len(old) and j2 < len(new)
        if kind == "equal" and not between:
            pieces += [*_changed(gone, came), Piece("same", was)]
            gone = came = ""
        else:
            gone, came = gone + was, came + now
    return pieces + _changed(gone, came)


def _changed(gone: str, came: str) -> list[Piece]:
    return [Piece(kind, text) for kind, text in (("removed", gone), ("added", came)) if text]
