"""Which course each invented patient has taken: at least one for every state of a case."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Plan:
    """How far a patient has come: the state reached, sessions held, and what happened on the way."""

    state: str
    sessions: int = 0
    risk: bool = False
    breaches: tuple[str, ...] = ()
    letter: bool = False
    ticket: str = ""
    weeks_ago: int = 0
    gp: bool = True


PLANS = [
    Plan("referred"),
    Plan("referred"),
    Plan("in_triage"),
    Plan("in_triage", risk=True),
    Plan("waiting", weeks_ago=1),
    Plan("waiting", weeks_ago=2),
    Plan("waiting", weeks_ago=3),
    Plan("allocated", weeks_ago=1),
    Plan("allocated", weeks_ago=1),
    Plan("assessment", sessions=1, weeks_ago=3),
    Plan("assessment", sessions=1, weeks_ago=4, letter=True, gp=False),
    Plan("treatment", sessions=3, weeks_ago=7, ticket="other", letter=True),
    Plan("treatment", sessions=4, weeks_ago=8, breaches=("dna",), letter=True),
    Plan("treatment", sessions=5, weeks_ago=9, letter=True),
    Plan("treatment", sessions=4, weeks_ago=8, breaches=("late",), ticket="other-open", letter=True),
    Plan("treatment", sessions=6, weeks_ago=10, letter=True),
    Plan(
        "treatment",
        sessions=3,
        weeks_ago=8,
        breaches=("dna", "late", "cancelled"),
        risk=True,
        ticket="risk_urgent",
        letter=True,
    ),
    Plan("on_hold", sessions=3, weeks_ago=9, letter=True),
    Plan("discharging", sessions=5, weeks_ago=10, letter=True),
    Plan("discharged", sessions=6, weeks_ago=11, letter=True),
    Plan("discharged", sessions=4, weeks_ago=10, letter=True),
    Plan("declined", weeks_ago=3),
    Plan("signposted", weeks_ago=4),
    Plan("withdrawn", weeks_ago=3),
]
