"""Letters and endings of a course."""

from __future__ import annotations

import datetime as dt

from discharge import actions as discharge
from files.actions import render_due
from ieso.demo import words
from ieso.demo.clock import moved
from letters import actions as letters
from letters.outbound import send_waiting
from patients.cases import actions as patients
from patients.models import Case

HOUR = dt.timedelta(hours=1)
DAY = dt.timedelta(days=1)


def end_course(course, case: Case) -> None:
    """Write the assessment letter where planned, then bring the case to where the plan leaves it."""
    if course.plan.letter:
        _letter(course, case, "assessment", course.evening_of(0) + DAY)
    last = course.evening_of(course.plan.sessions + len(course.plan.breaches) - 1) + DAY
    if course.plan.state == "on_hold":
        with moved(last):
            patients.turn(
                case, "on_hold", by=course.clinician.user, reason="Moving house; back in four weeks.", at=last
            )
    if course.plan.state in {"discharging", "discharged"}:
        with moved(last):
            discharge.request(
                case, "completed", "Below the cut-off on both, agreed.", by=course.clinician.user, at=last
            )
    if course.plan.state == "discharged":
        _letter(course, case, "discharge", last + HOUR)
        with moved(last + HOUR * 5):
            discharge.discharge(case, by=course.service.one("patient_services"), at=last + HOUR * 5)


def _letter(course, case: Case, kind: str, at: dt.datetime) -> None:
    """Write, submit, approve and send one letter, an hour for each step."""
    author, office = course.clinician.user, course.service.one("patient_services")
    with moved(at):
        draft = letters.start(case, kind, by=author, at=at)
        letters.save(draft, words.LETTER[kind], draft.version, by=author, at=at)
        submit = discharge.submit_letter if kind == "discharge" else letters.submit
        submit(draft, by=author, at=at)
    with moved(at + HOUR):
        letter = letters.approve(draft, by=office, at=at + HOUR)
        render_due(at=at + HOUR)
    with moved(at + HOUR * 2):
        letter.refresh_from_db()
        letters.send(letter, by=office, at=at + HOUR * 2)
        send_waiting(at=at + HOUR * 2)
