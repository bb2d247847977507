"""What is known of a case's engagement, read from what happened: messages, appointments, questionnaires, calls."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from measures.models import Questionnaire
from patients.models import AdminNote, Case, CaseEvent
from therapy.appointments.models import Appointment, AppointmentEvent
from therapy.appointments.rules import BREACHES
from therapy.engagement import rules
from therapy.engagement.models import BreachDecision, BreachExcuse
from therapy.engagement.rules import Sent, Stand
from therapy.homework.models import HomeworkReport
from therapy.messages.models import Message

ATTENDED = ("completed", "completed_late")
# What a clinician writes down and the patient did: being there is a word as well.
CAME = (*ATTENDED, "aborted")


def contact_at(case: Case) -> dt.datetime | None:
    """Return when the patient was last heard from: a message, an answer to an appointment, a booking, a session that
    took place, a questionnaire filled in, a word on homework, a call in which somebody spoke with them
    (TIME-3, ENG-4)."""
    patient = case.patient.user_id
    events = AppointmentEvent.objects.filter(appointment__case=case)
    latest = [
        Message.objects.filter(case=case, side="patient").order_by("-at").values_list("at", flat=True).first(),
        events.filter(what__in=CAME).order_by("-at").values_list("at", flat=True).first(),
        Questionnaire.objects.filter(case=case, completed_at__isnull=False)
        .order_by("-completed_at")
        .values_list("completed_at", flat=True)
        .first(),
        HomeworkReport.objects.filter(homework__case=case).order_by("-at").values_list("at", flat=True).first(),
        max(AdminNote.objects.filter(case=case).spoken(), default=None),
    ]
    if patient is not None:
        latest.append(events.filter(by=patient).order_by("-at").values_list("at", flat=True).first())
    return max((at for at in latest if at is not None), default=None)


def replied_at(case: Case) -> dt.datetime | None:
    """Return when the patient last wrote, confirmed a time or came: after that offers are counted anew (ENG-2)."""
    wrote = Message.objects.filter(case=case, side="patient").order_by("-at").values_list("at", flat=True).first()
    agreed = AppointmentEvent.objects.filter(appointment__case=case, what__in=(*CAME, "confirmed"))
    found = (wrote, agreed.order_by("-at").values_list("at", flat=True).first())
    return max((at for at in found if at is not None), default=None)


def heard_since(case: Case, at: dt.datetime) -> bool:
    """Tell whether the patient was heard from after a moment."""
    contact = contact_at(case)
    return contact is not None and contact > at


def sent_of(case: Case) -> list[Sent]:
    """Return the messages of the 7-7 rule that were sent, oldest first."""
    rows = Message.objects.filter(case=case, side="clinician", template__in=rules.STEP_TEMPLATES)
    return [Sent(slug, at) for slug, at in rows.order_by("at").values_list("template", "at")]


def stand_of(case: Case) -> Stand:
    """Return where the case stands in the 7-7 rule (ENG-6)."""
    sent = sent_of(case)
    return rules.stand(sent, contact_at(case), pauses_of(case)) if sent else Stand()


def pauses_of(case: Case) -> list[rules.Pause]:
    """Return the stretches of time in which the case was on hold, the last one open where it is still (REF-9)."""
    turns = list(CaseEvent.objects.filter(case=case).order_by("pk").values_list("after", "at"))
    ends = [at for _, at in turns[1:]] + [None]
    return [(begun, over) for (state, begun), over in zip(turns, ends, strict=True) if state == "on_hold"]


@dataclass(frozen=True)
class Breach:
    """A missed or late-cancelled session, whether it counts, and what followed."""

    appointment: Appointment
    at: dt.datetime
    late: bool
    excuse: BreachExcuse | None
    decision: BreachDecision | None

    @property
    def counts(self) -> bool:
        return self.excuse is None

    @property
    def ends(self) -> bool:
        return self.decision is not None and self.decision.kind == BreachDecision.Kind.END


def breaches_of(case: Case) -> list[Breach]:
    """Return the breaches of the episode in the order in which they happened, excused ones among them (APPT-20)."""
    rows = AppointmentEvent.objects.filter(appointment__case=case, what__in=BREACHES, appointment__status__in=BREACHES)
    related = ("appointment__excuse", "appointment__breach_decision")
    return [
        Breach(
            appointment=row.appointment,
            at=row.at,
            late=row.what == "late_cancelled",
            excuse=getattr(row.appointment, "excuse", None),
            decision=getattr(row.appointment, "breach_decision", None),
        )
        for row in rows.select_related(*related).order_by("at")
    ]


def counted(case: Case) -> list[Breach]:
    return [breach for breach in breaches_of(case) if breach.counts]


def reminders_of(case: Case) -> list[dt.datetime]:
    """Return when policy reminders went to the patient (TIME-9)."""
    return [sent.at for sent in sent_of(case) if sent.slug in rules.BREACH_TEMPLATES]


def attended(case: Case) -> int:
    return case.appointments.filter(status__in=ATTENDED).count()


def why_not_end(case: Case, at: dt.datetime) -> str:
    """Return why two breaches cannot lead to an ending now; empty where they can (APPT-20, TIME-9, ENG-5)."""
    breaches, reminders = [breach.at for breach in counted(case)], reminders_of(case)
    limit = case.policy.breaches_before_discharge
    if len(breaches) < limit:
        return f"Only {len(breaches)} of {limit} missed or late-cancelled sessions count."
    if limit >= rules.UNANSWERED_OFFERS and not rules.prior_reminder_in_time(breaches, reminders):
        return "The reminder after the first one did not go out before the second."
    written = [sent for sent in reminders if sent >= breaches[-1]]
    if not written:
        return "The patient has not been written to about the last one."
    if at < written[0] + rules.LAST_ANSWER:
        return "The patient has 48 hours to answer the last message."
    return ""


def why_not_let_go(case: Case, at: dt.datetime) -> str:
    """Return why silence cannot end this episode yet; empty once a procedure ran to its end (ENG-3, ENG-5, DIS-4)."""
    if hasattr(case, "never_engaged") or stand_of(case).may_let_go(at):
        return ""
    ended = BreachDecision.objects.filter(case=case, kind=BreachDecision.Kind.END).order_by("-at").first()
    if ended is not None and not why_not_end(case, at):
        return ""
    return "the steps for a patient who does not answer have not run to their end"
