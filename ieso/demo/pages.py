"""The pages of the journey, each as somebody of the demonstration whom it concerns."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.urls import reverse

from accounts.models import RoleGrant, User
from billing import rules as pay
from billing.models import Statement
from clinicians.models import Clinician
from intake.allocation.models import AllocationRun
from letters.models import Letter, LetterDraft
from measures.models import Questionnaire
from patients.models import Case
from risk.models import Alert
from supervision.models import Ticket
from therapy.models import Appointment, Session

Page = tuple[str, User | None, str]


def pages_of_the_journey() -> list[Page]:
    """Return (name, user, address) of each page, as far as the data has what it shows."""
    pages = [*_public(), *_patient(), *_clinician(), *_office(), *_finance()]
    return [page for page in pages if page[2]]


def _one(rows: QuerySet) -> Any:
    """The first of these rows; the demonstration has at least one of everything that the pages show."""
    found = rows.first()
    if found is None:
        raise LookupError(f"the demonstration has no such {rows.model.__name__.lower()}")
    return found


def _first(role: str) -> User:
    return _one(RoleGrant.objects.filter(role=role).order_by("user__pk")).user


def _public() -> list[Page]:
    return [
        ("front page", None, "/"),
        ("referral, start", None, reverse("intake:referral-start")),
        ("sign-in", None, reverse("account_login")),
        ("help now", None, reverse("ui:help-now")),
    ]


def _patient() -> list[Page]:
    session = _one(Session.objects.filter(ended_at__isnull=False).order_by("-ended_at"))
    case = session.appointment.case
    user = case.patient.user
    new = _one(Case.objects.filter(state="referred").order_by("pk")).patient.user
    letter = Letter.objects.filter(dispatches__recipient="patient").first()
    asked = Questionnaire.objects.filter(case__patient__user=new, completed_at=None).first()
    return [
        ("self-assessment", new, reverse("intake:self-assessment")),
        ("questionnaire", new, reverse("measures:questionnaire", args=[asked.ref]) if asked else ""),
        ("patient's home", user, reverse("desk:home")),
        ("own appointments", user, reverse("therapy:my-appointments")),
        ("an appointment", user, reverse("therapy:appointment", args=[session.appointment.ref])),
        ("conversation", user, reverse("therapy:messages", args=[case.ref])),
        ("transcript", user, reverse("therapy:transcript", args=[session.ref])),
        ("scores", user, reverse("measures:scores", args=[case.ref])),
        ("own letters", user, reverse("letters:mine")),
        ("a letter", letter.case.patient.user, reverse("letters:letter", args=[letter.ref]))
        if letter
        else ("", None, ""),
    ]


def _clinician() -> list[Page]:
    appointment = _one(Appointment.objects.filter(status="completed", case__state="treatment").order_by("-during"))
    case, user = appointment.case, appointment.clinician.user
    alert = _one(Alert.objects.filter(case__clinician__isnull=False))
    ticket = _one(Ticket.objects.order_by("-opened_at"))
    draft = _one(LetterDraft.objects.order_by("-started_at"))
    return [
        ("clinician's home", user, reverse("desk:home")),
        ("caseload", user, reverse("desk:caseload")),
        ("case", user, reverse("desk:case", args=[case.ref])),
        ("offer an appointment", user, reverse("therapy:offer", args=[case.ref])),
        ("note", user, reverse("therapy:note", args=[appointment.ref])),
        ("problem and step", user, reverse("therapy:details", args=[case.ref])),
        ("end therapy", user, reverse("discharge:start", args=[case.ref])),
        ("own pay", user, reverse("billing:mine")),
        ("alert", alert.case.clinician.user, reverse("risk:alert", args=[alert.ref])),
        ("ticket", ticket.supervisor, reverse("supervision:ticket", args=[ticket.ref])),
        ("supervisor's home", ticket.supervisor, reverse("desk:home")),
        ("supervisor's desk", ticket.supervisor, reverse("supervision:desk")),
        (
            "letter, preview",
            draft.author,
            reverse("letters:preview", args=[draft.ref]) if draft.state != "approved" else "",
        ),
    ]


def _office() -> list[Page]:
    office, triage = _first("patient_services"), _first("triage")
    waiting = _one(Case.objects.filter(state="in_triage").order_by("pk"))
    run = AllocationRun.objects.first()
    return [
        ("patient services' home", office, reverse("desk:home")),
        ("find a case", office, reverse("desk:cases")),
        ("uploads", office, reverse("intake:batches")),
        ("allocation", office, reverse("intake:allocation")),
        ("a run", office, reverse("intake:run", args=[run.ref]) if run else ""),
        ("letters desk", office, reverse("letters:desk")),
        ("discharges", office, reverse("discharge:desk")),
        ("triage's home", triage, reverse("desk:home")),
        ("queue", triage, reverse("intake:queue")),
        ("triage of a case", triage, reverse("intake:triage", args=[waiting.ref])),
    ]


def _finance() -> list[Page]:
    finance = _first("finance")
    statement = Statement.objects.order_by("-month").first()
    month = pay.month_of(_one(Appointment.objects.filter(status="completed").order_by("-during")).starts_at)
    clinician = _one(Clinician.objects.filter(appointments__status="completed"))
    slug = f"{month:%Y-%m}"
    return [
        ("finance's home", finance, reverse("desk:home")),
        ("months", finance, reverse("billing:finance")),
        ("a month", finance, reverse("billing:month", args=[slug])),
        ("preview of a statement", finance, reverse("billing:preview", args=[slug, clinician.ref])),
        ("statement", finance, reverse("billing:statement", args=[statement.ref])) if statement else ("", None, ""),
    ]
