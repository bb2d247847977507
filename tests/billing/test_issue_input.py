"""Issuing and confirming given everything but what they want."""

import datetime as dt

import pytest

from billing import actions
from billing.models import Statement, StatementConfirmation, StatementDraft
from tests.billing.conftest import SEPTEMBER

EVENING = dt.datetime(2026, 9, 8, 18, 0, tzinfo=dt.UTC)
OCTOBER_10 = dt.datetime(2026, 10, 10, 9, 0, tzinfo=dt.UTC)
RUBBISH = {"": "", "script": "<script>alert(1)</script>", "emoji": "🙂" * 50, "long": "x" * 10_000, "pence": "999999"}


@pytest.fixture
def drawn(world, rates, past, at):
    """Amara's September, drawn up; the clock stands in October."""
    past(EVENING)
    with at(OCTOBER_10):
        actions.draw_up(world.amara, SEPTEMBER, by=world.farid)
        yield world


def door(world, verb: str = "issue/", month: str = "2026-09", of: str = "amara") -> str:
    return f"/pay/months/{month}/{getattr(world, of).ref}/{verb}"


def test_what_is_posted_besides_changes_no_amount(drawn, client_of):
    assert client_of(drawn.farid).post(door(drawn), RUBBISH).status_code == 303
    assert [line.pence for line in Statement.objects.get().lines.all()] == [4483]


@pytest.mark.rule("PAY-7d")
def test_pressed_twice_and_in_two_tabs_is_issued_once(drawn, client_of):
    tabs = [client_of(drawn.farid), client_of(drawn.farid)]
    answers = [tab.post(door(drawn)) for tab in tabs for _ in range(2)]
    assert {answer.status_code for answer in answers} == {303}
    assert len({answer["Location"] for answer in answers}) == Statement.objects.count() == 1


@pytest.mark.parametrize("who", ["amara", "piet", "sunniva", "olu", "tamsin", "leonie", "alice", "charlie"])
def test_the_wrong_role_issues_nothing(drawn, client_of, who):
    assert client_of(getattr(drawn, who)).post(door(drawn)).status_code in {403, 404}
    assert not Statement.objects.exists()


def test_a_month_that_nobody_drew_up_is_not_found(drawn, client_of):
    assert client_of(drawn.farid).post(door(drawn, of="piet")).status_code == 404
    assert client_of(drawn.farid).post(door(drawn, month="2026-13")).status_code == 404
    assert not Statement.objects.exists()


@pytest.mark.parametrize("month", ["0001-01", "1999-12", "9999-12", "9999-11", "2026-1x"])
def test_a_month_of_no_such_time_is_not_found(drawn, client_of, month):
    finance = client_of(drawn.farid)
    assert finance.get(f"/pay/months/{month}/").status_code == 404
    assert finance.get(door(drawn, "", month=month)).status_code == 404
    assert finance.post(door(drawn, "draft/", month=month)).status_code == 404


def test_issuing_is_not_done_by_looking(drawn, client_of):
    assert client_of(drawn.farid).get(door(drawn)).status_code == 405
    assert not Statement.objects.exists()


def test_a_tab_from_before_the_issue_is_told_so(drawn, client_of):
    finance = client_of(drawn.farid)
    finance.post(door(drawn))
    answer = finance.post(door(drawn, "draft/"))
    assert answer.status_code == 409
    assert "no longer changes" in answer.content.decode()
    assert StatementDraft.objects.count() == 1


@pytest.mark.parametrize("who", ["farid", "piet", "sunniva", "olu", "alice", "charlie"])
def test_nobody_confirms_somebody_elses_statement(drawn, client_of, who):
    client_of(drawn.farid).post(door(drawn))
    statement = Statement.objects.get()
    answer = client_of(getattr(drawn, who)).post(f"/pay/statements/{statement.ref}/confirmation/")
    assert answer.status_code in {403, 404}
    assert not StatementConfirmation.objects.exists()


@pytest.mark.parametrize("page", ["", "0", "-1", "99999", "x", "🙂", "9" * 400])
def test_a_page_that_is_none_is_the_nearest(drawn, client_of, page):
    assert client_of(drawn.farid).get("/pay/months/2026-09/", {"page": page}).status_code == 200
    assert client_of(drawn.farid).post("/pay/months/2026-09/drafts/", {"page": page}).status_code == 303
