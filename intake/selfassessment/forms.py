"""The pages of the self-assessment, in their order (REF-4)."""

from __future__ import annotations

from typing import Any

from django import forms

from intake.selfassessment.rules import PAGE_TITLES

LONG, SHORT = 3000, 1000
MISSING = "Choose one of the answers."
WRITE = "Write a few words, or “none”."


def words(
    label: str, help_text: str = "", *, limit: int = SHORT, rows: int = 4, required: bool = True
) -> forms.CharField:
    """A question answered in own words."""
    return forms.CharField(
        label=label,
        help_text=help_text,
        max_length=limit,
        required=required,
        widget=forms.Textarea({"rows": rows}),
        error_messages={"required": WRITE},
    )


def choice(label: str, options: dict[str, str], help_text: str = "") -> forms.ChoiceField:
    """A question answered by one of several."""
    return forms.ChoiceField(
        label=label,
        help_text=help_text,
        choices=list(options.items()),
        widget=forms.RadioSelect,
        error_messages={"required": MISSING},
    )


YES_NO = {"yes": "Yes", "no": "No"}


class Page(forms.Form):
    """One page; its title is what the list of pages calls it."""

    title = ""
    lead = ""


class Problem(Page):
    title = PAGE_TITLES["problem"]
    problem = words("What is the main problem, in your own words?", limit=LONG, rows=7)
    how_long = choice(
        "How long has it troubled you?",
        {
            "weeks": "Less than 3 months",
            "months": "3 to 12 months",
            "years": "1 to 5 years",
            "longer": "More than 5 years",
        },
    )


class Life(Page):
    title = PAGE_TITLES["life"]
    effect = words(
        "How does it affect your days?",
        "For example your work or study, your home, your friends and family, your sleep.",
        limit=LONG,
        rows=6,
    )


class Tried(Page):
    title = PAGE_TITLES["tried"]
    tried = words("What have you tried so far, and did it help?", "If you have tried nothing yet, write “none”.")
    had_therapy = choice("Have you had therapy or counselling before?", YES_NO)
    therapy = words("If yes: when, what kind, and how was it?", required=False)


class Care(Page):
    title = PAGE_TITLES["care"]
    in_care = choice(
        "Does anybody else look after your mental health now?",
        YES_NO,
        "For example a community mental health team, a psychiatrist or another therapist.",
    )
    care = words("If yes: who?", required=False, rows=2)
    medication = words("Which medicines do you take, if any?", "With the dose, if you know it. If none, write “none”.")


class Health(Page):
    title = PAGE_TITLES["health"]
    conditions = words(
        "Do you have any long-term illness or disability?",
        "For example asthma, diabetes or pain. If not, write “none”.",
    )
    alcohol = choice(
        "How often do you drink alcohol?",
        {
            "never": "Never",
            "monthly": "Once a month or less",
            "weekly": "Once or twice a week",
            "often": "3 or more times a week",
            "daily": "Every day",
        },
    )
    drugs = choice(
        "Do you use drugs that no doctor gave you?",
        {"never": "Never", "sometimes": "Sometimes", "often": "Often"},
        "We ask everybody. It helps us plan, and we do not pass it on for its own sake.",
    )


class Children(Page):
    title = PAGE_TITLES["children"]
    children = choice("Do you look after any children, at home or at work?", YES_NO)
    about_children = words("If yes: who are they, and how old?", required=False, rows=3)


class Safety(Page):
    title = PAGE_TITLES["safety"]
    lead = (
        "We ask everybody these questions. Many people have such thoughts when things are hard, and it helps to say so."
    )
    thoughts = choice(
        "Have you had thoughts of harming yourself or ending your life in the last month?",
        {"no": "No", "sometimes": "Sometimes", "often": "Often", "plan": "Yes, and I have thought about how"},
    )
    attempts = choice(
        "Have you ever harmed yourself or tried to end your life?",
        {"no": "No", "year": "Yes, in the last year", "earlier": "Yes, longer ago"},
    )
    from_others = choice("Is anybody hurting you, or do you feel in danger from somebody?", YES_NO)
    to_others = choice("Do you worry that you might hurt somebody else?", YES_NO)
    safety_words = words("Is there anything you want to add?", required=False)


class Goals(Page):
    title = PAGE_TITLES["goals"]
    goals = words("What would you like to be different?", "What would you do again, or do more of?", limit=LONG, rows=6)


PAGES: dict[str, type[Page]] = {
    "problem": Problem,
    "life": Life,
    "tried": Tried,
    "care": Care,
    "health": Health,
    "children": Children,
    "safety": Safety,
    "goals": Goals,
}


def answer_in_words(field: forms.Field, value: Any) -> str:
    """Return an answer as it read on the page."""
    return str(dict(getattr(field, "choices", [])).get(value, value))
