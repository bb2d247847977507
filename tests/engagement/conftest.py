"""A case of Amara's whose clocks and words are set by the test."""

import datetime as dt
import itertools

import pytest

from tests import cast
from therapy.messages.actions import send

AT = dt.datetime(2026, 11, 2, 9, tzinfo=dt.UTC)
DAY = dt.timedelta(days=1)
numbers = itertools.count()


@pytest.fixture
def fresh(world, at):
    """Alice's new episode, allocated to Amara at AT, nothing written yet."""
    with at(AT):
        return cast.make_case(world.charlie, world.site, "allocated", world.amara)


@pytest.fixture
def says(world):
    """A function by which somebody writes some days after AT, from a template where one is named."""

    def say(case, who, days: float, template: str = ""):
        key = f"k{next(numbers)}"
        return send(case, "Words", by=who, client_key=key, template=template, at=AT + days * DAY)

    return say
