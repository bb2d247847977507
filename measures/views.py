"""Pages of questionnaires and scores (MEAS-5, MEAS-7)."""

from __future__ import annotations

from django.http import HttpResponse, JsonResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse

from accounts.access import requires, visible
from accounts.requests import Request
from measures import actions, rules
from measures.charts import score_charts
from measures.forms import AnswersForm, initial_of
from measures.models import Questionnaire
from patients.models import Case
from ui.errors import Refused

SELF_ASSESSMENT = "self-assessment"


@requires("own_cases", "read", methods=("GET",))
def questionnaires(request: Request) -> HttpResponse:
    """The patient's own questionnaires: what is still to be done, and what is done."""
    rows = Questionnaire.objects.visible_to(request.user, "scores", "answer").select_related("score", "case")
    entries = [{"row": row, "definition": actions.definition_of(row)} for row in rows.order_by("-given_at", "pk")]
    context = {
        "open": [entry for entry in entries if not entry["row"].completed_at],
        "done": [entry for entry in entries if entry["row"].completed_at],
        "cases": sorted({entry["row"].case.ref for entry in entries}),
    }
    return render(request, "measures/questionnaires.html", context)


@requires("scores", "read")
def questionnaire(request: Request, questionnaire) -> HttpResponse:
    """One questionnaire: for the patient a form until it is complete, for everybody else its answers."""
    found = visible(request, Questionnaire, "case", ref=questionnaire)
    may_answer = request.user.is_patient
    if request.method == "POST" and not may_answer:
        return HttpResponse(status=405, headers={"Allow": "GET"})
    if request.method == "POST":
        return _take(request, found)
    if found.completed_at or not may_answer:
        return _show_answers(request, found)
    form = AnswersForm(actions.definition_of(found), initial=initial_of(_kept(found)))
    return _show_form(request, found, form)


def _kept(questionnaire: Questionnaire) -> dict[int, int]:
    return dict(questionnaire.answers.values_list("item", "value"))


def _show_form(request: Request, found: Questionnaire, form: AnswersForm, status: int = 200) -> HttpResponse:
    definition = form.definition
    risky = f"item_{definition.alert.item}" if definition.alert else ""
    context = {
        "questionnaire": found,
        "definition": definition,
        "form": form,
        "risky": risky,
        "answered": len(_kept(found)),
        "of": len(definition.items),
    }
    return render(request, "measures/questionnaire.html", context, status=status)


def _show_answers(request: Request, found: Questionnaire) -> HttpResponse:
    definition, kept = actions.definition_of(found), _kept(found)
    rows = [
        {"item": item, "words": definition.label_of(kept[item.number]) if item.number in kept else "No answer yet"}
        for item in definition.items
    ]
    context = {
        "questionnaire": found,
        "definition": definition,
        "rows": rows,
        "score": getattr(found, "score", None),
        "meaning": rules.meaning(definition),
        "watched": found.completed_at and definition.alert and kept.get(definition.alert.item),
        "next_url": _next_url(found),
    }
    return render(request, "measures/questionnaire_done.html", context)


def _next_url(found: Questionnaire) -> str:
    """Where the patient goes on from here; a self-assessment has a list of its own."""
    of_referral = found.occasion == SELF_ASSESSMENT
    return reverse("intake:self-assessment") if of_referral else reverse("measures:questionnaires")


def _take(request: Request, found: Questionnaire) -> HttpResponse:
    """Keep what was given; finish where that was asked for and nothing is missing."""
    if found.completed_at:
        return _see(found)
    finishing = request.POST.get("go") != "later"
    form = AnswersForm(actions.definition_of(found), _with_kept(request.POST, found), finishing=finishing)
    whole = form.is_valid()
    actions.answer_all(found, form.values(), by=request.user)
    if not whole:
        return _show_form(request, found, form, status=422)
    if not finishing:
        return HttpResponse(status=303, headers={"Location": _next_url(found)})
    actions.complete(found, by=request.user)
    return _see(found)


def _with_kept(typed: QueryDict, found: Questionnaire) -> QueryDict:
    """What was sent, and beneath it what another tab has kept meanwhile."""
    merged = typed.copy()
    for name, value in initial_of(_kept(found)).items():
        merged.setdefault(name, value)
    return merged


def _see(found: Questionnaire) -> HttpResponse:
    return HttpResponse(status=303, headers={"Location": reverse("measures:questionnaire", args=[found.ref])})


@requires("scores", "answer", methods=("POST",))
def answers(request: Request, questionnaire) -> HttpResponse:
    """Keep one answer the moment it is given; answers with how many there are."""
    found = visible(request, Questionnaire, "case", ref=questionnaire)
    item, value = _number(request.POST.get("item")), _number(request.POST.get("value"))
    try:
        actions.answer(found, item, value, by=request.user)
    except Refused as refusal:
        found.refresh_from_db(fields=["completed_at"])
        return JsonResponse({"error": str(refusal)}, status=409 if found.completed_at else 422)
    return JsonResponse({"answered": found.answers.count(), "of": len(actions.definition_of(found).items)})


def _number(text: str | None) -> int:
    """A small whole number, or -1 for what is none: no item and no answer has it."""
    return int(text) if text and text.isascii() and text.isdecimal() and len(text) < 4 else -1


@requires("scores", "read", methods=("GET",))
def scores(request: Request, case: str) -> HttpResponse:
    """Scores over time, as charts, tables and words (MEAS-7)."""
    found = visible(request, Case, "patient", ref=case)
    return render(request, "measures/scores.html", {"case": found, "charts": score_charts(found)})
