"""How a session is ended."""

from __future__ import annotations

from django import forms

from therapy.appointments import rules
from therapy.appointments.facts import facts_of
from therapy.room import confidentiality
from therapy.room.models import Session
from ui.posting import offer

REASON_LENGTH = 1000
ORDER = ("completed", "completed_late", "dna", "late_cancelled", "aborted")
WORDS = {
    "completed": "Completed: the patient was here and the session took place",
    "completed_late": "Completed late: the patient came after the start",
    "dna": "Did not attend: the patient did not come and gave no warning",
    "late_cancelled": "Late cancellation: the patient cancelled less than 48 hours before, or within the session",
    "aborted": "Aborted: technical trouble made the session impossible",
}


class EndForm(forms.Form):
    """Exactly one outcome (APPT-19); those that the facts rule out say why beside them."""

    outcome = forms.ChoiceField(label="How did it end?", widget=forms.RadioSelect)
    reason = forms.CharField(
        label="Anything to add?",
        help_text="Needed where it was aborted although we measured less than 10 minutes without connection.",
        required=False,
        max_length=REASON_LENGTH,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    confidentiality = forms.CharField(
        label="Why was the confidentiality statement not agreed?",
        help_text="Needed for a completed session. Your supervisor reads it, and the statement comes back next time.",
        required=False,
        max_length=REASON_LENGTH,
        widget=forms.Textarea(attrs={"rows": 2}),
    )

    def __init__(self, session: Session, at, data=None) -> None:
        super().__init__(data)
        facts = facts_of(session.appointment, at)
        self.clinician_missed = facts.clinician_missed and at >= facts.ends_at
        why_not = {name: self._why_not(session, name, facts, at) for name in ORDER}
        self.impossible = [(WORDS[name].split(":")[0], why) for name, why in why_not.items() if why]
        self.possible = [(name, WORDS[name]) for name in ORDER if not why_not[name]]
        offer(self, "outcome", self.possible)
        fitting = rules.fitting(facts, at=at)
        self.initial["outcome"] = fitting if fitting in dict(self.possible) else ""
        if not confidentiality.is_open(session):
            del self.fields["confidentiality"]

    @staticmethod
    def _why_not(session: Session, name: str, facts: rules.SessionFacts, at) -> str:
        fits = rules.why_not(name, facts, at=at, reason="given")
        return fits or confidentiality.why_not_completed(session, name)

    @property
    def is_possible(self) -> bool:
        """Whether any outcome fits at this moment."""
        return bool(self.possible)
