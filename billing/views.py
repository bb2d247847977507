"""Doors of pay: finance draws up and issues, clinicians read and confirm."""

from __future__ import annotations

import datetime as dt

from django.contrib import messages
from django.core.paginator import Page, Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone

from accounts.access import list_visible, requires, visible
from accounts.requests import Request
from billing import actions, drawing, rules
from billing.lines import from_data
from billing.models import Statement, StatementDraft
from billing.queries import adjustments_due, clinicians_of, issued_pence, month_rows, months_with_sessions
from billing.totals import totals_of
from clinicians.models import Clinician
from ui.posting import see

CLINICIANS_A_PAGE = 25
YEARS = range(2000, 2200)


def _month(slug: str) -> dt.date:
    """Read "2026-10" as the first of that month; anything else is not found."""
    try:
        first = dt.datetime.strptime(slug, "%Y-%m").date()  # noqa: DTZ007 - a month has no time zone
    except ValueError as error:
        raise Http404 from error
    if first.year not in YEARS:
        raise Http404
    return first


@requires("finance_desk", "read", methods=("GET",))
def finance(request: Request) -> HttpResponse:
    """The months in which there were sessions, newest first."""
    context = {"months": months_with_sessions(), "adjustments": adjustments_due()}
    return render(request, "billing/finance.html", context)


@requires("finance_desk", "read", methods=("GET",))
def month(request: Request, month: str) -> HttpResponse:
    """The clinicians' statements of one month by state, those still to be issued first."""
    first = _month(month)
    page = _page_of(request.GET.get("page"), first)
    rows = month_rows(first, page.object_list)
    context = {
        "month": first,
        "slug": month,
        "page": page,
        "rows": rows,
        "total": sum(row.pence for row in rows),
        "issued_pence": issued_pence(first),
        "to_issue": any(not row.issued for row in rows),
        "over": timezone.now() >= rules.month_bounds(first)[1],
    }
    return render(request, "billing/month.html", context)


def _page_of(number: str | None, month: dt.date) -> Page:
    return Paginator(clinicians_of(month), CLINICIANS_A_PAGE).get_page(number)


@requires("finance_desk", "write", methods=("POST",))
def drafts(request: Request, month: str) -> HttpResponse:
    """Draw up the month for each clinician of one page of the month who has no statement yet."""
    first = _month(month)
    page = _page_of(request.POST.get("page"), first)
    waiting = [clinician for clinician in page if not clinician.issued]
    for clinician in waiting:
        actions.draw_up(clinician, first, by=request.user)
    messages.success(request, f"Drawn up: {len(waiting)} statement{'' if len(waiting) == 1 else 's'}.")
    return see(f"{reverse('billing:month', args=[month])}?page={page.number}")


@requires("finance_desk", "read", methods=("GET",))
def preview(request: Request, month: str, clinician: str) -> HttpResponse:
    """One clinician's month as the records stand, before it is issued."""
    first = _month(month)
    person = visible(request, Clinician, "user", ref=clinician)
    lines = drawing.preview(person, first)
    draft = StatementDraft.objects.filter(clinician=person, month=first).first()
    statement = draft and Statement.objects.filter(ref=draft.ref).first()
    context = {
        "month": first,
        "slug": month,
        "clinician": person,
        "lines": lines,
        "totals": totals_of(lines),
        "draft": draft,
        "statement": statement,
        "fresh": draft is not None and from_data(draft.lines) == lines,
        "over": timezone.now() >= rules.month_bounds(first)[1],
    }
    return render(request, "billing/preview.html", context)


@requires("finance_desk", "write", methods=("POST",))
def draft(request: Request, month: str, clinician: str) -> HttpResponse:
    """Draw up one clinician's month."""
    person = visible(request, Clinician, "user", ref=clinician)
    actions.draw_up(person, _month(month), by=request.user)
    messages.success(request, "Drawn up. Look it through, then issue it.")
    return see(reverse("billing:preview", args=[month, person.ref]))


@requires("finance_desk", "write", methods=("POST",))
def issue(request: Request, month: str, clinician: str) -> HttpResponse:
    """Issue one clinician's drawn-up month."""
    person = visible(request, Clinician, "user", ref=clinician)
    drawn = StatementDraft.objects.filter(clinician=person, month=_month(month)).first()
    if drawn is None:
        raise Http404
    statement = actions.issue(drawn, by=request.user)
    messages.success(request, "Issued. The clinician has been told.")
    return see(reverse("billing:statement", args=[statement.ref]))


@requires("statements", "answer", methods=("GET",))
def mine(request: Request) -> HttpResponse:
    """A clinician's own statements, and the month so far."""
    statements = list_visible(request, Statement).select_related("confirmation")
    this_month = rules.month_of(timezone.now())
    lines = drawing.preview(request.user.clinician, this_month)
    context = {"statements": statements, "month": this_month, "lines": lines, "totals": totals_of(lines)}
    return render(request, "billing/mine.html", context)


@requires("statements", "read", methods=("GET",))
def statement(request: Request, statement: str) -> HttpResponse:
    """An issued statement, line by line."""
    found = visible(request, Statement, "clinician__user", "pdf", ref=statement)
    lines = found.listed()
    context = {
        "statement": found,
        "lines": lines,
        "totals": totals_of(lines),
        "confirmation": getattr(found, "confirmation", None),
        "may_confirm": found.clinician.user_id == request.user.pk,
        "pdf": getattr(found, "pdf", None),
    }
    return render(request, "billing/statement.html", context)


@requires("statements", "answer", methods=("POST",))
def confirmation(request: Request, statement: str) -> HttpResponse:
    """The clinician confirms a statement."""
    found = visible(request, Statement, ref=statement)
    actions.confirm(found, by=request.user)
    messages.success(request, "Thank you. The statement is confirmed.")
    return see(reverse("billing:statement", args=[found.ref]))


@requires("statements", "read", methods=("GET",))
def pdf(request: Request, statement: str) -> HttpResponse:
    """The statement's PDF, as it was made once."""
    found = visible(request, Statement, "pdf__file", ref=statement)
    if not hasattr(found, "pdf"):
        raise Http404
    response = HttpResponse(bytes(found.pdf.file.content), content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="statement-{found.month:%Y-%m}.pdf"'
    return response
