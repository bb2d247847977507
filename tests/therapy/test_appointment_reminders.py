"""The patient is reminded of an appointment: of the limit, the day before, the hour before (APPT-9)."""

import datetime as dt
from zoneinfo import ZoneInfo

import pytest

from accounts.actions import choose_preferences
from deadlines.actions import sweep
from deadlines.models import Deadline
from notices import actions as notices
from notices.actions import send_outbox
from notices.models import OutboxMessage
from patients.models import Patient
from patients.people.actions import record_consent
from therapy.appointments import actions

UK = ZoneInfo("Europe/London")
NAMES = {"appointment_confirm_soon": "limit", "appointment_tomorrow": "day", "appointment_soon": "hour"}


def uk(text: str) -> dt.datetime:
    return dt.datetime.fromisoformat(text).replace(tzinfo=UK)


@pytest.fixture
def offered(world):
    """A function that offers Alice a time, on Monday 2 November 2026 at 09:00."""

    def make(starts: str, at: str = "2026-11-02 09:00"):
        case = world.alice_case
        return actions.offer(
            case, starts_at=uk(starts), minutes=60, client_key=starts, by=world.amara.user, at=uk(at)
        )  # fmt: skip

    return make


@pytest.fixture
def confirmed(world, offered):
    def make(starts: str, at: str = "2026-11-02 09:00"):
        return actions.confirm(offered(starts, at), by=world.alice.user, at=uk(at))

    return make


def reminders(channel: str = "email") -> list[tuple[str, str]]:
    """What went into the outbox: which reminder, and the UK time from which on it goes out."""
    rows = OutboxMessage.objects.filter(notice__in=NAMES, channel=channel).order_by("not_before")
    return [(NAMES[row.notice], f"{row.not_before.astimezone(UK):%d %H:%M}") for row in rows]


def sweep_hourly(begin: str, end: str) -> None:
    """A sweep each half hour; where nothing is due it would do nothing, and is left out."""
    at = uk(begin).astimezone(dt.UTC)
    while at <= uk(end):
        if Deadline.objects.claimable(at).exists():
            sweep(at)
        at += dt.timedelta(minutes=30)


@pytest.mark.rule("APPT-9a")
def test_the_limit_is_reminded_of_a_day_before_while_unconfirmed(offered):
    offered("2026-11-09 14:00")
    sweep_hourly("2026-11-05 09:00", "2026-11-08 09:00")
    assert reminders() == [("limit", "06 14:00")]


@pytest.mark.rule("APPT-9a")
def test_the_start_is_reminded_of_a_day_and_an_hour_before_once_confirmed(confirmed):
    confirmed("2026-11-09 14:00")
    sweep_hourly("2026-11-05 09:00", "2026-11-09 15:00")
    assert reminders() == [("day", "08 14:00"), ("hour", "09 13:00")]


@pytest.mark.rule("APPT-9a")
@pytest.mark.parametrize("verb", ["decline", "cancel"])
def test_what_was_called_off_is_not_reminded_of(offered, world, verb):
    appointment = offered("2026-11-09 14:00")
    getattr(actions, verb)(appointment, by=world.alice.user, at=uk("2026-11-03 09:00"))
    sweep_hourly("2026-11-05 09:00", "2026-11-09 15:00")
    assert reminders() == []


@pytest.mark.rule("APPT-9a")
@pytest.mark.rule("TIME-22a")
@pytest.mark.parametrize(
    ("starts", "told"),
    [
        ("2026-11-09 07:00", [("day", "08 08:00"), ("hour", "08 19:30")]),  # 06:00 is too early, 08:00 too late
        ("2026-11-09 08:30", [("day", "08 08:30"), ("hour", "09 08:00")]),
        ("2026-11-09 21:30", [("day", "09 08:00"), ("hour", "09 19:30")]),
        ("2026-10-26 07:00", [("day", "25 08:00"), ("hour", "25 19:30")]),  # the night with 25 hours before it
        ("2027-03-29 07:00", [("day", "28 08:00"), ("hour", "28 19:30")]),  # and the one with 23
    ],
)
def test_nobody_is_woken(confirmed, starts, told):
    week_before = (uk(starts) - dt.timedelta(days=6)).strftime("%Y-%m-%d 09:00")
    confirmed(starts, at=week_before)
    sweep_hourly(week_before, starts)
    assert reminders() == told


@pytest.mark.rule("APPT-9a")
@pytest.mark.rule("TIME-22a")
def test_nobody_abroad_is_woken_either(confirmed, world):
    """09:00 in the UK is 04:00 in New York: 08:00 and 19:30 there are 13:00 and 00:30 here."""
    choose_preferences(world.alice.user, {"time_zone": "America/New_York"})
    world.alice.user.refresh_from_db()
    confirmed("2026-11-09 09:00")
    sweep_hourly("2026-11-05 09:00", "2026-11-09 10:00")
    assert reminders() == [("day", "08 13:00"), ("hour", "09 00:30")]


@pytest.mark.rule("APPT-9a")
@pytest.mark.rule("TIME-0e")
def test_after_an_outage_nothing_is_said_of_what_is_over(confirmed):
    confirmed("2026-11-09 14:00")
    sweep(uk("2026-11-09 14:00"))
    assert reminders() == []
    assert set(Deadline.objects.filter(kind__startswith="remind_").values_list("state", flat=True)) == {"cancelled"}


@pytest.mark.rule("APPT-9a")
def test_a_reminder_that_the_mail_server_held_up_is_not_sent_after_the_start(confirmed):
    confirmed("2026-11-09 14:00")
    sweep_hourly("2026-11-09 13:00", "2026-11-09 13:30")
    send_outbox(uk("2026-11-09 14:01"))
    assert OutboxMessage.objects.get(notice="appointment_soon").sent_at is None


@pytest.mark.rule("APPT-9a")
def test_by_text_as_well_where_agreed(confirmed, world):
    record_consent(world.alice, "text", True, by=world.alice.user)
    confirmed("2026-11-09 14:00")
    sweep_hourly("2026-11-08 12:00", "2026-11-09 14:00")
    assert reminders("text") == reminders("email") == [("day", "08 14:00"), ("hour", "09 13:00")]


@pytest.mark.rule("APPT-9a")
@pytest.mark.parametrize(("agreed", "texts"), [(True, [("limit", "06 14:00")]), (False, [])])
def test_by_text_where_agreed_also_who_has_no_sign_in(offered, world, agreed, texts):
    record_consent(world.alice, "text", agreed, by=world.alice.user)
    Patient.objects.filter(pk=world.alice.pk).update(user=None)
    offered("2026-11-09 14:00")
    sweep_hourly("2026-11-05 09:00", "2026-11-08 09:00")
    assert reminders() == [("limit", "06 14:00")]
    assert reminders("text") == texts
    offers = OutboxMessage.objects.filter(notice="appointment_offered")
    assert sorted(offers.values_list("channel", flat=True)) == ["email", "text"][: 1 + agreed]


@pytest.mark.rule("APPT-9b")
def test_each_can_be_switched_off_but_the_one_about_the_limit(offered, world):
    off = [f"{group}:{channel}" for group in ("day_before", "hour_before") for channel in ("email", "text")]
    notices.choose(world.alice.user, switched_off=off)
    with pytest.raises(ValueError):
        notices.choose(world.alice.user, switched_off=["appointment_confirm_soon:email"])
    appointment = offered("2026-11-09 14:00")
    sweep_hourly("2026-11-06 14:00", "2026-11-06 15:00")
    actions.confirm(appointment, by=world.alice.user, at=uk("2026-11-06 16:00"))
    sweep_hourly("2026-11-06 17:00", "2026-11-09 15:00")
    assert reminders() == [("limit", "06 14:00")]


@pytest.mark.rule("APPT-9a")
def test_an_offer_kept_open_has_a_limit_to_be_reminded_of_again(offered, world):
    appointment = offered("2026-11-09 14:00")
    sweep_hourly("2026-11-06 14:00", "2026-11-07 14:30")
    actions.keep_open(appointment, by=world.amara.user, at=uk("2026-11-07 15:00"))
    sweep_hourly("2026-11-08 08:00", "2026-11-09 13:30")
    assert reminders() == [("limit", "06 14:00"), ("limit", "08 14:00")]


@pytest.mark.rule("APPT-9a")
def test_on_short_notice_only_what_is_still_to_come(confirmed):
    confirmed("2026-11-02 15:00")
    sweep_hourly("2026-11-02 09:00", "2026-11-02 15:00")
    assert reminders() == [("hour", "02 14:00")]
