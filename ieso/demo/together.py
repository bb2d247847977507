"""What the two work on in the last session of a course: agenda, homework, a sheet, the summary afterwards."""

from __future__ import annotations

import datetime as dt

from django.utils import timezone

from ieso.demo import words
from ieso.demo.clock import moved
from patients.models import Case
from therapy.homework.actions import agree
from therapy.messages.actions import PATIENT, send
from therapy.models import Appointment
from therapy.sheets import actions as sheets
from therapy.together import actions, summary

MINUTE = dt.timedelta(minutes=1)


def plan(case: Case, booked: Appointment, clinician) -> None:
    """Live through the plan of one session, while its room is open."""
    at = booked.starts_at + MINUTE * 5
    with moved(at):
        for number, (side, text) in enumerate(words.AGENDA):
            by = case.patient.user if side == PATIENT else clinician
            actions.add(booked, text, by=by, client_key=f"demo-{number}", at=at)
        actions.tick(actions.points_of(booked)[0], True, by=clinician, at=at + MINUTE)
        sheet = sheets.begin(booked, "thought-record", by=clinician, at=at)
        for side, field, text in words.SHEET:
            by = case.patient.user if side == PATIENT else clinician
            sheets.write(sheet, field, text, 0, by=by, at=at + MINUTE)
        due_on = timezone.localdate(at + dt.timedelta(days=7))
        agree(booked, words.TASK, why=words.TASK_WHY, due_on=due_on, by=clinician, client_key="demo", at=at)


def sum_up(case: Case, booked: Appointment, clinician, at: dt.datetime) -> None:
    """The clinician sends the summary, and a worksheet for the week."""
    with moved(at):
        summary.send(booked, summary.drafted(booked), by=clinician, at=at)
        adds = {"add_worksheet": "activity-diary"}
        send(case, words.WORKSHEET, by=clinician, client_key=f"demo-sheet-{case.ref}", adds=adds, at=at)
