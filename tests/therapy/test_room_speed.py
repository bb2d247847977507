"""The pages of a long session: the server's own time, without network and browser."""

import statistics
import time

import pytest
from django.urls import reverse

from tests.therapy.test_room_page import LONG, fill

PAGES_MS = 100
ROUNDS = 7


def median_ms(client, url: str) -> float:
    spent = []
    for _ in range(ROUNDS):
        began = time.thread_time()
        assert client.get(url).status_code == 200
        spent.append(1000 * (time.thread_time() - began))
    return statistics.median(spent)


@pytest.mark.slow
@pytest.mark.rule("ROOM-3j")
@pytest.mark.parametrize("name", ["room", "lines", "transcript"])
def test_the_server_takes_less_than_100_ms_for_a_session_of_600_lines(world, client_of, session, name, record_property):
    fill(world, session, LONG)
    url = reverse(f"therapy:{name}", args=[session.ref])
    for who in (world.alice, world.amara):
        client = client_of(who)
        client.get(url)
        took = median_ms(client, url)
        record_property(f"{name} {who.user.name}", f"{took:.0f} ms")
        assert took < PAGES_MS, f"{name}: {took:.0f} ms"
