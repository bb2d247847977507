"""What may be sent in a conversation, by whom, and what was sent already; each says no by raising Refused."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping

from hub.rules import placeholders_in
from patients.models import Case
from therapy.enclosures import offers
from therapy.enclosures.actions import FILE, own_files
from therapy.engagement import actions as engagement
from therapy.messages import rules
from therapy.messages.models import Message
from ui.errors import Refused
from ui.service import patient_services_phone

Carried = tuple[str, object]
PATIENT, CLINICIAN = Message.Side.PATIENT, Message.Side.CLINICIAN


def side_of(case: Case, user) -> str:
    """Return which side of the conversation a user writes on: patient, clinician, or an empty string."""
    if case.patient.user_id == user.pk:
        return PATIENT
    return CLINICIAN if case.clinician is not None and case.clinician.user_id == user.pk else ""


def sent_before(case: Case, text: str, *, by, client_key: str) -> Message | None:
    """Return the message that a person sent under a key, None before that (MSG-1).

    Raises Refused where that one says something else: a page that was gone back to and changed is no second press.
    """
    sent = Message.objects.filter(case=case, sender=by, client_key=client_key).first()
    if sent is not None:
        refuse_other_words(sent.text, text)
    return sent


def fit_to_send(
    case: Case, text: str, *, by, files: Iterable[str], template: str, adds: Mapping[str, str], at: dt.datetime
) -> tuple[str, list[Carried]]:
    """Return the text as it would be sent and the files that go with it; raises Refused as `send` does."""
    carried: list[Carried] = [(FILE, file.ref) for file in own_files(case, files, by=by)]
    tidied = refuse_unsendable(case, text, by=by, may_be_empty=bool(carried or adds))
    _refuse_unfit_adds(case, adds, by=by)
    engagement.refuse_too_early(case, template, at)
    return tidied, carried


def _refuse_unfit_adds(case: Case, adds: Mapping[str, str], *, by) -> None:
    """Raise Refused for what may not be put into a message of this person."""
    if offers.any_chosen(adds) and side_of(case, by) != CLINICIAN:
        raise Refused("Only the therapist puts this into a message.", remedy="You can add files.")
    offers.refuse_unfit(case, adds)


def refuse_unsendable(case: Case, text: str, *, by, may_be_empty: bool = False) -> str:
    """Return the text as it would be sent; raises Refused as `send` does."""
    return _checked(text, _refuse_unless_open(case, by), may_be_empty=may_be_empty)


def _refuse_unless_open(case: Case, by) -> str:
    """The side that `by` writes on."""
    side = side_of(case, by)
    if not side:
        raise Refused("Only the patient and the therapist write here.")
    if rules.may_write(side, case.state):
        return side
    if case.state in rules.BEFORE_ALLOCATION:
        raise Refused("You have no therapist yet.", remedy="We will e-mail you as soon as you have one.")
    raise Refused(
        "This conversation is closed, so the message was not sent.",
        remedy=f"Please phone patient services on {patient_services_phone()}." if side == PATIENT else "",
    )


def _checked(text: str, side: str, *, may_be_empty: bool = False) -> str:
    tidied = rules.tidy(text)
    if not tidied and not may_be_empty:
        raise Refused("The message is empty.", field="text", remedy="Write something first.")
    if len(tidied) > rules.LONGEST_MESSAGE:
        raise Refused(
            f"The message has {len(tidied):,} characters; {rules.LONGEST_MESSAGE:,} is the most.",
            field="text",
            remedy="Send it in two parts.",
        )
    unfilled = placeholders_in(tidied) if side == CLINICIAN else ()
    if unfilled:
        raise Refused(
            f"Not filled in yet: {', '.join(f'{{{name}}}' for name in unfilled)}.",
            field="text",
            remedy="Write what belongs there, or take it out.",
        )
    return tidied


def refuse_other_words(sent: str, text: str) -> None:
    """Raise Refused where a form that was sent comes again with other words."""
    if sent != rules.tidy(text):
        raise Refused(
            "You have sent this already, in other words. What you see here is not sent yet. "
            "If you want to send it as well, press the button once more."
        )
