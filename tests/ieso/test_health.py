"""What the balancer and the monitoring are told."""

from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from deadlines.models import Heartbeat
from ieso.health import views

pytestmark = pytest.mark.django_db


def beat(name: str, ago: timedelta) -> None:
    Heartbeat.objects.update_or_create(name=name, defaults={"at": timezone.now() - ago})


def beat_all(ago: timedelta = timedelta(0)) -> None:
    for name in views.HEARTBEATS:
        beat(name, ago)


def test_livez_asks_only_this_process_and_postgres(client, monkeypatch):
    monkeypatch.setattr(views, "redis_state", lambda: "unreachable")
    answer = client.get("/livez")
    assert answer.status_code == 200
    assert answer.json() == {"healthy": True, "checks": {"postgres": "ok"}}


def test_without_postgres_the_balancer_sends_nobody(client, monkeypatch):
    monkeypatch.setattr(views, "postgres_state", lambda: "unreachable")
    assert client.get("/livez").status_code == 503
    assert client.get("/healthz").json()["checks"] == {"postgres": "unreachable"}


@pytest.mark.rule("TIME-0k")
def test_healthz_is_green_while_every_round_finishes(client):
    beat_all(timedelta(minutes=2, seconds=50))
    answer = client.get("/healthz")
    assert (answer.status_code, answer.json()["healthy"]) == (200, True)


@pytest.mark.parametrize("name", views.HEARTBEATS)
def test_healthz_turns_red_when_one_sweep_stands_still(client, name):
    beat_all()
    beat(name, timedelta(minutes=3, seconds=5))
    answer = client.get("/healthz")
    assert answer.status_code == 503
    assert answer.json()["checks"][name] == "stale"


def test_healthz_says_when_redis_is_gone(client, settings):
    beat_all()
    settings.REDIS_URL = "unix:///nowhere/redis.sock"
    answer = client.get("/healthz")
    assert (answer.status_code, answer.json()["checks"]["redis"]) == (503, "unreachable")


def test_a_workers_check_fails_when_sweeps_stand_still():
    with pytest.raises(CommandError, match="sweep"):
        call_command("check_heartbeat")
    beat_all()
    call_command("check_heartbeat")


@pytest.mark.parametrize("path", ["/livez", "/healthz"])
def test_health_is_only_read(client, path):
    assert client.post(path).status_code == 405
