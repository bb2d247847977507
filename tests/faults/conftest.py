"""The room that these tests begin in, and the one demonstration that some of them share."""

import signal

import pytest

from tests.faults.demonstration import Demo
from tests.harness.servers_folder import servers_folder
from tests.therapy.conftest import confirmed, offered, open_room, session

__all__ = ["confirmed", "demo", "offered", "open_room", "session"]


@pytest.fixture(scope="package")
def demo():
    """A demonstration, started in an empty folder; most of the time of its tests, so they are of one xdist group."""
    with servers_folder() as folder:
        running = Demo(folder / "data")
        yield running
        if running.parent.poll() is None:
            assert running.end(signal.SIGTERM) == []
