"""Signed-in devices: listed, ended one by one or all at once, and a new one told by e-mail (ACC-15, ACC-3d)."""

import pytest
from django.core.cache import cache
from django.test import Client

from accounts import rules
from accounts.models import Device, SignIn
from audit.models import ChangeEntry
from notices.models import OutboxMessage
from tests import cast

DEVICES, HOME = "/account/devices/", "/home/"
FIREFOX_ANDROID = "Mozilla/5.0 (Android 15; Mobile; rv:144.0) Gecko/144.0 Firefox/144.0"
SAFARI_IPHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_6 like Mac OS X) Version/18.6 Mobile/15E148 Safari/604.1"
CHROME_WINDOWS = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) Chrome/142.0.0.0 Safari/537.36"
EDGE_MAC = "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) Chrome/142.0.0.0 Safari/537.36 Edg/142.0"


@pytest.fixture(autouse=True)
def no_limits_yet(db):
    cache.clear()


def sign_in(client: Client, agent: str, email: str = "alice@example.org") -> Client:
    answer = client.post("/accounts/login/", {"login": email, "password": cast.PASSWORD}, headers={"User-Agent": agent})
    assert answer.status_code == 302
    return client


def mails(notice: str = "new_device") -> int:
    return OutboxMessage.objects.filter(notice=notice).count()


@pytest.mark.rule("ACC-15a")
@pytest.mark.parametrize(
    ("agent", "name"),
    [
        (FIREFOX_ANDROID, "Firefox on Android"),
        (SAFARI_IPHONE, "Safari on iPhone"),
        (CHROME_WINDOWS, "Chrome on Windows"),
        (EDGE_MAC, "Edge on Mac"),
        ("Mozilla/5.0 (X11; CrOS x86_64) Chrome/142.0 Safari/537.36", "Chrome on ChromeOS"),
        ("Mozilla/5.0 (Linux; Android 15) SamsungBrowser/28.0 Chrome/130 Safari/537.36", "Samsung Internet on Android"),
        ("curl/8.5 (Linux)", "A browser on Linux"),
        ("", "A device that we do not know"),
        ("<script>alert(1)</script>", "A device that we do not know"),
    ],
)  # fmt: skip
def test_a_device_has_a_plain_name(agent, name):
    assert rules.device_name(agent) == name


@pytest.mark.rule("ACC-15a")
def test_a_person_sees_their_devices_this_one_first(world, client):
    sign_in(Client(), CHROME_WINDOWS)
    sign_in(Client(), SAFARI_IPHONE, "bob@example.org")
    page = sign_in(client, FIREFOX_ANDROID).get(DEVICES)
    assert [row.device.name for row in page.context["rows"]] == ["Firefox on Android", "Chrome on Windows"]
    words = page.content.decode()
    assert words.index("This device") < words.index("Chrome on Windows")
    assert "iPhone" not in words


@pytest.mark.rule("ACC-15a")
def test_a_device_is_ended_by_itself(world, client):
    phone, desk = sign_in(Client(), FIREFOX_ANDROID), sign_in(Client(), CHROME_WINDOWS)
    sign_in(client, SAFARI_IPHONE)
    row = SignIn.objects.get(device__name="Firefox on Android")
    assert client.post(f"{DEVICES}{row.ref}/end/").status_code == 303
    assert phone.get(HOME)["Location"].startswith("/accounts/login/")
    assert desk.get(HOME).status_code == 200
    assert client.post(f"{DEVICES}{row.ref}/end/").status_code == 303
    assert ChangeEntry.objects.filter(what="device signed out").count() == 1


@pytest.mark.rule("ACC-15b")
@pytest.mark.parametrize("how", ["one", "others"])
def test_a_device_signed_out_from_afar_is_new_again(world, client, how):
    lost = sign_in(Client(), CHROME_WINDOWS)
    sign_in(client, FIREFOX_ANDROID)
    row = SignIn.objects.get(device__name="Chrome on Windows")
    before = mails()
    client.post(f"{DEVICES}{row.ref}/end/" if how == "one" else f"{DEVICES}others/end/")
    sign_in(lost, CHROME_WINDOWS)
    assert mails() == before + 1
    client.post("/accounts/logout/")
    sign_in(client, FIREFOX_ANDROID)
    assert mails() == before + 1, "this one is known as before"


@pytest.mark.rule("ACC-15a")
def test_somebody_elses_device_is_not_ended(world, client):
    theirs = sign_in(Client(), CHROME_WINDOWS, "bob@example.org")
    sign_in(client, FIREFOX_ANDROID)
    client.post(f"{DEVICES}{SignIn.objects.get(user=world.bob.user).ref}/end/")
    assert theirs.get(HOME).status_code == 200


@pytest.mark.rule("ACC-3d")
def test_all_others_are_ended_at_once(world, client):
    others = [sign_in(Client(), agent) for agent in (FIREFOX_ANDROID, CHROME_WINDOWS)]
    sign_in(client, SAFARI_IPHONE)
    page = client.post(f"{DEVICES}others/end/", follow=True)
    assert "Signed out on 2 other devices." in page.content.decode()
    assert "You are signed in nowhere else." in page.content.decode()
    assert all(other.get(HOME).status_code == 302 for other in others)
    assert client.get(HOME).status_code == 200


@pytest.mark.rule("ACC-15b")
def test_a_sign_in_on_a_new_device_is_told(world, client):
    sign_in(client, FIREFOX_ANDROID)
    assert mails() == 0  # the first one of all
    sign_in(Client(), CHROME_WINDOWS)
    assert mails() == 1


@pytest.mark.rule("ACC-15b")
def test_a_device_is_known_again_by_its_cookie_also_after_signing_out(world, client):
    sign_in(Client(), CHROME_WINDOWS)
    sign_in(client, FIREFOX_ANDROID)
    client.post("/accounts/logout/")
    sign_in(client, FIREFOX_ANDROID)
    assert (mails(), Device.objects.count()) == (1, 2)


@pytest.mark.rule("ACC-15b")
def test_a_device_that_one_person_knows_is_new_to_another(world, client):
    sign_in(Client(), CHROME_WINDOWS, "bob@example.org")
    sign_in(client, FIREFOX_ANDROID)
    client.post("/accounts/logout/")
    sign_in(client, FIREFOX_ANDROID, "bob@example.org")
    assert OutboxMessage.objects.get(notice="new_device").recipient == "bob@example.org"


@pytest.mark.rule("ACC-15b")
def test_a_cookie_that_was_made_up_is_a_new_device(world, client):
    sign_in(Client(), CHROME_WINDOWS)
    client.cookies["device"] = "made-up"
    sign_in(client, FIREFOX_ANDROID)
    assert mails() == 1


def test_the_cookie_is_kept_for_long_and_from_scripts(world, client):
    sign_in(client, FIREFOX_ANDROID)
    cookie = client.cookies["device"]
    assert (cookie["httponly"], cookie["samesite"], cookie["max-age"]) == (True, "Lax", 400 * 86400)
    key = Device.objects.get().key
    assert key not in cookie.value


def test_signing_in_again_on_a_device_leaves_one_sign_in(world, client):
    sign_in(client, FIREFOX_ANDROID)
    del client.cookies["session"]
    sign_in(client, FIREFOX_ANDROID)
    assert SignIn.objects.filter(user=world.alice.user).count() == 1


@pytest.mark.rule("ACC-3d")
def test_a_new_password_ends_the_others(world, client):
    other = sign_in(Client(), CHROME_WINDOWS)
    sign_in(client, FIREFOX_ANDROID)
    new = "seven brown owls upstairs"
    done = client.post("/accounts/password/change/", {"oldpassword": cast.PASSWORD, "password1": new, "password2": new})
    assert done.status_code == 302
    assert client.get(HOME).status_code == 200
    assert other.get(HOME).status_code == 302
    assert SignIn.objects.filter(user=world.alice.user).count() == 1
