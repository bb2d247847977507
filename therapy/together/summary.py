"""The summary of a session: drafted from agenda and homework, changed and sent by the clinician (ROOM-12)."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db import transaction
from django.utils import timezone

from audit.actions import record_change
from drafts import actions as drafts
from patients.wording.findings import NOTHING_FOUND, PointedOut
from therapy.appointments.models import Appointment
from therapy.homework.actions import KIND
from therapy.homework.models import Homework
from therapy.messages import actions as messages
from therapy.notes import actions as notes
from therapy.notes.models import NoteDraft
from therapy.together import actions, rules
from therapy.together.models import SessionSummary
from ui import words
from ui.errors import Refused
from ui.saving import Saved

TEXT = "text"


def key_of(appointment: Appointment) -> str:
    """Return the place where the summary of a session is kept while it is written."""
    return f"summary:{appointment.ref.hex}"


def has_begun(appointment: Appointment) -> bool:
    """Tell whether the two have met in the session; a summary of any other says what did not happen."""
    session = getattr(appointment, "session", None)
    return session is not None and session.started_at is not None


def sent_of(appointment: Appointment) -> SessionSummary | None:
    """Return the summary that was sent, or None."""
    return SessionSummary.objects.filter(appointment=appointment).select_related("message").first()


def points_and_tasks(appointment: Appointment) -> tuple[list[rules.Point], list[rules.Task]]:
    """Return agenda and homework of a session as the rules of the summary know them."""
    points = [rules.Point(row.text, bool(row.done_at)) for row in actions.points_of(appointment)]
    rows = agreed_in(appointment)
    return points, [rules.Task(row.what, row.why, words.day(row.due_on) if row.due_on else "") for row in rows]


def agreed_in(appointment: Appointment) -> list[Homework]:
    """Return the homework of a session that still holds, in the order of agreeing: what was taken back is left out."""
    rows = Homework.objects.filter(appointment=appointment).order_by("at", "pk").prefetch_related("reports", "turns")
    return [row for row in rows if not row.taken_back]


def drafted(appointment: Appointment) -> str:
    """Return what the summary says while nobody has changed it: drawn up anew from what stands there now."""
    case = appointment.case
    points, tasks = points_and_tasks(appointment)
    clinician = case.clinician.user.name if case.clinician else ""
    return rules.summary(points, tasks, patient=case.patient.called, clinician=clinician)


def kept(appointment: Appointment, user) -> Saved:
    """Return the summary as its writer left it, or the draft as it is drawn up now."""
    saved = drafts.of(user, key_of(appointment))
    return saved if saved.texts.get(TEXT) else Saved({TEXT: drafted(appointment)}, saved.version)


def laid_aside(appointment: Appointment, user) -> str:
    """Return the text that gave way to another one and can be brought back, empty where there is none."""
    return drafts.of(user, _aside_of(appointment)).texts.get(TEXT, "")


def _aside_of(appointment: Appointment) -> str:
    return f"summary-aside:{appointment.ref.hex}"


@transaction.atomic
def draw_up_again(appointment: Appointment, text: str, *, by, at: dt.datetime | None = None) -> None:
    """Begin again from agenda and homework as they stand; `text`, which stands in the box, can be brought back.

    Pressed twice it is done once.
    """
    as_drafted, kept_text = _is_as_drafted(appointment, text), drafts.of(by, key_of(appointment)).texts.get(TEXT)
    if not kept_text and (as_drafted or laid_aside(appointment, by) == drafts.plain(text)):
        return
    if not as_drafted:
        _lay_aside(appointment, text, by, at)
    drafts.replace(by, key_of(appointment), {}, at=at)


@transaction.atomic
def bring_back(appointment: Appointment, text: str, *, by, at: dt.datetime | None = None) -> None:
    """Put what was laid aside into the box again; `text`, which stands there now, is laid aside in its place.

    Pressed twice it is done once: the second press comes from a page whose text is laid aside already.
    """
    before = laid_aside(appointment, by)
    if not before or before == drafts.plain(text):
        return
    _lay_aside(appointment, "" if _is_as_drafted(appointment, text) else text, by, at)
    drafts.replace(by, key_of(appointment), {TEXT: before}, at=at)


def _lay_aside(appointment: Appointment, text: str, by, at: dt.datetime | None) -> None:
    drafts.replace(by, _aside_of(appointment), {TEXT: drafts.plain(text)} if text.strip() else {}, at=at)


def _is_as_drafted(appointment: Appointment, text: str) -> bool:
    return drafts.plain(text) == drafts.plain(drafted(appointment))


@transaction.atomic
def send(
    appointment: Appointment, text: str, *, by, despite: PointedOut = NOTHING_FOUND, at: dt.datetime | None = None
) -> SessionSummary:
    """Send the summary to the patient as a message that carries the homework; once a session.

    `despite` is what was pointed out before it went (NOTE-8). Raises Refused for anybody but the clinician of the
    case, for a session that has not begun, and as `messages.send`.
    """
    at, locked = at or timezone.now(), actions.lock(appointment)
    if known := sent_of(locked):
        return known
    _refuse_unfit(locked, by)
    about: dict[str, Any] = {"by": by, "client_key": key_of(locked), "despite": despite, "at": at}
    message = messages.send(locked.case, text, carries=[(KIND, row.ref) for row in agreed_in(locked)], **about)
    made = SessionSummary.objects.create(appointment=locked, message=message, by=by, at=at)
    drafts.sent(by, key_of(locked), {TEXT: text}, at=at)
    if laid_aside(locked, by):
        drafts.replace(by, _aside_of(locked), {}, at=at)
    record_change("session summary sent", by=by, case_ref=locked.case.ref, object_ref=str(message.ref), at=at)
    return made


def _refuse_unfit(appointment: Appointment, by) -> None:
    if messages.side_of(appointment.case, by) != messages.CLINICIAN:
        raise Refused("Only the therapist sends the summary.")
    if not has_begun(appointment):
        raise Refused("This session has not begun yet.", remedy="Send the summary once you have met.")


@transaction.atomic
def put_into_note(appointment: Appointment, *, by, at: dt.datetime | None = None) -> NoteDraft:
    """Put agenda and homework beneath what stands in the session's note; what is in it already is not put in twice.

    Raises Refused for anybody but the clinician of the case, and once the note is signed.
    """
    if messages.side_of(appointment.case, by) != messages.CLINICIAN:
        raise Refused("Only the therapist writes the note.")
    Appointment.objects.select_for_update(of=("self",)).get(pk=appointment.pk)
    draft = NoteDraft.objects.filter(appointment=appointment).first()
    points, tasks = points_and_tasks(appointment)
    parts = {name: getattr(draft, name) if draft else "" for name in notes.rules.PARTS}
    parts["agenda"] = rules.added_to(parts["agenda"], rules.agenda_in_a_note(points))
    parts["homework"] = rules.added_to(parts["homework"], rules.homework_in_a_note(tasks))
    return notes.save_draft(appointment, parts, draft.version if draft else 0, by=by, at=at)
