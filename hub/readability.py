"""How easy a text is to read, by the Flesch-Kincaid grade. Pure; an estimate for English, good enough to warn."""

from __future__ import annotations

import re

WORD = re.compile(r"[A-Za-z']+")
SENTENCE_END = re.compile(r"[.!?:]+(?=\s|$)|\n\s*\n|\n(?=- )")
VOWELS = re.compile(r"[aeiouy]+")
# English schools begin at five: grade 1 is read at six.
YEARS_BEFORE_SCHOOL = 5


def syllables(word: str) -> int:
    """Return about how many syllables an English word has: groups of vowels, a silent e at the end left out."""
    plain = word.lower().strip("'")
    count = len(VOWELS.findall(plain))
    if plain.endswith("e") and not plain.endswith(("le", "ee", "ye")) and count > 1:
        count -= 1
    if plain.endswith("ed") and not plain.endswith(("ted", "ded", "eed")) and count > 1:
        count -= 1
    return max(1, count)


def reading_age(text: str) -> int:
    """Return the age at which most people read a text with ease, in whole years; 0 for a text without words."""
    words = WORD.findall(text)
    if not words:
        return 0
    sentences = max(1, len([part for part in SENTENCE_END.split(text) if WORD.search(part)]))
    grade = 0.39 * len(words) / sentences + 11.8 * sum(map(syllables, words)) / len(words) - 15.59
    return max(YEARS_BEFORE_SCHOOL, round(grade + YEARS_BEFORE_SCHOOL))
