"""Booking: the offer of an appointment, and what may be offered (APPT-1, APPT-2, APPT-4, APPT-5)."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db import IntegrityError, connection, transaction
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.utils import timezone

from clinicians.models import Clinician
from deadlines import actions as deadlines
from patients.cases import actions as patients
from patients.models import Case
from therapy.appointments import first, reminders, rules, telling
from therapy.appointments.history import local, local_clock, write_down
from therapy.appointments.models import Appointment
from ui.errors import Refused

# The first number of the advisory locks under which a person's time is given away.
CLINICIAN_LOCK, PATIENT_LOCK = 4101, 4102
MODALITIES = {"typed": "A typed", "video": "A video"}


@transaction.atomic
def offer(
    case: Case,
    *,
    starts_at: dt.datetime,
    minutes: int,
    client_key: str,
    by,
    modality: str = "typed",
    at: dt.datetime | None = None,
) -> Appointment:
    """Offer an appointment to the patient of a case (APPT-1, APPT-2, APPT-4, APPT-5).

    `client_key` is made by the form: the same key again returns the appointment it made. Raises Refused for a case
    that is not on a caseload, a time that is past or taken (naming the clash), and a length the policy has not.
    """
    at = at or timezone.now()
    hold_time_of(case)
    if made := Appointment.objects.filter(client_key=client_key).select_related("case").first():
        return the_same(made, case, starts_at)
    made = place(patients.lock(case), starts_at, minutes, modality, client_key, by=by, at=at)
    telling.tell_patient(made, "appointment_offered", at=at)
    return made


def place(
    case: Case, starts_at: dt.datetime, minutes: int, modality: str, client_key: str, *, by, at: dt.datetime, **more
) -> Appointment:
    """Put an offer into the times of a locked case whose times are held, telling nobody; Refused as in `offer`.

    `more`: the series it belongs to, and the reason to keep in its history.
    """
    ends_at = starts_at + dt.timedelta(minutes=minutes)
    kind = refuse_unfit(case, starts_at, minutes, modality, at)
    refuse_clash(case, starts_at, ends_at, by)
    reason = more.pop("reason", "")
    appointment = insert(case, kind, starts_at, ends_at, modality, minutes, client_key, at, **more)
    write_down(appointment, "offered", by=by, reason=reason, at=at)
    open_confirmation(appointment, at)
    return appointment


def hold_time_of(case: Case) -> None:
    """Wait for whoever is booking the same clinician or patient: always in this order, so nobody deadlocks."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [CLINICIAN_LOCK, case.clinician_id or 0])
        cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [PATIENT_LOCK, case.patient_id])


def the_same(made: Appointment, case: Case, starts_at: dt.datetime) -> Appointment:
    """Return what a form made when it was sent before; raises Refused where it asks for something else by now."""
    if made.case_id != case.pk:
        raise Refused("This form was already used for another case.", remedy="Open the booking page again.")
    if made.starts_at != starts_at:
        raise Refused(
            f"This form was already used for {local(made.starts_at)}, so the other time is not booked.",
            remedy="Open the booking page again.",
        )
    return made


def refuse_unfit(case: Case, starts_at: dt.datetime, minutes: int, modality: str, at: dt.datetime) -> str:
    """Return the kind of the next appointment, or raise Refused with what does not fit (APPT-1, APPT-2)."""
    if case.clinician_id is None or case.state not in rules.BOOKING_STATES:
        raise Refused(
            f"Appointments cannot be offered while the case is {case.get_state_display().lower()}.",
            remedy="The case must be on a clinician's caseload.",
        )
    if starts_at <= at:
        raise Refused("This time has passed.", field="time", remedy="Choose a time that is still to come.")
    if starts_at - at > rules.FURTHEST_AHEAD:
        raise Refused("This is more than a year ahead.", field="date", remedy="Choose an earlier day.")
    kind = next_kind(case)
    allowed = allowed_minutes(case, modality)
    if minutes not in allowed:
        lengths = " or ".join(str(length) for length in allowed) or "no"
        raise Refused(
            f"{MODALITIES.get(modality, 'Such a')} {kind} session lasts {lengths} minutes on this contract.",
            field="minutes",
            remedy="Choose one of these lengths.",
        )
    return kind


def next_kind(case: Case) -> str:
    """Return "assessment" or "treatment": what the next appointment of a case is (APPT-2)."""
    return "assessment" if rules.is_assessment(case.step, case.problem) else "treatment"


def allowed_minutes(case: Case, modality: str) -> list[int]:
    """Return the lengths in minutes that the next appointment of a case may have, by its policy (APPT-1, APPT-24)."""
    if modality not in case.site.modalities:
        return []
    assessment, policy = next_kind(case) == "assessment", case.policy
    lengths = policy.lengths(modality, step=case.step, assessment=assessment)
    if assessment and case.pre_assessed:  # a short assessment, of the length of the step that the referrer found
        short = policy.lengths(modality, step=case.step_or_provisional, assessment=False)
        lengths += [minutes for minutes in short if minutes not in lengths]
    return lengths


def refuse_clash(case: Case, starts_at: dt.datetime, ends_at: dt.datetime, by) -> None:
    """Raise Refused naming the appointment that holds the clinician's or the patient's time (APPT-4)."""
    taken = Appointment.objects.clashing(starts_at, ends_at).select_related("case")
    own = taken.filter(clinician=case.clinician_id).first()
    if own is not None:
        raise _clash(
            f"The clinician has case {own.case.ref} from {local(own.starts_at)} to {local_clock(own.ends_at)}."
        )
    other = taken.filter(patient=case.patient_id).first()
    if other is not None:
        raise _clash(f"The patient has an appointment from {local(other.starts_at)} to {local_clock(other.ends_at)}.")


def _clash(what: str) -> Refused:
    return Refused(f"This time is taken. {what}", field="time", remedy="Choose another time.")


def insert(case, kind, starts_at, ends_at, modality, minutes, client_key, at, **more) -> Appointment:
    """Insert the offer; the database has the last word on overlaps (APPT-4)."""
    notice = dt.timedelta(hours=case.policy.confirmation_notice_hours)
    try:
        with transaction.atomic():
            made = Appointment.objects.create(
                case=case,
                patient=case.patient,
                clinician=Clinician.objects.select_related("user").get(pk=case.clinician_id),
                kind=kind,
                modality=modality,
                minutes=minutes,
                during=DateTimeTZRange(starts_at, ends_at),
                short_notice=rules.is_short_notice(at, starts_at, notice),
                confirm_by=rules.confirmation_limit(at, starts_at, notice),
                offered_at=at,
                client_key=client_key,
                **more,
            )
            deadlines.meet_for_case(case.ref, ("follow_up",), closed_by="another time booked", at=at)
            first.booked(made, at)
            return made
    except IntegrityError as error:
        if "one_at_a_time" not in str(error):
            raise
        raise _clash("Somebody booked it at the same moment.") from error


def open_confirmation(appointment: Appointment, at: dt.datetime) -> None:
    """Open the patient's clock for an answer (TIME-4) and the lapse at the start (APPT-6)."""
    ref, case_ref = str(appointment.ref), appointment.case.ref
    opened: dict[str, Any] = {"case_ref": case_ref, "opened_by": "appointment offered", "at": at}
    owner = appointment.patient.user
    deadlines.open_deadline("confirm", ref, due_at=appointment.confirm_by, owner=owner, **opened)
    deadlines.open_deadline("lapse", ref, due_at=appointment.starts_at, **opened)
    reminders.remind_of_limit(appointment, at=at)
