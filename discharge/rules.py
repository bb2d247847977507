"""How an episode may end (DIS-1). Pure: facts are arguments."""

from __future__ import annotations

from dataclasses import dataclass

# ENG-3: nobody is discharged so before the procedure for a patient who does not answer ran to its end.
FOR_SILENCE = frozenset({"did_not_engage", "dropped_out"})
NEEDS_APPROVED_TICKET = "needs an approved ticket for it"


@dataclass(frozen=True)
class Facts:
    """What is known of a case: sessions attended, whether an appointment is still ahead, and in `silence` why not
    answering cannot end it yet (empty where it can)."""

    attended: int
    appointments_ahead: int
    notes_missing: int
    letter_sent: bool
    silence: str = ""


@dataclass(frozen=True)
class Choice:
    """One status of ending, and why it cannot be chosen, empty where it can."""

    status: str
    label: str
    why_not: str


LABELS: dict[str, str] = {
    "did_not_engage": "Did not engage",
    "completed": "Completed treatment",
    "dropped_out": "Dropped out of treatment",
    "not_suitable": "Not suitable for service",
    "referred_back": "Referred back to provider",
    "declined": "Declined",
    "deceased": "Deceased",
    "referred_on": "Referred on",
}


def why_not(status: str, facts: Facts) -> str:
    """Return why a status does not fit the case's facts, or an empty string where it fits (DIS-1)."""
    if status == "did_not_engage" and facts.attended:
        return f"{facts.attended} session{'s were' if facts.attended > 1 else ' was'} attended"
    if status in {"completed", "dropped_out"} and not facts.attended:
        return "no session was attended"
    if status in FOR_SILENCE and facts.silence:
        return facts.silence
    if status in {"not_suitable", "referred_back", "referred_on"}:
        return NEEDS_APPROVED_TICKET
    return ""


def choices(facts: Facts) -> list[Choice]:
    """Return every status with the reason why it cannot be chosen, the fitting ones first."""
    found = [Choice(status, label, why_not(status, facts)) for status, label in LABELS.items()]
    return sorted(found, key=lambda choice: bool(choice.why_not))


def needs_letter(status: str, facts: Facts) -> bool:
    """Tell whether a discharge letter must be sent before the case is discharged (DIS-2)."""
    return facts.attended > 0 and status != "deceased"
