"""Contact details and consents, corrected by the patient or by patient services (ACC-4, LET-6)."""

from __future__ import annotations

from functools import partial

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse

from accounts.access import requires, visible
from accounts.requests import Request
from patients.models import Case
from patients.people import actions
from patients.people.forms import QUESTIONS, AccountForm, ConsentsForm, ContactForm, SafeContactForm
from ui.errors import Refused
from ui.posting import attempt, posted, status_of


def _see(url_name: str, case: Case) -> HttpResponse:
    return HttpResponse(status=303, headers={"Location": reverse(url_name, args=[case.ref])})


@requires("contact", "write")
def contact(request: Request, case: str) -> HttpResponse:
    """Contact details, to be corrected."""
    found = visible(request, Case, "patient", ref=case)
    initial = {name: getattr(found.patient, name) for name in actions.CONTACT_FIELDS}
    form = ContactForm(request.POST if request.method == "POST" else None, initial=initial)
    if request.method == "POST" and form.is_valid():
        actions.correct_contact(found.patient, by=request.user, **form.cleaned_data)
        messages.success(request, "The details are saved.")
        return _see("patients:contact", found)
    return _show(request, found, form)


def _show(request: Request, found: Case, form: ContactForm, account_form=None, status: int = 200) -> HttpResponse:
    by_staff = request.user.is_staff_member
    if by_staff and found.patient.user_id is None and account_form is None:
        account_form = AccountForm(initial={"email": found.patient.email})
    context = {"case": found, "form": form, "account_form": account_form, "by_staff": by_staff}
    return render(request, "patients/contact.html", context, status=422 if form.errors else status)


@requires("contact", "write", methods=("POST",))
def account(request: Request, case: str) -> HttpResponse:
    """Invite somebody who has no account yet, once patient services know who it is."""
    found = visible(request, Case, "patient", ref=case)
    if not request.user.is_staff_member:
        raise Refused("You have an account already.")
    form, details = AccountForm(request.POST), {name: getattr(found.patient, name) for name in actions.CONTACT_FIELDS}
    if not form.is_valid():
        return _show(request, found, ContactForm(initial=details), form, status=422)
    try:
        actions.open_account(found.patient, form.cleaned_data["email"], case=found, by=request.user)
    except Refused as refusal:
        form.add_error(refusal.field, str(refusal))
        return _show(request, found, ContactForm(initial=details), form, status=409)
    messages.success(request, "The invitation is on its way.")
    return _see("patients:contact", found)


@requires("contact", "write")
def consents(request: Request, case: str) -> HttpResponse:
    """What the person agreed to, to be changed at any time; a change is in force at once."""
    found = visible(request, Case, "patient", ref=case)
    stood = {kind: found.patient.consent(kind) for kind in QUESTIONS}
    by_staff = request.user.is_staff_member
    initial = {kind: "yes" if given else "no" for kind, given in stood.items()}
    typed = request.POST if request.method == "POST" else None
    form = ConsentsForm(typed, initial=initial, by_staff=by_staff)
    if request.method == "POST" and form.is_valid():
        for kind, given in stood.items():
            if (form.cleaned_data[kind] == "yes") != given:
                why = form.cleaned_data.get("why", "")
                actions.record_consent(found.patient, kind, not given, by=request.user, reason=why)
        messages.success(request, "The answers are saved and in force.")
        return _see("patients:consents", found)
    context = {"case": found, "form": form, "by_staff": by_staff}
    return render(request, "patients/consents.html", context, status=422 if form.errors else 200)


@requires("safe_contact", "write")
def safe_contact(request: Request, case: str) -> HttpResponse:
    """The flag "risk at home": how the person may be reached from now on (MSG-8)."""
    found = visible(request, Case, "patient", ref=case)
    form = SafeContactForm(posted(request), initial={"channel": found.patient.agreed_channel})
    agree = partial(actions.agree_safe_contact, found.patient, case=found, by=request.user)
    if form.is_valid() and attempt(form, lambda: agree(**form.cleaned_data)):
        messages.success(request, "It is in force from now on.")
        return _see("patients:safe-contact", found)
    history = found.patient.safe_contacts.select_related("by").order_by("-at", "-id")
    context = {"case": found, "form": form, "history": history}
    return render(request, "patients/safe_contact.html", context, status=status_of(form))
