"""Journeys run in a real browser on the served site: they commit, and take longer than the rest."""

import pytest

BROWSER_SECONDS = 180


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if "page_as" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.timeout(BROWSER_SECONDS))
