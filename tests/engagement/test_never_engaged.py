"""Nobody answers: reminder to book, then the case leaves the caseload for patient services (TIME-2, TIME-3, ENG-1)."""

import datetime as dt

import pytest

from deadlines.actions import sweep
from deadlines.models import Deadline
from discharge.models import Discharge
from measures.actions import answer_all, complete, give
from notices.models import OutboxMessage
from patients.admin_notes.actions import write_admin_note
from patients.cases.actions import assign, keep, release, turn
from patients.models import Case
from tests.engagement.conftest import AT, DAY
from therapy.appointments.actions import confirm, decline
from therapy.appointments.booking import offer
from therapy.engagement.queries import stand_of
from therapy.homework.actions import set_homework
from therapy.messages.actions import leave_word
from therapy.models import NeverEngaged
from ui.errors import Refused

HOUR = dt.timedelta(hours=1)


def told(notice: str) -> list[str]:
    return sorted(OutboxMessage.objects.filter(notice=notice).values_list("recipient", flat=True))


def open_kinds(case) -> set[str]:
    return set(Deadline.objects.owed().filter(case_ref=case.ref).values_list("kind", flat=True))


@pytest.mark.rule("TIME-2a")
def test_72_hours_after_the_welcome_the_clinician_is_prompted(world, fresh, says):
    says(fresh, world.amara.user, 1)
    sweep(AT + 4 * DAY - dt.timedelta(seconds=1))
    assert told("engagement_due") == []
    sweep(AT + 4 * DAY)
    assert told("engagement_due") == ["amara@example.org"]
    assert "booking_reminder" in open_kinds(fresh), "it is still theirs to send"
    says(fresh, world.amara.user, 4.1, "booking_reminder")
    assert "booking_reminder" not in open_kinds(fresh)


@pytest.mark.rule("TIME-2b")
@pytest.mark.rule("ENG-1a")
@pytest.mark.parametrize("word", ["message", "decline", "call"])
def test_any_word_makes_it_fall_away(world, fresh, says, at, word):
    says(fresh, world.amara.user, 1)
    if word == "message":
        says(fresh, world.charlie.user, 2)
        assert "booking_reminder" not in open_kinds(fresh)
    elif word == "decline":
        with at(AT + 1.5 * DAY):
            one = offer(fresh, starts_at=AT + 9 * DAY, minutes=60, client_key="o", by=world.amara.user)
        decline(one, by=world.charlie.user, at=AT + 2 * DAY)
        assert "booking_reminder" not in open_kinds(fresh)
    else:
        write_admin_note(fresh, "call", "Rang, they are away.", by=world.olu, reached="spoke", at=AT + 2 * DAY)
    sweep(AT + 4 * DAY)
    assert told("engagement_due") == []
    assert "booking_reminder" not in open_kinds(fresh)


@pytest.mark.rule("ENG-4a")
@pytest.mark.parametrize("word", ["call", "questionnaire", "homework"])
def test_what_is_owed_for_want_of_a_word_goes_at_once_also_when_it_is_overdue(world, says, client_of, at, word):
    case, alice = world.alice_case, client_of(world.alice)
    says(case, world.amara.user, 0, "engagement_prompt")
    sweep(AT + 8 * DAY)
    assert "engagement_step" in open_kinds(case)
    with at(AT + 9 * DAY):
        if word == "call":
            note = {"kind": "call", "reached": "spoke", "text": "Rang, they are moving house."}
            assert client_of(world.olu).post(f"/cases/{case.ref}/admin-notes/new/", note).status_code == 303
        elif word == "questionnaire":
            asked = give(case, "gad-7", occasion="a test")
            answer_all(asked, dict.fromkeys(range(1, 8), 1), by=world.alice.user)
            complete(asked, by=world.alice.user)
        else:
            task = set_homework(case, "Walk", by=world.amara.user, client_key="h")
            assert alice.post(f"/homework/{task.ref}/report/", {"done": "on", "how": "Good."}).status_code == 303
    assert "engagement_step" not in open_kinds(case)
    assert not stand_of(case).runs


@pytest.mark.rule("TIME-3a")
@pytest.mark.rule("TIME-3d")
def test_seven_days_of_silence_hand_the_case_to_patient_services(world, fresh, says, client_of):
    says(fresh, world.amara.user, 1)
    says(fresh, world.amara.user, 4, "booking_reminder")
    sweep(AT + 8 * DAY - dt.timedelta(seconds=1))
    assert Case.objects.get(pk=fresh.pk).clinician == world.amara
    sweep(AT + 8 * DAY)
    left = Case.objects.get(pk=fresh.pk)
    assert (left.clinician, left.state) == (None, "discharging")
    row = NeverEngaged.objects.get()
    assert (row.welcomed_at, row.reminded_at) == (AT + 1 * DAY, AT + 4 * DAY)
    assert told("never_engaged") == ["amara@example.org", "olu@example.org"]
    olu = client_of(world.olu)
    assert "Nobody ever answered" in olu.get("/discharges/").content.decode()
    assert olu.post(f"/cases/{fresh.ref}/discharge/").status_code == 303
    assert Discharge.objects.get(case=fresh).request.status == "did_not_engage"


@pytest.mark.rule("TIME-3a")
def test_an_offer_that_nobody_answered_goes_with_the_case(world, fresh, says):
    about = {"minutes": 60, "client_key": "o", "by": world.amara.user, "at": AT + 1 * DAY}
    offered = offer(fresh, starts_at=AT + 30 * DAY, **about)
    says(fresh, world.amara.user, 1)
    says(fresh, world.amara.user, 4, "booking_reminder")
    sweep(AT + 8 * DAY)
    offered.refresh_from_db()
    assert offered.status == "clinician_cancelled", "nobody is there any more who would come"
    assert told("appointment_cancelled") == ["charlie@example.org"]
    with pytest.raises(Refused):
        confirm(offered, by=world.charlie.user, at=AT + 9 * DAY)
    assert NeverEngaged.objects.filter(case=fresh).exists()
    assert open_kinds(fresh) == set()


@pytest.mark.rule("TIME-3a")
def test_a_late_reminder_still_leaves_48_hours(world, fresh, says):
    says(fresh, world.amara.user, 1)
    says(fresh, world.amara.user, 9, "booking_reminder")
    sweep(AT + 11 * DAY - dt.timedelta(seconds=1))
    assert not NeverEngaged.objects.exists()
    sweep(AT + 11 * DAY)
    assert NeverEngaged.objects.exists()


@pytest.mark.rule("TIME-3c")
def test_without_a_reminder_it_waits(world, fresh, says):
    says(fresh, world.amara.user, 1)
    for days in range(1, 40):
        sweep(AT + days * DAY)
    assert Case.objects.get(pk=fresh.pk).clinician == world.amara
    assert told("engagement_due") == ["amara@example.org"]


@pytest.mark.rule("TIME-3b")
@pytest.mark.rule("ENG-7a")
def test_it_waits_while_risk_is_open_and_asks_again_each_day(world, fresh, says):
    says(fresh, world.amara.user, 1)
    says(fresh, world.amara.user, 4, "booking_reminder")
    keep(fresh, "unreviewed_alert", "a1", "an alert has not been reviewed")
    for days in (8, 9, 10):
        sweep(AT + days * DAY)
    assert Case.objects.get(pk=fresh.pk).clinician == world.amara
    release(fresh, "unreviewed_alert", "a1")
    sweep(AT + 11 * DAY)
    assert Case.objects.get(pk=fresh.pk).clinician is None


@pytest.mark.rule("ENG-1a")
def test_a_word_at_the_last_moment_keeps_the_case(world, fresh, says):
    says(fresh, world.amara.user, 1)
    says(fresh, world.amara.user, 4, "booking_reminder")
    says(fresh, world.charlie.user, 7.99)
    sweep(AT + 30 * DAY)
    assert Case.objects.get(pk=fresh.pk).clinician == world.amara
    assert not NeverEngaged.objects.exists()


@pytest.mark.rule("TIME-3a")
def test_after_an_outage_of_a_month_it_acts_once(world, fresh, says):
    says(fresh, world.amara.user, 1)
    says(fresh, world.amara.user, 4, "booking_reminder")
    for _ in range(3):
        sweep(AT + 40 * DAY)
    assert NeverEngaged.objects.count() == 1
    assert told("never_engaged") == ["amara@example.org", "olu@example.org"]


@pytest.mark.rule("TIME-3a")
def test_with_the_same_clinician_again_the_wait_is_a_whole_one(world, fresh, says):
    """A case that went back to the list and came to the same clinician again is welcomed anew."""
    says(fresh, world.amara.user, 1)
    assign(fresh, None, by=world.olu, at=AT + 20 * DAY)
    turn(fresh, "waiting", by=world.olu, at=AT + 20 * DAY)
    assign(fresh, world.amara, by=world.olu, at=AT + 30 * DAY)
    turn(fresh, "allocated", by=world.olu, at=AT + 30 * DAY)
    says(fresh, world.amara.user, 31)
    assert Deadline.objects.open().get(case_ref=fresh.ref, kind="booking_reminder").due_at == AT + 34 * DAY
    says(fresh, world.amara.user, 34, "booking_reminder")
    assert Deadline.objects.open().get(case_ref=fresh.ref, kind="never_engaged").due_at == AT + 38 * DAY


def test_that_somebody_waited_in_the_room_is_no_welcome(world, fresh, says):
    leave_word(fresh, "I am here.", by=world.amara.user, client_key="w", template="waiting", at=AT)
    says(fresh, world.amara.user, 1)
    assert Deadline.objects.open().get(case_ref=fresh.ref, kind="booking_reminder").due_at == AT + 4 * DAY


@pytest.mark.rule("ENG-6a")
def test_the_page_says_what_comes_next_and_when(world, fresh, says, client_of, at):
    says(fresh, world.amara.user, 1)
    with at(AT + 2 * DAY):
        page = client_of(world.amara).get(f"/cases/{fresh.ref}/engagement/").content.decode()
    assert "Waiting for a first word" in page
    assert "Reminder to book" in page
    assert "from <time" in page
    assert "Fri 6 November 2026, 9:00am" in page
    assert "a message from the patient, however short" in page
    with at(AT + 5 * DAY):
        page = client_of(world.amara).get(f"/cases/{fresh.ref}/engagement/").content.decode()
    assert "?template=booking_reminder#composer" in page
