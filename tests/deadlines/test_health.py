"""The heartbeat: red for monitoring, a banner for staff, while the service stays up."""

import datetime as dt

import pytest
from django.utils import timezone

from deadlines.context import WATCHED, WORDS


def beat(ago: dt.timedelta) -> None:
    from deadlines.actions import beat

    for name in WATCHED:
        beat(name, timezone.now() - ago)


@pytest.mark.rule("TIME-0k")
def test_a_missing_round_turns_health_red_and_leaves_life_green(client, db):
    beat(dt.timedelta(seconds=30))
    assert client.get("/healthz").json()["checks"]["sweep"] == "ok"
    beat(dt.timedelta(minutes=3, seconds=5))
    answer = client.get("/healthz")
    assert (answer.status_code, answer.json()["checks"]["sweep"]) == (503, "stale")
    assert client.get("/livez").status_code == 200


@pytest.mark.rule("TIME-0k")
def test_a_round_that_never_was_is_red_as_well(client, db):
    answer = client.get("/healthz")
    assert (answer.status_code, answer.json()["checks"]["outbox"]) == (503, "stale")


@pytest.mark.rule("TIME-0k")
def test_staff_see_a_banner_and_patients_do_not(world, client_of):
    beat(dt.timedelta(minutes=10))
    url = f"/messages/{world.alice_case.ref}/"
    assert WORDS in client_of(world.amara).get(url).content.decode()
    assert WORDS not in client_of(world.alice).get(url).content.decode()
    beat(dt.timedelta(seconds=5))
    assert WORDS not in client_of(world.amara).get(url).content.decode()
