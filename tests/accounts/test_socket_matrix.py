"""Every websocket route, every role, own and foreign, on the served site (ACC-4, ROOM-4)."""

import json
import re

import pytest
from websockets.exceptions import ConnectionClosed, InvalidStatus

from accounts.policy import POLICY
from live.codes import NOT_A_PARTICIPANT, NOT_FOUND, SIGNED_OUT
from tests import cast
from tests.accounts.test_matrix import FACTS, NOBODY
from tests.harness.routes import all_sockets
from tests.providers import PROVIDERS

pytestmark = [pytest.mark.slow, pytest.mark.rule("ACC-4a")]
SOCKETS = sorted(all_sockets().items())
KEYWORD = re.compile(r"<\w+:(\w+)>")
PATIENCE_SECONDS = 5


def address(route: str, world, case) -> str:
    """The path of a socket route with the nouns of one case in it."""
    return "/" + KEYWORD.sub(lambda found: str(PROVIDERS[found.group(1)](world, case)), route)


def answer_of(live_service, path: str, who, **options) -> str | int:
    """The type of the first frame after a hello, or the code with which the socket was closed."""
    try:
        with live_service.socket(path, who, **options) as socket:
            socket.send(json.dumps({"type": "hello", "after": 0}))
            while True:
                frame = json.loads(socket.recv(timeout=PATIENCE_SECONDS))
                if frame["type"] != "bye":
                    return frame["type"]
    except InvalidStatus as refused:
        return f"handshake {refused.response.status_code}"
    except ConnectionClosed as closed:
        return closed.rcvd.code if closed.rcvd else 1006


def is_open_to(role: str, declared, case_name: str) -> bool:
    if role == NOBODY:
        return False
    if declared.kind != "requires":
        return True
    held = [g for g in POLICY if (g.role, g.thing) == (role, declared.thing) and declared.verb in g.verbs]
    return any(g.relation in FACTS[case_name].get(role, set()) | {"any"} for g in held)


@pytest.mark.parametrize(("route", "consumer"), SOCKETS, ids=[route for route, _ in SOCKETS])
def test_every_socket_opens_to_whom_it_should(route, consumer, live_service):
    assert consumer.access is not None, "this consumer declares no access"
    world = cast.make_world()
    wrong = []
    for case_name in ("alice_case", "bob_case"):
        path = address(route, world, getattr(world, case_name))
        for role, who in {**world.by_role(), NOBODY: None}.items():
            answer = answer_of(live_service, path, who)
            if is_open_to(role, consumer.access, case_name) != (answer == "welcome"):
                wrong.append(f"{role} at {path} ({case_name}): {answer}")
            if isinstance(answer, int) and answer not in {SIGNED_OUT, NOT_A_PARTICIPANT, NOT_FOUND}:
                wrong.append(f"{role} at {path} ({case_name}): closed with {answer}")
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize(("route", "consumer"), SOCKETS, ids=[route for route, _ in SOCKETS])
@pytest.mark.parametrize("origin", ["http://127.0.0.1:1", "https://elsewhere.example.org", "null"])
def test_no_socket_opens_from_another_origin(route, consumer, origin, live_service):
    world = cast.make_world()
    path = address(route, world, world.alice_case)
    assert answer_of(live_service, path, world.alice, origin=origin) == "handshake 403"


@pytest.mark.parametrize(("route", "consumer"), SOCKETS, ids=[route for route, _ in SOCKETS])
def test_no_socket_opens_to_staff_without_a_second_factor(route, consumer, live_service):
    world = cast.make_world()
    path = address(route, world, world.alice_case)
    live_service.cookies = lambda who: {"session": session_without_second_factor(who)}
    try:
        assert answer_of(live_service, path, world.amara) == SIGNED_OUT
    finally:
        del live_service.cookies


def session_without_second_factor(who) -> str:
    client = cast.signed_in(who)
    session = client.session
    del session["second_factor"]
    session.save()
    return session.session_key
