"""Setting homework in a message or a session, taking it back, and the patient's word on it (MSG-4, ROOM-12)."""

from __future__ import annotations

import datetime as dt

from django.db import transaction
from django.utils import timezone

from audit.actions import record_change
from deadlines import actions as deadlines
from deadlines import watching
from patients.cases.actions import lock
from patients.models import Case
from patients.wording.findings import NOTHING_FOUND, PointedOut, record
from therapy.appointments.models import Appointment
from therapy.homework.models import Homework, HomeworkReport, HomeworkTurn
from therapy.messages import prompts
from therapy.messages.actions import ring_participants, send
from therapy.messages.models import Message
from therapy.messages.rules import tidy
from therapy.messages.sendable import CLINICIAN, PATIENT, refuse_other_words, sent_before, side_of
from therapy.together.rules import key_of_its_own
from ui.errors import Refused

KIND = "homework"


@transaction.atomic
def set_homework(
    case: Case,
    what: str,
    *,
    by,
    client_key: str,
    why: str = "",
    due_on: dt.date | None = None,
    text: str = "",
    despite: PointedOut = NOTHING_FOUND,
    at: dt.datetime | None = None,
) -> Homework:
    """Set homework and send it to the patient in a message; the same `client_key` again is the same homework.

    `despite` is what was pointed out before it went (NOTE-8). Raises Refused for anybody but the clinician of the
    case, without a task, for a day that is past, for a key under which other homework went, and as `send`.
    """
    at, case = at or timezone.now(), lock(case)
    known = _sent_already(case, by, client_key)
    words = text.strip() or "Here is something to try before we meet again."
    if known is not None:
        refuse_other_words(_all_words(known.what, known.why, known.due_on), _all_words(what, why, due_on))
        sent_before(case, words, by=by, client_key=client_key)
        return known
    _refuse_unfit(case, by, what, due_on, at)
    made = Homework.objects.create(case=case, what=what.strip(), why=why.strip(), due_on=due_on, by=by, at=at)
    send(case, words, by=by, client_key=client_key, carries=[(KIND, made.ref)], despite=despite, at=at)
    watching.changed([case.patient.user_id])
    record_change("homework set", by=by, case_ref=case.ref, object_ref=str(made.ref), at=at)
    return made


def _all_words(what: str, why: str, due_on: dt.date | None) -> str:
    return tidy("\n".join([what.strip(), why.strip(), str(due_on or "")]))


def _refuse_unfit(case: Case, by, what: str, due_on: dt.date | None, at: dt.datetime) -> None:
    if side_of(case, by) != CLINICIAN:
        raise Refused("Only the therapist sets homework.")
    if not what.strip():
        raise Refused("Write what to try.", field="what")
    if due_on is not None and due_on < timezone.localdate(at):
        raise Refused("That day is past.", field="due_on", remedy="Choose today or a later day.")


@transaction.atomic
def agree(
    appointment: Appointment,
    what: str,
    *,
    by,
    client_key: str,
    due_on: dt.date,
    why: str = "",
    at: dt.datetime | None = None,
) -> Homework:
    """Write down what was agreed in a session: it stands on the patient's page at once, without a message (ROOM-12).

    The same `client_key` again is the same homework, and with other words one of its own. Raises Refused as
    `set_homework`, and after the session's end.
    """
    at, case = at or timezone.now(), lock(appointment.case)
    mine, words = Homework.objects.filter(appointment=appointment, by=by), _all_words(what, why, due_on)
    known = mine.filter(client_key=client_key).first()
    if known is not None and _all_words(known.what, known.why, known.due_on) != words:
        client_key = key_of_its_own(client_key, words)
        known = mine.filter(client_key=client_key).first()
    if known is not None:
        return known
    _refuse_unfit(case, by, what, due_on, at)
    if not Appointment.objects.get(pk=appointment.pk).is_open:
        raise Refused("This session is over.", remedy="Set the homework in a message instead.")
    agreed = {"what": what.strip(), "why": why.strip(), "due_on": due_on, "client_key": client_key}
    made = Homework.objects.create(case=case, appointment=appointment, by=by, at=at, **agreed)
    watching.changed([case.patient.user_id])
    record_change("homework set", by=by, case_ref=case.ref, object_ref=str(made.ref), at=at)
    return made


def _sent_already(case: Case, by, client_key: str) -> Homework | None:
    message = case.messages.filter(sender=by, client_key=client_key).first()
    enclosed = message.enclosures.filter(kind=KIND).first() if message else None
    return Homework.objects.filter(ref=enclosed.ref).first() if enclosed else None


@transaction.atomic
def take_back(
    homework: Homework, reason: str, *, by, despite: PointedOut = NOTHING_FOUND, at: dt.datetime | None = None
) -> HomeworkTurn:
    """Say that homework is no longer needed, and why; the patient reads the reason, and what they gave stays (MSG-4).

    The same reason again changes nothing, another one takes its place. `despite` is what was pointed out before
    (NOTE-8). Raises Refused for anybody but the clinician of the case, without a reason, and once it is done.
    """
    said = reason.strip()
    if not said:
        raise Refused("Write why it is no longer needed.", field="reason", remedy="The patient reads it.")
    return _turn(homework, "homework taken back", by, at, despite, needed=False, reason=said)


@transaction.atomic
def ask_again(homework: Homework, *, by, at: dt.datetime | None = None) -> HomeworkTurn | None:
    """Undo `take_back`: it is asked of the patient as before. None where it was not taken back. Raises Refused so."""
    if not homework.turns.exists():
        return None
    return _turn(homework, "homework asked for again", by, at, NOTHING_FOUND, needed=True, reason="")


def _turn(
    homework: Homework, what: str, by, at: dt.datetime | None, despite: PointedOut, *, needed: bool, reason: str
) -> HomeworkTurn:
    at, case = at or timezone.now(), lock(homework.case)
    if side_of(case, by) != CLINICIAN:
        raise Refused("Only the therapist takes homework back.")
    newest = homework.turns.order_by("-pk").first()
    if newest is not None and (newest.needed, newest.reason) == (needed, reason):
        return newest
    if not needed and (said := homework.reports.order_by("-pk").first()) is not None and said.done:
        raise Refused("The patient has done this already, so it stays.", remedy="Write about it in a message.")
    made = HomeworkTurn.objects.create(homework=homework, needed=needed, reason=reason, by=by, at=at)
    record_change(what, by=by, case_ref=case.ref, object_ref=str(homework.ref), at=at)
    record(despite, what=what, by=by, case=case, object_ref=str(homework.ref), at=at)
    ring_participants(case)
    watching.changed([case.patient.user_id])
    return made


@transaction.atomic
def report(homework: Homework, *, done: bool, how: str, by, at: dt.datetime | None = None) -> HomeworkReport:
    """The patient ticks homework as done, or takes the tick back, and says how it went (MSG-4).

    The same word again changes nothing. Raises Refused for anybody but the patient of the case.
    """
    at, case = at or timezone.now(), lock(homework.case)
    if side_of(case, by) != PATIENT:
        raise Refused("Only the patient says how it went.")
    newest = homework.reports.order_by("-pk").first()
    if newest is not None and (newest.done, newest.how) == (done, how.strip()):
        return newest
    made = HomeworkReport.objects.create(homework=homework, done=done, how=how.strip(), by=by, at=at)
    deadlines.word_came(case.ref, closed_by="word on homework", at=at)
    prompts.look_for_risk(case, made.how, source=f"homework:{homework.ref.hex}:{made.pk}", at=at)
    record_change(
        "homework report", by=by, case_ref=case.ref, object_ref=str(homework.ref), after={"done": done}, at=at
    )
    ring_participants(case)
    watching.changed([case.patient.user_id])
    return made


@transaction.atomic
def return_files(
    homework: Homework, files: list[str], *, by, client_key: str, at: dt.datetime | None = None
) -> Message | None:
    """The patient hands in what they made: files, in a message that carries the homework too (MSG-4).

    The same `client_key` again is the same message; without files there is none. Raises Refused as `send`.
    """
    case = lock(homework.case)
    if side_of(case, by) != PATIENT:
        raise Refused("Only the patient hands homework in.")
    if not files:
        return None
    words, about = "This belongs to my homework.", {"by": by, "client_key": client_key, "at": at}
    return send(case, words, files=files, carries=[(KIND, homework.ref)], **about)
