"""What a case may become, and how it is known outside the record. Pure: no Django, no clock."""

from __future__ import annotations

import secrets
import unicodedata

# REF-8: every named state and the states it may turn into.
CASE_TRANSITIONS: dict[str, frozenset[str]] = {
    "referred": frozenset({"in_triage", "waiting", "declined", "signposted", "withdrawn"}),
    "in_triage": frozenset({"referred", "waiting", "declined", "signposted", "withdrawn"}),
    "waiting": frozenset({"allocated", "in_triage", "withdrawn", "discharging"}),
    "allocated": frozenset({"assessment", "waiting", "on_hold", "discharging", "withdrawn"}),
    "assessment": frozenset({"treatment", "waiting", "on_hold", "discharging"}),
    "treatment": frozenset({"waiting", "on_hold", "discharging"}),
    "on_hold": frozenset({"allocated", "assessment", "treatment", "waiting", "discharging"}),
    "discharging": frozenset({"discharged", "allocated", "assessment", "treatment", "waiting"}),
    "discharged": frozenset(),
    "declined": frozenset(),
    "signposted": frozenset(),
    "withdrawn": frozenset(),
}
FIRST_STATE = "referred"
ACTIVE_STATES = frozenset({"allocated", "assessment", "treatment", "on_hold"})
ENDED_STATES = frozenset({"discharged", "declined", "signposted", "withdrawn"})
# States that a case with an open reason to stay never enters (RISK-8), whoever asks.
LEAVING_STATES = frozenset({"discharging", "discharged", "waiting", "declined", "signposted", "withdrawn"})
# Being accepted is no leaving: a case with an alert goes on to a clinician.
UNDECIDED_STATES = frozenset({"referred", "in_triage"})

# ACC-11: no vowels and nothing that looks alike (B is 8, G is 6, Q is 9, S is 5, Z is 2). Their number is a prime:
# with it a weighted sum finds every single slip and every swap of two places.
REF_ALPHABET = "23456789CDFHJKMNPRTVWXY"
REF_BODY_LENGTH = 7


def may_turn(before: str, after: str) -> bool:
    """Tell whether a case may go from one state to the other (REF-8)."""
    return after in CASE_TRANSITIONS.get(before, frozenset())


def leaves(before: str, after: str) -> bool:
    """Tell whether this transition takes a case out of the hands that hold it (RISK-8)."""
    return after in LEAVING_STATES and not (before in UNDECIDED_STATES and after == "waiting")


def check_character(body: str) -> str:
    """Return the check character of a reference's body: it brings the sum of value times place to a multiple of 23."""
    total = sum(place * REF_ALPHABET.index(letter) for place, letter in enumerate(body, start=2))
    return REF_ALPHABET[-total % len(REF_ALPHABET)]


def new_case_ref() -> str:
    """Return a random case reference: seven characters and a check character (ACC-11)."""
    body = "".join(secrets.choice(REF_ALPHABET) for _ in range(REF_BODY_LENGTH))
    return body + check_character(body)


def read_case_ref(typed: str) -> str | None:
    """Return the reference meant by what somebody typed, or None when its check character does not fit."""
    ref = "".join(typed.upper().split()).replace("-", "")
    known = len(ref) == REF_BODY_LENGTH + 1 and all(letter in REF_ALPHABET for letter in ref)
    return ref if known and check_character(ref[:-1]) == ref[-1] else None


def search_key(*words: str) -> str:
    """Return words with accents off and case folded, as names are matched and sorted."""
    flat = unicodedata.normalize("NFKD", " ".join(words))
    return " ".join("".join(c for c in flat if not unicodedata.combining(c)).casefold().split())


# NOTE-5: the problem descriptors of a provisional diagnosis, by the code that the case keeps.
PROBLEMS = {
    "depression": "Depression",
    "gad": "Generalised anxiety disorder",
    "mixed": "Mixed anxiety and depression",
    "panic": "Panic disorder",
    "agoraphobia": "Agoraphobia",
    "social_anxiety": "Social anxiety",
    "ocd": "Obsessive-compulsive disorder",
    "ptsd": "Post-traumatic stress disorder",
    "health_anxiety": "Health anxiety",
    "specific_phobia": "Specific phobia",
    "none_stated": "No single problem stated",
}

# MSG-8: how somebody at risk at home is reached; whatever else could be seen or heard by others is not used.
SAFE_CHANNELS = {
    "": "No risk at home: the usual ways",
    "email": "E-mail only",
    "text": "Text message only",
    "page": "Nothing is sent: they look at their page themselves",
}
REACHES_HOME = frozenset({"post", "voicemail", "text"})
