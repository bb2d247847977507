"""Verbs on questionnaires: given, answered item by item, completed once (MEAS-4, MEAS-5)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from audit.actions import record_change
from deadlines import watching
from deadlines.actions import word_came
from measures import definitions, rules
from measures.definitions import Definition
from measures.models import Answer, Questionnaire, Score
from patients.models import Case
from risk.actions import raise_alert
from ui.errors import Refused


@transaction.atomic
def give(case: Case, measure: str, *, occasion: str, at: dt.datetime | None = None) -> Questionnaire:
    """Give a measure in its newest version to the patient of a case, once for each occasion (MEAS-4).

    Raises KeyError for a measure without a definition.
    """
    given, new = Questionnaire.objects.get_or_create(
        case=case,
        measure=measure,
        occasion=occasion,
        defaults={"version": definitions.current(measure).version, "given_at": at or timezone.now()},
    )
    if new:
        watching.changed([case.patient.user_id])
    return given


def definition_of(questionnaire: Questionnaire) -> Definition:
    """Return the definition in the version that this questionnaire was given in."""
    return definitions.get(questionnaire.measure, questionnaire.version)


@transaction.atomic
def answer(questionnaire: Questionnaire, item: int, value: int, *, by: User, at: dt.datetime | None = None) -> Answer:
    """Keep the answer to one item; it may be changed until the questionnaire is complete (MEAS-5).

    PHQ-9 item 9 answered 3 raises its alert here, before anything is finished (RISK-1). Raises Refused for an item or
    a value that the measure does not have, and for a change once the questionnaire is complete.
    """
    return _keep(_lock(questionnaire), item, value, by=by, at=at or timezone.now())


def _keep(locked: Questionnaire, item: int, value: int, *, by: User, at: dt.datetime) -> Answer:
    """Keep the answer to one item of a locked questionnaire."""
    definition = definition_of(locked)
    if item not in definition.numbers or value not in definition.values:
        raise Refused("That is no answer to this question.", field=f"item_{item}", remedy="Choose one of those shown.")
    stood = locked.answers.filter(item=item).first()
    if stood and stood.value == value:
        return stood
    if locked.completed_at:
        raise Refused(
            "You have finished this questionnaire, so it cannot be changed.", remedy="Go back to your home page."
        )
    kept, _ = Answer.objects.update_or_create(
        questionnaire=locked, item=item, defaults={"value": value, "by": by, "at": at}
    )
    if kind := rules.alert_raised_by(definition, item, value):
        _raise_alert(locked, kind, definition, item, value, at)
    return kept


def _lock(questionnaire: Questionnaire) -> Questionnaire:
    rows = Questionnaire.objects.select_for_update(of=("self",)).select_related("case")
    return rows.get(pk=questionnaire.pk)


def _raise_alert(
    questionnaire: Questionnaire, kind: str, definition: Definition, item: int, value: int, at: dt.datetime
) -> None:
    text = definition.items[item - 1].text
    raise_alert(
        questionnaire.case,
        kind=kind,
        source=f"questionnaire:{questionnaire.ref.hex}",
        passage=f"{definition.title}, question {item}: “{text}” Answer: {definition.label_of(value)}.",
        at=at,
    )


@transaction.atomic
def answer_all(
    questionnaire: Questionnaire, values: Mapping[int, int], *, by: User, at: dt.datetime | None = None
) -> None:
    """Keep the answers to several items; those that stand as they were are left alone. Raises Refused as `answer`."""
    at, locked = at or timezone.now(), _lock(questionnaire)
    stood = dict(locked.answers.values_list("item", "value"))
    for item, value in values.items():
        if stood.get(item) != value:
            _keep(locked, item, value, by=by, at=at)


@transaction.atomic
def complete(questionnaire: Questionnaire, *, by: User, at: dt.datetime | None = None) -> Score:
    """Score a questionnaire whose every item is answered; completed again it is the same score (MEAS-5).

    Raises Refused, naming the first item without an answer, while any is missing: nothing is ever scored half-way.
    """
    at = at or timezone.now()
    locked = _lock(questionnaire)
    if locked.completed_at:
        return locked.score
    definition, answers = definition_of(locked), dict(locked.answers.values_list("item", "value"))
    if missing := rules.missing_items(definition, answers):
        raise Refused(_words_for(missing), field=f"item_{missing[0]}", remedy="Answer every question to finish.")
    locked.completed_at = questionnaire.completed_at = at
    locked.save(update_fields=["completed_at"])
    score = _score(locked, definition, answers, at)
    watching.changed([locked.case.patient.user_id])
    word_came(locked.case.ref, closed_by="questionnaire filled in", at=at)
    record_change("questionnaire complete", by=by, case_ref=locked.case.ref, object_ref=str(locked.ref), at=at)
    return score


def _words_for(missing: list[int]) -> str:
    numbers = ", ".join(str(number) for number in missing)
    return f"Question {numbers} has no answer yet." if len(missing) == 1 else f"Questions {numbers} have no answer yet."


def _score(questionnaire: Questionnaire, definition: Definition, answers: Mapping[int, int], at: dt.datetime) -> Score:
    total = rules.total(definition, answers)
    watched = definition.alert.item if definition.alert else None
    return Score.objects.create(
        questionnaire=questionnaire,
        case=questionnaire.case,
        measure=questionnaire.measure,
        total=total,
        band=rules.band(definition, total),
        item_9=answers.get(watched) if watched else None,
        at=at,
    )
