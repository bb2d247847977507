"""A form whose page is older than the sign-in: what was written in it is not lost (ACC-3, MSG-9)."""

import pytest
from django.test import Client
from django.urls import reverse

from tests import cast
from tests.accounts.test_lock import SCRIPT, idle
from therapy.messages.models import Message

HERE = {"Sec-Fetch-Site": "same-origin", "Sec-Fetch-Mode": "navigate"}
TEXT = "I slept <b>better</b>.\nNot much."


@pytest.fixture
def alice(world) -> Client:
    client = Client(enforce_csrf_checks=True)
    client.cookies = cast.signed_in(world.alice).cookies
    return client


def send(client: Client, world, headers, **more):
    where = reverse("therapy:send-message", args=[world.alice_case.ref])
    return client.post(where, {"text": TEXT, "client_key": "k", **more}, headers=headers)


@pytest.mark.rule("ACC-3c")
def test_what_was_sent_is_shown_to_be_sent_once_more_under_ones_name(world, alice):
    refused = send(alice, world, HERE)
    assert (refused.status_code, Message.objects.count()) == (403, 0)
    words = refused.content.decode()
    assert "I slept &lt;b&gt;better&lt;/b&gt;." in words
    assert f"It will be sent as {world.alice.user.name}." in words
    token = refused.context["csrf_token"]
    assert send(alice, world, HERE, csrfmiddlewaretoken=str(token)).status_code in {302, 303}
    assert Message.objects.get().text == TEXT


@pytest.mark.rule("ACC-3c")
def test_a_script_is_told_that_its_page_is_too_old(world, alice):
    answer = send(alice, world, SCRIPT | {"Sec-Fetch-Site": "same-origin"})
    assert (answer.status_code, answer.json()["code"]) == (403, "stale")


@pytest.mark.parametrize("site", ["cross-site", "same-site", "none", ""])
def test_what_others_send_is_not_shown(world, alice, site):
    answer = send(alice, world, {"Sec-Fetch-Site": site} if site else {})
    assert answer.status_code == 403
    assert "I slept" not in answer.content.decode()
    assert "try that again" in answer.content.decode()


@pytest.mark.parametrize("secret", ["password", "old_password", "code", "credential"])
def test_no_secret_goes_into_a_page(world, alice, secret):
    answer = send(alice, world, HERE, **{secret: "open sesame"})
    assert answer.status_code == 403
    assert "open sesame" not in answer.content.decode()


@pytest.mark.rule("ACC-3c")
def test_an_old_page_of_a_locked_sign_in_keeps_it_as_well(world, alice):
    idle(alice, 31)
    locked = send(alice, world, HERE)
    assert locked.status_code == 423
    assert locked.context["kept"]
    assert "I slept" not in locked.content.decode()
    assert not alice.post("/no/such/page/", {"text": TEXT}, headers=HERE).context["kept"]


def test_nobody_signed_in_finds_their_words_too(db):
    client = Client(enforce_csrf_checks=True)
    answer = client.post("/invitation/new-link/", {"email": "alice@example.org"}, headers=HERE)
    assert answer.status_code == 403
    assert "alice@example.org" in answer.content.decode()
    assert "It will be sent as" not in answer.content.decode()


@pytest.mark.rule("ACC-3c")
def test_what_was_sent_after_the_end_waits_until_one_has_signed_in_anew(world, alice):
    client = Client()
    answer = send(client, world, HERE)
    words = answer.content.decode()
    assert (answer.status_code, "You have been signed out" in words) == (401, True)
    assert "I slept &lt;b&gt;better&lt;/b&gt;." in words
    assert 'target="_blank"' in words
    assert send(client, world, {}).status_code == 302, "what others send is led to the sign-in"
    assert send(client, world, HERE, password="open sesame").status_code == 302
    assert send(client, world, SCRIPT | {"Sec-Fetch-Site": "same-origin"}).status_code == 302
    assert client.get("/home/", headers=HERE).status_code == 302
