"""What follows from a word of the patient, from a message of the clinician, from a breach (TIME-2, 3, 8, 9, ENG).

The messages themselves are the steps of the 7-7 rule: nothing is sent by itself, and what was sent is what counts.
The deadlines here only say what is due; where a case stands is derived (`queries.stand_of`).
"""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db import transaction
from django.utils import timezone

from audit.actions import record_change
from deadlines import actions as deadlines
from deadlines.models import Deadline
from patients.cases.actions import lock
from patients.models import Case
from therapy.appointments.models import Appointment
from therapy.appointments.rules import BREACHES
from therapy.engagement import queries, rules
from therapy.engagement.models import BreachDecision, BreachExcuse
from therapy.messages.models import Message
from therapy.messages.templates import allocated_at, uk_moment, welcome_of, welcomed_at
from ui.errors import Refused

BOOK, NEVER, STEP, START = "booking_reminder", "never_engaged", "engagement_step", "engagement_start"
DIFFICULTIES, BREACH, DECISION = "engagement_difficulties", "breach_reminder", "breach_decision"
TICKET, ENDING = "engagement_ticket", "engagement_ending"
ANSWERS = frozenset({"confirmed", "declined", "cancelled", "late_cancelled", "moved"})
COMMITS = frozenset({"confirmed", "offered"})


# --- the patient is heard from ------------------------------------------------------------------------------


def patient_wrote(case: Case, at: dt.datetime) -> None:
    """A message of the patient: it stops what waited for one; the clinician looks whether they agreed on anything."""
    ran = Deadline.objects.owed().filter(case_ref=case.ref, kind=STEP).exists()
    deadlines.word_came(case.ref, closed_by="patient's message", at=at)
    if ran:
        _open(DIFFICULTIES, case, f"{case.ref}:{at:%Y%m%d%H%M%S%f}", at + rules.PROMPTED_WITHIN, "wrote back", at)


def nobody_spoke(case: Case, at: dt.datetime) -> None:
    """A call was put right in which nobody spoke with the patient: what waits for a word is due again (ENG-4)."""
    now, welcomed = queries.stand_of(case), welcomed_at(case)
    key, why = f"{case.ref}:{at:%Y%m%d%H%M%S%f}", "nobody spoke in the call"
    if now.runs:
        _open(STEP, case, key, max(at, now.next_at or at), why, at)
    elif case.state == "allocated" and welcomed is not None and not queries.heard_since(case, welcomed):
        sent = Message.objects.filter(case=case, template="booking_reminder", at__gte=welcomed).order_by("at").first()
        if sent is None:
            _open(BOOK, case, key, max(at, welcomed + rules.REMINDER_AFTER_WELCOME), why, at)
        else:
            due_at = max(rules.never_engaged_at(welcomed, sent.at), at + rules.LAST_ANSWER)
            _open(NEVER, case, key, due_at, why, at)


def appointment_turned(appointment: Appointment, status: str, *, by, at: dt.datetime) -> None:
    """An appointment was answered, lapsed, was missed or took place. Called by every verb that turns one."""
    case = appointment.case
    if by is not None and by.pk == case.patient.user_id and status in ANSWERS | COMMITS:
        deadlines.word_came(case.ref, closed_by=f"patient's answer: {status}", at=at)
    if status in COMMITS or status in queries.CAME:
        deadlines.meet_for_case(case.ref, (DIFFICULTIES,), closed_by=f"appointment {status}", at=at)
    if status in queries.CAME:
        deadlines.word_came(case.ref, closed_by=f"session {status}", at=at)
    if status in ("lapsed", "declined"):
        _count_unanswered(case, at)
    if status in BREACHES:
        _breached(appointment, at)


def _count_unanswered(case: Case, at: dt.datetime) -> None:
    """A second offer that lapsed, or that was declined, without a word: look at what stands in the way (ENG-2)."""
    rows = case.appointments.filter(status__in=["lapsed", "declined"])
    if replied := queries.replied_at(case):
        rows = rows.filter(offered_at__gt=replied)
    if rows.count() >= rules.UNANSWERED_OFFERS:
        _open(START, case, f"{case.ref}:{at:%Y%m%d%H%M%S%f}", at + rules.PROMPTED_WITHIN, "offers without a reply", at)


def _open(kind: str, case: Case, key: str, due_at: dt.datetime, why: str, at: dt.datetime) -> None:
    """Open one deadline of the clinician's, where none of its kind is owed on the case already."""
    if case.clinician is None or Deadline.objects.owed().filter(kind=kind, case_ref=case.ref).exists():
        return
    owner = case.clinician.user
    deadlines.open_deadline(kind, key, due_at=due_at, owner=owner, case_ref=case.ref, opened_by=why, at=at)
    if case.state == "on_hold":
        deadlines.hold(case.ref, at=at)


# --- the clinician writes -----------------------------------------------------------------------------------


def refuse_too_early(case: Case, template: str, at: dt.datetime) -> None:
    """Raise Refused for a message of the 7-7 rule that is sent before its time (ENG-3)."""
    if template not in (rules.ENGAGEMENT, rules.DISCHARGE):
        return
    now = queries.stand_of(case)
    if why := rules.too_early(template, now, at):
        when = f" It can be sent from {uk_moment(now.next_at)}." if now.next_at and now.next_slug == template else ""
        raise Refused(f"{why}{when}", remedy="Your text is kept. To write something else, begin an empty message.")


def clinician_wrote(case: Case, message, at: dt.datetime) -> None:
    """A message of the clinician: the first one starts the wait for a word, a step of the 7-7 rule the next wait."""
    if message.template == "booking_reminder":
        _reminded(case, at)
    elif (
        case.state == "allocated"
        and welcome_of(case) == message
        and not queries.heard_since(case, allocated_at(case) or case.referred_at)
    ):
        key = f"{case.ref}:{message.ref.hex}"
        _open(BOOK, case, key, at + rules.REMINDER_AFTER_WELCOME, "welcome sent, no word yet", at)
    if message.template in rules.BREACH_TEMPLATES:
        deadlines.meet_for_case(case.ref, (BREACH,), closed_by="policy reminder sent", at=at)
    if message.template in rules.STEP_TEMPLATES:
        _stepped(case, message, at)


def _reminded(case: Case, at: dt.datetime) -> None:
    """The reminder to book went out: silence now has an end (TIME-3)."""
    deadlines.meet_for_case(case.ref, (BOOK,), closed_by="reminder sent", at=at)
    welcomed = welcomed_at(case)
    if welcomed is None or queries.heard_since(case, welcomed) or case.state != "allocated":
        return
    due_at = rules.never_engaged_at(welcomed, at)
    _open(NEVER, case, f"{case.ref}:{at:%Y%m%d%H%M%S%f}", due_at, "welcome and reminder sent, no word", at)


def _stepped(case: Case, message, at: dt.datetime) -> None:
    """A step of the 7-7 rule was sent: what comes next is due when its wait is over (TIME-8)."""
    deadlines.meet_for_case(case.ref, (STEP, START), closed_by="message sent", at=at)
    now = queries.stand_of(case)
    if now.runs and now.steps[-1].at == message.at:
        wait = rules.SPACING[len(now.steps) - 1]
        due_at = now.next_at or at + wait
        _open(STEP, case, f"{case.ref}:{message.ref.hex}", due_at, f"7-7 rule: {message.template} sent", at)


# --- breaches -----------------------------------------------------------------------------------------------


def _breached(appointment: Appointment, at: dt.datetime) -> None:
    """A missed or late-cancelled session: the policy reminder is due, with the last allowed one a decision (TIME-9)."""
    case, key = appointment.case, str(appointment.ref)
    if case.clinician is None:
        return
    about: dict[str, Any] = {
        "owner": case.clinician.user,
        "case_ref": case.ref,
        "opened_by": "session missed or cancelled late",
    }
    deadlines.open_deadline(BREACH, key, due_at=at + rules.BREACH_REMINDER_WITHIN, at=at, **about)
    if len(queries.counted(case)) >= case.policy.breaches_before_discharge:
        deadlines.open_deadline(DECISION, key, due_at=at + rules.WHOLE_SEVEN_SEVEN, at=at, **about)


def _counts_no_longer(appointment: Appointment, why: str, at: dt.datetime) -> None:
    """Nothing is due on a breach that does not count; with too few left, nothing is to be decided either (APPT-20)."""
    case = appointment.case
    for kind in (BREACH, DECISION, ENDING):
        deadlines.cancel(kind, str(appointment.ref), closed_by=why, at=at)
    if len(queries.counted(case)) < case.policy.breaches_before_discharge:
        deadlines.cancel_for_case(case.ref, (DECISION, ENDING), closed_by=f"too few count: one {why}", at=at)


def corrected(appointment: Appointment, before: str, at: dt.datetime) -> None:
    """An outcome that was a breach is none any more (APPT-21)."""
    if before in BREACHES and appointment.status not in BREACHES:
        _counts_no_longer(appointment, "outcome corrected", at)


def _breach(appointment: Appointment) -> Appointment:
    locked = (
        Appointment.objects.select_for_update(of=("self",)).select_related("case__clinician").get(pk=appointment.pk)
    )
    if locked.status not in BREACHES:
        raise Refused("This session was neither missed nor cancelled late.", remedy="Reload the page.")
    return locked


def _refuse_others(case: Case, by) -> None:
    if case.clinician is None or case.clinician.user_id != by.pk:
        raise Refused("Only the therapist of the case decides this.")


@transaction.atomic
def excuse(appointment: Appointment, reason: str, *, by, at: dt.datetime | None = None) -> BreachExcuse:
    """Say that a breach does not count, and why; a second time changes nothing (APPT-20).

    Raises Refused without a reason, for anybody but the clinician, and for a session that was no breach.
    """
    at = at or timezone.now()
    locked = _breach(appointment)
    _refuse_others(locked.case, by)
    if not reason.strip():
        raise Refused("Write why it does not count.", field="reason", remedy="One sentence is enough.")
    made, new = BreachExcuse.objects.get_or_create(
        appointment=locked, defaults={"reason": reason.strip(), "by": by, "at": at}
    )
    if new:
        _counts_no_longer(locked, "excused", at)
        record_change("breach excused", by=by, case_ref=locked.case.ref, object_ref=str(locked.ref), at=at)
    return made


@transaction.atomic
def decide(appointment: Appointment, kind: str, reason: str, *, by, at: dt.datetime | None = None) -> BreachDecision:
    """Decide after the last allowed breach whether therapy goes on or ends (APPT-20).

    Going on with more breaches than the site allows needs a ticket, which the clinician owes from then on. Raises
    Refused without a reason, a second time, for a breach that does not count, and for an ending before the first
    reminder went out in time and the patient had 48 hours to answer (TIME-9, ENG-5).
    """
    at = at or timezone.now()
    locked = _breach(appointment)
    case = lock(locked.case)
    _refuse_others(case, by)
    if kind not in BreachDecision.Kind.values:
        raise Refused("Choose whether therapy goes on.", field="kind")
    if not reason.strip():
        raise Refused("Write why.", field="reason", remedy="One or two sentences are enough.")
    if BreachDecision.objects.filter(appointment=locked).exists():
        raise Refused("This has been decided already.", remedy="Reload the page.")
    if BreachExcuse.objects.filter(appointment=locked).exists():
        raise Refused("This session does not count any more.", remedy="Reload the page.")
    why = queries.why_not_end(case, at)
    if kind == BreachDecision.Kind.END and why:
        raise Refused(f"Therapy cannot end over this yet. {why}", field="kind")
    made = BreachDecision.objects.create(case=case, appointment=locked, kind=kind, reason=reason.strip(), by=by, at=at)
    deadlines.meet(DECISION, str(locked.ref), closed_by=f"decided: {kind}", at=at)
    if kind == BreachDecision.Kind.CONTINUE and len(queries.counted(case)) > case.policy.breaches_before_discharge:
        _open(TICKET, case, str(locked.ref), at + rules.PROMPTED_WITHIN, "therapy goes on beyond the allowance", at)
    if kind == BreachDecision.Kind.END:
        _open(ENDING, case, str(locked.ref), at + rules.PROMPTED_WITHIN, "decided: therapy ends", at)
    record_change(
        "breach decision", by=by, case_ref=case.ref, object_ref=str(locked.ref), after={"decision": kind}, at=at
    )
    return made


def therapy_ended(case: Case, at: dt.datetime) -> bool:
    """Therapy was ended: that is what the last step of a procedure asked for; tell whether one did (ENG-3, ENG-5)."""
    return bool(deadlines.meet_for_case(case.ref, (ENDING, STEP, START), closed_by="therapy ended", at=at))


def difficulties_raised(case: Case, at: dt.datetime) -> bool:
    """A ticket about the difficulties is with the supervisor: that is what was owed (ENG-4); tell whether it was."""
    return bool(deadlines.meet_for_case(case.ref, (DIFFICULTIES, START, TICKET), closed_by="ticket raised", at=at))


@transaction.atomic
def settle_difficulties(case: Case, *, by, at: dt.datetime | None = None) -> bool:
    """The clinician has agreed a next step with a patient who wrote back, or has raised a ticket (ENG-4)."""
    at, case = at or timezone.now(), lock(case)
    _refuse_others(case, by)
    return bool(deadlines.meet_for_case(case.ref, (DIFFICULTIES, START), closed_by="seen to", at=at))
