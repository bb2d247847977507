"""The welcome deadline and the reply clock (TIME-1, TIME-5, MSG-2)."""

import datetime as dt
import re

import pytest

from deadlines.actions import sweep
from deadlines.models import Deadline
from notices.models import OutboxMessage
from patients.cases.actions import assign, turn
from sites.actions import set_policy
from tests import cast
from therapy.messages.actions import expect_welcome, send
from therapy.messages.models import Message

AT = dt.datetime(2026, 11, 2, 9, tzinfo=dt.UTC)
HOUR = dt.timedelta(hours=1)


def after(hours: float) -> dt.datetime:
    return AT + hours * HOUR


@pytest.fixture
def case(world):
    """Alice's case, just allocated to Amara."""
    expect_welcome(world.alice_case, at=AT)
    return world.alice_case


def says(case, who, hours: float) -> Message:
    return send(case, "words", by=who, client_key=f"{who.pk}-{hours}", at=after(hours))


def told(notice: str) -> list[str]:
    return sorted(OutboxMessage.objects.filter(notice=notice).values_list("recipient", flat=True))


@pytest.mark.rule("TIME-1a")
def test_an_allocation_starts_the_clock(case, world):
    row = Deadline.objects.get(kind="welcome")
    assert (row.owner, row.case_ref) == (world.amara.user, case.ref)
    assert (row.remind_at, row.due_at) == (after(36), after(48))
    assert row.url == f"/messages/{case.ref}/"


@pytest.mark.rule("TIME-1a")
@pytest.mark.rule("TIME-1b")
@pytest.mark.parametrize(("hours", "remind"), [(24, 12), (72, 60), (12, None), (6, None)])
def test_the_sites_hours_count(world, hours, remind):
    data = world.site.current_policy_version.data | {"welcome_hours": hours}
    set_policy(world.site, data, by=world.leonie, applies_to_open_cases=True)
    case = cast.make_case(world.bob, world.site, "allocated", world.amara)
    expect_welcome(case, at=AT)
    row = Deadline.objects.get(kind="welcome", case_ref=case.ref)
    assert row.due_at == after(hours)
    assert row.remind_at == (after(remind) if remind else None)


@pytest.mark.rule("TIME-1b")
def test_the_clinician_is_reminded_once_at_36_hours(case):
    sweep(after(36) - dt.timedelta(seconds=1))
    assert told("welcome_soon") == []
    for hours in (36, 37, 47):
        sweep(after(hours))
    assert told("welcome_soon") == ["amara@example.org"]
    assert told("welcome_overdue") == []


@pytest.mark.rule("TIME-1c")
def test_at_48_hours_patient_services_and_the_supervisor_are_told_once(case, world):
    for hours in (36, 48, 49, 200):
        sweep(after(hours))
    assert told("welcome_overdue") == ["olu@example.org", "sunniva@example.org"]
    assert [row.state for row in Deadline.objects.owed_by(world.amara.user)] == ["missed"]


@pytest.mark.rule("TIME-1c")
def test_whoever_is_told_can_open_what_the_mail_leads_to(case, world, client_of):
    sweep(after(48))
    for user in (world.olu, world.sunniva):
        link = OutboxMessage.objects.get(notice="welcome_overdue", recipient=user.email).link
        assert client_of(user).get(link).status_code == 200


@pytest.mark.rule("TIME-1d")
def test_the_first_message_stops_it(case, world):
    says(case, world.amara.user, 10)
    sweep(after(500))
    assert told("welcome_soon") + told("welcome_overdue") == []
    assert Deadline.objects.get(kind="welcome").closed_at == after(10)


@pytest.mark.rule("TIME-1d")
def test_the_patients_message_does_not_stop_it(case, world):
    says(case, world.alice.user, 1)
    sweep(after(48))
    assert told("welcome_overdue") != []


@pytest.mark.rule("TIME-1d")
def test_a_late_message_ends_what_is_owed(case, world):
    sweep(after(48))
    says(case, world.amara.user, 50)
    assert not Deadline.objects.owed_by(world.amara.user).filter(kind="welcome").exists()


@pytest.mark.rule("TIME-1e")
def test_it_falls_away_when_the_case_leaves_and_begins_anew(case, world):
    assign(case, None, by=world.olu, at=after(5))
    turn(case, "waiting", by=world.olu, at=after(5))
    assert Deadline.objects.get(kind="welcome").state == "cancelled"
    sweep(after(48))
    assert told("welcome_overdue") == []
    assign(case, world.piet, by=world.olu, at=after(60))
    turn(case, "allocated", by=world.olu, at=after(60))
    expect_welcome(case, at=after(60))
    assert Deadline.objects.open().get().due_at == after(108)
    sweep(after(108))
    assert told("welcome_overdue") == ["olu@example.org", "stellan@example.org"]


@pytest.mark.rule("TIME-1e")
def test_a_clock_that_outlived_its_case_tells_nobody(case, world):
    """Should a verb ever forget to let it fall: the handler looks for itself."""
    type(case).objects.filter(pk=case.pk).update(clinician=world.piet)
    sweep(after(36))
    sweep(after(48))
    assert told("welcome_soon") + told("welcome_overdue") == []
    assert Deadline.objects.get(kind="welcome").state == "cancelled"


@pytest.mark.rule("MSG-2a")
@pytest.mark.rule("TIME-5a")
def test_a_message_starts_the_reply_clock_and_the_reply_stops_it(world):
    case = world.alice_case
    says(case, world.alice.user, 0)
    row = Deadline.objects.get(kind="reply")
    assert (row.due_at, row.owner) == (after(48), world.amara.user)
    says(case, world.amara.user, 5)
    assert Deadline.objects.get(kind="reply").state == "met"
    says(case, world.alice.user, 6)
    assert Deadline.objects.open().get(kind="reply").due_at == after(54)


@pytest.mark.rule("TIME-5b")
@pytest.mark.rule("TIME-21c")
@pytest.mark.parametrize("gone", ["none named", "account closed", "no supervisor any more"])
def test_where_the_clinicians_supervisor_is_not_there_another_one_takes_it_up(world, client_of, gone, rung):
    case = world.alice_case
    if gone == "none named":
        type(world.amara).objects.filter(pk=world.amara.pk).update(supervisor=None)
    elif gone == "account closed":
        type(world.sunniva).objects.filter(pk=world.sunniva.pk).update(is_active=False)
    else:
        world.sunniva.roles.all().delete()
    cover = world.sunniva if gone == "none named" else world.stellan
    says(case, world.alice.user, 0)
    sweep(after(48))
    rung.clear()
    sweep(after(72))
    assert told("reply_overdue") == [cover.email]
    assert cover.pk in rung
    client = client_of(cover)
    assert "A reply is overdue" in client.get("/home/").text
    assert client.get(f"/messages/{case.ref}/").status_code == 200
    says(case, world.amara.user, 80)
    assert client.get(f"/messages/{case.ref}/").status_code == 302, "with a reason only, once it is done"


@pytest.mark.rule("MSG-2b")
def test_several_messages_are_one_clock_from_the_first(world):
    case = world.alice_case
    for hours in (0, 1, 30):
        says(case, world.alice.user, hours)
    assert Deadline.objects.get(kind="reply").due_at == after(48)
    sweep(after(49))
    says(case, world.alice.user, 50)
    assert Deadline.objects.filter(kind="reply").count() == 1, "an overdue clock is still the one clock"


@pytest.mark.rule("TIME-5a")
def test_the_sites_hours_count_for_replies(world):
    data = world.site.current_policy_version.data | {"reply_hours": 24}
    set_policy(world.site, data, by=world.leonie, applies_to_open_cases=True)
    case = cast.make_case(world.bob, world.site, "allocated", world.amara)
    says(case, world.bob.user, 0)
    assert Deadline.objects.get(kind="reply").due_at == after(24)


@pytest.mark.rule("MSG-2d")
@pytest.mark.rule("TIME-5b")
def test_overdue_it_is_the_clinicians_and_then_the_supervisors(world):
    says(world.alice_case, world.alice.user, 0)
    sweep(after(48))
    assert Deadline.objects.overdue().filter(owner=world.amara.user).count() == 1
    sweep(after(71.9))
    assert told("reply_overdue") == []
    for hours in (72, 73):
        sweep(after(hours))
    assert told("reply_overdue") == ["sunniva@example.org"]
    assert Deadline.objects.owed_by(world.sunniva).count() == 1
    says(world.alice_case, world.amara.user, 80)
    assert not Deadline.objects.owed().exists()


@pytest.mark.rule("TIME-5b")
def test_after_a_week_away_the_supervisor_is_told_in_the_same_round(world):
    says(world.alice_case, world.alice.user, 0)
    sweep(after(24 * 7))
    assert told("reply_overdue") == ["sunniva@example.org"]


@pytest.mark.rule("MSG-2c")
def test_no_reply_needed_stops_it(world, client_of):
    case = world.alice_case
    says(case, world.alice.user, 0)
    amara = client_of(world.amara)
    assert "No reply needed" in amara.get(f"/messages/{case.ref}/").content.decode()
    for _ in range(2):
        assert amara.post(f"/messages/{case.ref}/no-reply-needed/").status_code == 303
    assert Deadline.objects.get(kind="reply").closed_by == "no reply needed"
    assert "No reply needed" not in amara.get(f"/messages/{case.ref}/").content.decode()


@pytest.mark.rule("MSG-2c")
def test_no_reply_needed_is_not_said_of_a_message_that_came_meanwhile(world, client_of):
    case, door = world.alice_case, f"/messages/{world.alice_case.ref}/no-reply-needed/"
    says(case, world.alice.user, 0)
    amara = client_of(world.amara)
    seen = re.search(r'name="seen" value="([^"]+)"', amara.get(f"/messages/{case.ref}/").text)[1]
    says(case, world.alice.user, 1)
    answer = amara.post(door, {"seen": seen})
    assert (answer.status_code, "written again meanwhile" in answer.text) == (409, True)
    assert Deadline.objects.get(kind="reply").state == "open"
    seen = re.findall(r'name="seen" value="([^"]+)"', amara.get(f"/messages/{case.ref}/").text)[0]
    assert amara.post(door, {"seen": seen}).status_code == 303


@pytest.mark.rule("MSG-2c")
def test_nobody_else_says_that_no_reply_is_needed(world, client_of):
    case = world.alice_case
    says(case, world.alice.user, 0)
    url = f"/messages/{case.ref}/no-reply-needed/"
    assert client_of(world.alice).post(url).status_code == 409
    assert client_of(world.sunniva).post(url).status_code == 404
    assert client_of(world.piet).post(url).status_code == 404
    assert Deadline.objects.get(kind="reply").state == "open"


def test_discharged_nothing_is_owed(world):
    case = world.alice_case
    says(case, world.alice.user, 0)
    turn(case, "discharging", by=world.amara.user)
    assert Deadline.objects.owed().filter(kind="reply").exists()
    turn(case, "discharged", by=world.olu)
    # What is left is the platform's own: the day on which the clinician's access to the conversations ends.
    assert set(Deadline.objects.owed().values_list("kind", flat=True)) <= {"transcript_access"}


@pytest.mark.rule("TIME-1a")
def test_allocating_a_case_starts_its_clock(world):
    from intake.allocation.actions import allocate_by_hand

    case = cast.make_case(world.charlie, world.site, "waiting")
    type(case).objects.filter(pk=case.pk).update(provisional_step="3", wished_hours=["mon-evening"])
    case.refresh_from_db()
    allocate_by_hand(case, world.amara, "The only one free in the evening.", by=world.olu, at=AT)
    row = Deadline.objects.get(kind="welcome", case_ref=case.ref)
    assert (row.owner, row.due_at) == (world.amara.user, after(48))
