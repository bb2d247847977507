"""The picture of where a case stands: what was sent, what comes next and when, what would stop it (ENG-6)."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field

from deadlines.models import Deadline
from hub.rules import KINDS
from patients.models import Case
from therapy.engagement import queries, rules
from therapy.engagement.actions import BREACH, DIFFICULTIES, NEVER, START
from therapy.messages.models import Message
from therapy.messages.templates import allocated_at, welcomed_at

DONE, NOW, LATER = "done", "now", "later"
STOPS = (
    "a message from the patient, however short",
    "an appointment confirmed, declined or booked",
    "a questionnaire filled in, or a word on homework",
    "a telephone call in which somebody spoke with the patient, written into the admin notes",
)


@dataclass(frozen=True)
class Step:
    """One step of the picture: `state` is done, now or later; `at` when it was done, or can be at the earliest."""

    label: str
    state: str
    at: dt.datetime | None = None
    slug: str = ""
    ready: bool = False

    @property
    def state_in_words(self) -> str:
        return {DONE: "Done", NOW: "Next", LATER: "Later"}[self.state]


@dataclass(frozen=True)
class BreachRow:
    """A breach with the message that it still wants: `template` is empty once one was sent, and for an excused one."""

    breach: queries.Breach
    template: str = ""


@dataclass(frozen=True)
class Panel:
    """Where a case stands, for those who may see it."""

    title: str
    steps: list[Step] = field(default_factory=list)
    contact_at: dt.datetime | None = None
    kept_by: list[str] = field(default_factory=list)
    breaches: list[queries.Breach] = field(default_factory=list)
    breach_rows: list[BreachRow] = field(default_factory=list)
    limit: int = 2
    look_at: bool = False
    wrote_back: bool = False
    decide_on: queries.Breach | None = None
    stops: tuple[str, ...] = STOPS
    on_hold: bool = False
    may_end: bool = False

    @property
    def runs(self) -> bool:
        return bool(self.steps)

    @property
    def next_step(self) -> Step | None:
        return next((step for step in self.steps if step.state == NOW), None)

    @property
    def counted(self) -> int:
        return sum(breach.counts for breach in self.breaches)

    @property
    def worth_showing(self) -> bool:
        return self.runs or bool(self.breaches) or self.look_at or self.wrote_back or self.on_hold


def panel_of(case: Case, at: dt.datetime) -> Panel:
    """Return the picture of a case at a moment."""
    contact, stand = queries.contact_at(case), queries.stand_of(case)
    breaches = queries.breaches_of(case)
    limit = case.policy.breaches_before_discharge
    kinds = set(Deadline.objects.owed().filter(case_ref=case.ref).values_list("kind", flat=True))
    title, steps = ("The 7-7 rule", seven_seven(stand, at)) if stand.runs else _before_treatment(case, contact, at)
    return Panel(
        title=title,
        steps=steps,
        contact_at=contact,
        kept_by=list(case.stay_reasons.filter(closed_at=None).values_list("what", flat=True)),
        breaches=breaches,
        breach_rows=_rows(case, breaches) if breaches else [],
        limit=limit,
        look_at=START in kinds,
        wrote_back=DIFFICULTIES in kinds,
        decide_on=_to_decide(breaches, limit),
        on_hold=case.state == "on_hold",
        may_end=any(breach.ends for breach in breaches) and not queries.why_not_end(case, at),
    )


def _rows(case: Case, breaches: list[queries.Breach]) -> list[BreachRow]:
    """Each breach with the policy reminder that is due on it, by its count and the engagement so far (TIME-9)."""
    owed = set(Deadline.objects.owed().filter(case_ref=case.ref, kind=BREACH).values_list("key", flat=True))
    attended, rows, number = queries.attended(case), [], 0
    for breach in breaches:
        number += breach.counts
        wanted = breach.counts and str(breach.appointment.ref) in owed
        slug = rules.breach_template(number, attended, late=breach.late) if wanted else ""
        rows.append(BreachRow(breach, slug))
    return rows


def _to_decide(breaches: list[queries.Breach], limit: int) -> queries.Breach | None:
    """The last breach that counts, where a decision on it is due and has not been made."""
    counting = [breach for breach in breaches if breach.counts]
    last = counting[-1] if len(counting) >= limit else None
    return last if last is not None and last.decision is None else None


def seven_seven(stand: rules.Stand, at: dt.datetime) -> list[Step]:
    """The four steps of the 7-7 rule with their days (ENG-3)."""
    slugs = [stand.steps[0].slug, rules.ENGAGEMENT, rules.DISCHARGE]
    done = [Step(KINDS[sent.slug].label, DONE, sent.at, sent.slug) for sent in stand.steps]
    labels = [KINDS[slug].label for slug in slugs] + ["The case may be closed"]
    days, steps = stand.next_at, list(done)
    for number in range(len(done), len(labels)):
        slug = slugs[number] if number < len(slugs) else ""
        state = NOW if number == len(done) else LATER
        steps.append(Step(labels[number], state, days, slug, ready=state == NOW and days is not None and at >= days))
        if days is not None and number < len(rules.SPACING):
            days = max(days, at) + rules.SPACING[number] if number < len(rules.SPACING) else None
    return steps


def _before_treatment(case: Case, contact: dt.datetime | None, at: dt.datetime) -> tuple[str, list[Step]]:
    """Welcome, reminder, end of waiting, for a case of which nobody was heard yet (ENG-1)."""
    since = allocated_at(case)
    if case.state != "allocated" or since is None or (contact is not None and contact > since):
        return "", []
    welcomed = welcomed_at(case)
    reminder = Message.objects.filter(case=case, template="booking_reminder", at__gte=since).order_by("at").first()
    leaves = Deadline.objects.open().filter(case_ref=case.ref, kind=NEVER).values_list("due_at", flat=True).first()
    remind_at = welcomed + rules.REMINDER_AFTER_WELCOME if welcomed else None
    if leaves is None and welcomed is not None:
        leaves = rules.never_engaged_at(welcomed, max(at, remind_at or at))
    return "Waiting for a first word", [
        Step("Welcome", DONE if welcomed else NOW, welcomed, "welcome", ready=welcomed is None),
        Step(
            "Reminder to book",
            DONE if reminder else NOW if welcomed else LATER,
            reminder.at if reminder else remind_at,
            "booking_reminder",
            ready=bool(reminder is None and remind_at and at >= remind_at),
        ),
        Step("The case leaves the caseload", NOW if reminder else LATER, leaves),
    ]
