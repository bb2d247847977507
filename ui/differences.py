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
    """Return the stretches of which the two texts are made, in reading order, what was removed before what came."""
    old, new = PIECE.findall(before), PIECE.findall(after)
    pieces: list[Piece] = []
    for kind, i1, i2, j1, j2 in difflib.SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if kind == "equal":
            pieces.append(Piece("same", "".join(old[i1:i2])))
            continue
        if i1 < i2:
            pieces.append(Piece("removed", "".join(old[i1:i2])))
        if j1 < j2:
            pieces.append(Piece("added", "".join(new[j1:j2])))
    return pieces
