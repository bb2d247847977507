"""Step 10: everybody lands on a page that says what is to do and what is next."""

from __future__ import annotations

from walk.journey import Journey
from walk.person import check

SAYS = {
    "patient-services": "What waits",
    "triage-clinician": "Referrals",
    "supervisor": "Open tickets",
    "finance": "Statements",
    "clinician": "Your next sessions",
    "patient": "For you to do",
}


def look(journey: Journey) -> None:
    """Open each role's home."""
    for role, words in SAYS.items():
        check(words in journey.staff(role).get("/home/").text, f"the home of {role} does not say “{words}”")
