"""The confidentiality statement of the first session: posted, answered, and what is left open (ROOM-7)."""

from __future__ import annotations

import datetime as dt

from django.db import transaction
from django.urls import reverse

from accounts.models import Role
from audit.actions import record_change
from deadlines import actions as deadlines
from deadlines.models import Deadline
from notices.actions import tell, tell_team
from therapy.room.models import ConfidentialityAnswer, ConfidentialityStatement, Session
from ui.errors import Refused

CID = "confidentiality"
DEADLINE = "confidentiality"
NOTICE = "confidentiality_open"
LOOK_WITHIN = dt.timedelta(days=7)
AGREED, DECLINED, UNANSWERED = "agreed", "declined", "unanswered"
COMPLETED = ("completed", "completed_late")


def statement_of(session: Session) -> ConfidentialityStatement | None:
    return ConfidentialityStatement.objects.filter(session=session).first()


def answer_of(session: Session) -> ConfidentialityAnswer | None:
    """Return the newest answer to the statement of a session, or None."""
    return ConfidentialityAnswer.objects.filter(statement__session=session).order_by("-at", "-pk").first()


def is_needed(session: Session) -> bool:
    """Tell whether the statement belongs into a session: the first of its episode, or the last was not agreed."""
    before = Session.objects.filter(
        appointment__case_id=session.appointment.case_id, appointment__during__lt=session.appointment.during
    )
    earlier = ConfidentialityAnswer.objects.filter(statement__session__in=before).order_by("-at", "-pk").first()
    if earlier is not None:
        return earlier.answer != AGREED
    return not before.filter(appointment__status__in=COMPLETED).exists()


def keep(statement, said: str, reason: str, *, by, at: dt.datetime) -> ConfidentialityAnswer:
    case_ref = statement.session.case.ref
    record_change("confidentiality", by=by, case_ref=case_ref, after={"answer": said}, at=at)
    return ConfidentialityAnswer.objects.create(statement=statement, answer=said, reason=reason, by=by, at=at)


def why_not_completed(session: Session, outcome: str) -> str:
    """Return why a session cannot be ended as completed yet; empty where it can, and for any other outcome (ROOM-7)."""
    if outcome not in COMPLETED or not is_needed(session) or statement_of(session):
        return ""
    return "The confidentiality statement was not posted yet. Go back to the room and post it: that is one click."


def is_open(session: Session) -> bool:
    """Tell whether the statement was posted and not agreed: ending then asks for a reason (ROOM-7)."""
    found = answer_of(session)
    return statement_of(session) is not None and (found is None or found.answer != AGREED)


@transaction.atomic
def record_open(session: Session, outcome: str, reason: str, *, by, at: dt.datetime) -> None:
    """At the end keep that the patient declined or did not answer, with the reason; the supervisor sees it (ROOM-7).

    Raises Refused without a reason. Nothing is asked for where the patient agreed, nor of a session that did not take
    place: the statement belongs into the next one then.
    """
    if outcome not in COMPLETED or not is_open(session):
        return
    if not reason.strip():
        raise Refused("Say why the statement was not agreed, as far as you know.", field="confidentiality")
    last = answer_of(session)
    statement = ConfidentialityStatement.objects.get(session=session)
    keep(statement, last.answer if last else UNANSWERED, reason.strip(), by=by, at=at)
    _tell_supervisor(session, at)


def close_open(session: Session, at: dt.datetime) -> None:
    """The patient has agreed after all: what supervisors were asked to read on this case is done."""
    for known in Deadline.objects.owed().filter(kind=DEADLINE, case_ref=session.case.ref):
        deadlines.meet(DEADLINE, known.key, closed_by="agreed", at=at)


def _tell_supervisor(session: Session, at: dt.datetime) -> None:
    supervisor = session.appointment.clinician.supervisor
    key, case_ref = str(session.ref), session.case.ref
    about = {"key": key, "case_ref": case_ref, "link": page_of(session.ref), "at": at}
    if supervisor is None:
        tell_team(Role.SUPERVISOR, NOTICE, **about)
    else:
        tell(supervisor, NOTICE, **about)
    deadlines.open_deadline(
        DEADLINE,
        key,
        due_at=at + LOOK_WITHIN,
        owner=supervisor,
        case_ref=case_ref,
        opened_by="statement not agreed",
        at=at,
    )


def page_of(session_ref) -> str:
    return reverse("therapy:confidentiality", args=[session_ref])


def mark_seen(session: Session, *, by, at: dt.datetime | None = None) -> bool:
    """The supervisor has read how it stands (ROOM-7)."""
    return deadlines.meet(DEADLINE, str(session.ref), closed_by=f"seen by {by.name}", at=at)


def to_see(session: Session, user) -> bool:
    """Tell whether this person is asked to read how the statement of a session stands."""
    owed = Deadline.objects.owed().filter(kind=DEADLINE, key=str(session.ref))
    return owed.filter(owner=user).exists() or (owed.filter(owner=None).exists() and user.has_role(Role.SUPERVISOR))
