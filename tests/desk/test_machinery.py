"""The operator's look at the whole: what is owed, how the machinery is, what could not be sent (TIME-24)."""

import datetime as dt

import pytest
from django.utils import timezone

from clinicians.clocks import case_allocated
from deadlines.actions import beat, open_deadline, open_operator_task
from deadlines.models import OperatorTask
from notices.actions import tell_address
from notices.models import OutboxMessage

MINUTE = dt.timedelta(minutes=1)


@pytest.fixture
def well(world):
    """A service in which every round has just been."""
    for name in ("sweep", "outbox", "canary", "delivery"):
        beat(name)
    return world


def due(minutes: int, case_ref: str = "") -> None:
    at = timezone.now()
    open_deadline(
        "welcome", f"{minutes}{case_ref}", due_at=at - minutes * MINUTE, case_ref=case_ref, opened_by="the test",
        at=at - dt.timedelta(days=2),
    )  # fmt: skip


def waiting(minutes: int, **fields) -> OutboxMessage:
    at = timezone.now() - minutes * MINUTE
    row = tell_address("alice@example.org", "message_waiting", key=f"{minutes}", at=at)
    OutboxMessage.objects.filter(pk=row.pk).update(**fields)
    return row


@pytest.mark.rule("TIME-24c")
def test_healthz_says_how_old_the_oldest_of_everything_is(client, well):
    found = client.get("/healthz").json()
    assert (found["healthy"], found["checks"]["overdue"], found["checks"]["delivery"]) == (True, "ok", "ok")
    due(7)
    waiting(25)
    answer = client.get("/healthz")
    assert answer.status_code == 503
    assert (answer.json()["checks"]["overdue"], answer.json()["checks"]["delivery"]) == ("late", "late")
    assert "has waited 7 minutes" in answer.json()["words"]["overdue"]
    assert "has waited 25 minutes" in answer.json()["words"]["delivery"]


@pytest.mark.rule("TIME-24c")
def test_one_refused_address_is_no_illness_of_the_service_and_a_silent_server_is(client, well):
    row = waiting(25, attempts=4, last_error="Later (SMTPRecipientsRefused 450)")
    assert client.get("/healthz").json()["checks"]["delivery"] == "ok"
    OutboxMessage.objects.filter(pk=row.pk).update(last_error="Unreachable (ConnectionRefusedError)")
    assert client.get("/healthz").json()["checks"]["delivery"] == "late"


@pytest.mark.rule("TIME-24c")
def test_nothing_through_the_worker_is_red_though_the_sweeps_run(client, well):
    beat("canary", timezone.now() - 4 * MINUTE)
    found = client.get("/healthz")
    assert (found.status_code, found.json()["checks"]["canary"], found.json()["checks"]["sweep"]) == (
        503,
        "stale",
        "ok",
    )
    assert "was 4 minutes ago" in found.json()["words"]["canary"]


@pytest.mark.rule("TIME-24c")
def test_the_canary_comes_through_the_worker(db):
    from deadlines.models import Heartbeat
    from deadlines.tasks import canary

    canary()
    assert Heartbeat.objects.filter(name="canary").exists()


@pytest.mark.rule("TIME-24c")
def test_the_page_says_it_in_words_and_finds_a_case(client_of, well):
    due(60 * 24, well.alice_case.ref)
    due(5, well.bob_case.ref)
    client = client_of(well.olu)
    page = client.get("/deadlines/").content.decode()
    assert "The oldest one whose time has come has waited 1 day" in page
    assert page.index(f"/cases/{well.alice_case.ref}/") < page.index(f"/cases/{well.bob_case.ref}/"), "soonest first"
    page = client.get(f"/deadlines/?q={well.bob_case.ref}").content.decode()
    assert f"/cases/{well.alice_case.ref}/" not in page
    assert "None found" in client.get("/deadlines/?q=nonsense").content.decode()


@pytest.mark.rule("TIME-0m")
def test_a_message_that_was_given_up_is_sent_again_by_an_operator(client_of, well):
    row = waiting(90, gave_up_at=timezone.now(), attempts=3, last_error="RefusedForGood (SMTPRecipientsRefused 550)")
    open_operator_task(f"outbox {row.pk}", "An e-mail could not be delivered.")
    client = client_of(well.olu)
    page = client.get("/deadlines/").content.decode()
    assert "RefusedForGood" in page
    assert "An e-mail: You have a new message" in page
    assert "message_waiting" not in page, "no name of a machine's where a person reads"
    assert client.post(f"/deadlines/outgoing/{row.pk}/attempt/").status_code == 303
    row.refresh_from_db()
    assert (row.gave_up_at, row.attempts) == (None, 0)
    assert OperatorTask.objects.get().closed_at is not None
    assert client.post(f"/deadlines/outgoing/{row.pk}/attempt/").status_code == 409
    assert client_of(well.leonie).post(f"/deadlines/outgoing/{row.pk}/attempt/").status_code == 404


@pytest.mark.rule("TIME-0m")
@pytest.mark.parametrize("who", ["olu", "leonie"])
def test_those_who_see_to_the_machinery_find_from_home_what_it_failed_at(well, client_of, who):
    open_operator_task("outbox 1", "An e-mail could not be delivered.")
    client = client_of(getattr(well, who))
    assert 'href="/deadlines/"' in client.get("/home/").text.split("</header>")[1]
    assert "An e-mail could not be delivered." in client.get("/deadlines/").text


@pytest.mark.rule("TIME-24a")
def test_it_says_who_owes_something_also_where_it_is_a_team(well, client_of):
    case_allocated(well.amara, at=timezone.now())
    assert "clinical lead" in client_of(well.olu).get("/deadlines/").text


@pytest.mark.rule("TIME-21a")
def test_a_list_that_is_too_long_says_so(well, client_of):
    about = {"owner": well.amara.user, "case_ref": well.alice_case.ref, "opened_by": "the test"}
    for number in range(51):
        due_at = timezone.now() + number * MINUTE
        open_deadline("welcome", f"n{number}", due_at=due_at, **about)
    assert "These are the 50 that are due first." in client_of(well.amara).get("/home/").text
