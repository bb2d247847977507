"""Sign-ins that have run out and devices that are known no more do not stay (ACC-15)."""

import datetime as dt

import pytest
from django.core.cache import cache
from django.test import Client
from django.utils import timezone

from accounts.clearing import clear_away
from accounts.models import Device, SignIn
from accounts.sessions import SessionStore
from tests.accounts.test_devices import CHROME_WINDOWS, FIREFOX_ANDROID, SAFARI_IPHONE, mails, sign_in

LATER = dt.timedelta(hours=12, seconds=1)


@pytest.fixture(autouse=True)
def no_limits_yet(db):
    cache.clear()


@pytest.mark.rule("ACC-15c")
def test_a_sign_in_goes_once_it_has_run_out_and_its_device_stays_known(world, client):
    sign_in(client, FIREFOX_ANDROID)
    SessionStore().create()  # of a visitor who never signed in
    assert clear_away() == (0, 0)
    assert client.get("/home/").status_code == 200
    assert clear_away(at=timezone.now() + LATER) == (2, 0)
    assert (SignIn.objects.count(), Device.objects.count()) == (0, 1)
    assert client.get("/home/").status_code == 302
    sign_in(client, FIREFOX_ANDROID)
    assert mails() == 0


@pytest.mark.rule("ACC-15c")
def test_a_device_that_was_signed_out_from_afar_goes_and_the_next_one_is_still_told(world, client):
    sign_in(Client(), CHROME_WINDOWS)
    sign_in(Client(), SAFARI_IPHONE)
    sign_in(client, FIREFOX_ANDROID)
    client.post("/account/devices/others/end/")
    assert clear_away() == (0, 2)
    assert [device.name for device in Device.objects.all()] == ["Firefox on Android"]
    sign_in(Client(), CHROME_WINDOWS)
    assert mails() == 3


@pytest.mark.rule("ACC-15c")
def test_the_newest_device_stays_so_that_the_next_is_no_first_one(world, client):
    sign_in(client, FIREFOX_ANDROID)
    sign_in(Client(), CHROME_WINDOWS)
    client.post("/account/devices/others/end/")
    client.post("/accounts/logout/")
    assert clear_away() == (0, 0)
    assert Device.objects.count() == 2
