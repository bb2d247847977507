"""What in a patient's message must be acted on: a request for one's data, a complaint (MSG-5). Pure, phrases as data.

A hit prompts the clinician and does nothing else: a request is passed on by a person, never by a machine.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

AROUND = 120
DATA, COMPLAINT = "data_request", "complaint"
LABELS = {DATA: "asks for their data", COMPLAINT: "complains"}
PHRASES: dict[str, tuple[str, ...]] = {
    DATA: (
        r"cop(?:y|ies) of (?:my|the|all) (?:\w+ ){0,2}(?:data|records?|notes?|file|information|transcripts?|letters?)",
        r"subject access",
        r"\bgdpr\b",
        r"data protection",
        r"(?:what|which) (?:data|information) (?:do )?(?:you|they) (?:hold|have|keep|store)",
        r"(?:delete|erase|remove|correct|change) (?:all )?(?:of )?my (?:data|records?|notes?|file|information|account)",
        r"(?:see|read|have|get|send me|access) my (?:\w+ )?(?:records?|notes?|file|data)\b",
        r"(?:stop|object to) (?:using|sharing|processing) my (?:data|information|records?)",
    ),
    COMPLAINT: (
        r"\bcomplain(?:t|ts|ing)?\b",
        r"\bombudsman\b",
        r"(?:speak|talk|write) to (?:your|the|a) (?:manager|supervisor|boss)",
        r"(?:not|very un|really un|extremely un|dis)(?: )?(?:happy|satisfied) with (?:you|the|this|my|how)",
        r"\b(?:unacceptable|disgraceful|unprofessional|let down by)\b",
        r"(?:different|another|new|change(?: of)?|change my) therapist",
        r"\b(?:sue|solicitor|legal action)\b",
    ),
}
PATTERNS = {kind: re.compile("|".join(phrases), re.IGNORECASE) for kind, phrases in PHRASES.items()}


@dataclass(frozen=True)
class Sign:
    """What a message may be, and the words that say so."""

    kind: str
    passage: str

    @property
    def label(self) -> str:
        return LABELS[self.kind]


def signs(text: str) -> list[Sign]:
    """Return what a message may ask for, each kind once."""
    plain, found = text.replace("\u2019", "'"), []
    for kind, pattern in PATTERNS.items():
        if match := pattern.search(plain):
            start, end = max(0, match.start() - AROUND), match.end() + AROUND
            found.append(Sign(kind, plain[start:end].strip()))
    return found
