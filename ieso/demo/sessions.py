"""The appointments of a course: offered, confirmed, held, missed, cancelled, and the one ahead."""

from __future__ import annotations

import datetime as dt

from ieso.demo import together, words
from ieso.demo.clock import moved
from measures.actions import give
from patients.models import Case
from risk.actions import set_level
from supervision import actions as supervision
from therapy.appointments import actions as appointments
from therapy.appointments.booking import allowed_minutes, offer
from therapy.models import Appointment
from therapy.notes import actions as notes
from therapy.notes import details
from therapy.notes.rules import PROTOCOLS
from therapy.room import actions as room
from therapy.room import asking, confidentiality

MINUTE = dt.timedelta(minutes=1)
DAY = dt.timedelta(days=1)
AHEAD = {"assessment", "treatment"}


def hold(course, case: Case) -> None:
    """Live through the sessions of a course, its breaches after the second one, and book what is ahead."""
    week = 0
    for number in range(course.plan.sessions):
        if number == 2:
            for breach in course.plan.breaches:
                _break(course, case, breach, course.evening_of(week))
                week += 1
        _session(course, case, number, course.evening_of(week))
        week += 1
    if course.plan.state in AHEAD:
        _book_ahead(course, case)


def _booked(course, case: Case, starts_at: dt.datetime, *, confirmed: bool = True) -> Appointment:
    """Offer five days ahead and confirm the day after."""
    at = starts_at - DAY * 5
    made = _offered(course, case, starts_at, at)
    if confirmed:
        with moved(at + DAY):
            made = appointments.confirm(made, by=case.patient.user, at=at + DAY)
    return made


def _offered(course, case: Case, starts_at: dt.datetime, at: dt.datetime) -> Appointment:
    with moved(at):
        return offer(
            case,
            starts_at=starts_at,
            minutes=allowed_minutes(case, "typed")[0],
            client_key=f"demo-{case.ref}-{starts_at:%Y%m%d%H%M}",
            by=course.clinician.user,
            at=at,
        )


def _session(course, case: Case, number: int, starts_at: dt.datetime) -> None:
    booked = _booked(course, case, starts_at)
    patient, clinician = case.patient.user, course.clinician.user
    with moved(starts_at - MINUTE * 30):
        _measure(course, case, number, starts_at - MINUTE * 30)
    with moved(starts_at - MINUTE * 2):
        held = room.open_session(booked)
        room.join(held, clinician)
        room.join(held, patient)
    if confidentiality.is_needed(held):
        _confide(held, patient, clinician, starts_at)
    for line, (side, text) in enumerate(words.SESSION):
        at = starts_at + MINUTE * (1 + 3 * line)
        by = patient if side == "patient" else clinician
        with moved(at):
            room.write(held.ref, by, f"demo-{line}", text.format(patient=case.patient.called), at)
    is_last = 1 < number == course.plan.sessions - 1
    if is_last:
        together.plan(case, booked, clinician)
    end = booked.ends_at
    with moved(end):
        held.refresh_from_db()
        room.end_session(held, "completed", by=clinician, at=end)
    if is_last:
        together.sum_up(case, booked, clinician, end + MINUTE * 10)
    _after(course, case, booked, number, end)


def _confide(held, patient, clinician, starts_at: dt.datetime) -> None:
    """The confidentiality statement of a first session, and the patient's answer (ROOM-7)."""
    with moved(starts_at):
        asking.post(held, by=clinician, at=starts_at)
        asking.answer(held, "agreed", by=patient, at=starts_at + MINUTE / 2)


def _measure(course, case: Case, number: int, at: dt.datetime) -> None:
    for measure in ("phq-9", "gad-7"):
        given = give(case, measure, occasion=f"session {number + 1}", at=at)
        course.fill_in(given, case.patient.user, high=max(0.1, 0.7 - 0.12 * number), at=at)


def _after(course, case: Case, booked: Appointment, number: int, end: dt.datetime) -> None:
    """The note the next morning, but for the newest one of some; diagnosis and step after the assessment."""
    at, by = end + dt.timedelta(hours=14), course.clinician.user
    newest = number == course.plan.sessions - 1
    if not (newest and course.plan.state == "treatment" and course.number % 3 == 0):
        with moved(at):
            notes.save_draft(booked, words.NOTE, 0, by=by, at=at)
            notes.sign(booked, by=by, at=at)
    if number == 0:
        _look_first(course, case, at)
    if number == 0 and course.plan.state != "assessment":
        with moved(at):
            details.set_details(case, step=course.step, problem="gad", protocol=PROTOCOLS["gad"][0], by=by, at=at)
    case.refresh_from_db()


def _look_first(course, case: Case, at: dt.datetime) -> None:
    """The level of risk after the assessment, and a PWP's new-patient ticket with its answer (SUP-8)."""
    by = course.clinician.user
    with moved(at):
        set_level(case, "low" if course.plan.risk else "none", words.LEVEL, by=by, at=at)
        if course.clinician.kind != "PWP":
            return
        key = f"demo-new-{case.ref}"
        ticket = supervision.raise_ticket(case, "new_patient", words.NEW_PATIENT, by=by, client_key=key, at=at)
    with moved(at + MINUTE * 30):
        supervision.close(ticket, "reviewed", words.TICKET_ANSWER, by=ticket.supervisor, at=at + MINUTE * 30)


def _break(course, case: Case, breach: str, starts_at: dt.datetime) -> None:
    booked = _booked(course, case, starts_at)
    if breach == "dna":
        at = starts_at + MINUTE * 20
        with moved(starts_at):
            room.join(room.open_session(booked), course.clinician.user)
        with moved(at):
            appointments.end(booked, "dna", by=course.clinician.user, at=at)
        return
    at = starts_at - (DAY if breach == "late" else DAY * 3)
    with moved(at):
        appointments.cancel(booked, by=case.patient.user, reason="I cannot make it that evening.", at=at)


def _book_ahead(course, case: Case) -> None:
    """The next session: confirmed for most, still an offer for some."""
    week = 0
    now = course.now
    while course.evening_of(week) < now + DAY * 3:
        week += 1
    starts_at = course.evening_of(week)
    made = _offered(course, case, starts_at, min(starts_at - DAY * 5, now - dt.timedelta(hours=30)))
    if course.number % 4:
        with moved(now - dt.timedelta(hours=20)):
            appointments.confirm(made, by=case.patient.user, at=now - dt.timedelta(hours=20))
