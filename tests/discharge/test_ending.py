"""The ending through the doors: refused while anything is open, the letter first, then discharged."""

import datetime as dt

import pytest
from django.utils import timezone

from deadlines.actions import open_deadline
from deadlines.models import Deadline
from discharge import rules
from discharge.models import Discharge, DischargeRequest
from files.actions import render_due
from letters import actions as letters
from letters.models import Letter
from patients.models import Case
from risk import actions as risk
from therapy.appointments import actions as appointments
from therapy.appointments import reviews
from therapy.messages.actions import send
from therapy.notes import actions as notes
from therapy.notes.details import set_details
from therapy.notes.rules import PARTS
from therapy.room import actions as room
from ui.errors import Refused

WISH = {"status": "completed", "rationale": "Below both cut-offs, agreed in the last session."}
MINUTE = dt.timedelta(minutes=1)


@pytest.fixture
def attended(world, at):
    """One session of Alice's, held and noted."""
    start = timezone.now() - dt.timedelta(days=3)
    clinician, patient = world.amara.user, world.alice.user
    with at(start - 5 * 1440 * MINUTE):
        made = appointments.offer(world.alice_case, starts_at=start, minutes=60, by=clinician, client_key="one")
        made = appointments.confirm(made, by=patient)
    with at(start):
        held = room.open_session(made)
        room.join(held, clinician)
        room.join(held, patient)
    with at(start + 50 * MINUTE):
        appointments.end(made, "completed", by=clinician)
    notes.save_draft(made, dict.fromkeys(PARTS, "Written."), 0, by=clinician)
    notes.sign(made, by=clinician)
    return made


def url(world) -> str:
    return f"/cases/{world.alice_case.ref}/ending/"


def state(world) -> str:
    return Case.objects.get(pk=world.alice_case.pk).state


@pytest.mark.rule("DIS-1b")
@pytest.mark.parametrize(
    ("status", "attended", "fits"),
    [
        ("did_not_engage", 0, True),
        ("did_not_engage", 1, False),
        ("completed", 0, False),
        ("completed", 1, True),
        ("dropped_out", 0, False),
        ("dropped_out", 2, True),
        ("declined", 0, True),
        ("deceased", 3, True),
        ("not_suitable", 1, False),
        ("referred_back", 1, False),
        ("referred_on", 1, False),
    ],
)
def test_a_status_fits_the_facts_or_says_why_not(status, attended, fits):
    facts = rules.Facts(attended=attended, appointments_ahead=0, notes_missing=0, letter_sent=False)
    assert (rules.why_not(status, facts) == "") == fits


@pytest.mark.rule("DIS-1a")
def test_what_does_not_fit_cannot_be_chosen_and_says_why(world, client_of, attended):
    clinician = client_of(world.amara)
    page = clinician.get(url(world)).content.decode()
    assert "1 session was attended" in page
    answer = clinician.post(url(world), {**WISH, "status": "did_not_engage"})
    assert answer.status_code == 422
    assert state(world) == "treatment"


@pytest.mark.rule("DIS-7a")
@pytest.mark.rule("DIS-1d")
@pytest.mark.rule("DIS-7c")
def test_ending_turns_the_case_and_closes_messaging(world, client_of, attended):
    clinician = client_of(world.amara)
    assert clinician.post(url(world), WISH).status_code == 303
    assert clinician.post(url(world), WISH).status_code == 409
    assert state(world) == "discharging"
    assert DischargeRequest.objects.count() == 1
    assert world.alice_case.admin_notes.filter(kind="rationale", text__contains="Below both cut-offs").exists()
    world.alice_case.refresh_from_db()
    with pytest.raises(Refused):
        send(world.alice_case, "Are you still there?", by=world.alice.user, client_key="late")


@pytest.mark.rule("ENG-5b")
@pytest.mark.parametrize("kind", ["engagement_ending", "engagement_step"])
def test_ending_is_what_the_last_step_of_a_procedure_asked_for(world, client_of, attended, kind):
    now, about = timezone.now(), {"owner": world.amara.user, "case_ref": world.alice_case.ref}
    open_deadline(kind, "one", due_at=now + 60 * MINUTE, opened_by="a test", at=now, **about)
    assert url(world) in client_of(world.amara).get("/home/tasks/").text or kind == "engagement_step"
    assert client_of(world.amara).post(url(world), WISH).status_code == 303
    assert Deadline.objects.get(kind=kind, key="one").state == "met"


@pytest.mark.rule("TIME-18b")
def test_a_therapy_that_ends_owes_no_review(world, client_of, attended):
    reviews.review_needed(
        world.alice_case.ref, owner=world.amara.user, next_session_at=timezone.now() + MINUTE, at=timezone.now()
    )
    clinician = client_of(world.amara)
    assert "Raise the review of a case" in clinician.get("/home/").text
    assert clinician.post(url(world), WISH).status_code == 303
    assert "Raise the review of a case" not in clinician.get("/home/").text


@pytest.mark.rule("DIS-2a")
@pytest.mark.rule("RISK-8a")
def test_refused_while_an_alert_is_unreviewed(world, client_of, attended):
    alert = risk.raise_alert(world.alice_case, kind="item_9", source="questionnaire:one")
    clinician = client_of(world.amara)
    answer = clinician.post(url(world), WISH)
    assert answer.status_code == 409
    assert "must stay" in answer.content.decode()
    assert state(world) == "treatment"
    risk.review(alert, by=world.amara.user, considered="All of it.", done="Numbers given.", level="low")
    assert clinician.post(url(world), WISH).status_code == 303


@pytest.mark.rule("DIS-2a")
def test_refused_while_an_appointment_is_ahead(world, client_of, attended):
    starts_at = timezone.now() + dt.timedelta(days=4)
    appointments.offer(world.alice_case, starts_at=starts_at, minutes=60, by=world.amara.user, client_key="two")
    answer = client_of(world.amara).post(url(world), WISH)
    assert answer.status_code == 409
    assert "No appointment ahead" in answer.content.decode()


def test_refused_without_a_rationale_and_what_was_chosen_stays(world, client_of, attended):
    answer = client_of(world.amara).post(url(world), {**WISH, "rationale": ""})
    assert answer.status_code == 422
    assert "Say in a sentence or two why" in answer.content.decode()


@pytest.mark.rule("DIS-7b")
@pytest.mark.rule("DIS-7c")
@pytest.mark.rule("DIS-8a")
def test_discharged_once_the_letter_is_sent(world, client_of, attended):
    clinician, office = client_of(world.amara), client_of(world.olu)
    clinician.post(url(world), WISH)
    door = f"/cases/{world.alice_case.ref}/discharge/"
    assert office.post(door).status_code == 409
    _send_letter(world, clinician, office)
    for _ in range(2):
        assert office.post(door).status_code == 303
    assert state(world) == "discharged"
    assert Discharge.objects.count() == 1
    assert client_of(world.alice).get(f"/sessions/{attended.session.ref}/transcript/").status_code == 200
    assert client_of(world.amara).get(url(world)).status_code == 404


def test_nobody_is_left_to_agree_to_the_protocol_of_a_case_that_ended(world, client_of, attended):
    unusual = {"problem": "ocd", "step": "3", "protocol": "Graded exposure", "reason": "One thing only."}
    set_details(world.alice_case, by=world.amara.user, **unusual)
    clinician, office = client_of(world.amara), client_of(world.olu)
    assert "Agree to a protocol" in client_of(world.sunniva).get("/home/").content.decode()
    clinician.post(url(world), WISH)
    _send_letter(world, clinician, office)
    assert office.post(f"/cases/{world.alice_case.ref}/discharge/").status_code == 303
    assert "Agree to a protocol" not in client_of(world.sunniva).get("/home/").content.decode()


def _send_letter(world, clinician, office) -> None:
    draft = letters.start(world.alice_case, "discharge", by=world.amara.user)
    parts = dict.fromkeys(("work", "outcome", "risk", "recommendations"), "Text.")
    letters.save(draft, parts, 0, by=world.amara.user)
    assert clinician.post(f"/letters/drafts/{draft.ref}/ending-submission/").status_code == 303
    office.post(f"/letters/drafts/{draft.ref}/approval/")
    render_due()
    assert office.post(f"/letters/{Letter.objects.get().ref}/sending/").status_code == 303


@pytest.mark.parametrize(
    ("who", "status"), [("piet", 404), ("charlie", 404), ("alice", 404), ("farid", 404), ("tamsin", 404)]
)
def test_nobody_else_ends_it(world, client_of, attended, who, status):
    assert client_of(getattr(world, who)).post(url(world), WISH).status_code == status
    assert client_of(getattr(world, who)).post(f"/cases/{world.alice_case.ref}/discharge/").status_code == status
    assert state(world) == "treatment"
