"""Signs of risk in what a patient wrote (RISK-2): phrases kept as data, with what takes their meaning away.

Recall first: a phrase counts unless it is plainly denied just before. A hit is a reason for a person to look, never a
judgement. Pure: no Django.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

# Words on each side of a hit that its passage shows.
AROUND = 160
# A phrase is denied by one of these within so many words before it.
DENIALS = r"(?:not|never|no|don'?t|didn'?t|haven'?t|hasn'?t|isn'?t|wasn'?t|won'?t|wouldn'?t|without|nor)"
WORDS_BETWEEN = 3

# Whom somebody may hurt, or be hurt by: "my mood" is nobody.
PEOPLE = (
    r"husband|wife|partner|boyfriend|girlfriend|ex|son|daughter|child|children|kids?|baby|mother|mum|father|dad"
    r"|parents|brother|sister|uncle|aunt|grandad|nan|boss|neighbou?r|flatmate|stepfather|stepdad|family"
)
# What a phrase is a sign of, and the phrases: regular expressions over lower-case text with plain apostrophes.
SIGNS: dict[str, tuple[str, ...]] = {
    "suicide": (
        r"suicid\w*",
        r"kill(?:ing)? (?:myself|my self|me)",
        r"(?:end|ending|take|taking) (?:my (?:own )?life|it all)",
        r"(?:want|wish|wanted|wished|going|ready|hope) to (?:die|be dead|disappear for ever|not wake up)",
        r"wish(?:ed)? (?:i|that i) (?:was|were|had been) (?:dead|never born)",
        r"(?:rather|better off) (?:be )?dead",
        r"better off without me",
        r"overdos\w+",
        r"(?:hang|hanging|drown|drowning|shoot|shooting) myself",
        r"jump(?:ing|ed)? (?:off|in front of|from) (?:a |the )?(?:bridge|train|roof|building|cliff|car)",
        r"(?:goodbye|farewell) (?:letter|note)s?",
    ),
    "no wish to live": (
        r"(?:don'?t|do not|didn'?t|no longer|not) (?:want|wish) to (?:be here|live|wake up|go on living|be alive)",
        r"(?:can'?t|cannot|can not) (?:go on|carry on|take it|do this) (?:any ?more|any longer|like this)",
        r"no (?:reason|point) (?:to|in|for) (?:live|living|going on|being here|carrying on)",
        r"nothing (?:left )?to live for",
    ),
    "self-harm": (
        r"(?:cut|cutting|burn|burning|hurt|hurting|harm|harming|hit|hitting|scratch(?:ed|ing)?) (?:myself|my self)",
        r"self[- ]?harm\w*",
    ),
    "harm to others": (
        r"(?:kill|killing|hurt|hurting|stab|stabbing|attack|attacking) (?:him|her|them|someone|somebody"
        rf"|my (?:{PEOPLE}))",
    ),
    "harm from others": (
        rf"(?:he|she|they|my (?:{PEOPLE})) (?:hits|hit|beats|beat|chokes|choked|strangles|strangled|rapes|raped|hurts"
        r"|threatens|threatened) me",
        r"afraid (?:of|to go) (?:him|her|home)",
        r"not safe at home",
    ),
}
# These speak of not wanting: the denial is the sign itself.
NEVER_DENIED = frozenset({"no wish to live", "harm from others"})
PATTERNS = {sign: re.compile("|".join(rf"(?<!\w)(?:{phrase})(?!\w)" for phrase in phrases))
            for sign, phrases in SIGNS.items()}  # fmt: skip
SENTENCE_END = re.compile(r"[.!?;\n]")
DENIED = re.compile(rf"(?<!\w){DENIALS}(?:\s+[\w']+){{0,{WORDS_BETWEEN}}}\s*$")


@dataclass(frozen=True)
class Hit:
    """One sign: what of, and the words around it as they were written."""

    sign: str
    passage: str


def hits(text: str) -> list[Hit]:
    """Return the signs of risk in a text, the first of each kind, in the order of the table."""
    plain = text.lower().replace("\u2019", "'").replace("\u2018", "'")
    if len(plain) != len(text):  # a letter whose lower case is longer: places would no longer agree
        text = plain
    found = []
    for sign, pattern in PATTERNS.items():
        place = next((match for match in pattern.finditer(plain) if not _is_denied(sign, plain, match)), None)
        if place is not None:
            found.append(Hit(sign, _around(text, place.start(), place.end())))
    return found


def sentences(text: str) -> list[str]:
    """Return the sentences of a text, in order: a sign of risk, and what denies it, stand in one of them."""
    return [sentence.strip() for sentence in SENTENCE_END.split(text) if sentence.strip()]


def _is_denied(sign: str, plain: str, match: re.Match[str]) -> bool:
    if sign in NEVER_DENIED:
        return False
    sentence = SENTENCE_END.split(plain[: match.start()])[-1]
    return DENIED.search(re.split(r"\bbut\b", sentence)[-1]) is not None


def _around(text: str, start: int, end: int) -> str:
    """The words around a hit, cut at spaces."""
    first, last = max(0, start - AROUND), min(len(text), end + AROUND)
    if first:
        first = text.find(" ", first, start) + 1 or start
    if last < len(text):
        last = max(text.rfind(" ", end, last), end)
    return f"{'…' if first else ''}{text[first:last].strip()}{'…' if last < len(text) else ''}"
