"""Engagement: when a silent patient is written to, and when a case may be let go (TIME-2, 3, 8, 9, ENG). Pure."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

REMINDER_AFTER_WELCOME = dt.timedelta(hours=72)  # TIME-2
NEVER_ENGAGED_AFTER_WELCOME = dt.timedelta(days=7)  # TIME-3
NEVER_ENGAGED_AFTER_REMINDER = dt.timedelta(hours=48)  # TIME-3
BREACH_REMINDER_WITHIN = dt.timedelta(hours=48)  # TIME-9
ENGAGEMENT_AFTER_PROMPT = dt.timedelta(days=7)  # ENG-3b
DISCHARGE_AFTER_ENGAGEMENT = dt.timedelta(days=7)  # ENG-3c
LAST_ANSWER = dt.timedelta(hours=48)  # ENG-3d
WHOLE_SEVEN_SEVEN = ENGAGEMENT_AFTER_PROMPT + DISCHARGE_AFTER_ENGAGEMENT + LAST_ANSWER


def never_engaged_at(welcomed_at: dt.datetime, reminded_at: dt.datetime) -> dt.datetime:
    """Return when silence means *never engaged*: 7 days after the welcome, 48 hours after the reminder (TIME-3)."""
    return max(welcomed_at + NEVER_ENGAGED_AFTER_WELCOME, reminded_at + NEVER_ENGAGED_AFTER_REMINDER)


def answer_by(slug: str, at: dt.datetime, welcomed_at: dt.datetime | None = None) -> dt.datetime:
    """Return by when a template sent at `at` hopes for an answer (ENG-3, ENG-5)."""
    if slug == "booking_reminder":
        return never_engaged_at(welcomed_at or at - NEVER_ENGAGED_AFTER_WELCOME, at)
    if slug in ("discharge", "new_patient_risk"):
        return at + LAST_ANSWER
    if slug == "engagement":
        return at + DISCHARGE_AFTER_ENGAGEMENT
    return at + ENGAGEMENT_AFTER_PROMPT


def discharge_on(slug: str, at: dt.datetime) -> dt.datetime | None:
    """Return the earliest day of a discharge that a template sent at `at` names; None for one that names none."""
    if slug == "discharge":
        return at + LAST_ANSWER
    if slug == "engagement":
        return at + DISCHARGE_AFTER_ENGAGEMENT + LAST_ANSWER
    if slug.startswith("second_dna"):
        return at + WHOLE_SEVEN_SEVEN
    return None


# --- where a case stands in the 7-7 rule --------------------------------------------------------------------

PROMPT, ENGAGEMENT, DISCHARGE = "engagement_prompt", "engagement", "discharge"
BREACH_TEMPLATES = frozenset(
    {"first_dna_engaged", "first_dna_new", "second_dna_engaged", "second_dna_new", "late_cancellation"}
)
# ENG-5: after a breach its own message takes the place of the prompt.
STARTS = BREACH_TEMPLATES | {PROMPT}
STEP_TEMPLATES = STARTS | {ENGAGEMENT, DISCHARGE}
# After how long each step is followed by the next one.
SPACING = (ENGAGEMENT_AFTER_PROMPT, DISCHARGE_AFTER_ENGAGEMENT, LAST_ANSWER)
NEXT = (ENGAGEMENT, DISCHARGE, "")
# ENG-2: so many offers without a reply make the clinician look at what stands in the way.
UNANSWERED_OFFERS = 2
PROMPTED_WITHIN = dt.timedelta(hours=48)
RISK_ASKED_AGAIN_AFTER = dt.timedelta(days=1)
# So many attended sessions are a good engagement so far (MSG-3: templates for good and for little).
GOOD_ENGAGEMENT_SESSIONS = 2


@dataclass(frozen=True)
class Sent:
    """A message that the clinician sent from a template."""

    slug: str
    at: dt.datetime


# From and until: while a case is on hold the waits stand still (REF-9); None: it is on hold still.
Pause = tuple[dt.datetime, dt.datetime | None]


def after(start: dt.datetime, wait: dt.timedelta, pauses: Iterable[Pause] = ()) -> dt.datetime | None:
    """Return when a wait that began at `start` is over, time on hold not counted; None while it stands still."""
    ends = start + wait
    for begun, over in sorted(pauses, key=lambda pause: pause[0]):
        if begun >= ends:
            break
        if over is None:
            return None
        ends += max(over - max(begun, start), dt.timedelta())
    return ends


@dataclass(frozen=True)
class Stand:
    """Where a case stands: the messages of the procedure that count, in order; none where it does not run.

    `next_at` is the earliest moment of what comes next, a message or letting the case go; None where nothing does, and
    while the case is on hold.
    """

    steps: tuple[Sent, ...] = ()
    next_at: dt.datetime | None = None

    @property
    def runs(self) -> bool:
        return bool(self.steps)

    @property
    def since(self) -> dt.datetime | None:
        return self.steps[-1].at if self.steps else None

    @property
    def next_slug(self) -> str:
        """The message that comes next; empty where it does not run, and once only the last 48 hours are left."""
        return NEXT[len(self.steps) - 1] if self.steps else ""

    def may_let_go(self, at: dt.datetime) -> bool:
        """Tell whether step (d) is reached: every message was sent in its time and nobody answered (ENG-3)."""
        return len(self.steps) == len(SPACING) and self.next_at is not None and at >= self.next_at


def stand(sent: Iterable[Sent], contact_at: dt.datetime | None, pauses: Iterable[Pause] = ()) -> Stand:
    """Return where a case stands by the messages sent since the patient was last heard from (ENG-3, ENG-4).

    A message sent before its time does not count: the patient is owed the whole of each wait, and time on hold is none
    of it (REF-9).
    """
    steps: list[Sent] = []
    due_at: dt.datetime | None = None
    held = list(pauses)
    for one in sorted(sent, key=lambda each: each.at):
        if contact_at is not None and one.at <= contact_at:
            continue
        wanted = STARTS if not steps else {NEXT[len(steps) - 1]}
        if one.slug in wanted and (not steps or (due_at is not None and one.at >= due_at)):
            steps.append(one)
            due_at = after(one.at, SPACING[len(steps) - 1], held)
    return Stand(tuple(steps), due_at)


def too_early(slug: str, now: Stand, at: dt.datetime) -> str:
    """Return in words why a step of the 7-7 rule cannot be sent at this moment; empty where it can (ENG-3)."""
    if slug == ENGAGEMENT and not now.runs:
        return "The engagement message follows a prompt that had no answer for 7 days."
    if slug == DISCHARGE and len(now.steps) < 2:
        return "The discharge message follows an engagement message that had no answer for 7 days."
    if slug not in (ENGAGEMENT, DISCHARGE) or now.next_slug != slug:
        return ""
    if now.next_at is None:
        return "The case is on hold, so the 7 days of the message before stand still."
    return "The 7 days of the message before are not over yet." if at < now.next_at else ""


def breach_template(number: int, attended: int, *, late: bool) -> str:
    """Return the policy reminder that fits a breach: by its count, and how the patient engaged before (TIME-9)."""
    if number <= 1 and late:
        return "late_cancellation"
    count = "first" if number <= 1 else "second"
    return f"{count}_dna_{'engaged' if attended >= GOOD_ENGAGEMENT_SESSIONS else 'new'}"


def prior_reminder_in_time(breaches: list[dt.datetime], reminders: list[dt.datetime]) -> bool:
    """Tell whether the first breach's reminder went out before the second breach (TIME-9, APPT-20).

    `breaches` are the moments of those that count, `reminders` of the policy reminders sent, both in order.
    """
    if len(breaches) < UNANSWERED_OFFERS:
        return False
    first, second = breaches[0], breaches[1]
    return any(first <= at < second for at in reminders)
