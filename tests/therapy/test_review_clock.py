"""Reviews that are due at the next session after certain ones (TIME-18)."""

import datetime as dt

import pytest

from deadlines.actions import sweep
from deadlines.models import Deadline
from notices.models import OutboxMessage
from therapy.appointments.reviews import asks_for_review, review_needed, review_raised

START = dt.datetime(2026, 11, 2, 9, tzinfo=dt.UTC)
WEEK = dt.timedelta(weeks=1)


@pytest.mark.rule("TIME-18a")
@pytest.mark.parametrize(
    ("kind", "assessment", "sessions", "asks"),
    [
        ("PWP", True, 3, True),
        ("PWP", True, 2, False),
        ("PWP", False, 3, False),
        ("HIT", True, 2, True),
        ("HIT", True, 1, False),
        ("HIT", False, 3, True),
    ],
)
def test_after_which_sessions(kind, assessment, sessions, asks):
    assert asks_for_review(kind, assessment_done=assessment, treatment_sessions=sessions) is asks


@pytest.mark.rule("TIME-18a")
def test_it_is_due_at_the_next_session_and_stops_when_it_is_raised(world):
    ref, owner = world.alice_case.ref, world.amara.user
    for _ in range(2):
        review_needed(ref, owner=owner, next_session_at=START + WEEK, at=START)
    assert Deadline.objects.filter(kind="case_review").count() == 1
    sweep(START + WEEK)
    assert [row.recipient for row in OutboxMessage.objects.filter(notice="review_due")] == [owner.email]
    assert review_raised(ref, at=START + WEEK)
    assert not review_raised(ref, at=START + WEEK)
    assert review_needed(ref, owner=owner, next_session_at=None, at=START + 5 * WEEK).due_at == START + 6 * WEEK
