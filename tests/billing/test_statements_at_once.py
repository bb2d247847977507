"""Two runs at the same moment, as two people at two desks press the same button."""

import datetime as dt

import pytest

from billing import actions
from billing.models import Statement, StatementConfirmation, StatementDraft, StatementLine
from notices.models import OutboxMessage
from tests import cast
from tests.billing.conftest import DAY, SEPTEMBER
from tests.harness.together import together

EVENING = dt.datetime(2026, 9, 8, 18, 0, tzinfo=dt.UTC)
OCTOBER_10 = dt.datetime(2026, 10, 10, 9, 0, tzinfo=dt.UTC)
RUNS = 4


@pytest.fixture
def world(transactional_db):
    return cast.make_world()


@pytest.fixture
def month(world, rates, past):
    for day in range(3):
        past(EVENING + day * DAY)
    return world


def draw_up(world) -> StatementDraft:
    return actions.draw_up(world.amara, SEPTEMBER, by=world.farid, at=OCTOBER_10)


@pytest.mark.rule("PAY-7b")
def test_a_month_drawn_up_at_once_is_one_draft(month):
    drafts, wrong = together(*[lambda: draw_up(month)] * RUNS)
    assert wrong == []
    assert len({draft.ref for draft in drafts}) == StatementDraft.objects.count() == 1
    assert len(StatementDraft.objects.get().lines) == 3


@pytest.mark.rule("PAY-7d")
@pytest.mark.rule("PAY-7a")
def test_a_month_issued_at_once_is_one_statement_with_each_session_once(month):
    draft = draw_up(month)
    statements, wrong = together(*[lambda: actions.issue(draft, by=month.farid, at=OCTOBER_10)] * RUNS)
    assert wrong == []
    assert len({statement.pk for statement in statements}) == Statement.objects.count() == 1
    assert StatementLine.objects.count() == 3
    assert OutboxMessage.objects.filter(notice="statement_issued").count() == 1


@pytest.mark.rule("PAY-7d")
def test_drawing_up_while_it_is_issued_leaves_one_statement_as_it_was_drawn(month):
    draft = draw_up(month)
    _, wrong = together(
        lambda: actions.issue(draft, by=month.farid, at=OCTOBER_10), lambda: draw_up(month), lambda: draw_up(month)
    )
    assert all("no longer changes" in str(refusal) for refusal in wrong)
    assert Statement.objects.get().lines.count() == 3


def test_confirmed_at_once_is_confirmed_once(month):
    statement = actions.issue(draw_up(month), by=month.farid, at=OCTOBER_10)
    _, wrong = together(*[lambda: actions.confirm(statement, by=month.amara.user, at=OCTOBER_10)] * RUNS)
    assert wrong == []
    assert StatementConfirmation.objects.count() == 1
