"""Everybody chooses what to be told, by which channel, and when not (ACC-17, TIME-22)."""

import datetime as dt
from zoneinfo import ZoneInfo

import pytest

from accounts.actions import choose_preferences
from notices.actions import choose, tell, tell_address
from notices.models import OutboxMessage, Preferences
from patients.people.actions import record_consent

UK = ZoneInfo("Europe/London")
URL = "/account/notices/"


def uk(text: str) -> dt.datetime:
    return dt.datetime.fromisoformat(text).replace(tzinfo=UK)


def outbox() -> list[tuple[str, str]]:
    rows = OutboxMessage.objects.order_by("pk")
    return [(row.channel, f"{row.not_before.astimezone(UK):%d %H:%M}") for row in rows]


def everything() -> dict[str, list[str]]:
    return {name: ["email", "text"] for name in ("messages", "offers", "day_before", "hour_before", "letters")}


@pytest.mark.rule("ACC-17a")
def test_a_patient_switches_texts_off_and_keeps_e_mails(world, client_of):
    record_consent(world.alice, "text", True, by=world.alice.user)
    client = client_of(world.alice)
    assert "By text message" in client.get(URL).content.decode()
    answer = client.post(URL, everything() | {"messages": ["email"]}, follow=True)
    assert "Your choices are kept" in answer.content.decode()
    tell(world.alice.user, "message_waiting", key="one", at=uk("2026-11-02 10:00"))
    tell(world.alice.user, "appointment_offered", key="one", at=uk("2026-11-02 10:00"))
    assert [channel for channel, _ in outbox()] == ["email", "text", "email"]


@pytest.mark.rule("ACC-17a")
def test_staff_choose_among_what_concerns_them(world, client_of):
    client = client_of(world.amara)
    page = client.get(URL).content.decode()
    assert "A patient confirmed or declined a time" in page
    assert "By text message" not in page
    client.post(URL, {"messages": ["email"]})
    tell(world.amara.user, "appointment_confirmed", key="one")
    tell(world.amara.user, "message_waiting", key="one")
    tell(world.amara.user, "alert_raised", key="one")
    told = OutboxMessage.objects.order_by("pk").values_list("notice", flat=True)
    assert list(told) == ["message_waiting", "alert_raised"]


@pytest.mark.rule("ACC-17a")
@pytest.mark.parametrize(
    ("at", "goes_out"),
    [
        ("2026-11-02 20:59", "02 20:59"),
        ("2026-11-02 21:00", "03 09:30"),
        ("2026-11-03 02:00", "03 09:30"),
        ("2026-11-03 09:30", "03 09:30"),
        ("2026-10-24 23:00", "25 09:30"),  # the night with 25 hours
        ("2027-03-27 23:00", "28 09:30"),  # and the one with 23
    ],
)
def test_what_comes_in_quiet_hours_goes_out_at_their_end(world, at, goes_out):
    choose(world.alice.user, switched_off=[], quiet_from=dt.time(21), quiet_until=dt.time(9, 30))
    tell(world.alice.user, "message_waiting", key="one", at=uk(at))
    tell_address(world.alice.user.email, "letter_waiting", key="one", at=uk(at), user=world.alice.user)
    assert outbox() == [("email", goes_out)] * 2


@pytest.mark.rule("ACC-17a")
@pytest.mark.rule("TIME-22a")
def test_what_is_urgent_or_about_signing_in_waits_for_nobody(world):
    choose(world.sunniva, switched_off=[], quiet_from=dt.time(21), quiet_until=dt.time(9, 30))
    for notice in ("ticket_urgent", "ticket_unanswered", "sign_in_changed"):
        tell(world.sunniva, notice, key="one", at=uk("2026-11-03 02:00"))
    assert outbox() == [("email", "03 02:00")] * 3


@pytest.mark.rule("ACC-17a")
@pytest.mark.rule("TIME-22a")
def test_the_hours_are_those_of_the_place_where_the_person_is(world):
    choose_preferences(world.amara.user, {"time_zone": "Australia/Sydney"})  # eleven hours ahead in November
    world.amara.user.refresh_from_db()
    choose(world.amara.user, switched_off=[], quiet_from=dt.time(12), quiet_until=dt.time(13))
    tell(world.amara.user, "note_overdue", key="night", at=uk("2026-11-02 10:00"))
    tell(world.amara.user, "message_waiting", key="noon", at=uk("2026-11-03 01:30"))
    assert outbox() == [("email", "02 21:00"), ("email", "03 02:00")]


@pytest.mark.rule("TIME-22a")
@pytest.mark.parametrize(
    ("at", "goes_out"),
    [
        ("2026-11-02 07:59:59", "02 08:00"),
        ("2026-11-02 08:00", "02 08:00"),
        ("2026-11-02 19:59:59", "02 19:59"),
        ("2026-11-02 20:00", "03 08:00"),
        ("2026-10-25 00:30", "25 08:00"),  # before the clocks go back
        ("2026-10-25 03:30", "25 08:00"),
        ("2027-03-28 00:30", "28 08:00"),  # before they go forward
        ("2027-02-28 22:00", "01 08:00"),  # the end of February
    ],
)
def test_reminders_go_out_by_day(world, at, goes_out):
    for notice in ("welcome_overdue", "note_overdue", "reply_overdue", "ticket_overdue"):
        tell(world.amara.user, notice, key="one", at=uk(at))
    assert outbox() == [("email", goes_out)] * 4


def test_quiet_hours_that_leave_no_time_at_all_hold_nothing_back(world):
    choose(world.amara.user, switched_off=[], quiet_from=dt.time(8), quiet_until=dt.time(20))
    tell(world.amara.user, "welcome_overdue", key="one", at=uk("2026-11-02 10:00"))
    assert outbox() == [("email", "02 10:00")]


@pytest.mark.rule("ACC-17a")
@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"quiet_from": "21:00"}, "Fill in both times, or neither"),
        ({"quiet_from": "nine", "quiet_until": "09:00"}, "Write the time as 21:30"),
        ({"quiet_from": "21:00", "quiet_until": "21:00"}, "The two times are the same"),
        ({"messages": ["pigeon"]}, "There is a problem"),
    ],
)
def test_a_refusal_says_why(world, client_of, fields, words):
    answer = client_of(world.alice).post(URL, everything() | fields)
    assert (answer.status_code, words in answer.content.decode()) == (422, True)
    assert not Preferences.objects.exists()


def test_the_page_shows_what_was_chosen(world, client_of):
    choose(world.alice.user, switched_off=["messages:text"], quiet_from=dt.time(21), quiet_until=dt.time(9, 30))
    page = client_of(world.alice).get(URL).content.decode()
    assert 'value="21:00"' in page
    assert 'value="09:30"' in page
    assert page.count("checked") == 9
