"""The pages of a long session: the server's own time, Python and Postgres, without network and browser."""

import pytest
from django.urls import reverse

from tests.harness.spent import page_ms
from tests.therapy.test_room_page import LONG, fill

PAGES_MS = 100
ROUNDS = 7


@pytest.mark.slow
@pytest.mark.alone
@pytest.mark.rule("ROOM-3j")
@pytest.mark.parametrize("name", ["room", "lines", "transcript"])
def test_the_server_takes_less_than_100_ms_for_a_session_of_600_lines(world, client_of, session, name):
    fill(world, session, LONG)
    url = reverse(f"therapy:{name}", args=[session.ref])
    for who in (world.alice, world.amara):
        client = client_of(who)
        took = page_ms(client, url, ROUNDS)
        print(f"{name} for {who.user.name}: {took:.0f} ms")  # noqa: T201
        assert took < PAGES_MS, f"{name}: {took:.0f} ms"
