"""What a triage clinician fills in to decide, and how the queue is filtered."""

from __future__ import annotations

import uuid
from collections.abc import Sequence

from django import forms

from intake.triage.queries import QUEUE_STATES
from patients.models import Case
from sites.models import Site
from ui.posting import offer

LONGEST_TEXT = 4000


class DecisionForm(forms.Form):
    """Common to all decisions: a key made with the form, and how many decisions its writer has seen."""

    client_key = forms.CharField(max_length=64, widget=forms.HiddenInput)
    seen = forms.IntegerField(min_value=0, widget=forms.HiddenInput)

    def __init__(self, *args, case: Case, **kwargs) -> None:
        kwargs.setdefault("initial", {"client_key": uuid.uuid4().hex, "seen": case.decisions.count()})
        super().__init__(*args, **kwargs)
        self.case = case
        self.order_fields([name for name in self.fields if name not in ("client_key", "seen")])


class AcceptForm(DecisionForm):
    """Accept with a provisional step."""

    severe_ocd = forms.BooleanField(label="Severe OCD", help_text="Indicates step 3+.", required=False)
    added_need = forms.BooleanField(
        label="A common problem with added psychosocial need", help_text="Indicates step 3+.", required=False
    )
    step = forms.ChoiceField(label="Provisional step", widget=forms.RadioSelect)
    reason = forms.CharField(label="Why", widget=forms.Textarea(attrs={"rows": 4}), max_length=LONGEST_TEXT)

    def __init__(self, *args, case: Case, indicated: str = "", **kwargs) -> None:
        super().__init__(*args, case=case, **kwargs)
        offer(self, "step", [(step, f"Step {step}") for step in case.site.steps])
        self.fields["step"].help_text = step_hint(indicated, case.site.steps)
        if indicated in case.site.steps:
            self.initial["step"] = indicated


class AskForm(DecisionForm):
    """Ask the patient for more information."""

    reason = forms.CharField(
        label="Your question to the patient",
        help_text="The patient reads it in these words after signing in. The e-mail only says that a question waits.",
        widget=forms.Textarea(attrs={"rows": 5}),
        max_length=LONGEST_TEXT,
    )


class DeclineForm(DecisionForm):
    """Decline, with a reason and where to go instead."""

    reason = forms.CharField(
        label="Why this service cannot help",
        help_text="The patient reads this, so write plainly and kindly.",
        widget=forms.Textarea(attrs={"rows": 4}),
        max_length=LONGEST_TEXT,
    )
    go_to = forms.CharField(
        label="Where to go instead",
        help_text="Name the service and how to reach it.",
        widget=forms.Textarea(attrs={"rows": 3}),
        max_length=LONGEST_TEXT,
    )


class AnswerForm(forms.Form):
    """The patient's answer to a question of triage."""

    text = forms.CharField(label="Your answer", widget=forms.Textarea(attrs={"rows": 8}), max_length=LONGEST_TEXT)


class QueueForm(forms.Form):
    """Filters of the queue; what is wrong falls back to the usual view."""

    mark_optional = False
    state = forms.ChoiceField(label="Show", choices=list(QUEUE_STATES.items()), required=False)
    site = forms.ChoiceField(label="Site", required=False)

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "site", [("", "All sites"), *Site.objects.values_list("code", "name")])

    def chosen(self) -> dict[str, str]:
        """Return the filters that make sense."""
        self.is_valid()
        return {"state": self.cleaned_data.get("state") or "in_triage", "site": self.cleaned_data.get("site") or ""}


class SearchForm(forms.Form):
    """A search by name or number; posted, so that no name stands in an address or a history."""

    words = forms.CharField(label="Name, case reference or NHS number", max_length=80)


def step_hint(indicated: str, bought: Sequence[str]) -> str:
    """Say what the scores indicate, and where the site does not buy that."""
    if not indicated:
        return "The scores indicate no step."
    if indicated not in bought:
        return f"The scores indicate step {indicated}, which this site does not buy."
    return f"The scores indicate step {indicated}."
