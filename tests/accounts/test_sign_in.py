"""One page to sign in on: password, second factor, and what staff see before it (ACC-1)."""

import time

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from accounts import mfa
from audit.models import ChangeEntry
from tests import cast

LOGIN, HOME, SET_UP = "/accounts/login/", "/home/", "/accounts/second-step/app/"
# A page that every role of the staff may open.
SITES = "/sites/"


@pytest.fixture(autouse=True)
def no_limits_yet(db):
    cache.clear()


def sign_in(client: Client, email: str, password: str = cast.PASSWORD):
    return client.post(LOGIN, {"login": email, "password": password})


def set_up(client: Client) -> None:
    secret = client.get(SET_UP).context["form"].secret
    response = client.post(SET_UP, {"code": code_now(secret)})
    assert response["Location"] == reverse("mfa_view_recovery_codes")


def code_now(secret: str = cast.TOTP_SECRET, half_minutes: int = 0) -> str:
    return format_hotp_value(hotp_value(secret, int(time.time()) // 30 + half_minutes))


@pytest.mark.rule("ACC-1a")
@pytest.mark.rule("ACC-1h")
def test_a_patient_signs_in_with_address_and_password(world, client):
    response = sign_in(client, "ALICE@example.org ")
    assert response.status_code == 302
    assert response["Location"] == HOME
    assert client.session["_auth_user_id"] == str(world.alice.user.pk)


@pytest.mark.rule("ACC-1b")
def test_an_address_that_was_not_verified_does_not_sign_in(world, client):
    world.alice.user.emailaddress_set.update(verified=False)
    response = sign_in(client, "alice@example.org")
    assert response["Location"] == reverse("account_email_verification_sent")
    assert "_auth_user_id" not in client.session


@pytest.mark.rule("ACC-1c")
def test_staff_without_a_second_factor_are_led_to_set_one_up(world, client):
    sign_in(client, "amara@example.org")
    for page in (SITES, reverse("patients:access-log", args=[world.alice_case.ref])):
        response = client.get(page)
        assert response.status_code == 302
        assert response["Location"] == SET_UP
    assert client.get(SET_UP).status_code == 200
    assert client.get("/account/").status_code == 200


@pytest.mark.rule("ACC-1c")
@pytest.mark.rule("ACC-1f")
@pytest.mark.django_db(transaction=True)
def test_staff_set_up_an_app_and_are_in(world, client):
    sign_in(client, "amara@example.org")
    set_up(client)
    assert len(client.get(reverse("mfa_view_recovery_codes")).context["unused_codes"]) == 10
    assert client.get(SITES).status_code == 200


@pytest.mark.rule("ACC-1d")
def test_an_app_is_asked_after_the_password(world, client):
    cast.set_up_app(world.amara.user)
    response = sign_in(client, "amara@example.org")
    assert response["Location"] == reverse("mfa_authenticate")
    assert client.get(SITES)["Location"].startswith(LOGIN)
    wrong = client.post(response["Location"], {"code": "000000"})
    assert wrong.status_code == 200
    assert "_auth_user_id" not in client.session
    right = client.post(response["Location"], {"code": code_now()})
    assert right["Location"] == HOME
    assert client.get(SITES).status_code == 200


@pytest.mark.rule("ACC-1d")
def test_a_post_without_a_code_is_a_wrong_code(world, client):
    cast.set_up_app(world.amara.user)
    sign_in(client, "amara@example.org")
    response = client.post(reverse("mfa_authenticate"), {})
    assert response.status_code == 200
    assert response.context["form"].errors["code"]


@pytest.mark.rule("ACC-1e")
@pytest.mark.parametrize("half_minutes", [-1, 1])
def test_a_code_counts_in_its_own_half_minute(world, client, half_minutes):
    cast.set_up_app(world.amara.user)
    sign_in(client, "amara@example.org")
    client.post(reverse("mfa_authenticate"), {"code": code_now(half_minutes=half_minutes)})
    assert "_auth_user_id" not in client.session


@pytest.mark.rule("ACC-1e")
def test_a_code_counts_once(world, client):
    cast.set_up_app(world.amara.user)
    code = code_now()
    for browser in (client, Client()):
        sign_in(browser, "amara@example.org")
        browser.post(reverse("mfa_authenticate"), {"code": code})
    assert "_auth_user_id" in client.session
    assert "_auth_user_id" not in browser.session


@pytest.mark.rule("ACC-1f")
@pytest.mark.django_db(transaction=True)
def test_a_recovery_code_lets_in_once(world, client):
    sign_in(client, "amara@example.org")
    set_up(client)
    code = client.get(reverse("mfa_view_recovery_codes")).context["unused_codes"][0]
    for expected in (True, False):
        browser = Client()
        sign_in(browser, "amara@example.org")
        browser.post(reverse("mfa_authenticate"), {"code": code})
        assert ("_auth_user_id" in browser.session) is expected


@pytest.mark.rule("ACC-1g")
def test_what_codes_are_made_from_lies_encrypted(world, client):
    sign_in(client, "amara@example.org")
    secret = client.get(SET_UP).context["form"].secret
    client.post(SET_UP, {"code": code_now(secret)})
    for row in Authenticator.objects.filter(user=world.amara.user):
        stored = row.data.get("secret") or row.data.get("seed")
        assert secret not in str(row.data)
        assert stored.startswith("gAAAA")


@pytest.mark.rule("ACC-1h")
@pytest.mark.rule("ACC-5e")
@pytest.mark.django_db(transaction=True)
def test_a_patient_may_add_an_app(world, client):
    sign_in(client, "alice@example.org")
    set_up(client)
    assert ChangeEntry.objects.filter(what="second factor added", who=world.alice.user).exists()
    other = Client()
    assert sign_in(other, "alice@example.org")["Location"] == reverse("mfa_authenticate")


@pytest.mark.rule("ACC-1i")
@pytest.mark.rule("ACC-1c")
def test_removing_the_app_ends_what_it_opened(world, client_of):
    client = client_of(world.amara)
    assert mfa.is_satisfied(cast.user_of(world.amara), client.session)
    Authenticator.objects.filter(user=world.amara.user).delete()
    assert not mfa.is_satisfied(cast.user_of(world.amara), client.session)
    assert client.get(SITES)["Location"] == SET_UP


@pytest.mark.rule("ACC-1k")
@pytest.mark.parametrize("page", ["mfa_deactivate_totp", "mfa_generate_recovery_codes"])
def test_the_way_of_signing_in_is_changed_after_asking_again(world, client_of, page):
    response = client_of(world.amara).get(reverse(page))
    assert response.status_code == 302
    assert response["Location"].startswith(reverse("account_reauthenticate"))


@pytest.mark.rule("ACC-5e")
def test_signing_in_and_out_is_written_down(world, client):
    sign_in(client, "alice@example.org", "not the password")
    sign_in(client, "alice@example.org")
    client.post("/accounts/logout/")
    whats = list(ChangeEntry.objects.filter(what__contains="sign").order_by("pk").values_list("what", "who"))
    alice = world.alice.user.pk
    assert whats == [("sign-in refused", None), ("signed in", alice), ("signed out", alice)]


@pytest.mark.rule("ACC-6d")
def test_signing_out_clears_what_the_browser_kept(world, client_of):
    response = client_of(world.alice).post("/accounts/logout/")
    assert response["Clear-Site-Data"] == '"cache", "storage"'


def test_a_get_does_not_sign_out(world, client_of):
    client = client_of(world.alice)
    assert client.get("/accounts/logout/").status_code == 200
    assert "_auth_user_id" in client.session


def test_htmx_is_told_to_leave_a_page_whose_session_has_ended(world, client):
    headers = {"HX-Request": "true", "HX-Current-URL": f"http://testserver{HOME}?tab=1"}
    response = client.get("/account/", headers=headers)
    assert response.status_code == 200
    assert response["HX-Redirect"] == f"{LOGIN}?next=%2Fhome%2F"


def test_an_account_that_was_closed_does_not_sign_in(world, client):
    world.alice.user.is_active = False
    world.alice.user.save()
    assert sign_in(client, "alice@example.org")["Location"] == reverse("account_inactive")
    assert sign_in(client, "alice@example.org", "not the password").status_code == 200


def test_asking_again_does_not_end_a_session_whose_hash_was_made_anew(world, client_of, settings):
    client = client_of(world.amara)
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher", *settings.PASSWORD_HASHERS]
    again = client.post("/accounts/reauthenticate/", {"password": cast.PASSWORD})
    assert again.status_code == 302
    assert client.get("/account/").status_code == 200
