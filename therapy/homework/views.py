"""The homework of a case: set by the clinician, ticked by the patient (MSG-4)."""

from __future__ import annotations

import uuid
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone

from accounts import access
from accounts.access import requires
from accounts.requests import Request
from files.scanning import notice
from patients.models import Case
from patients.wording.findings import ANSWER, NOTHING_FOUND, PointedOut
from therapy.enclosures.adding import NOTHING_ADDED, files_of
from therapy.homework import actions
from therapy.homework.forms import HomeworkForm, ReportForm, TakeBackForm
from therapy.homework.models import Homework, HomeworkReport, HomeworkTurn
from therapy.messages.actions import CLINICIAN, PATIENT, is_open_to, is_used, side_of
from therapy.messages.composing import pointed_out
from therapy.together import actions as session
from ui.posting import attempt, posted, renew_key, see, status_of

RELATED = ("patient__user", "clinician__user")


@requires("homework", "read", methods=("GET",))
def homework(request: Request, case: str) -> HttpResponse:
    """Everything that was set, newest first, with the patient's word on it."""
    return _page(request, access.visible(request, Case, *RELATED, ref=case))


def page_url(homework: Homework) -> str:
    """Return the place of one piece of homework on the page of its case."""
    return f"{reverse('therapy:homework', args=[homework.case.ref])}#h-{homework.ref}"


def _page(request: Request, case: Case, refused: tuple[Homework, ReportForm] | None = None) -> HttpResponse:
    side = side_of(case, request.user)
    rows = list(Homework.objects.filter(case=case).prefetch_related("reports", "turns__by"))
    entries = [(row, row.newest_report, _form_for(row, side, refused)) for row in rows]
    context = {"case": case, "entries": entries, "sets": side == CLINICIAN, "own": side == PATIENT}
    context |= {"may_add": is_open_to(case, request.user), "file_notice": notice()}
    status = status_of(refused[1]) if refused else 200
    return render(request, "therapy/homework/homework.html", context, status=status)


def _form_for(row: Homework, side: str, refused: tuple[Homework, ReportForm] | None) -> ReportForm | None:
    """The patient's form on one piece of homework, with what was typed where it was refused."""
    if side != PATIENT:
        return None
    if refused and refused[0] == row:
        return refused[1]
    if row.taken_back:
        return None
    said = row.newest_report
    return ReportForm(initial={"done": said.done, "how": said.how} if said else None, auto_id=f"{row.pk}_%s")


@requires("homework", "write")
def new(request: Request, case: str) -> HttpResponse:
    """Sets homework; it goes to the patient in a message, and a promise in it is pointed out before (NOTE-8)."""
    found = access.visible(request, Case, *RELATED, ref=case)
    form = HomeworkForm(posted(request), initial=_begun_from(found, request.GET.get("like", "")))
    looked_at = pointed_out(found, request.user, form.words()) if form.is_valid() else NOTHING_FOUND
    waits = looked_at.waits(request.POST.get(ANSWER, ""))
    if form.is_valid() and not waits and attempt(form, lambda: _set(request, found, form, looked_at)):
        messages.success(request, "Sent to the patient with your message.")
        return see(reverse("therapy:homework", args=[found.ref]))
    if form.is_bound and is_used(found, form.data.get("client_key", ""), by=request.user):
        renew_key(form)
    context = {"case": found, "form": form, "pointed_out": looked_at if waits else NOTHING_FOUND}
    return render(request, "therapy/homework/new.html", context, status=422 if waits else status_of(form))


def _set(request: Request, case: Case, form: HomeworkForm, looked_at: PointedOut) -> Homework:
    return actions.set_homework(case, by=request.user, despite=looked_at, **form.cleaned_data)


def _begun_from(case: Case, like: str) -> dict[str, Any]:
    """What the form begins with: what was set before, where the address names a piece of homework of this case."""
    try:
        before = case.homework.filter(ref=uuid.UUID(like)).first()
    except ValueError:
        before = None
    if before is None:
        return {}
    ahead = before.due_on if before.due_on and before.due_on >= timezone.localdate() else None
    return {"what": before.what, "why": before.why, "due_on": ahead}


@requires("homework", "write")
def taking_back(request: Request, homework: uuid.UUID) -> HttpResponse:
    """Takes homework back with a reason for the patient; `then=correct` goes on to setting it anew (MSG-4)."""
    found = access.visible(request, Homework, "case__patient", "case__clinician__user", ref=homework)
    form = TakeBackForm(posted(request), initial={"reason": found.taken_back.reason} if found.taken_back else None)
    looked_at = NOTHING_FOUND
    if form.is_valid():
        looked_at = pointed_out(found.case, request.user, form.cleaned_data["reason"])
    waits = looked_at.waits(request.POST.get(ANSWER, ""))
    if form.is_valid() and not waits and attempt(form, lambda: _taken_back(request, found, form, looked_at)):
        messages.success(request, "Taken back. The patient sees that it is no longer needed, and why.")
        anew = f"{reverse('therapy:new-homework', args=[found.case.ref])}?like={found.ref}"
        return see(anew if request.POST.get("then") == "correct" else page_url(found))
    context = {"row": found, "case": found.case, "form": form, "pointed_out": looked_at if waits else NOTHING_FOUND}
    return render(request, "therapy/homework/take_back.html", context, status=422 if waits else status_of(form))


def _taken_back(request: Request, found: Homework, form: TakeBackForm, looked_at: PointedOut) -> HomeworkTurn:
    made = actions.take_back(found, form.cleaned_data["reason"], by=request.user, despite=looked_at)
    _ring_the_room(found)
    return made


@requires("homework", "write", methods=("POST",))
def asking_again(request: Request, homework: uuid.UUID) -> HttpResponse:
    """Asks again for homework that was taken back."""
    found = access.visible(request, Homework, "case__patient", "case__clinician__user", ref=homework)
    actions.ask_again(found, by=request.user)
    _ring_the_room(found)
    messages.success(request, "It stands among what the patient is asked to do again.")
    return see(page_url(found))


def _ring_the_room(found: Homework) -> None:
    if found.appointment is not None:
        session.ring(found.appointment, session.HOMEWORK)


@requires("homework", "answer", methods=("POST",))
def report(request: Request, homework: uuid.UUID) -> HttpResponse:
    """The patient ticks homework and says how it went."""
    found = access.visible(request, Homework, "case__patient", "case__clinician__user", ref=homework)
    form = ReportForm(request.POST, auto_id=f"{found.pk}_%s")
    added = files_of(request, found.case) if is_open_to(found.case, request.user) else NOTHING_ADDED
    if form.is_valid():
        added.refuse_in(form)
    if form.is_valid() and attempt(form, lambda: _reported(request, found, form, added.refs)):
        messages.success(request, "Thank you. Your therapist can read it now.")
        return see(page_url(found))
    return _page(request, found.case, (found, form))


@transaction.atomic
def _reported(request: Request, found: Homework, form: ReportForm, files: list[str]) -> HomeworkReport:
    """The patient's word, and the files in a message of their own: both or neither."""
    given = form.cleaned_data
    actions.return_files(found, files, by=request.user, client_key=given["client_key"])
    return actions.report(found, done=given["done"], how=given["how"], by=request.user)
