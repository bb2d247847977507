"""Forty sessions of six hundred lines: what a page and a search cost the server (ROOM-9)."""

import datetime as dt
import sys

import pytest
from django.db import connection
from django.urls import reverse
from django.utils import timezone

from tests.harness import database
from tests.harness.spent import page_ms
from therapy.appointments.models import Appointment
from therapy.room.models import Line, Session
from therapy.transcripts import actions

pytestmark = [pytest.mark.alone, pytest.mark.django_db, pytest.mark.slow]
SESSIONS, LINES, RUNS = 40, 600, 15
WORDS = [
    "I noticed the thought and wrote it down before I went to sleep.",
    "How was the café, and what did you expect?",
]
MOST_MS = 100  # of the reference machine (tests/harness/spent.py)


# The lines of one session said again in all the others, and found there by the same words: the database writes
# 24,000 rows in a moment.
SAID_AGAIN = """
    INSERT INTO therapy_line (session_id, seq, cid, sender_id, kind, text, at)
    SELECT other.id, line.seq, line.cid, line.sender_id, line.kind, line.text, other.opens_at
    FROM therapy_line line JOIN therapy_session other ON other.id <> line.session_id WHERE line.session_id = %(first)s;
    INSERT INTO therapy_linekey (line_id, session_id, text)
    SELECT other.id, other.session_id, key.text
    FROM therapy_linekey key JOIN therapy_line line ON line.id = key.line_id
    JOIN therapy_line other ON other.seq = line.seq AND other.session_id <> line.session_id
    WHERE line.session_id = %(first)s;
    INSERT INTO therapy_transcriptindex (session_id, at)
    SELECT id, ended_at FROM therapy_session WHERE id <> %(first)s
"""


@pytest.fixture
def years(confirmed, world):
    """Alice's forty sessions, each with six hundred lines; returns the newest."""
    first = timezone.now() - dt.timedelta(days=7 * SESSIONS + 30)
    weeks = [first + dt.timedelta(days=7 * week) for week in range(SESSIONS)]
    held = [_held(confirmed(at=at), world, at) for at in weeks]
    _write(held[0], world)
    actions.make_searchable(Session.objects.filter(pk=held[0].pk))
    with connection.cursor() as cursor:
        cursor.execute(SAID_AGAIN, {"first": held[0].pk})
    database.analyse()
    return held[-1]


def _held(appointment: Appointment, world, at: dt.datetime) -> Session:
    Appointment.objects.filter(pk=appointment.pk).update(status="completed")
    users = {"patient_user": world.alice.user, "clinician_user": world.amara.user}
    return Session.objects.create(appointment=appointment, opens_at=at, head=LINES, ended_at=at, **users)


def _write(session: Session, world) -> None:
    users = (world.alice.user, world.amara.user)
    Line.objects.bulk_create(
        Line(session=session, seq=n, cid=f"c{n}", sender=users[n % 2], text=f"{WORDS[n % 2]} {n}", at=session.opens_at)
        for n in range(1, LINES + 1)
    )


@pytest.mark.rule("ROOM-9f")
@pytest.mark.timeout(300)
def test_pages_and_searches_over_years_are_quick(years, client_of, world, capsys):
    client, find = client_of(world.alice), reverse("therapy:conversations")
    addresses = {
        "all conversations": find,
        "one conversation of 600 lines": reverse("therapy:own-transcript", args=[years.ref]),
        "search, one line": f"{find}?q=sleep+599",
        "search, a word of every other line": f"{find}?q=cafe",
        "search, nothing": f"{find}?q=lighthouse",
        "lines marked": reverse("therapy:conversation-marks"),
    }
    taken = {name: page_ms(client, url, RUNS) for name, url in addresses.items()}
    with capsys.disabled():
        for name, milliseconds in taken.items():
            sys.stdout.write(f"\n{name}: {milliseconds:.1f} ms")
    assert max(taken.values()) < MOST_MS, taken
