"""What people type is in the database and on the pages of those who may see it, and nowhere else.

A word that occurs nowhere is typed into every field of every door of the served site; then every sink is searched.
"""

import ssl

import httpx
import pytest
from django.test import Client

from notices.models import OutboxMessage
from tests import cast
from tests.accounts.test_matrix import NOBODY
from tests.harness import environment
from tests.harness.posting import fields_of
from tests.harness.routes import Route
from tests.harness.writes import undone
from tests.journeys.test_bad_input import POSTABLE, who_may
from tests.providers import NotForThisCase, address

CANARY = "zebrafinch7431"
TOKEN = "a" * 32
pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]


def door(route: Route, world) -> tuple[str, dict[str, str], list[str]] | None:
    """(address, cookies, fields) of a door and somebody it is open to; None where nobody can post to it."""
    for role, case_name in who_may(route, world):
        who = None if role == NOBODY else world.by_role()[role]
        try:
            url = address(route, world, getattr(world, case_name))
        except NotForThisCase:
            continue
        client = Client() if who is None else cast.signed_in(who)
        client.raise_request_exception = False
        cookies = {name: morsel.value for name, morsel in client.cookies.items()}
        with undone():
            fields = fields_of(route.name, lambda data, client=client, url=url: client.post(url, data))
        # `next` is no words of anybody's: it says where to go on.
        return url, cookies, [name for name in fields if name != "next"]
    return None


def browser_of(live_service, cookies: dict[str, str]) -> httpx.Client:
    """An HTTP client with these cookies and the token that posts need."""
    headers = {"X-CSRFToken": TOKEN, "Origin": live_service.url}
    cookies = cookies | {"csrf": TOKEN}
    # No certificates are trusted, since none is looked at: reading all that there are would be a quarter of the test.
    trust = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    return httpx.Client(base_url=live_service.url, cookies=cookies, headers=headers, timeout=30, verify=trust)


def refused_at_the_door(response: httpx.Response) -> bool:
    """Whether the post never reached a view: no token, nobody signed in, a locked page."""
    return response.status_code in {403, 423} or "/accounts/login/" in response.headers.get("Location", "")


def sinks(live_service) -> dict[str, str]:
    """Everything outside the record that the words could have got into."""
    files = [*environment.DATA.glob("logs/*.log"), *environment.folder().rglob("*.log")]
    files += [path for path in (environment.folder() / "mailbox").rglob("*") if path.is_file()]
    found = {file.name: file.read_text(errors="replace") for file in files}
    found["outbox"] = repr(list(OutboxMessage.objects.values()))
    return found | {"web": live_service.log()}


def test_what_is_typed_is_in_no_log_no_mail_and_no_address(live_service, many_pages):
    live_service.may_fail = True
    world = cast.make_world()
    leaks = []
    for route in POSTABLE:
        found = door(route, world)
        if found is None or not found[2]:
            continue
        url, cookies, fields = found
        with browser_of(live_service, cookies) as client:
            response = client.post(url, data=dict.fromkeys(fields, f"I saw {CANARY} at home"))
        assert not refused_at_the_door(response), f"{route.path}: the words never came in"
        if any(CANARY in value for value in response.headers.values()):
            leaks.append(f"{route.path}: in the headers of its answer")
        assert response.status_code < 500, f"{route.path}: {response.status_code}\n{live_service.log()[-1500:]}"
    leaks += [f"in {name}" for name, text in sinks(live_service).items() if CANARY in text]
    assert not leaks, "\n".join(leaks)
