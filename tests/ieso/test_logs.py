"""No sink of the logs ever holds what people wrote."""

import io
import json
import logging

import pytest
import structlog
from django.urls import resolve

from ieso import logs

CANARY = "I do not want to wake up"


@pytest.fixture
def sink(monkeypatch):
    """Reads back what went to the one handler, as a list of dictionaries."""
    root = logging.getLogger()
    before, level = root.handlers, root.level
    stream = io.StringIO()
    logs.configure({"level": "INFO", "json": True})
    monkeypatch.setattr(root.handlers[0], "stream", stream)
    yield lambda: [json.loads(line) for line in stream.getvalue().splitlines()]
    root.handlers = before
    root.setLevel(level)


def raise_with(text: str) -> None:
    raise ValueError(text)


def test_only_declared_keys_are_written(sink):
    structlog.get_logger("ieso").info("message sent", case_ref="C-1", body=CANARY, count=1)
    [line] = sink()
    assert line["event"] == "message sent"
    assert (line["case_ref"], line["count"]) == ("C-1", 1)
    assert CANARY not in json.dumps(line)


def test_an_exception_is_its_type_and_place_without_its_message(sink):
    try:
        raise_with(CANARY)
    except ValueError:
        structlog.get_logger("ieso").exception("failed")
        logging.getLogger("django.request").exception("failed too")
    for line in sink():
        assert line["error"] == "builtins.ValueError"
        assert "tests/ieso/test_logs.py:" in line["error_at"]
        assert CANARY not in json.dumps(line)


def test_a_librarys_record_keeps_its_template_alone(sink):
    logging.getLogger("somebody.else").warning("could not save %s", CANARY)
    logging.getLogger("daphne.server").error("Exception inside application: %s", ValueError(CANARY))
    assert [line["event"] for line in sink()] == ["could not save %s", "Exception inside application: %s"]


def test_a_failing_request_names_path_and_status(sink, rf):
    request = rf.get("/cases/C-1/")
    logging.getLogger("django.request").error("%s", CANARY, extra={"request": request, "status_code": 500})
    [line] = sink()
    assert (line["path"], line["method"], line["status"]) == ("/cases/C-1/", "GET", 500)
    assert CANARY not in json.dumps(line)


def test_a_failing_task_names_itself(sink):
    context = {"name": "deadlines.sweep", "exc": CANARY}
    logging.getLogger("celery.app.trace").error("Task %(name)s: %(exc)s", context, extra={"data": context})
    [line] = sink()
    assert line["task"] == "deadlines.sweep"
    assert CANARY not in json.dumps(line)


@pytest.mark.parametrize(
    ("path", "written"),
    [
        ("/accounts/password/reset/key/3-abc-123/", "/accounts/password/reset/key/3-(key)/"),
        ("/accounts/confirm-email/MQ:1abc/", "/accounts/confirm-email/(key)/"),
        ("/calendar/secret.ics", "/calendar/(token).ics"),
        ("/home/", "/home/"),
    ],
)
def test_what_opens_something_stands_in_no_path(rf, path, written):
    request = rf.get(path)
    request.resolver_match = resolve(path)
    assert logs.path_of(request) == written
