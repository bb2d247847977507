"""What stands behind the nouns of URLs: an object of the case asked for, one function for each URL keyword.

A route that needs its object in another state is named before it: `("therapy:room", "session")`. A new noun in a URL
needs a provider here, else the generated tests fail and say so.
"""

import datetime as dt
from collections.abc import Callable
from typing import Any

from django.utils import timezone

from accounts.models import SignIn
from billing import actions as billing
from billing.models import Statement, StatementFile
from deadlines.actions import open_deadline
from files.actions import store
from files.models import UploadStep
from intake.allocation.models import AllocationRun
from intake.referrals.models import Batch
from intake.selfassessment.actions import open_self_assessment
from letters import actions as letters
from letters.models import Dispatch, Letter, LetterFile
from measures import actions as measures
from notices.actions import tell_address
from notices.models import OutboxMessage
from patients.admin_notes.actions import write_admin_note
from patients.models import Case
from risk import actions as risk
from supervision.actions import raise_ticket
from tests.cast import World, signed_in
from tests.files.samples import picture
from tests.harness.passkey import stored
from therapy.appointments import actions as appointments
from therapy.appointments.booking import offer
from therapy.appointments.models import Appointment
from therapy.connection import actions as connection
from therapy.enclosures.actions import hand_in
from therapy.homework.actions import set_homework
from therapy.messages import actions as messages
from therapy.messages.holding import hold
from therapy.room import actions as room
from therapy.room.models import Session
from therapy.sheets import actions as sheets
from therapy.together import actions as together

Provider = Callable[[World, Case], Any]
AHEAD = dt.timedelta(hours=96)
SOON = dt.timedelta(minutes=5)
LATER = dt.timedelta(hours=5)


class NotForThisCase(Exception):
    """A case without a clinician has no appointment, letter or ticket."""


def clinician_of(case: Case):
    if case.clinician is None:
        raise NotForThisCase
    return case.clinician


def offered(world: World, case: Case, ahead: dt.timedelta = AHEAD) -> Appointment:
    """An offer of 60 minutes, made by the case's clinician; asked for again it is the same, whatever the time is."""
    clinician, key = clinician_of(case), f"{case.ref}:{ahead}"
    if made := Appointment.objects.filter(case=case, client_key=key).first():
        return made
    return offer(case, starts_at=timezone.now() + ahead, minutes=60, client_key=key, by=clinician.user)


def confirmed_soon(world: World, case: Case) -> Appointment:
    """A confirmed appointment that starts in five minutes: its room is open."""
    return appointments.confirm(offered(world, case, SOON), by=case.patient.user)


def cancelled(world: World, case: Case) -> Appointment:
    """One of its own that was cancelled late; made again it is the same."""
    found = offered(world, case, LATER)
    if found.status != "offered":
        return found
    return appointments.cancel(appointments.confirm(found, by=case.patient.user), by=case.patient.user)


def session(world: World, case: Case) -> Session:
    """An open room in which both sides are, with one line of the patient's."""
    opened = room.open_session(confirmed_soon(world, case))
    room.join(opened, case.patient.user)
    room.join(opened, case.clinician.user)
    room.write(opened.ref, case.patient.user, "first", "Hello, can you see this?")
    return opened


def line_number(world: World, case: Case) -> int:
    return session(world, case).lines.filter(kind="line").get().seq


def held(world: World, case: Case):
    """A message of the patient's that can still be taken back."""
    return hold(case, "Wait", by=case.patient.user, client_key="held") if clinician_of(case) else None


def homework(world: World, case: Case):
    """Something to try, set by the clinician."""
    return set_homework(case, "Walk every day", by=clinician_of(case).user, client_key="homework")


def still_open(world: World, case: Case) -> Appointment:
    """An offer that nobody has ended: where an earlier door closed the first one, the next free day's."""
    days = (offered(world, case, AHEAD + dt.timedelta(days=more)) for more in range(7))
    return next(found for found in days if found.is_open)


def sheet(world: World, case: Case):
    """A sheet between the two of an offered appointment."""
    return sheets.begin(still_open(world, case), "thought-record", by=clinician_of(case).user)


def agenda_point(world: World, case: Case):
    """A point that the patient put on the agenda of an offered appointment."""
    found = still_open(world, case)
    return together.add(found, "Sleep", by=case.patient.user, client_key="point")


def admin_task(world: World, case: Case):
    """An entry of the general admin notes that asks something of patient services."""
    return write_admin_note(case, "letter", "Please send the leaflet.", by=world.olu, asked=True)


def draft_letter(world: World, case: Case):
    return letters.start(case, "assessment", by=clinician_of(case).user)


def sent_letter(world: World, case: Case) -> Letter:
    """An approved letter with its file, on the patient's page; the same when asked again."""
    if known := Letter.objects.filter(case=case).first():
        return known
    draft, now = draft_letter(world, case), timezone.now()
    letter = Letter.objects.create(
        ref=draft.ref, draft=draft, case=case, kind=draft.kind, html="<p>Dear you,</p>", approved_by=world.olu,
        approved_at=now,
    )  # fmt: skip
    LetterFile.objects.create(letter=letter, file=store(b"%PDF-1.7 not really", "application/pdf"))
    Dispatch.objects.create(letter=letter, recipient="patient", channel="page", by=world.olu, at=now)
    return letter


def open_deadline_of(world: World, case: Case) -> int:
    """A deadline of the case that can be moved."""
    now = timezone.now()
    return open_deadline(
        "welcome", f"provided {case.ref}", due_at=now + AHEAD, case_ref=case.ref, opened_by="a test", at=now
    ).pk


def given_up(world: World, case: Case) -> int:
    """A message that could not be delivered."""
    now = timezone.now()
    message = tell_address("gone@example.org", "message_waiting", key=case.ref, case_ref=case.ref, at=now)
    OutboxMessage.objects.filter(pk=message.pk).update(gave_up_at=now, attempts=3)
    return message.pk


def alert(world: World, case: Case):
    return risk.raise_alert(case, kind="item_9", source=f"questionnaire:{questionnaire(world, case).ref.hex}")


def questionnaire(world: World, case: Case):
    return measures.give(case, "phq-9", occasion="self-assessment")


def statement(world: World, case: Case) -> Statement:
    """The clinician's issued statement of October 2026, without a line."""
    clinician, month = clinician_of(case), dt.date(2026, 10, 1)
    issued, _ = Statement.objects.get_or_create(
        clinician=clinician,
        month=month,
        defaults={"ref": clinician.ref, "issued_by": world.farid, "issued_at": timezone.now()},
    )
    StatementFile.objects.get_or_create(
        statement=issued, defaults={"file": store(b"%PDF-1.7 not really", "application/pdf")}
    )
    return issued


def ticket(world: World, case: Case):
    """A question of the clinician to the named supervisor."""
    author = clinician_of(case).user
    return raise_ticket(case, "other", {"question": "How do I go on?"}, by=author, client_key=f"ticket:{case.ref}")


def drawn_month(world: World, case: Case):
    """A clinician whose October 2026 is drawn up and not issued."""
    billing.draw_up(clinician_of(case), dt.date(2026, 10, 1), by=world.farid)
    return case.clinician.ref


def self_assessment_page(world: World, case: Case) -> str:
    open_self_assessment(case)
    return "problem"


def run(world: World, case: Case) -> AllocationRun:
    return AllocationRun.objects.create(by=world.olu, at=timezone.now())


def batch(world: World, case: Case) -> Batch:
    return Batch.objects.create(
        site=world.site, file_name="referrals.csv", sha256="0" * 64, by=world.olu, uploaded_at=timezone.now()
    )


def trouble(world: World, case: Case):
    return connection.report_trouble(session(world, case), by=case.patient.user)


def outage(world: World, case: Case):
    now = timezone.now()
    return connection.enter_outage(now - SOON, None, "Everything", by=world.olu)


def file(world: World, case: Case):
    """A picture that the patient sent in a message, looked at and found clean."""
    clinician_of(case)
    handed_in = hand_in(case, picture(), by=case.patient.user, cid=f"file:{case.ref}")
    messages.send(case, "My page", by=case.patient.user, client_key=f"file:{case.ref}", files=[str(handed_in.ref)])
    UploadStep.objects.get_or_create(
        upload=handed_in.upload,
        state="clean",
        defaults={"file": store(picture(), "image/png"), "at": timezone.now()},
    )
    return handed_in


def other_device(world: World, case: Case):
    """Another device on which the case's patient is signed in; to anybody else there is nothing of the kind."""
    signed_in(case.patient)
    return SignIn.objects.filter(user=case.patient.user).latest("opened_at").ref


def ref(make: Provider) -> Provider:
    return lambda world, case: make(world, case).ref


# URL keyword, or (route name, URL keyword) for one route alone -> a function to its value.
PROVIDERS: dict[str | tuple[str, str], Provider] = {
    "case": lambda world, case: case.ref,
    "appointment": ref(offered),
    ("therapy:joining", "appointment"): ref(confirmed_soon),
    ("therapy:correction", "appointment"): ref(cancelled),
    ("therapy:note", "appointment"): ref(confirmed_soon),
    ("therapy:note-draft", "appointment"): ref(confirmed_soon),
    ("therapy:signature", "appointment"): ref(confirmed_soon),
    ("therapy:addenda", "appointment"): ref(confirmed_soon),
    "device": other_device,
    "pk": lambda world, case: stored(case.patient.user)[1].pk,
    "held": ref(held),
    "homework": ref(homework),
    "point": ref(agenda_point),
    "sheet": ref(sheet),
    "field": lambda world, case: "thoughts",
    "entry": ref(admin_task),
    "session": ref(session),
    "seq": line_number,
    "part": lambda world, case: "plan",
    "trouble": ref(trouble),
    "outage": ref(outage),
    "file": ref(file),
    "deadline": open_deadline_of,
    "outgoing": given_up,
    "alert": ref(alert),
    "letter": ref(draft_letter),
    ("letters:letter", "letter"): ref(sent_letter),
    ("letters:sending", "letter"): ref(sent_letter),
    ("letters:pdf", "letter"): ref(sent_letter),
    "questionnaire": ref(questionnaire),
    "statement": ref(statement),
    "ticket": ref(ticket),
    "type": lambda world, case: "other",
    "run": ref(run),
    "batch": ref(batch),
    "clinician": lambda world, case: clinician_of(case).ref,
    ("billing:issue", "clinician"): drawn_month,
    "template": lambda world, case: "welcome",
    "site": lambda world, case: world.site.code,
    "month": lambda world, case: "2026-10",
    "kind": lambda world, case: "assessment",
    ("intake:referral-page", "page"): lambda world, case: "name",
    ("intake:self-assessment-page", "page"): self_assessment_page,
    "name": lambda world, case: "status.css",
    "uidb64": lambda world, case: "MQ",
    "uidb36": lambda world, case: "1",
    "token": lambda world, case: "0-0",
    "key": lambda world, case: "0-0",
}
# Routes whose page is about the person who opens it and needs something to be there.
PREPARATIONS: dict[str, Provider] = {
    "intake:self-assessment": self_assessment_page,
}
# What stands behind the question mark of an address that is nothing without it.
QUERIES: dict[str, Provider] = {
    "accounts:reason": lambda world, case: f"?case={case.ref}&thing=transcript",
}
# Keywords that name something of a case; a route without any of them is the same for everybody's own.
OF_A_CASE = {
    "case", "appointment", "session", "held", "homework", "message", "note", "alert", "ticket", "letter",
    "questionnaire", "statement", "clinician", "trouble", "file", "deadline", "point", "sheet", "entry",
}  # fmt: skip


def keywords_for(route: str, names: list[str], world: World, case: Case) -> dict[str, Any]:
    """The keywords of a route for one case; KeyError names a noun without a provider."""
    if route in PREPARATIONS:
        PREPARATIONS[route](world, case)
    return {name: (PROVIDERS.get((route, name)) or PROVIDERS[name])(world, case) for name in names}


def address(route, world: World, case: Case) -> str:
    """The address of a route (`tests.harness.routes.Route`) for one case. Raises NotForThisCase."""
    query = QUERIES[route.name](world, case) if route.name in QUERIES else ""
    return route.url(**keywords_for(route.name, route.keywords, world, case)) + query
