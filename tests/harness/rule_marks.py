"""`@pytest.mark.rule("APPT-12a")`: which clause was proved by which test, written to a file for bin/rules."""

import fcntl
import json
import re
from pathlib import Path

import pytest

from tests.harness.rules import MOST_MARKS, RESULTS

CLAUSE = re.compile(r"^[A-Z]+-\d+[a-z]+$")


def clauses_of(item: pytest.Item) -> list[str]:
    """The clauses a test names; raises UsageError for a malformed name or too many."""
    marks = [mark.args for mark in item.iter_markers("rule")]
    for args in marks:
        if len(args) != 1 or not CLAUSE.match(args[0]):
            raise pytest.UsageError(f"{item.nodeid}: a rule mark names one clause such as APPT-12a, not {args}")
    clauses = sorted({args[0] for args in marks})
    if len(clauses) > MOST_MARKS:
        raise pytest.UsageError(f"{item.nodeid}: {len(clauses)} rule marks, at most {MOST_MARKS} a test")
    return clauses


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if clauses := clauses_of(item):
            item.user_properties.append(("rules", clauses))


def read_id(nodeid: str) -> str:
    """The test as `bin/rules` reads it from the file: without its parameters, and the group that workers append."""
    return re.split(r"[\[@]", nodeid, maxsplit=1)[0]


class Results:
    """Collects on the process that hears of every report."""

    def __init__(self) -> None:
        self.outcomes: dict[str, str] = {}

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if "rules" not in dict(report.user_properties):
            return
        test = read_id(report.nodeid)
        if report.failed:
            self.outcomes[test] = "failed"
        elif report.when == "call" and report.passed:
            self.outcomes.setdefault(test, "passed")

    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        if self.outcomes:
            store(self.outcomes)


def store(outcomes: dict[str, str], file: Path = RESULTS) -> None:
    """Adds outcomes to the file; several runs may do so at once."""
    file.parent.mkdir(exist_ok=True)
    with file.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        known = json.loads(file.read_text()) if file.exists() else {}
        file.write_text(json.dumps(known | outcomes, indent=1, sort_keys=True))


def pytest_configure(config: pytest.Config) -> None:
    if not hasattr(config, "workerinput"):
        config.pluginmanager.register(Results(), "rule-results")
