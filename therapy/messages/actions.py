"""Writing, reading and closing what waits for a reply (MSG-1, MSG-2, TIME-1, TIME-5)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping

from django.db import transaction
from django.utils import timezone

from audit.actions import record_change
from deadlines import actions as deadlines
from deadlines.models import Deadline
from live.doorbell import ring
from patients.cases.actions import lock
from patients.models import Case
from patients.wording.findings import NOTHING_FOUND, PointedOut, record
from therapy.appointments.followup import FOLLOW_UP
from therapy.enclosures import offers
from therapy.enclosures.actions import enclose
from therapy.engagement import actions as engagement
from therapy.messages import prompts, rules, telling
from therapy.messages.models import Message, MessageRead
from therapy.messages.sendable import CLINICIAN, PATIENT, Carried, fit_to_send, refuse_unsendable, sent_before, side_of
from ui.errors import Refused

WELCOME, REPLY, REPLY_ESCALATED = "welcome", "reply", "reply_escalated"
REPLY_KINDS = (REPLY, REPLY_ESCALATED)


@transaction.atomic
def send(
    case: Case,
    text: str,
    *,
    by,
    client_key: str,
    files: Iterable[str] = (),
    template: str = "",
    carries: Iterable[Carried] = (),
    despite: PointedOut = NOTHING_FOUND,
    adds: Mapping[str, str] | None = None,
    at: dt.datetime | None = None,
) -> Message:
    """Write into the conversation of a case and let what waited for it go (MSG-1, MSG-2).

    The same `client_key` of the same person again is the same message, and with other words refused. `files` are
    references of files that the sender handed in for this case (ROOM-11); with one the text may be empty. `carries`
    names what else is enclosed, as pairs of kind and reference, `template` the template that it was begun from, `adds`
    what a therapist chose to put in (`therapy.enclosures.offers`), which is made only now (MSG-4), `despite` what was
    pointed out before it went (NOTE-8). Raises Refused where the person takes no part, where the case is not in a
    state for it, for an empty or too long text, and for a placeholder that nobody filled in (field `text`).
    """
    at, case, adds = at or timezone.now(), lock(case), adds or {}
    if sent := sent_before(case, text, by=by, client_key=client_key):
        return sent
    tidied, carried = fit_to_send(case, text, by=by, files=files, template=template, adds=adds, at=at)
    side = side_of(case, by)
    message = Message.objects.create(
        case=case, sender=by, side=side, client_key=client_key, text=tidied, template=template, at=at
    )
    for kind, ref in (*carried, *carries):
        enclose(kind, ref, message=message, at=at)
    offers.put_in(message, adds, at)
    _clocks(message, at)
    if side == PATIENT:
        engagement.patient_wrote(case, at)
        prompts.scan(message, at)
    else:
        engagement.clinician_wrote(case, message, at)
    telling.tell_other_side(message, at=at)
    record_change("message sent", by=by, case_ref=case.ref, object_ref=str(message.ref), at=at)
    record(despite, what="message sent", by=by, case=case, object_ref=str(message.ref), at=at)
    ring_participants(case)
    return message


def is_used(case: Case, client_key: str, *, by) -> bool:
    """Tell whether a person has sent a message of a case under a key, or is about to."""
    known = {"sender": by, "client_key": client_key.replace("\0", "")}
    return case.messages.filter(**known).exists() or case.held_messages.filter(**known).exists()


@transaction.atomic
def leave_word(case: Case, text: str, *, by, client_key: str, template: str, at: dt.datetime) -> Message:
    """Put a therapist's message into the conversation that answers nothing: it starts and stops no clock, and whoever
    leaves it tells the patient. The same `client_key` again is the same message. Raises Refused as `send` does.
    """
    tidied = refuse_unsendable(case, text, by=by)
    written = {"side": CLINICIAN, "text": tidied, "template": template, "at": at}
    message, new = Message.objects.get_or_create(case=case, sender=by, client_key=client_key, defaults=written)
    if new:
        record_change("message sent", by=by, case_ref=case.ref, object_ref=str(message.ref), at=at)
        ring_participants(case)
    return message


def is_open_to(case: Case, user) -> bool:
    """Whether a user may write into the conversation of a case at this moment."""
    side = side_of(case, user)
    return bool(side) and rules.may_write(side, case.state)


def _clocks(message: Message, at: dt.datetime) -> None:
    """A patient's first unanswered message starts the one reply clock; a clinician's stops it (TIME-1, TIME-5)."""
    case = message.case
    if message.side == CLINICIAN:
        deadlines.meet_for_case(case.ref, (WELCOME, *REPLY_KINDS, FOLLOW_UP), closed_by="therapist's message", at=at)
    elif not awaits_reply(case):
        deadlines.open_deadline(
            REPLY,
            message.ref.hex,
            due_at=at + dt.timedelta(hours=case.policy.reply_hours),
            owner=_therapist(case),
            case_ref=case.ref,
            opened_by="patient's message",
            at=at,
        )


def _therapist(case: Case):
    return case.clinician.user if case.clinician is not None else None


def reply_deadline(case: Case) -> Deadline | None:
    """Return the clock of the first message without a reply, running or overdue; None when nothing waits."""
    return Deadline.objects.owed().filter(case_ref=case.ref, kind=REPLY).first()


def awaits_reply(case: Case) -> bool:
    return reply_deadline(case) is not None


@transaction.atomic
def close_without_reply(case: Case, *, by, seen: Message | None = None, at: dt.datetime | None = None) -> bool:
    """The clinician says that no reply is needed; True when one was awaited (MSG-2).

    `seen` is the newest message that stood on the page. Raises Refused for anybody but the clinician of the case, and
    where the patient has written since.
    """
    at, case = at or timezone.now(), lock(case)
    if side_of(case, by) != CLINICIAN:
        raise Refused("Only the therapist can say that no reply is needed.")
    if seen is not None and case.messages.filter(side=PATIENT, pk__gt=seen.pk).exists():
        raise Refused("The patient has written again meanwhile.", remedy="Go back, reload the page and read it first.")
    closed = deadlines.meet_for_case(case.ref, REPLY_KINDS, closed_by="no reply needed", at=at)
    if closed:
        record_change("no reply needed", by=by, case_ref=case.ref, at=at)
        ring_participants(case)
    return bool(closed)


@transaction.atomic
def mark_read(case: Case, user, up_to: Message, *, at: dt.datetime | None = None) -> bool:
    """Record that a participant has had everything up to a message on screen; True when that is news (MSG-11).

    Reading never goes backwards. Raises Refused for somebody who takes no part, or a message of another case.
    """
    case = lock(case)
    if not side_of(case, user) or up_to.case_id != case.pk:
        raise Refused("Only the patient and the therapist mark messages as read.")
    at = at or timezone.now()
    fresh = {"up_to": up_to, "at": at}
    mark, new = MessageRead.objects.get_or_create(case=case, user=user, defaults=fresh)
    if not new and mark.up_to_id >= up_to.pk:
        return False
    mark.up_to, mark.at = up_to, at
    mark.save(update_fields=["up_to", "at"])
    if not Message.objects.filter(case=case).unread_by(user).exists():
        telling.withdraw_mail(case, user, at=at)
    ring_participants(case)
    return True


@transaction.atomic
def mark_unread(case: Case, user, message: Message, *, at: dt.datetime | None = None) -> bool:
    """Put a message of the other side, and what came after it, back among the unread; True when it was read (MSG-11).

    Raises Refused for somebody who takes no part, a message of another case, and one's own.
    """
    case = lock(case)
    if not side_of(case, user) or message.case_id != case.pk or message.sender_id == user.pk:
        raise Refused("Only a message that somebody wrote to you can be marked as unread.")
    mark = MessageRead.objects.filter(case=case, user=user, up_to__gte=message.pk).first()
    if mark is None:
        return False
    before = Message.objects.filter(case=case, pk__lt=message.pk).order_by("-pk").first()
    if before is None:
        mark.delete()
    else:
        mark.up_to, mark.at = before, at or timezone.now()
        mark.save(update_fields=["up_to", "at"])
    ring_participants(case)
    return True


def ring_participants(case: Case) -> None:
    """Tell the open tabs of both sides that the conversation changed; they fetch what is new."""
    for person in (case.patient, case.clinician):
        if person is not None and person.user_id is not None:
            ring(f"user.{person.user_id}", {"changed": "messages", "case": case.ref})


@transaction.atomic
def expect_welcome(case: Case, *, at: dt.datetime | None = None) -> Deadline:
    """Start the clock for the first message of the clinician to whom the case was just allocated (TIME-1).

    Call it in the transaction of the allocation; allocating again begins a clock of its own.
    """
    at = at or timezone.now()
    deadlines.cancel_for_case(case.ref, (WELCOME, *REPLY_KINDS), closed_by="allocated again", at=at)
    due_at, remind_at = rules.welcome_times(at, case.policy.welcome_hours)
    earlier = Deadline.objects.filter(kind=WELCOME, case_ref=case.ref).count()
    return deadlines.open_deadline(
        WELCOME,
        f"{case.ref}:{earlier + 1}" if earlier else case.ref,
        due_at=due_at,
        remind_at=remind_at,
        owner=_therapist(case),
        case_ref=case.ref,
        opened_by="allocated",
        at=at,
    )
