"""The private feed and the single file: what they tell, to whom, and how an address dies."""

import datetime as dt
import logging

import pytest
from django.core.cache import cache
from django.urls import reverse
from icalendar import Calendar

from audit.models import ChangeEntry
from ieso import logs
from patients.cases import actions as patients
from tests import cast
from therapy.appointments import actions, moving, rules
from therapy.feeds import actions as feeds
from therapy.feeds import limits
from therapy.feeds import rules as rules_of_feeds
from therapy.feeds.models import CalendarFeed

HOURS = dt.timedelta(hours=1)
DAY = dt.timedelta(days=1)
PAGE = "/calendar/"


@pytest.fixture(autouse=True)
def _fresh_rates(world):
    cache.clear()


def uk(text: str) -> dt.datetime:
    return dt.datetime.fromisoformat(text).replace(tzinfo=rules.UK).astimezone(dt.UTC)


def file_of(client, token: str):
    return client.get(reverse("therapy:feed-file", args=[token]))


def events_of(answer) -> list:
    assert answer.status_code == 200
    return list(Calendar.from_ical(answer.content).walk("VEVENT"))


@pytest.mark.rule("APPT-8d")
@pytest.mark.rule("ACC-19c")
def test_the_feed_tells_times_and_the_reference_and_nothing_else(world, client, at, confirmed):
    with at("2026-11-23 09:00"):
        made = confirmed(82 * HOURS)
        for who in (world.alice, world.amara):
            answer = file_of(client, feeds.open_feed(cast.user_of(who)))
            (event,) = events_of(answer)
            assert event.decoded("dtstart") == uk("2026-11-26 19:00")
            assert event.decoded("dtend") == uk("2026-11-26 20:00")
            assert (str(event["status"]), str(event["summary"])) == ("CONFIRMED", "Appointment")
            text = answer.content.decode().casefold()
            assert f"{made.case.ref[:4]} {made.case.ref[4:]}".casefold() in text
            for word in (
                "alice",
                "arden",
                "amara",
                "obi",
                "therap",
                "assess",
                "treat",
                "cbt",
                "clinic",
                "patient",
                "example.org",
            ):
                assert word not in text, word
            assert answer["Cache-Control"] == "no-store"
            assert answer["Content-Type"].startswith("text/calendar")


@pytest.mark.rule("APPT-8d")
@pytest.mark.rule("APPT-8a")
@pytest.mark.parametrize("monday", ["2026-10-19", "2026-10-26", "2027-03-22", "2027-03-29"])
def test_seven_is_seven_in_the_file_on_either_side_of_a_change(world, client, at, confirmed, monday):
    with at(f"{monday} 08:00"):
        start = uk(f"{monday} 19:00") + 3 * DAY
        start = dt.datetime.combine(start.astimezone(rules.UK).date(), dt.time(19), tzinfo=rules.UK).astimezone(dt.UTC)
        confirmed(start - uk(f"{monday} 08:00"), at=uk(f"{monday} 08:00"))
        (event,) = events_of(file_of(client, feeds.open_feed(cast.user_of(world.alice))))
    assert event.decoded("dtstart").astimezone(rules.UK).time() == dt.time(19)
    assert event["dtstart"].to_ical().endswith(b"Z")


@pytest.mark.rule("APPT-8d")
def test_a_changed_appointment_keeps_its_name_and_counts_up(world, client, at, offered):
    with at("2026-11-23 09:00"):
        made, token = offered(82 * HOURS), feeds.open_feed(cast.user_of(world.alice))
        (before,) = events_of(file_of(client, token))
        actions.confirm(made, by=world.alice.user)
        (after,) = events_of(file_of(client, token))
        actions.cancel(made, by=world.alice.user)
        (gone,) = events_of(file_of(client, token))
    assert len({str(event["uid"]) for event in (before, after, gone)}) == 1
    assert [int(event["sequence"]) for event in (before, after, gone)] == [0, 1, 2]
    assert [str(event["status"]) for event in (before, after, gone)] == ["TENTATIVE", "CONFIRMED", "CANCELLED"]
    assert str(before["summary"]) == "Appointment (to confirm)"


@pytest.mark.rule("APPT-8d")
def test_a_moved_appointment_is_cancelled_and_another_stands_beside_it(world, client, at, confirmed):
    with at("2026-11-23 09:00"):
        old = confirmed(82 * HOURS)
        moving.move(old, starts_at=old.starts_at + 7 * DAY, minutes=60, client_key="new", by=world.amara.user)
        events = events_of(file_of(client, feeds.open_feed(cast.user_of(world.alice))))
    assert [str(event["status"]) for event in events] == ["CANCELLED", "TENTATIVE"]


@pytest.mark.rule("APPT-8f")
def test_the_address_is_shown_once_renewed_and_closed(world, client_of, client):
    own = client_of(world.alice)
    page = own.post(PAGE, {"open": "1"}).content.decode()
    token = page.split("/calendar/")[1].split(".ics")[0]
    assert file_of(client, token).status_code == 200
    assert token not in own.get(PAGE).content.decode()
    assert CalendarFeed.objects.get().token_hash != token
    assert token not in str(list(CalendarFeed.objects.values())) + str(list(ChangeEntry.objects.values()))
    renewed = feeds.open_feed(cast.user_of(world.alice))
    assert file_of(client, token).status_code == 404
    assert file_of(client, renewed).status_code == 200
    own.post(PAGE, {"close": "1"})
    assert file_of(client, renewed).status_code == 404
    assert {row.what for row in ChangeEntry.objects.filter(what__startswith="calendar")} == {
        "calendar feed opened",
        "calendar feed renewed",
        "calendar feed closed",
    }


@pytest.mark.rule("APPT-8f")
def test_a_closed_account_and_a_lost_case_open_nothing(world, client, at, confirmed):
    with at("2026-11-23 09:00"):
        confirmed(82 * HOURS)
        amara = feeds.open_feed(cast.user_of(world.amara))
        alice = feeds.open_feed(cast.user_of(world.alice))
        patients.assign(world.alice_case, world.piet, by=world.olu)
        assert events_of(file_of(client, amara)) == []
        user = cast.user_of(world.alice)
        user.is_active = False
        user.save(update_fields=["is_active"])
        assert file_of(client, alice).status_code == 404


@pytest.mark.rule("APPT-8f")
def test_who_guesses_is_slowed_down_and_may_go_on_after_a_minute(world, client, at):
    with at("2026-11-23 09:00"):
        answers = [file_of(client, f"guess-{number}").status_code for number in range(limits.MOST_A_MINUTE + 1)]
    assert set(answers[:-1]) == {404}
    assert answers[-1] == 429
    with at("2026-11-23 09:01"):
        assert file_of(client, "guess").status_code == 404


@pytest.mark.rule("APPT-8f")
def test_no_log_holds_the_address(world, client, capsys):
    records: list[logging.LogRecord] = []
    handler = logging.Handler()
    handler.emit = records.append  # type: ignore[method-assign]
    logging.getLogger("django.request").addHandler(handler)
    try:
        file_of(client, "a-dead-token")
    finally:
        logging.getLogger("django.request").removeHandler(handler)
    written = [
        logs.describe_foreign(None, None, {"_record": record, "_from_structlog": False, "event": "x"})
        for record in records
    ]
    assert [line["path"] for line in written] == ["/calendar/(token).ics"]
    assert all("a-dead-token" not in str({k: v for k, v in line.items() if k != "_record"}) for line in written)
    assert "a-dead-token" not in capsys.readouterr().err


@pytest.mark.rule("APPT-8d")
@pytest.mark.rule("ACC-19c")
def test_one_appointment_is_a_file_for_those_who_may_see_it(world, client_of, at, confirmed):
    with at("2026-11-23 09:00"):
        made = confirmed(82 * HOURS)
        url = reverse("therapy:appointment-file", args=[made.ref])
        for who in (world.alice, world.amara):
            answer = client_of(who).get(url)
            assert len(events_of(answer)) == 1
            assert answer["Content-Disposition"] == 'attachment; filename="appointment.ics"'
        assert client_of(world.bob).get(url).status_code == 404


@pytest.mark.rule("APPT-8d")
def test_no_line_is_longer_than_the_standard_allows():
    moment = uk("2026-11-26 19:00")
    entry = rules_of_feeds.Entry(f"uid@{'long.' * 30}example", moment, 60, "offered", "ABCD 2345", 1, moment)
    content = rules_of_feeds.calendar_of([entry])
    assert max(len(line) for line in content.split(b"\r\n")) <= 75
    (event,) = Calendar.from_ical(content).walk("VEVENT")
    assert str(event["uid"]) == entry.uid
