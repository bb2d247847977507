"""Three late notes in 30 days propose a hold on new cases, on which the supervisor or the lead decides (TIME-6)."""

import datetime as dt
import uuid

import pytest
from django.urls import reverse

from audit.models import ChangeEntry
from clinicians.models import Clinician
from clinicians.rules import asks_for_hold
from deadlines.actions import meet, open_deadline, sweep
from deadlines.models import Deadline
from notices.models import OutboxMessage

START = dt.datetime(2026, 11, 2, 9, tzinfo=dt.UTC)
DAY = dt.timedelta(days=1)
SECOND = dt.timedelta(seconds=1)
LABEL = "Decide whether new cases are held: notes are late"


@pytest.mark.rule("TIME-6b")
@pytest.mark.parametrize(
    ("days", "asks"),
    [
        ([0, 15, 30], True),
        ([0, 15, 30 + 1 / 86400], False),
        ([30, 0, 15], True),
        ([0, 0, 0], True),
        ([0, 1], False),
        ([0, 31, 40, 50], True),
        ([0, 20, 40, 60], False),
    ],
)
def test_three_within_thirty_days(days, asks):
    assert asks_for_hold([START + day * DAY for day in days]) is asks


def appointment_on(day: float) -> str:
    """A reference such as an appointment has: the key of its note."""
    return str(uuid.UUID(int=int(day * 10)))


@pytest.fixture
def late(world):
    """A function: notes of Amara's come due unwritten on these days after START, each swept at its time."""

    def run(*days: float, clinician=world.amara) -> None:
        for day in days:
            due_at, key = START + day * DAY, appointment_on(day)
            about = {"owner": clinician.user, "case_ref": world.alice_case.ref, "opened_by": "session completed"}
            open_deadline("note", key, due_at=due_at, at=due_at - 2 * DAY, **about)
            sweep(due_at)

    return run


def proposals():
    return Deadline.objects.filter(kind="hold_proposed")


def told(notice: str) -> list[str]:
    return list(OutboxMessage.objects.filter(notice=notice).order_by("pk").values_list("recipient", flat=True))


def page_of(clinician) -> str:
    return reverse("clinicians:clinician", args=[clinician.ref])


def door(clinician) -> str:
    return reverse("clinicians:hold", args=[clinician.ref])


def choice(decision: str, reason: str = "Three notes are late.") -> dict[str, str]:
    return {"decision": decision, "reason": reason}


@pytest.mark.rule("TIME-6b")
@pytest.mark.rule("TIME-21a")
def test_the_third_late_note_puts_it_before_the_supervisor_once(world, client_of, late, at):
    late(0, 5)
    late(6, clinician=world.piet)
    assert not proposals().exists()
    late(10, 12)
    assert (proposals().get().owner, told("hold_proposed")) == (world.sunniva, [world.sunniva.email])
    with at(START + 12 * DAY):
        assert LABEL in client_of(world.sunniva).get(reverse("desk:tasks")).text
        page = client_of(world.sunniva).get(proposals().get().url).text
        assert "still not signed" in page
        assert "12 November" in page
        assert "leave" in page
    mail = OutboxMessage.objects.get(notice="hold_proposed")
    assert "Amara" not in str(vars(mail))
    assert world.alice_case.ref not in str(vars(mail))


@pytest.mark.rule("TIME-6b")
def test_late_notes_over_more_than_thirty_days_propose_nothing(world, late):
    late(0, 20, 30.5)
    assert not proposals().exists()


@pytest.mark.rule("TIME-6b")
def test_a_note_signed_late_counts_and_one_signed_in_time_does_not(world, late):
    late(0, 1)
    meet("note", appointment_on(0), closed_by="note signed", at=START + 2 * DAY)
    open_deadline("note", "in time", due_at=START + 9 * DAY, owner=world.amara.user, opened_by="test", at=START)
    meet("note", "in time", closed_by="note signed", at=START + 8 * DAY)
    assert not proposals().exists()
    late(9.5)
    assert proposals().exists()


@pytest.mark.rule("TIME-6b")
@pytest.mark.rule("CLIN-6b")
def test_the_supervisor_holds_new_cases_with_a_reason(world, client_of, late, at):
    late(0, 1, 2)
    with at(START + 3 * DAY):
        sunniva, before = client_of(world.sunniva), ChangeEntry.objects.count()
        assert sunniva.post(door(world.amara), choice("hold", " ")).status_code == 422
        assert sunniva.post(door(world.amara), {"reason": "x"}).status_code == 422
        assert ChangeEntry.objects.count() == before
        for _ in range(2):
            assert sunniva.post(door(world.amara), choice("hold")).status_code == 303
        kept = ChangeEntry.objects.get(what="new cases held")
        assert (kept.who, kept.after["hold"]) == (world.sunniva, "Three notes are late.")
        assert (proposals().get().state, told("hold_decided")) == ("met", [world.amara.user.email])
        assert "Three notes are late." in client_of(world.amara).get(reverse("clinicians:availability")).text
        assert LABEL not in sunniva.get(reverse("desk:tasks")).text
        again = sunniva.post(door(world.amara), choice("hold", "Another reason"))
        assert (again.status_code, "held already" in again.text) == (409, True)
    late(4)
    assert proposals().count() == 1, "what is held is not proposed"


@pytest.mark.rule("TIME-6b")
def test_or_leaves_it_as_it_is_with_a_reason(world, client_of, late, at):
    late(0, 1, 2)
    with at(START + 3 * DAY):
        sunniva = client_of(world.sunniva)
        for _ in range(2):
            assert sunniva.post(door(world.amara), choice("leave", "She was ill.")).status_code == 303
        assert ChangeEntry.objects.get(what="hold not set").after == {"why": "She was ill."}
        assert (proposals().get().state, Clinician.objects.get(pk=world.amara.pk).allocation_hold) == ("met", "")
        late_one = client_of(world.leonie).post(door(world.amara), choice("leave"))
        assert (late_one.status_code, "Nothing waits" in late_one.text) == (409, True)
    late(4)
    assert proposals().owed().exists(), "a further late note proposes it anew"


@pytest.mark.rule("TIME-6b")
@pytest.mark.rule("CLIN-6b")
def test_a_hold_without_proposal_and_its_lifting_by_the_lead(world, client_of):
    sunniva, leonie = client_of(world.sunniva), client_of(world.leonie)
    assert "For late or poor notes" in sunniva.get(page_of(world.amara)).text
    assert sunniva.post(door(world.amara), choice("hold", "Poor notes")).status_code == 303
    assert "Lift the hold" in leonie.get(page_of(world.amara)).text
    for _ in range(2):
        assert leonie.post(door(world.amara), choice("lift", "They are good now.")).status_code == 303
    lifted = ChangeEntry.objects.get(what="hold lifted")
    assert (lifted.before, lifted.after["why"]) == ({"hold": "Poor notes"}, "They are good now.")
    assert "You get no new cases" not in client_of(world.amara).get(reverse("clinicians:availability")).text
    assert told("hold_decided") == [world.amara.user.email] * 2


@pytest.mark.rule("TIME-6b")
def test_nobody_else_decides_and_nobody_about_oneself(world, client_of, late, at):
    late(0, 1, 2)
    with at(START + 3 * DAY):
        for other in (world.amara, world.stellan, world.olu, world.piet, world.alice):
            assert client_of(other).post(door(world.amara), choice("hold")).status_code == 404
        assert "late_notes" not in (client_of(world.olu).get(page_of(world.amara)).context or {})
        Clinician.objects.filter(pk=world.amara.pk).update(user=world.leonie)
        assert client_of(world.leonie).post(door(world.amara), choice("hold")).status_code == 409
        assert "What do you decide?" not in client_of(world.leonie).get(page_of(world.amara)).text


@pytest.mark.rule("TIME-6b")
def test_who_covers_for_a_supervisor_reaches_the_clinician_until_it_is_decided(world, client_of, late, at):
    Clinician.objects.filter(pk=world.amara.pk).update(supervisor=None)
    late(0, 1, 2)
    cover = proposals().get().owner
    with at(START + 3 * DAY):
        client = client_of(cover)
        assert "Notes are late" in client.get(page_of(world.amara)).text
        assert client.post(door(world.amara), choice("leave")).status_code == 303
        assert client.get(page_of(world.amara)).status_code == 404


@pytest.mark.rule("TIME-6b")
def test_undecided_it_is_told_to_the_clinical_lead_as_well(world, late):
    late(0, 1, 2)
    due_at = proposals().get().due_at
    assert due_at - (START + 2 * DAY) >= 4 * DAY
    sweep(due_at - SECOND)
    assert not told("hold_overdue")
    sweep(due_at)
    assert set(told("hold_overdue")) == {world.sunniva.email, world.leonie.email}
    assert proposals().overdue().exists()
