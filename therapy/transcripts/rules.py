"""Finding words in transcripts, whatever the case and the accents (ROOM-9). Pure: no Django, no clock."""

from __future__ import annotations

import unicodedata

MOST_WORDS = 8
LONGEST_QUERY = 200
MOST_FOUND = 100
LONGEST_NOTE = 4000


def _folded(char: str) -> str:
    """A character as it is searched: small, without accents; an empty string for what only marks another one."""
    plain = (c for c in unicodedata.normalize("NFKD", char) if not unicodedata.combining(c))
    return "".join(plain).casefold()


def search_key(text: str) -> str:
    """Return a text as it is searched: small letters without accents."""
    if text.isascii():
        return text.lower()
    return "".join(_folded(char) for char in text)


def words_of(query: str) -> list[str]:
    """Return the words that a query asks for, each once, as they are searched."""
    return list(dict.fromkeys(search_key(query[:LONGEST_QUERY]).split()))[:MOST_WORDS]


def pieces(text: str, words: list[str]) -> list[tuple[bool, str]]:
    """Return a text in pieces, each with whether one of the words was found there; joined they are the text."""
    folded, origin = "", []
    for place, char in enumerate(text):
        plain = _folded(char)
        folded += plain
        origin += [place] * len(plain)
    hits = [False] * len(text)
    for word in words:
        start = folded.find(word)
        while word and start >= 0:
            for place in origin[start : start + len(word)]:
                hits[place] = True
            start = folded.find(word, start + len(word))
    return _runs(text, hits)


def _runs(text: str, hits: list[bool]) -> list[tuple[bool, str]]:
    runs: list[tuple[bool, str]] = []
    for char, hit in zip(text, hits, strict=True):
        # An accent that stands by itself belongs to the letter before it.
        same = runs and (runs[-1][0] == hit or unicodedata.combining(char))
        if same:
            runs[-1] = (runs[-1][0], runs[-1][1] + char)
        else:
            runs.append((hit, char))
    return runs
