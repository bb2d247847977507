"""Finding words in transcripts, whatever the case and the accents (ROOM-9). Pure: no Django, no clock."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Sequence
from functools import lru_cache

MOST_WORDS = 8
LONGEST_QUERY = 200
MOST_FOUND = 100
LONGEST_NOTE = 4000


@lru_cache(maxsize=4096)
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
    found, end = [], 0
    for begins, ends in _hits(text, words):
        found += [(False, text[end:begins])] if begins > end else []
        found.append((True, text[begins:ends]))
        end = ends
    return [*found, (False, text[end:])] if end < len(text) else found


def _hits(text: str, words: list[str]) -> list[tuple[int, int]]:
    """From where to where the words stand in a text, in their order; those that touch or overlap are one."""
    folded, places = _searched(text)
    whole: list[tuple[int, int]] = []
    for begins, ends in sorted(span for word in words for span in _spans(folded, places, word)):
        while ends < len(text) and unicodedata.combining(text[ends]):
            ends += 1  # an accent that stands by itself belongs to the letter before it
        if whole and begins <= whole[-1][1]:
            begins, ends = whole[-1][0], max(ends, whole.pop()[1])
        whole.append((begins, ends))
    return whole


def _spans(folded: str, places: Sequence[int], word: str) -> Iterator[tuple[int, int]]:
    start = folded.find(word) if word else -1
    while start >= 0:
        last = start + len(word) - 1
        yield places[start], places[last] + 1
        start = folded.find(word, last + 1)


def _searched(text: str) -> tuple[str, Sequence[int]]:
    """A text as it is searched, and for each letter of it the place that it has in the text."""
    if text.isascii():
        return text.lower(), range(len(text))
    parts = [_folded(char) for char in text]
    return "".join(parts), [place for place, part in enumerate(parts) for _ in part]
