"""Is the referred person known already? Likely matches are told to staff and never merged silently (REF-3)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from accounts.models import User
from patients.models import Case, Patient
from patients.rules import ENDED_STATES, search_key

COMPARED = {
    "email": "e-mail address",
    "phone": "phone number",
    "address": "address",
    "postcode": "postcode",
    "gp_practice": "GP practice",
    "last_name": "surname",
}


@dataclass
class Match:
    """What was found: `patient` is surely the same person; `doubts` are sentences about what is not sure."""

    patient: Patient | None = None
    nhs_number_taken: bool = False
    doubts: list[str] = field(default_factory=list)

    def remarks(self, data: Mapping[str, Any]) -> list[str]:
        """Return what patient services should read and sort out, as lines; none where all is plain."""
        if self.patient is None:
            return self.doubts
        remarks = [f"This person is known from {refs_of(self.patient)}: NHS number and date of birth agree."]
        changed = [words for name, words in COMPARED.items() if data.get(name) and self._differs(name, data[name])]
        if changed:
            remarks.append(
                f"This referral gives another {', '.join(changed)}. The details we hold were not changed: "
                "ask the person which are right."
            )
        remarks.append("Consents of this referral were not taken over: confirm them with the person.")
        return remarks

    def _differs(self, name: str, value: str) -> bool:
        return search_key(str(getattr(self.patient, name))) != search_key(str(value))


def find(data: Mapping[str, Any]) -> Match:
    """Return what is known of a referred person; call it with the person's keys locked."""
    match = Match()
    holder = Patient.objects.filter(nhs_number=data["nhs_number"]).first() if data.get("nhs_number") else None
    if holder and holder.date_of_birth == data["date_of_birth"]:
        return Match(patient=holder)
    if holder:
        match.nhs_number_taken = True
        match.doubts.append(
            f"The NHS number given here belongs to {refs_of(holder)}, with another date of birth. It was left out."
        )
    match.doubts += [
        f"Surname, date of birth and postcode are those of {refs_of(other)}: this may be the same person."
        for other in _alike(data)
    ]
    if User.objects.filter(email=data["email"].strip().lower()).exists():
        match.doubts.append("The e-mail address already belongs to another account.")
    if match.doubts:
        match.doubts.append("No account was opened and no invitation sent. Sort this out with the person first.")
    return match


def _alike(data: Mapping[str, Any]) -> list[Patient]:
    """Patients of the same surname, date of birth and postcode, whatever case and accents they were typed with."""
    wanted = search_key(data["last_name"])
    born_there = Patient.objects.filter(date_of_birth=data["date_of_birth"], postcode=data["postcode"])
    return [patient for patient in born_there if search_key(patient.last_name) == wanted]


def refs_of(patient: Patient) -> str:
    """Return how a person is named in a note: the references of their cases."""
    refs = list(patient.cases.order_by("referred_at").values_list("ref", flat=True))
    return f"case {', '.join(refs)}" if refs else "a person without a case"


def open_case_of(patient: Patient) -> Case | None:
    """Return the newest case of the person that has not ended."""
    return patient.cases.exclude(state__in=ENDED_STATES).order_by("-referred_at").first()
