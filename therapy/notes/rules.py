"""What a clinical note consists of, and which protocols are offered for which problem. Pure."""

from __future__ import annotations

from collections.abc import Mapping

PART_LENGTH = 8000
# NOTE-1: the five parts, in the order of the page, with what belongs into each.
PARTS: dict[str, tuple[str, str]] = {
    "agenda": ("Agenda", "What was planned for the session, and what was added."),
    "treatment": (
        "Treatment",
        "Target problem, formulation and protocol, and why if they changed; the mechanism of change; action taken.",
    ),
    "progress": ("Progress", "Progress towards the goals, and engagement."),
    "homework": ("Homework and feedback", "What was done, what was agreed, and what the patient said of the session."),
    "risk": (
        "Risk",
        "At least the PHQ-9 item 9 score. Where there is risk: intent, plan, means, protective factors, safety plan.",
    ),
}
# NOTE-5: an agreement is due when the answer to a ticket is (TIME-11).
AGREEMENT_WORKING_DAYS = 4
# NOTE-5: evidence-based protocols by problem; another one asks for a reason.
PROTOCOLS: dict[str, tuple[str, ...]] = {
    "depression": ("Behavioural activation", "Cognitive therapy for depression"),
    "gad": ("Worry: intolerance of uncertainty", "Metacognitive therapy for worry"),
    "mixed": ("Behavioural activation", "Worry: intolerance of uncertainty"),
    "panic": ("Cognitive therapy for panic",),
    "agoraphobia": ("Graded exposure", "Cognitive therapy for panic"),
    "social_anxiety": ("Cognitive therapy for social anxiety",),
    "ocd": ("Exposure and response prevention",),
    "ptsd": ("Trauma-focused cognitive therapy",),
    "health_anxiety": ("Cognitive therapy for health anxiety",),
    "specific_phobia": ("Graded exposure",),
    "none_stated": ("Guided self-help",),
}


def empty_parts(parts: Mapping[str, str]) -> list[str]:
    """Return the titles of the parts that hold nothing, in the order of the page (NOTE-1)."""
    return [title for name, (title, _) in PARTS.items() if not parts.get(name, "").strip()]


def all_protocols() -> list[str]:
    """Return every protocol once, by name."""
    return sorted({name for names in PROTOCOLS.values() for name in names})


def is_usual(problem: str, protocol: str) -> bool:
    """Tell whether a protocol is an evidence-based one for the problem; none chosen yet counts as usual (NOTE-5)."""
    return not protocol or protocol in PROTOCOLS.get(problem, ())
