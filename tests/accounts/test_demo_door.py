"""The one-click door of a demonstration: there on this machine in demo mode, nowhere else."""

import pytest
from django.test import Client

from audit.models import ChangeEntry

DOOR = "/demo/sign-in/"


@pytest.fixture
def demo(settings):
    settings.DEMO = True


def test_one_click_signs_staff_in_fully_and_writes_it_down(world, client, demo):
    page = client.get("/accounts/login/").content.decode()
    assert "Amara Obi" in page
    assert "Patient services" in page
    response = client.post(DOOR, {"person": world.amara.user.pk})
    assert response["Location"] == "/home/"
    assert client.get("/sites/").status_code == 200
    entry = ChangeEntry.objects.filter(what="signed in by demo door").get()
    assert entry.who == world.amara.user


@pytest.mark.parametrize(
    "options",
    [{"REMOTE_ADDR": "192.0.2.7"}, {"HTTP_X_FORWARDED_FOR": "127.0.0.1"}, {"HTTP_FORWARDED": "for=127.0.0.1"}],
)
def test_from_elsewhere_there_is_no_door(world, demo, options):
    client = Client(**options)
    assert client.post(DOOR, {"person": world.amara.user.pk}).status_code == 404
    assert "Amara Obi" not in client.get("/accounts/login/").content.decode()


def test_outside_a_demonstration_there_is_no_door(world, client):
    assert client.post(DOOR, {"person": world.amara.user.pk}).status_code == 404
    assert "Amara Obi" not in client.get("/accounts/login/").content.decode()


def test_a_session_of_the_door_opens_nothing_outside_a_demonstration(world, client, settings):
    settings.DEMO = True
    client.post(DOOR, {"person": world.amara.user.pk})
    settings.DEMO = False
    assert client.get("/sites/")["Location"] == "/accounts/second-step/app/"


@pytest.mark.parametrize("person", ["", "0", "x", "9" * 30])
def test_nobody_of_that_number(world, client, demo, person):
    assert client.post(DOOR, {"person": person}).status_code == 404


def test_a_get_signs_nobody_in(world, client, demo):
    assert client.get(DOOR, {"person": world.amara.user.pk}).status_code == 405
