"""The patient's home: the next appointment, what to do, where things stand, what was before."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db.models import Count, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce

from intake.models import SelfAssessment
from intake.referrals.queries import where_it_stands
from intake.triage.queries import open_question, refusal
from letters.models import Letter
from measures.models import Questionnaire
from patients.models import Case
from therapy.models import Appointment, Homework, Message, Sheet

NEW_LETTER_DAYS = 14
SPARED_DAYS, MOST_SPARED = 7, 5
MOST_HOMEWORK, MOST_SHEETS = 20, 20
UNFILLED: dict[str, Any] = {"completed_at": None}
# Questionnaires of the self-assessment are filled in within it.
FIRST = "self-assessment"


def patient_home(user, at: dt.datetime) -> dict[str, Any]:
    """Return what the patient's home shows at a moment; earlier episodes stand apart from the current one."""
    cases = list(Case.objects.visible_to(user).select_related("clinician__user", "site").order_by("-referred_at"))
    case = current_of(cases)
    if case is None:
        return {"case": None}
    return {
        "case": case,
        "stands": where_it_stands(case),
        "refusal": refusal(case),
        "earlier": [other for other in cases if other != case],
        **_appointments(user, at),
        **_to_do(user, case, at),
    }


def current_of(cases: list[Case]) -> Case | None:
    """Return the newest case that has not ended, or the newest; `cases` are newest first. None without any."""
    return next((case for case in cases if case.ended_at is None), cases[0] if cases else None)


def _appointments(user, at: dt.datetime) -> dict[str, Any]:
    """The appointment to join or come to next, and the offers that wait for an answer."""
    rows = Appointment.objects.filter(case__patient__user=user).upcoming(at).order_by("during")
    ahead = list(rows.select_related("clinician__user", "case__policy_version"))
    confirmed = [one for one in ahead if one.status == "confirmed"]
    soonest = [one for one in ahead if one.room_opens_at <= at] + confirmed
    following = soonest[0] if soonest else None
    return {
        "next": following,
        "room_is_open": following is not None and following.room_opens_at <= at,
        "to_answer": [one for one in ahead if one.may_be_answered(at) and one != following],
    }


def number_to_do(user, at: dt.datetime) -> int:
    """Return how many things a patient is asked to do, each of which stands on the home page; messages have a number
    of their own."""
    case = current_of(list(Case.objects.visible_to(user).order_by("-referred_at")))
    if case is None:
        return 0
    offers = Appointment.objects.filter(
        case__patient=OuterRef("patient"), status="offered", confirm_by__gte=at
    ).upcoming(at)
    waiting = (
        _number(offers, "case__patient"),
        _number(Questionnaire.objects.filter(case=OuterRef("pk"), **UNFILLED).exclude(occasion=FIRST), "case"),
        _number(SelfAssessment.objects.filter(case=OuterRef("pk"), **UNFILLED), "case"),
        _number(Homework.objects.filter(case=OuterRef("pk")).owed(), "case"),
        _number(Sheet.objects.filter(case=OuterRef("pk"), appointment=None, returned=None), "case"),
    )
    counts = Case.objects.filter(pk=case.pk).values_list(*waiting).get()
    return sum(counts) + (open_question(case) is not None)


def _number(rows: QuerySet, whose: str) -> Coalesce:
    """How many rows there are, as part of one question."""
    counted = rows.order_by().values(whose).annotate(number=Count("pk")).values("number")
    return Coalesce(Subquery(counted), 0)


def _to_do(user, case: Case, at: dt.datetime) -> dict[str, Any]:
    recent = at - dt.timedelta(days=NEW_LETTER_DAYS)
    questionnaires = Questionnaire.objects.filter(case=case, **UNFILLED)
    letters = Letter.objects.visible_to(user, "own_letters").filter(approved_at__gte=recent)
    return {
        "self_assessment": SelfAssessment.objects.filter(case=case, **UNFILLED).first(),
        "question": open_question(case),
        "questionnaires": list(questionnaires.exclude(occasion=FIRST)),
        "homework": _homework(case),
        "spared": _spared(case, at),
        "sheets": list(Sheet.objects.filter(case=case, appointment=None, returned=None)[:MOST_SHEETS]),
        "unread": Message.objects.filter(case=case).unread_by(user).count(),
        "letters": list(letters.order_by("-approved_at")),
    }


def _homework(case: Case) -> list[Homework]:
    """The homework that is not ticked yet, the soonest day first; what has none comes last (MSG-4, ROOM-12)."""
    newest = Homework.objects.filter(case=case).owed()[:MOST_HOMEWORK]
    return sorted(newest, key=lambda row: (row.due_on is None, row.due_on or dt.date.max))


def _spared(case: Case, at: dt.datetime) -> list[Homework]:
    """What was taken back lately: the patient may have it in mind, and is told that it is not needed (MSG-4)."""
    lately = at - dt.timedelta(days=SPARED_DAYS)
    return list(Homework.objects.filter(case=case).spared(lately).prefetch_related("reports", "turns")[:MOST_SPARED])
