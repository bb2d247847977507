"""Passkeys through HTTP: added, used, renamed, removed, and everything that is none (ACC-1l)."""

import json

import pytest
from allauth.mfa.models import Authenticator
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from accounts import mfa, passkeys
from audit.models import ChangeEntry
from notices.models import OutboxMessage
from tests import cast
from tests.accounts.test_lock import UNLOCK, idle
from tests.accounts.test_sign_in import HOME, LOGIN, SITES, sign_in
from tests.harness.passkey import ORIGIN, Passkey, stored

ADD, LIST, ENTER = (reverse(f"mfa_{name}") for name in ("add_webauthn", "list_webauthn", "login_webauthn"))
AGAIN = "/accounts/reauthenticate/"

pytestmark = pytest.mark.rule("ACC-1l")


@pytest.fixture(autouse=True)
def no_limits_yet(db):
    cache.clear()


def proven(client: Client) -> Client:
    """Has typed the password again just now."""
    client.post(AGAIN, {"password": cast.PASSWORD})
    return client


def added(client: Client, passkey: Passkey, name: str = "My phone"):
    asked = json.loads(client.get(ADD).context["options"])
    return client.post(ADD, {"name": name, "credential": passkey.create(asked)})


def asked_at_sign_in(client: Client) -> dict:
    return client.get(ENTER, headers={"Accept": "application/json"}).json()["request_options"]


def enter(client: Client, passkey: Passkey, origin: str = ORIGIN):
    return client.post(ENTER, {"credential": passkey.show(asked_at_sign_in(client), origin)})


def held(user) -> int:
    return Authenticator.objects.filter(user=user, type="webauthn").count()


def is_in(client: Client) -> bool:
    return "_auth_user_id" in client.session


def test_a_patient_adds_one_and_signs_in_with_it_alone(world, client_of, client):
    passkey, alice = Passkey(), proven(client_of(world.alice))
    response = added(alice, passkey)
    assert response["Location"] == reverse("mfa_view_recovery_codes")
    assert "My phone" in alice.get(LIST).content.decode()
    assert OutboxMessage.objects.filter(notice="sign_in_changed", recipient="alice@example.org").exists()
    assert enter(client, passkey)["Location"] == HOME
    assert client.get(HOME).status_code == 200


@pytest.mark.rule("ACC-1c")
def test_staff_with_a_passkey_have_shown_their_second_factor(world, client):
    passkey, _ = stored(world.amara.user)
    enter(client, passkey)
    assert client.session[mfa.SESSION_KEY] == mfa.PASSKEY
    assert client.get(SITES).status_code == 200


@pytest.mark.rule("ACC-1d")
def test_it_is_a_second_step_after_the_password(world, client):
    passkey, _ = stored(world.amara.user)
    step = sign_in(client, "amara@example.org")["Location"]
    assert step == reverse("mfa_authenticate")
    asked = json.loads(client.get(step).context["options"])
    assert client.post(step, {"credential": passkey.show(asked)})["Location"] == HOME
    assert client.get(SITES).status_code == 200


@pytest.mark.rule("ACC-1i")
def test_removing_it_ends_what_it_opened(world, client):
    passkey, row = stored(world.amara.user)
    enter(client, passkey)
    row.delete()
    assert client.get(SITES)["Location"] == reverse("mfa_activate_totp")


def test_a_key_of_nobody_and_one_of_another_address_open_nothing(world, client):
    known, _ = stored(world.alice.user)
    stranger = Passkey()
    stranger.handle = known.handle
    for passkey in (stranger, Passkey()):
        assert enter(client, passkey)["Location"] == LOGIN
    known.host = "elsewhere.example.org"
    assert enter(client, known)["Location"] == LOGIN
    assert not is_in(client)
    assert passkeys.NOT_KNOWN in client.get(LOGIN).content.decode()


def test_it_must_have_asked_its_person_who_they_are(world, client_of, client):
    known, _ = stored(world.alice.user)
    known.verifies = False
    enter(client, known)
    assert not is_in(client)
    bob = proven(client_of(world.bob))
    assert added(bob, Passkey(verifies=False)).status_code == 200
    assert held(world.bob.user) == 0


def test_an_answer_counts_once(world, client):
    passkey, _ = stored(world.alice.user)
    answer = {"credential": passkey.show(asked_at_sign_in(client))}
    other = Client()
    asked_at_sign_in(other)
    assert other.post(ENTER, answer)["Location"] == LOGIN
    assert client.post(ENTER, answer)["Location"] == HOME


@pytest.mark.parametrize("sent", ["", "[]", "{}", "null", '{"id": 1}', '{"id": "AA", "response": {}}', "no json"])
def test_nonsense_is_refused_in_plain_words(world, client_of, client, sent):
    asked_at_sign_in(client)
    assert client.post(ENTER, {"credential": sent})["Location"] == LOGIN
    alice = proven(client_of(world.alice))
    alice.get(ADD)
    answer = alice.post(ADD, {"name": "x", "credential": sent})
    assert answer.status_code == 200
    assert passkeys.NOT_ADDED in answer.content.decode()


def test_bytes_nested_without_end_are_refused_like_any_others(world, client):
    known, _ = stored(world.alice.user)
    nested = known._data(0x80) + b"\x81" * 5_000
    client_data = known._client("webauthn.get", asked_at_sign_in(client)["publicKey"]["challenge"], ORIGIN)
    parts = {"clientDataJSON": client_data, "authenticatorData": nested, "signature": b"x", "userHandle": known.handle}
    assert client.post(ENTER, {"credential": known._answer(parts)})["Location"] == LOGIN


@pytest.mark.rule("ACC-1k")
@pytest.mark.parametrize("name", ["add_webauthn", "edit_webauthn", "remove_webauthn"])
def test_it_is_changed_after_asking_again(world, client_of, name):
    _, row = stored(world.alice.user)
    where = reverse(f"mfa_{name}", args=[] if name == "add_webauthn" else [row.pk])
    assert client_of(world.alice).get(where)["Location"].startswith(AGAIN)


@pytest.mark.rule("ACC-1k")
def test_a_passkey_is_asked_again_in_place_of_the_password(world, client_of):
    passkey, _ = stored(world.alice.user)
    alice, again = client_of(world.alice), reverse("mfa_reauthenticate_webauthn")
    asked = json.loads(alice.get(again).context["options"])
    assert alice.post(again, {"credential": Passkey().show(asked)})["Location"] == again
    asked = json.loads(alice.get(again).context["options"])
    assert alice.post(again, {"credential": passkey.show(asked)}).status_code == 302
    assert alice.get(ADD).status_code == 200


def test_it_is_renamed_and_removed_and_the_person_is_told(world, client_of):
    _, row = stored(world.alice.user)
    alice = proven(client_of(world.alice))
    alice.post(reverse("mfa_edit_webauthn", args=[row.pk]), {"name": "The old laptop"})
    assert "The old laptop" in alice.get(LIST).content.decode()
    assert alice.post(reverse("mfa_remove_webauthn", args=[row.pk]))["Location"] == LIST
    assert held(world.alice.user) == 0
    assert OutboxMessage.objects.filter(notice="sign_in_changed").count() == 1


def test_somebody_elses_is_not_there(world, client_of):
    _, row = stored(world.bob.user)
    alice = proven(client_of(world.alice))
    for name in ("edit", "remove"):
        assert alice.post(reverse(f"mfa_{name}_webauthn", args=[row.pk]), {"name": "x"}).status_code == 404


@pytest.mark.rule("ACC-1c")
def test_staff_keep_one_second_step(world, client_of):
    _, row = stored(world.amara.user)
    amara = proven(client_of(world.amara))
    assert amara.post(reverse("mfa_deactivate_totp")).status_code == 302
    passkey_alone = proven(client_of(world.amara))
    Authenticator.objects.filter(user=world.amara.user, type="totp").delete()
    session = passkey_alone.session
    mfa.mark(session, mfa.PASSKEY)
    session.save()
    refused = passkey_alone.post(reverse("mfa_remove_webauthn", args=[row.pk]))
    assert (refused.status_code, held(world.amara.user)) == (409, 1)
    assert passkeys.LAST_ONE in refused.content.decode()


@pytest.mark.rule("ACC-5e")
def test_a_second_step_that_is_taken_away_is_written_down(world, client_of):
    _, row = stored(world.alice.user)
    proven(client_of(world.alice)).post(reverse("mfa_remove_webauthn", args=[row.pk]))
    assert held(world.alice.user) == 0
    assert ChangeEntry.objects.get(what="second factor removed").who == world.alice.user


@pytest.mark.rule("ACC-1f")
def test_who_came_in_by_recovery_code_may_replace_what_was_lost(world, client_of):
    amara = proven(client_of(world.amara))
    assert "Staff need a second step" in amara.post(reverse("mfa_deactivate_totp")).content.decode()
    session = amara.session
    mfa.mark(session, mfa.CODE)
    session.save()
    assert amara.get(SITES).status_code == 200
    amara.post(reverse("mfa_deactivate_totp"))
    assert amara.get(SITES)["Location"] == reverse("mfa_activate_totp")


@pytest.mark.rule("ACC-3a")
def test_it_opens_a_locked_page(world, client_of):
    passkey, _ = stored(world.alice.user)
    alice = client_of(world.alice)
    idle(alice, 31)
    asked = json.loads(alice.get(HOME).context["options"])
    assert alice.post(UNLOCK, {"credential": Passkey().show(asked)}).status_code == 422
    asked = json.loads(alice.get(HOME).context["options"])
    assert alice.post(UNLOCK, {"credential": passkey.show(asked)}).status_code == 303
    assert alice.get(HOME).status_code == 200


def test_each_page_says_how_to_go_another_way(world, client_of, client):
    assert "Sign in with a passkey" in client.get(LOGIN).content.decode()
    stored(world.alice.user)
    page = client_of(world.alice).get("/account/").content.decode()
    assert LIST in page
