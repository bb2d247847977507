"""What each role's home page shows: what is owed and what is next. One function a role, a fixed number of queries."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q
from django.urls import reverse

from billing import rules as pay
from billing.models import Statement, StatementDraft
from clinicians.models import Clinician
from deadlines.models import OperatorTask
from desk.patient_home import patient_home
from desk.today import today_of
from discharge.models import DischargeRequest
from intake.models import AllocationRun, Batch
from letters.models import Dispatch, Letter, LetterDraft
from patients.models import AdminNote, Case
from patients.rules import ACTIVE_STATES
from risk.models import Alert
from supervision.models import Ticket
from therapy.models import Message, Trouble

UPCOMING_SHOWN = 10
Section = dict[str, Any]


def _count(title: str, number: int, url_name: str, *, hint: str = "") -> Section:
    return {"title": title, "number": number, "href": reverse(url_name), "hint": hint}


def clinician_home(user, at: dt.datetime) -> Section:
    """The day's sessions and what stands beside them (APPT-22), unread messages and alerts to review."""
    cases = Case.objects.filter(clinician__user=user, state__in=ACTIVE_STATES)
    return {
        **today_of(user, at),
        "caseload": cases.count(),
        "unread": Message.objects.filter(case__in=cases).unread_by(user).count(),
        "alerts": Alert.objects.unreviewed().filter(case__in=cases).select_related("case").order_by("raised_at"),
        "letters": _letters_to_write(user),
        "unconfirmed": Statement.objects.filter(clinician__user=user, confirmation=None).count(),
    }


def _letters_to_write(user) -> dict[str, Any]:
    """Letters given back to their author, and ended cases whose discharge letter is not submitted yet."""
    handed_in = LetterDraft.objects.filter(kind="discharge", state__in=["submitted", "approved"], case=OuterRef("pk"))
    ending = Case.objects.filter(clinician__user=user, state="discharging").exclude(Exists(handed_in))
    return {
        "queried": LetterDraft.objects.filter(author=user, state="queried").select_related("case"),
        "unwritten": ending.order_by("referred_at"),
    }


def supervisor_home(user, at: dt.datetime) -> Section:
    """Open tickets, urgent ones first, and unreviewed alerts of supervisees' cases."""
    cases = Case.objects.visible_to(user, "risk")
    tickets = Ticket.objects.filter(supervisor=user).exclude(state="closed").select_related("case", "author")
    return {
        # `risk_urgent` sorts after `other`: urgent tickets come first.
        "tickets": tickets.order_by("-type", "opened_at")[:UPCOMING_SHOWN],
        "alerts": Alert.objects.unreviewed().filter(case__in=cases).select_related("case").order_by("raised_at"),
    }


def patient_services_home(user, at: dt.datetime) -> list[Section]:
    """How much waits at each desk."""
    states = Case.objects.aggregate(
        waiting=Count("pk", filter=Q(state="waiting")),
        triage=Count("pk", filter=Q(state__in=["referred", "in_triage"])),
    )
    sent = Dispatch.objects.filter(recipient="patient", stopped="").values("letter")
    endings = DischargeRequest.objects.filter(case__state="discharging", discharge=None).values("case").distinct()
    return [
        _count("Referrals in triage", states["triage"], "intake:queue"),
        _count("Waiting for a clinician", states["waiting"], "intake:allocation"),
        _count("Letters to look at", LetterDraft.objects.filter(state="submitted").count(), "letters:desk"),
        _count("Letters to send", Letter.objects.exclude(pk__in=sent).count(), "letters:desk"),
        _count("Cases to discharge", endings.count(), "discharge:desk"),
        _count("Asked of you in admin notes", AdminNote.objects.waiting().count(), "desk:admin-tasks"),
        _count("Technical trouble", Trouble.objects.waiting().count(), "therapy:troubles"),
        _count("Uploads not loaded", Batch.objects.filter(loaded_at=None).count(), "intake:batches"),
        _count("What machines failed at", OperatorTask.objects.filter(closed_at=None).count(), "desk:all-deadlines"),
    ]


def triage_home(user, at: dt.datetime) -> Section:
    """How many referrals wait, and the alerts nobody has reviewed on them."""
    cases = Case.objects.visible_to(user, "risk", "write")
    return {
        "in_triage": Case.objects.filter(state="in_triage").count(),
        "referred": Case.objects.filter(state="referred").count(),
        "alerts": Alert.objects.unreviewed().filter(case__in=cases).select_related("case").order_by("raised_at"),
    }


def finance_home(user, at: dt.datetime) -> Section:
    """Where last month's statements stand."""
    this_month = pay.month_of(at)
    last_month = (this_month - dt.timedelta(days=1)).replace(day=1)
    issued = Statement.objects.filter(month=last_month)
    return {
        "last_month": last_month,
        "this_month": this_month,
        "drawn_up": StatementDraft.objects.filter(month=last_month).count(),
        "issued": issued.count(),
        "confirmed": issued.exclude(confirmation=None).count(),
    }


def clinical_lead_home(user, at: dt.datetime) -> Section:
    """Operators' tasks and the newest matching, as the lead is accountable for both."""
    return {
        "operator_tasks": OperatorTask.objects.filter(closed_at=None).order_by("opened_at")[:UPCOMING_SHOWN],
        "unsupervised": Clinician.objects.unsupervised().select_related("user")[:UPCOMING_SHOWN],
        "last_run": AllocationRun.objects.order_by("-at").first(),
    }


HOMES = {
    "patient": patient_home,
    "clinician": clinician_home,
    "supervisor": supervisor_home,
    "triage": triage_home,
    "patient_services": patient_services_home,
    "finance": finance_home,
    "clinical_lead": clinical_lead_home,
}


def sections_of(user, at: dt.datetime) -> list[tuple[str, Any]]:
    """Return (role, section) for each of the user's roles that has a home, in the order of the table."""
    return [(role, home(user, at)) for role, home in HOMES.items() if role in user.role_names]
