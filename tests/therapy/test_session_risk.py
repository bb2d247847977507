"""What a patient writes into a session is looked through for signs of risk, wherever it is written (RISK-2)."""

import datetime as dt

import pytest
from django.urls import reverse
from django.utils import timezone

from deadlines.actions import sweep
from deadlines.models import Deadline
from risk.models import Alert
from therapy.room import actions as room
from therapy.sheets import actions as sheets
from therapy.together import rules
from therapy.transcripts import actions as transcripts

pytestmark = pytest.mark.django_db
AT_REST = rules.LOOK_EVERY + rules.AT_REST_AFTER
MINUTE = dt.timedelta(minutes=1)


def door(name: str, found, *more) -> str:
    return reverse(f"therapy:{name}", args=[found.ref, *more])


def add(client, appointment, text: str):
    form = {"text": text, "client_key": text.replace(" ", "-")}
    assert client.post(door("agenda-points", appointment), form).status_code == 303


def write(client, sheet, text: str, version: int = 0):
    url = door("sheet-field", sheet, "thoughts")
    assert client.post(url, {"text": text, "version": version}).status_code == 200


def passages() -> list[str]:
    return list(Alert.objects.order_by("pk").values_list("passage", flat=True))


@pytest.fixture
def shared(world, session):
    """A thought record between the two in a session."""
    return sheets.begin(session.appointment, "thought-record", by=world.amara.user)


@pytest.mark.rule("RISK-2d")
def test_a_point_of_the_agenda_raises_one_alert_days_before_the_session(world, client_of, offered):
    found, alice, now = offered(), client_of(world.alice), timezone.now()
    add(alice, found, "Why I want to die")
    add(client_of(world.amara), found, "Do you hurt yourself, or want to die")
    sweep(now + AT_REST + MINUTE)
    assert passages() == ["Suicide: Why I want to die"]
    alert = Alert.objects.get()
    assert (alert.case, alert.kind) == (world.alice_case, "possible")
    add(alice, found, "How I sleep")
    sweep(now + 3 * AT_REST)
    assert Alert.objects.count() == 1, "looked through again, the same words raise nothing"
    assert not Deadline.objects.owed().filter(kind="session_words").exists()
    page = client_of(world.amara).get(reverse("risk:alert", args=[alert.ref])).content.decode()
    assert door("appointment", found) in page


@pytest.mark.rule("RISK-2d")
def test_a_shared_sheet_is_looked_through_once_it_is_at_rest(world, client_of, at, shared):
    begin = timezone.now()
    with at(begin):
        write(client_of(world.alice), shared, "I want to kill me")
    later = rules.looked_through_at(begin) - MINUTE
    with at(later):
        write(client_of(world.alice), shared, "I want to kill meetings. I cut myself", 1)
    sweep(later + MINUTE)
    assert passages() == [], "half a sentence is no sentence"
    sweep(later + 2 * AT_REST)
    assert passages() == ["Self-harm: I cut myself"]
    with at(later + 3 * AT_REST):
        write(client_of(world.amara), shared, "Do you want to die", 2)
        write(client_of(world.alice), shared, "I cut myself. I took an overdose", 3)
    sweep(later + 5 * AT_REST)
    assert passages() == ["Self-harm: I cut myself", "Suicide: I took an overdose"], "only what is new"


@pytest.mark.rule("RISK-2d")
def test_the_lines_of_a_session_are_looked_through_when_it_has_ended(world, client_of, session):
    add(client_of(world.alice), session.appointment, "I want to die")
    said = [
        (world.amara, "Do you ever want to die?"),
        (world.alice, "I want to die."),
        (world.alice, "My husband hits me. I am not suicidal"),
        (world.alice, "My husband hits me!"),
    ]
    for number, (who, text) in enumerate(said):
        room.write(session.ref, who.user, f"c{number}", text)
    transcripts.index_due()
    assert passages() == [], "while they talk the therapist reads it"
    session.refresh_from_db()
    session.close(by=world.amara.user, at=timezone.now())
    for _ in range(2):
        transcripts.index_due()
    sweep(timezone.now() + 2 * AT_REST)
    assert passages() == ["Suicide: I want to die\n\nHarm from others: My husband hits me"]


@pytest.mark.parametrize("seconds", [0, 1, 179, 180, 299, 300, 301])
def test_what_was_written_is_at_rest_when_it_is_looked_through(seconds):
    written = dt.datetime(2026, 10, 25, 0, 55, tzinfo=dt.UTC) + dt.timedelta(seconds=seconds)
    due = rules.looked_through_at(written)
    assert rules.is_at_rest(written, due)
    assert due - written <= AT_REST
