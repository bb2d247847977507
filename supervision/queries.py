"""Who answers a ticket, what the platform fills in, and the desk's order."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence

from django.db import models
from django.db.models import Count, F, Q, QuerySet, Value, When
from django.utils import timezone

from accounts.models import Role, User
from measures.models import Answer, Score
from patients.models import Case
from patients.wording import findings
from patients.wording.findings import Finding, PointedOut
from supervision import rules
from supervision.models import Ticket
from therapy.appointments.rules import HELD_STATUSES
from therapy.engagement.queries import Breach, breaches_of, reminders_of
from ui.errors import Refused
from ui.words import day as day_in_words

URGENT_TYPES = [name for name, type_ in rules.TYPES.items() if type_.urgent]
ITEM_9 = 9


def supervisor_for(case: Case) -> User:
    """Return who answers: the clinician's named supervisor, else the active supervisor with the fewest open tickets.

    There is no duty rota yet, so urgent tickets go the same way. Raises Refused where there is no supervisor at all.
    """
    named = case.clinician.supervisor if case.clinician else None
    if named and named.is_active and named.has_role(Role.SUPERVISOR):
        return named
    held = Count("tickets", filter=~Q(tickets__state=rules.CLOSED))
    anybody = (
        User.objects.filter(is_active=True, roles__role=Role.SUPERVISOR).annotate(held=held).order_by("held", "pk")
    )
    found = anybody.first()
    if found is None:
        raise Refused(
            "There is no supervisor to send this to.",
            remedy="Ring the clinical lead. If a life is at risk call 999 first.",
        )
    return found


def pointed_out(case: Case, texts: Iterable[str], empty: Sequence[str] = ()) -> PointedOut:
    """Return what the writer of a ticket should look at first: fields left empty, the patient's name (SUP-3, NOTE-8).

    `empty` are the labels of those fields: the supervisor may not read the transcript.
    """
    advice = "The supervisor may not read the transcript. Fill these in, or send the ticket as it is."
    gaps = Finding("empty", "Some fields are empty.", advice, tuple(empty)) if empty else None
    return findings.together(gaps, findings.patient_named_in(case, *texts))


def filled_in(case: Case) -> dict[str, str]:
    """Return what the platform fills into a ticket: item 9, scores, sessions, what was missed (SUP-2)."""
    return {
        "item_9": item_9_in_words(case),
        "scores": scores_in_words(case),
        "first_scores": scores_in_words(case, first=True),
        "sessions": sessions_in_words(case),
        "breaches": breaches_in_words(case),
    }


def sessions_in_words(case: Case) -> str:
    """Return how many sessions took place, and the last one's day."""
    held = case.appointments.filter(status__in=HELD_STATUSES).order_by("during")
    assessments = held.filter(kind="assessment").count()
    last = held.last()
    if last is None:
        return "None yet"
    treatment = held.count() - assessments
    return f"{assessments} of assessment, {treatment} of treatment, the last on {_day(last.starts_at)}"


def breaches_in_words(case: Case) -> str:
    """Return each missed or late-cancelled session with the day of its reminder of the policy (SUP-2)."""
    reminders = reminders_of(case)
    return "\n".join(_breach(breach, reminders) for breach in breaches_of(case)) or "None"


def _breach(breach: Breach, reminders: list[dt.datetime]) -> str:
    what = "Late cancellation" if breach.late else "Missed"
    reminder = next((at for at in reminders if at >= breach.at), None)
    told = f"reminder of the policy sent on {_day(reminder)}" if reminder else "no reminder of the policy sent yet"
    excused = "" if breach.counts else ", does not count"
    return f"{what} on {_day(breach.appointment.starts_at)}: {told}{excused}"


def item_9_in_words(case: Case) -> str:
    """Return the latest answer to item 9 of the PHQ-9 with its day, also of a questionnaire left half-way."""
    answers = Answer.objects.filter(questionnaire__case=case, questionnaire__measure="phq-9", item=ITEM_9)
    newest = answers.order_by("-at").first()
    return f"{newest.value} on {_day(newest.at)}" if newest else "Never answered"


def scores_in_words(case: Case, *, first: bool = False) -> str:
    """Return the latest (or the first) total of each measure with its band and day."""
    scores = Score.objects.filter(case=case).order_by("-at" if first else "at", "pk")
    found = {score.measure: score for score in scores}
    return "\n".join(_score(score) for _, score in sorted(found.items())) or "No scores yet"


def _score(score: Score) -> str:
    band = f" ({score.band.lower()})" if score.band else ""
    return f"{score.measure.upper()} {score.total.normalize():f}{band} on {_day(score.at)}"


def _day(moment) -> str:
    return day_in_words(timezone.localtime(moment).date())


def in_order(tickets: QuerySet[Ticket]) -> QuerySet[Ticket]:
    """Return tickets urgent first, then by time left; those that wait for the clinician last (SUP-7)."""
    urgency = models.Case(When(type__in=URGENT_TYPES, then=Value(0)), default=Value(1))
    rows = tickets.select_related("case__clinician__user", "author", "supervisor")
    return rows.order_by(urgency, F("due_at").asc(nulls_last=True), "opened_at", "pk")


def desk(user, *, clinician: str = "", type: str = "", state: str = "") -> QuerySet[Ticket]:
    """Return the tickets that a supervisor may answer, filtered; without a state the open ones (SUP-7)."""
    found = Ticket.objects.visible_to(user, "tickets", "answer")
    found = found.filter(state=state) if state else found.still_open()
    if clinician:
        found = found.filter(case__clinician__ref=clinician)
    if type:
        found = found.filter(type=type)
    return in_order(found)
