"""How a session is ended."""

from __future__ import annotations

from django import forms

from therapy.appointments import rules
from therapy.appointments.actions import facts_of
from therapy.appointments.models import Appointment
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

    def __init__(self, appointment: Appointment, at, data=None) -> None:
        super().__init__(data)
        facts = facts_of(appointment, at)
        why_not = {name: rules.why_not(name, facts, at=at, reason="given") for name in ORDER}
        self.initial["outcome"] = rules.fitting(facts, at=at)
        self.impossible = [(WORDS[name].split(":")[0], why) for name, why in why_not.items() if why]
        self.possible = [(name, WORDS[name]) for name in ORDER if not why_not[name]]
        offer(self, "outcome", self.possible)

    @property
    def is_possible(self) -> bool:
        """Whether any outcome fits at this moment."""
        return bool(self.possible)
