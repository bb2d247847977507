"""The life of a letter and who may receive it (LET-1, LET-3, LET-5). Pure: no Django, no clock."""

from __future__ import annotations

from dataclasses import dataclass

# LET-3: every state and the states it may turn into; `sent` is a dispatch, not a state of the draft.
LETTER_TRANSITIONS: dict[str, frozenset[str]] = {
    "draft": frozenset({"submitted", "withdrawn"}),
    "submitted": frozenset({"queried", "approved", "withdrawn"}),
    "queried": frozenset({"submitted", "withdrawn"}),
    "approved": frozenset(),
    "withdrawn": frozenset(),
}
WRITABLE = frozenset({"draft", "queried"})
LONGEST_PART = 6000
NO_GP_CONSENT = "No consent to inform the GP"


@dataclass(frozen=True)
class Part:
    """One labelled part that the clinician writes."""

    name: str
    label: str
    hint: str


@dataclass(frozen=True)
class Template:
    """One version of a kind of letter; an approved letter keeps what it was made with (LET-8)."""

    kind: str
    version: str
    title: str
    parts: tuple[Part, ...]


# LET-2: what the clinician writes in each kind, in plain words, addressed to the patient.
TEMPLATES: dict[str, Template] = {
    "assessment": Template(
        "assessment",
        "1",
        "Your assessment",
        (
            Part("difficulties", "What you told me", "The difficulties and their main signs, in plain words."),
            Part("plan", "What we plan to do", "The treatment and the model behind it."),
            Part("risk", "Keeping safe", "A summary of risk and the short safety plan."),
            Part("other", "Anything else", "Other things that matter. Write “Nothing else” where there is nothing."),
        ),
    ),
    "discharge": Template(
        "discharge",
        "1",
        "The end of your treatment",
        (
            Part("work", "What we did together", "The model used and a summary of the sessions."),
            Part("outcome", "How things changed", "The outcome, beside the scores that the letter shows."),
            Part("risk", "Keeping safe", "A summary of risk at the end."),
            Part("recommendations", "What may help from here", "Recommendations for the time after treatment."),
        ),
    ),
}


def may_turn(before: str, after: str) -> bool:
    """Tell whether a letter may go from one state to the other (LET-3)."""
    return after in LETTER_TRANSITIONS.get(before, frozenset())


def missing_parts(kind: str, parts: dict[str, str]) -> list[Part]:
    """Return the parts of a kind that are still empty."""
    return [part for part in TEMPLATES[kind].parts if not parts.get(part.name, "").strip()]


def gp_stop(*, consent: bool) -> str:
    """Return why a letter may not go to the GP at this moment, or an empty string (LET-5)."""
    return "" if consent else NO_GP_CONSENT
