"""Pages of alerts and of the level of risk, for those who look after the case (RISK-1, RISK-8)."""

from __future__ import annotations

import uuid

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone

from accounts.access import list_visible, requires, visible
from accounts.requests import Request
from patients.models import Case
from risk import actions, rules
from risk.forms import HandoverForm, LevelForm, ReviewForm
from risk.models import Alert
from ui.errors import Refused


@requires("risk", "read", methods=("GET",))
def alerts(request: Request) -> HttpResponse:
    """Alerts that nobody has reviewed, the oldest first."""
    rows = list_visible(request, Alert).unreviewed().select_related("case__patient", "case__clinician__user")
    entries = [{"alert": alert, "due": rules.review_due(alert.raised_at)} for alert in rows]
    return render(request, "risk/alerts.html", {"entries": entries, "now": timezone.now()})


@requires("risk", "read")
def alert(request: Request, alert) -> HttpResponse:
    """One alert with its passage and source; POST writes the review."""
    found = visible(request, Alert, "case__patient", "case__clinician__user", "review__by", ref=alert)
    if request.method == "POST":
        return _review(request, found)
    return _show(request, found, ReviewForm())


def may_review(request: Request, case: Case) -> bool:
    """Tell whether this person may write on the risk of this very case."""
    return Case.objects.visible_to(request.user, "risk", "write").filter(pk=case.pk).exists()


def _show(request: Request, found: Alert, form: ReviewForm, status: int = 200) -> HttpResponse:
    context = {
        "alert": found,
        "case": found.case,
        "review": getattr(found, "review", None),
        "due": rules.review_due(found.raised_at),
        "now": timezone.now(),
        "form": form,
        "may_review": may_review(request, found.case),
        "source_url": source_url(found),
    }
    return render(request, "risk/alert.html", context, status=status)


def source_url(found: Alert) -> str:
    """The page of what raised the alert."""
    kind, _, ref = found.source.partition(":")
    if kind == "questionnaire":
        return reverse("measures:questionnaire", args=[uuid.UUID(ref)])
    if kind == "session":
        return reverse("therapy:appointment", args=[uuid.UUID(ref.partition(":")[0])])
    return reverse("intake:referral", args=[found.case.ref]) if kind == "self-assessment" else ""


def _review(request: Request, found: Alert) -> HttpResponse:
    form = ReviewForm(request.POST)
    if not may_review(request, found.case):
        raise Refused("You can read this alert, but somebody else must review it.")
    if not form.is_valid():
        return _show(request, found, form, status=422)
    try:
        actions.review(found, by=request.user, **form.cleaned_data)
    except Refused as refusal:
        form.add_error(refusal.field, str(refusal))
        found.refresh_from_db()
        return _show(request, found, form, status=409)
    messages.success(request, "Your review is saved.")
    return HttpResponse(status=303, headers={"Location": reverse("risk:alert", args=[found.ref])})


@requires("risk", "read")
def case_risk(request: Request, case: str) -> HttpResponse:
    """The level of risk of a case with its history and alerts; POST sets it anew."""
    found = visible(request, Case, "patient", ref=case)
    form = LevelForm(request.POST if request.method == "POST" else None)
    if request.method != "POST":
        return _show_case(request, found, form)
    if not may_review(request, found):
        raise Refused("You can read this page, but somebody else must set the level.")
    if not form.is_valid():
        return _show_case(request, found, form, status=422)
    actions.set_level(found, form.cleaned_data["level"], form.cleaned_data["reason"], by=request.user)
    messages.success(request, "The level of risk is set.")
    return HttpResponse(status=303, headers={"Location": reverse("risk:case", args=[found.ref])})


@requires("risk", "write", methods=("POST",))
def handover(request: Request, case: str) -> HttpResponse:
    """Record that somebody else holds the risk now."""
    found = visible(request, Case, "patient", ref=case)
    form = HandoverForm(request.POST, auto_id="handover_%s")
    if not form.is_valid():
        return _show_case(request, found, LevelForm(), form, status=422)
    given = form.cleaned_data
    try:
        actions.record_handover(found, given["kind"], given["to"], given["why"], by=request.user)
    except Refused as refusal:
        form.add_error(refusal.field, str(refusal))
        return _show_case(request, found, LevelForm(), form, status=409)
    messages.success(request, "It is recorded. The level of risk keeps the case no longer.")
    return HttpResponse(status=303, headers={"Location": reverse("risk:case", args=[found.ref])})


def _show_case(
    request: Request, found: Case, form: LevelForm, handover_form: HandoverForm | None = None, status: int = 200
) -> HttpResponse:
    levels = list(found.risk_levels.select_related("by").order_by("-at", "-pk"))
    context = {
        "case": found,
        "form": form,
        "levels": levels,
        "level": levels[0] if levels else None,
        "alerts": found.alerts.select_related("review__by").order_by("-raised_at"),
        "handovers": found.risk_handovers.select_related("by"),
        "kept": found.stay_reasons.filter(kind=rules.LEVEL_STAY_KIND, closed_at=None).exists(),
        "handover_form": handover_form or HandoverForm(auto_id="handover_%s"),
        "may_review": may_review(request, found),
    }
    return render(request, "risk/case.html", context, status=status)
