"""The idle lock: the server judges, by its own clock (ACC-3)."""

import datetime as dt
from unittest.mock import ANY

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts import lock, rules, sign_ins
from accounts.models import SignIn
from audit.models import ChangeEntry
from sites.actions import set_policy
from tests import cast
from tests.harness.writes import written_tables
from therapy.messages.models import Message

HOME, UNLOCK, STATE = "/home/", "/account/lock/removal/", "/account/lock/"
SCRIPT = {"Sec-Fetch-Mode": "cors", "Accept": "application/json"}


def idle(client: Client, minutes: float, *, limit: int | None = None) -> SignIn:
    """Last touched so many minutes ago."""
    row = sign_in_of(client)
    row.idle_seconds = limit * 60 if limit else row.idle_seconds
    row.used_at = timezone.now() - dt.timedelta(minutes=minutes)
    row.locks_at = row.used_at + dt.timedelta(seconds=row.idle_seconds)
    SignIn.objects.filter(pk=row.pk).update(used_at=row.used_at, locks_at=row.locks_at, idle_seconds=row.idle_seconds)
    return row


def sign_in_of(client: Client) -> SignIn:
    return SignIn.objects.get(session_key=client.cookies[settings.SESSION_COOKIE_NAME].value)


@pytest.fixture
def alice(world, client_of) -> Client:
    return client_of(world.alice)


@pytest.fixture
def amara(world, client_of) -> Client:
    return client_of(world.amara)


@pytest.mark.rule("ACC-3a")
@pytest.mark.parametrize(
    ("asked", "minutes"), [([], 15), ([15], 15), ([10, 12], 10), ([3], 5), ([60], 15)], ids=lambda value: str(value)
)
def test_staff_are_locked_after_the_shortest_time_that_a_site_asks_for(asked, minutes):
    assert rules.staff_idle_minutes(asked) == minutes


@pytest.mark.rule("ACC-3a")
def test_the_limit_is_a_sites_for_staff_and_half_an_hour_for_patients(world, client_of):
    set_policy(world.site, {"idle_minutes": 7}, by=world.leonie)
    limits = [sign_in_of(client_of(who)).idle_seconds for who in (world.amara, world.olu, world.alice)]
    assert limits == [7 * 60, 7 * 60, 30 * 60]


@pytest.mark.rule("ACC-3a")
def test_a_clinician_is_bound_by_their_own_sites_alone(world, client_of):
    set_policy(world.far_site, {"idle_minutes": 5}, by=world.leonie)
    assert sign_in_of(client_of(world.amara)).idle_seconds == 15 * 60


@pytest.mark.rule("ACC-3a")
@pytest.mark.parametrize(("who", "limit"), [("alice", 30), ("amara", 15)])
def test_a_page_is_locked_at_the_second(world, client_of, who, limit):
    client = client_of(getattr(world, who))
    idle(client, limit - 0.1)
    assert client.get(HOME).status_code == 200
    idle(client, limit)
    assert client.get(HOME).status_code == 423


@pytest.mark.rule("ACC-3a")
def test_opening_pages_is_input_and_a_script_that_asks_is_not(alice):
    idle(alice, 20)
    alice.get(HOME, headers=SCRIPT)
    assert timezone.now() - sign_in_of(alice).used_at > dt.timedelta(minutes=19)
    alice.get(HOME, headers={"HX-Request": "true"})
    assert timezone.now() - sign_in_of(alice).used_at > dt.timedelta(minutes=19)
    alice.get(HOME)
    assert timezone.now() - sign_in_of(alice).used_at < dt.timedelta(minutes=1)


@pytest.mark.rule("ACC-3a")
def test_touching_the_page_counts_anew_and_never_opens_what_is_locked(world, alice):
    idle(alice, 29)
    known = {"ask": 120, "who": world.alice.user.pk, "ends": pytest.approx(12 * 3600, abs=5), "token": ANY}
    answer = alice.post("/account/lock/still-here/", headers=SCRIPT).json()
    assert answer == known | {"locked": False, "left": pytest.approx(1800, abs=5)}
    idle(alice, 31)
    assert alice.post("/account/lock/still-here/", headers=SCRIPT).json() == known | {"locked": True, "left": 0}
    assert alice.get(HOME).status_code == 423


def test_the_lock_costs_no_query_while_a_page_is_in_use(alice):
    alice.get("/privacy/")
    with written_tables() as tables, CaptureQueriesContext(connection) as queries:
        alice.get("/privacy/")
    assert not tables
    asked = [query["sql"] for query in queries if "accounts_signin" in query["sql"]]
    assert len(asked) == 1, "the session itself, read anyway"


@pytest.mark.rule("ACC-3a")
@pytest.mark.parametrize("path", [HOME, "/account/", "/no/such/page/", "/messages/", "/", "/appointments/"])
def test_a_locked_page_says_nothing_of_what_waits(world, alice, path):
    idle(alice, 31)
    page = alice.get(path)
    assert page.status_code == 423
    words = page.content.decode()
    assert "This page is locked" in words
    assert "data-counted" not in words
    assert world.alice_case.ref not in words
    assert "Amara" not in words


@pytest.mark.rule("ACC-3a")
def test_help_and_the_way_out_stay_open(alice):
    idle(alice, 31)
    assert "116 123" in alice.get(HOME).content.decode()
    assert alice.get("/help-now/").status_code == 200
    assert "data-leave" in alice.get(HOME).content.decode()
    assert alice.post("/accounts/logout/").status_code == 302


@pytest.mark.rule("ACC-3a")
def test_a_locked_sign_in_answers_scripts_with_the_lock(alice):
    idle(alice, 31)
    for headers in (SCRIPT, {"HX-Request": "true"}):
        answer = alice.get("/messages/unread/", headers=headers)
        assert (answer.status_code, answer.json()["locked"]) == (423, True)


@pytest.mark.rule("ACC-3a")
def test_the_password_opens_it_and_one_goes_on_where_one_was(alice):
    idle(alice, 31)
    assert f'value="{HOME}"' in alice.get(HOME).content.decode()
    wrong = alice.post(UNLOCK, {"password": "not the password", "next": HOME})
    assert wrong.status_code == 422
    assert "not your password" in wrong.content.decode()
    right = alice.post(UNLOCK, {"password": cast.PASSWORD, "next": HOME})
    assert (right.status_code, right["Location"]) == (303, HOME)
    assert alice.get(HOME).status_code == 200
    assert ChangeEntry.objects.filter(what="unlocked").count() == 1


@pytest.mark.rule("ACC-3a")
def test_a_code_opens_it_too(amara):
    from tests.accounts.test_sign_in import code_now

    idle(amara, 16)
    assert amara.post(UNLOCK, {"code": "000000"}).status_code == 422
    assert amara.post(UNLOCK, {"code": code_now()}).status_code == 303
    assert amara.get(HOME).status_code == 200


def test_nothing_typed_opens_nothing(alice):
    idle(alice, 31)
    assert alice.post(UNLOCK, {}).status_code == 422
    assert alice.get(HOME).status_code == 423


def test_guessing_at_a_locked_page_is_limited(alice):
    idle(alice, 31)
    for _ in range(10):
        alice.post(UNLOCK, {"password": "a wrong guess"})
    answer = alice.post(UNLOCK, {"password": cast.PASSWORD})
    assert "too many tries" in answer.content.decode()
    assert alice.get(HOME).status_code == 423


def test_nobody_is_led_elsewhere_by_unlocking(alice):
    idle(alice, 31)
    answer = alice.post(UNLOCK, {"password": cast.PASSWORD, "next": "https://elsewhere.example.org/"})
    assert answer["Location"] == settings.LOGIN_REDIRECT_URL


@pytest.mark.rule("ACC-3c")
def test_what_was_sent_to_a_locked_page_is_sent_again(world, alice):
    send = reverse("therapy:send-message", args=[world.alice_case.ref])
    idle(alice, 31)
    text = "  I slept better.\nNot much, but <b>better</b>."
    locked = alice.post(send, {"text": text, "client_key": "k"})
    assert (locked.status_code, Message.objects.count()) == (423, 0)
    assert "slept better" not in locked.content.decode()
    kept = locked.context["kept"]
    assert alice.post(UNLOCK, {"password": "wrong", "kept": kept}).context["kept"] == kept
    again = alice.post(UNLOCK, {"password": cast.PASSWORD, "kept": kept})
    assert again.status_code == 200
    assert again.context["kept"].path == send
    assert dict(again.context["kept"].fields) == {"text": text, "client_key": "k"}
    assert "Not much, but &lt;b&gt;better&lt;/b&gt;." in again.content.decode()


@pytest.mark.rule("ACC-3c")
def test_what_one_person_sent_nobody_else_can_send_again(world, alice, client_of):
    idle(alice, 31)
    kept = alice.post(HOME, {"text": "mine"}).context["kept"]
    other = client_of(world.bob)
    idle(other, 31)
    for stolen in (kept, "nonsense"):
        idle(other, 31)
        answer = other.post(UNLOCK, {"password": cast.PASSWORD, "kept": stolen})
        assert (answer.status_code, answer["Location"]) == (303, settings.LOGIN_REDIRECT_URL)


def test_a_post_from_elsewhere_is_not_kept(world):
    client = Client(enforce_csrf_checks=True)
    client.cookies = cast.signed_in(world.alice).cookies
    idle(client, 31)
    answer = client.post(HOME, {"text": "forged"})
    assert (answer.status_code, answer.context["kept"]) == (423, "")


def test_who_signs_out_in_another_tab_at_this_moment_is_led_to_the_sign_in(alice, monkeypatch):
    state = lock._state

    def signed_out_meanwhile(request):
        SignIn.objects.all().delete()
        return state(request)

    monkeypatch.setattr(lock, "_state", signed_out_meanwhile)
    answer = alice.get(reverse("accounts:lock"), headers=SCRIPT)
    assert (answer.status_code, answer["Location"].partition("?")[0]) == (302, "/accounts/login/")


@pytest.mark.rule("ACC-3a")
def test_one_can_lock_it_oneself(alice):
    alice.post(STATE)
    assert alice.get(HOME).status_code == 423
    assert alice.get(STATE, headers=SCRIPT).json()["locked"] is True


def test_what_is_open_has_nothing_to_unlock(alice):
    assert alice.get(UNLOCK)["Location"] == settings.LOGIN_REDIRECT_URL
    assert alice.get(UNLOCK, headers={"HX-Request": "true"}).json()["locked"] is False


def test_other_sessions_of_the_person_stay_as_they_are(alice, world, client_of):
    other = client_of(world.alice)
    idle(alice, 31)
    assert other.get(HOME).status_code == 200


def test_saving_the_session_does_not_open_it(alice):
    row = idle(alice, 31)
    session = alice.session
    session["something"] = 1
    session.save()
    assert sign_in_of(alice).locks_at == row.locks_at


def test_an_unlocked_sign_in_takes_up_a_policy_that_changed(world, amara):
    set_policy(world.site, {"idle_minutes": 6}, by=world.leonie)
    row = idle(amara, 16)
    sign_ins.unlock(row.session_key, world.amara.user)
    assert sign_in_of(amara).idle_seconds == 6 * 60


def test_what_a_page_saves_later_does_not_bring_back_the_old_limit(world, amara):
    set_policy(world.site, {"idle_minutes": 6}, by=world.leonie)
    idle(amara, 16)
    amara.post(UNLOCK, {"password": cast.PASSWORD})
    session = amara.session
    session["something"] = 1
    session.save()
    assert sign_in_of(amara).idle_seconds == 6 * 60


@pytest.mark.rule("ACC-3c")
@pytest.mark.parametrize("page", ["/messages/", "https://elsewhere.example.org/"])
def test_who_does_not_send_it_again_goes_back_to_the_page_of_the_form(world, alice, page):
    send = reverse("therapy:send-message", args=[world.alice_case.ref])
    assert alice.get(send).status_code == 405
    idle(alice, 31)
    written = page if page.startswith("https") else f"http://testserver{page}"
    kept = alice.post(send, {"text": "x"}, headers={"Referer": written}).context["kept"]
    words = alice.post(UNLOCK, {"password": cast.PASSWORD, "kept": kept}).content.decode()
    back = HOME if page.startswith("https") else written
    assert f'href="{back}">Do not send it' in words


def test_the_fields_of_the_lock_are_no_namesakes_of_the_page_beneath(alice):
    idle(alice, 31)
    form = alice.get(UNLOCK, headers={"HX-Request": "true"}).content.decode()
    assert 'id="unlock_password"' in form
    assert "id_password" not in form
