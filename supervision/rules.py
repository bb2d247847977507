"""What a ticket of each type asks for, how it moves and by when it is answered (SUP-1 to SUP-5). Pure: no Django."""

from __future__ import annotations

import datetime as dt
from collections.abc import Container, Mapping
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from deadlines.rules import add_working_days

FIRST_STATE = "open"
CLOSED = "closed"
# Every state and the states it may turn into.
TICKET_TRANSITIONS: dict[str, frozenset[str]] = {
    "open": frozenset({"waiting_clinician", "waiting_supervisor", "closed"}),
    "waiting_clinician": frozenset({"waiting_supervisor", "closed"}),
    "waiting_supervisor": frozenset({"waiting_clinician", "closed"}),
    "closed": frozenset(),
}

URGENT_ANSWER = dt.timedelta(hours=1)  # TIME-10
URGENT_REMINDER = dt.timedelta(minutes=30)
ANSWER_WORKING_DAYS = 4  # TIME-11
LATEST_ANSWER = dt.timedelta(days=7)
INTENT = range(11)

# SUP-4: somebody is on duty for urgent tickets in these hours of every day, UK wall clock.
UK = ZoneInfo("Europe/London")
DUTY_BEGINS, DUTY_ENDS = dt.time(8), dt.time(20)


@dataclass(frozen=True)
class Question:
    """One field of a ticket's form; `filled` fields come from the platform, `number` ones run from 0 to 10."""

    name: str
    label: str
    hint: str = ""
    filled: bool = False
    number: bool = False
    required: bool = False


@dataclass(frozen=True)
class Type:
    """What one type of ticket asks for and the outcomes with which it closes (SUP-2)."""

    label: str
    what_for: str
    questions: tuple[Question, ...]
    outcomes: Mapping[str, str]
    urgent: bool = False

    @property
    def deadline_kind(self) -> str:
        return "ticket_urgent" if self.urgent else "ticket"

    @property
    def asked(self) -> tuple[Question, ...]:
        """The questions that the clinician answers; the platform fills in the others."""
        return tuple(question for question in self.questions if not question.filled)


SCORES = (
    Question("item_9", "PHQ-9 item 9, latest answer", filled=True),
    Question("scores", "Latest scores", filled=True),
)
TYPES: dict[str, Type] = {
    "risk_urgent": Type(
        "Risk urgent",
        "Somebody may come to harm soon and you need advice within the hour.",
        (
            *SCORES,
            Question("thoughts", "Thoughts", "What kind, how often, since when?"),
            Question("plans", "Plans and preparation", "Plans, means, anything already done to prepare."),
            Question("intent", "Intent to act", "0 is none, 10 is certain.", number=True),
            Question("past_risk", "Past risk", "Earlier attempts and what followed."),
            Question("self_harm", "Self-harm"),
            Question("to_others", "Risk to others"),
            Question("from_others", "Risk from others"),
            Question("safeguarding", "Safeguarding", "Adults or children who may be at risk."),
            Question("other_relevant", "Anything else that matters"),
            Question("protective", "What protects"),
            Question("plan_agreed", "Plan agreed with the patient"),
            Question("actions_taken", "Actions already taken", "Calls made, services told, with times."),
            Question("question", "Your question to the supervisor"),
        ),
        {"advice": "Advice given", "actions": "Actions required", "referred_on": "Referred on"},
        urgent=True,
    ),
    "new_patient": Type(
        "New patient",
        "You have assessed somebody, or taken a case over: a first look at it together.",
        (
            Question("problem", "Presenting problem", required=True),
            *SCORES,
            Question("risk", "Risk", "What you asked, what you found, the level you set.", required=True),
            Question("goals", "Goals"),
            Question("plan", "Proposed plan", required=True),
            Question("question", "Your question to the supervisor"),
        ),
        {"reviewed": "Reviewed", "advice": "Advice given", "change": "Change of plan"},
    ),
    "review": Type(
        "4-weekly review",
        "Some sessions are done: a look together at how it goes, and whether to go on, extend, step up or end.",
        (
            Question("problem", "Presenting problem", required=True),
            Question("first_scores", "Scores at the beginning", filled=True),
            *SCORES,
            Question("goal", "Goal"),
            Question("plan_so_far", "Plan so far", required=True),
            Question("engagement", "Engagement", "How they come, write and work between sessions."),
            Question("sessions", "Sessions so far", filled=True),
            Question("plan", "Plan from here", required=True),
            Question("question", "Your question to the supervisor"),
        ),
        {"continue": "Continue", "extend": "Extend", "step_up": "Step up", "end": "End"},
    ),
    "engagement": Type(
        "Engagement difficulties",
        "The patient wrote, came late or missed sessions, and no next step is agreed.",
        (
            Question("difficulty", "The difficulty", required=True),
            Question("attempts", "What you have tried", required=True),
            Question("breaches", "Missed sessions and late cancellations", filled=True),
            Question("knows_policy", "Does the patient know the policy?", "What you have told them, and when."),
            Question("question", "Your question to the supervisor", required=True),
        ),
        {
            "continue": "Continue",
            "allowance": "Allowance extended, by how many stands in the answer",
            "boundaried": "Boundaried message",
            "discharge": "Discharge supported",
        },
    ),
    "other": Type(
        "Other",
        "A question that fits no other ticket.",
        (Question("question", "Your question to the supervisor", required=True),),
        {
            "answered": "Answered",
            "agreed": "Agreed",
            "not_agreed": "Not agreed",
            "another_type": "Closed as another type",
        },
    ),
}


def type_choices() -> list[tuple[str, str]]:
    """Return the types with their labels, in the order in which they are offered (SUP-2)."""
    return [(name, type_.label) for name, type_ in TYPES.items()]


def transition_pairs() -> list[tuple[str, str]]:
    """Return the table of transitions as pairs, in a stable order."""
    return [(before, after) for before, afters in TICKET_TRANSITIONS.items() for after in sorted(afters)]


def may_turn(before: str, after: str) -> bool:
    """Tell whether a ticket may go from one state to the other; staying where it waits is no move (SUP-1)."""
    return before == after != CLOSED or after in TICKET_TRANSITIONS[before]


def state_after(side: str) -> str:
    """Return whom a ticket waits for once `side` ("clinician" or "supervisor") has written (SUP-1)."""
    return "waiting_clinician" if side == "supervisor" else "waiting_supervisor"


def clean_form(type_: Type, typed: Mapping[str, object]) -> dict[str, str]:
    """Return the type's fields out of what was typed: text without outer spaces, unknown fields left out."""
    return {question.name: str(typed.get(question.name) or "").strip() for question in type_.questions}


def empty_fields(type_: Type, form: Mapping[str, str]) -> list[str]:
    """Return the labels of questions left empty, to be pointed out before sending (SUP-3)."""
    return [question.label for question in type_.asked if not form.get(question.name)]


def why_not_sendable(type_: Type, form: Mapping[str, str]) -> tuple[str, str] | None:
    """Return (field, reason) for the first thing without which the ticket makes no sense, or None (SUP-3).

    An urgent ticket goes with anything missing.
    """
    for question in type_.asked:
        if question.required and not form.get(question.name):
            return question.name, f"Fill in: {question.label.lower()}."
    intent = form.get("intent", "")
    if intent and not (intent.isascii() and intent.isdigit() and int(intent) in INTENT):
        return "intent", "Intent is a whole number from 0 to 10."
    return None


def answer_due(type_: Type, at: dt.datetime, holidays: Container[dt.date]) -> dt.datetime:
    """Return when an answer is due, in UTC: after 1 hour, or after 4 working days and at the latest 7 days (TIME-10,
    TIME-11)."""
    if type_.urgent:
        return at.astimezone(dt.UTC) + URGENT_ANSWER
    return min(add_working_days(at, ANSWER_WORKING_DAYS, holidays), at.astimezone(dt.UTC) + LATEST_ANSWER)


def reminder_due(type_: Type, at: dt.datetime) -> dt.datetime | None:
    """Return when others are told that an urgent ticket has no answer; other tickets have no reminder (TIME-10)."""
    return at.astimezone(dt.UTC) + URGENT_REMINDER if type_.urgent else None


def next_on_duty(at: dt.datetime) -> dt.datetime | None:
    """Return when somebody is next on duty, or None while somebody is: 08:00 to 20:00 UK time every day (SUP-4)."""
    local = at.astimezone(UK)
    if DUTY_BEGINS <= local.time() < DUTY_ENDS:
        return None
    day = local.date() + dt.timedelta(days=local.time() >= DUTY_ENDS)
    return dt.datetime.combine(day, DUTY_BEGINS, tzinfo=UK)
