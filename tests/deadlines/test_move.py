"""An operator moves a deadline with a reason, which stays beside it (TIME-24)."""

import datetime as dt
from zoneinfo import ZoneInfo

import pytest
from django.db import DatabaseError, transaction
from django.utils import timezone

from deadlines import registry
from deadlines.actions import meet, move, open_deadline, sweep
from deadlines.models import Deadline, DeadlineMove
from tests.deadlines.conftest import DAY, HOUR, START
from ui.errors import Refused

UK = ZoneInfo("Europe/London")


@pytest.fixture
def row(world, diary):
    """A deadline of Alice's case, due in two days, reminding a day before."""
    at = timezone.now()
    return open_deadline(
        "chore", "one", due_at=at + 2 * DAY, remind_at=at + DAY, case_ref=world.alice_case.ref,
        owner=world.amara.user, opened_by="the test", at=at,
    )  # fmt: skip


def posted(when: dt.datetime, **fields) -> dict[str, str]:
    local = when.astimezone(UK)
    day = {"day_day": local.day, "day_month": local.month, "day_year": local.year}
    return {**day, "time": f"{local:%H:%M}", "reason": "She is in hospital until then."} | fields


@pytest.mark.rule("TIME-24b")
def test_it_has_its_new_time_and_the_reason_stands_beside_it(world, client_of, row):
    client, wanted = client_of(world.olu), (timezone.now() + 5 * DAY).replace(second=0, microsecond=0)
    url = f"/cases/{world.alice_case.ref}/deadlines/{row.pk}/time/"
    assert "Move a deadline" in client.get(url).content.decode()
    page = client.post(url, posted(wanted), follow=True).content.decode()
    assert "She is in hospital until then." in page
    assert "by Olu Ade" in page
    before, row = row.due_at, Deadline.objects.get(pk=row.pk)
    assert (row.due_at, row.remind_at, row.next_at) == (wanted, wanted - DAY, wanted - DAY)
    moved = DeadlineMove.objects.get()
    assert (moved.before, moved.after, moved.by) == (before, wanted, world.olu)


@pytest.mark.rule("TIME-24b")
@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"reason": " "}, "Say why it is moved"),
        ({"time": "half past"}, "Write the time as 09:30"),
        ({"day_year": "2001"}, "This time has passed"),
        ({"day_day": "28", "day_month": "3", "day_year": "2027", "time": "01:30"}, "The clocks go forward"),
    ],
)
def test_a_refusal_says_why_and_keeps_what_was_typed(world, client_of, row, fields, words):
    url = f"/cases/{world.alice_case.ref}/deadlines/{row.pk}/time/"
    answer = client_of(world.olu).post(url, posted(timezone.now() + 5 * DAY, **fields))
    page = answer.content.decode()
    assert answer.status_code == 422
    assert words in page
    assert fields.get("reason", "She is in hospital until then.").strip() in page
    assert not DeadlineMove.objects.exists()


@pytest.mark.rule("TIME-24b")
@pytest.mark.parametrize("who", ["alice", "amara", "sunniva", "farid", "leonie"])
def test_only_an_operator_moves_one(world, client_of, row, who):
    url = f"/cases/{world.alice_case.ref}/deadlines/{row.pk}/time/"
    assert client_of(getattr(world, who)).post(url, posted(timezone.now() + 5 * DAY)).status_code == 404


def test_one_of_another_case_is_not_reached_through_this_one(world, client_of, row):
    assert client_of(world.olu).get(f"/cases/{world.bob_case.ref}/deadlines/{row.pk}/time/").status_code == 404


@pytest.mark.rule("TIME-24b")
def test_it_acts_at_its_new_time_only_and_reminds_again(chore, diary, world):
    row = chore(remind_at=START + DAY)
    sweep(START + DAY)
    move(row, START + 5 * DAY, by=world.olu, reason="asked to", at=START + DAY + HOUR)
    for days in (2, 3, 4, 5, 6):
        sweep(START + days * DAY)
    assert diary.entries == [("remind", "one"), ("remind", "one"), ("due", "one")]
    assert Deadline.objects.get().closed_at == START + 5 * DAY


@pytest.mark.rule("TIME-0h")
def test_one_that_is_moved_while_its_handler_runs_is_not_missed(chore, world):
    row = chore()

    def moved_meanwhile(deadline, at):
        Deadline.objects.filter(pk=deadline.pk).update(due_at=at + DAY, next_at=at + DAY)

    registry.register("chore", label="Chore", on_due=moved_meanwhile)
    sweep(START + 2 * DAY)
    row = Deadline.objects.get(pk=row.pk)
    assert (row.state, row.attempts) == ("open", 0)


@pytest.mark.rule("TIME-24b")
def test_what_is_closed_or_follows_from_something_else_stays(chore, diary, world):
    row = chore()
    meet("chore", "one", closed_by="done", at=START)
    registry.register("fixed", label="Fixed", on_due=diary.due, movable=False)
    fixed = open_deadline("fixed", "two", due_at=START + DAY, opened_by="the test", at=START)
    for unmovable in (row, fixed):
        with pytest.raises(Refused):
            move(unmovable, START + 9 * DAY, by=world.olu, reason="asked to", at=START)
    del registry.KINDS["fixed"]


@pytest.mark.rule("TIME-24b")
def test_what_was_moved_is_never_rewritten(chore, world):
    move(chore(), START + 9 * DAY, by=world.olu, reason="asked to", at=START)
    for wrong in (lambda: DeadlineMove.objects.update(reason="another"), lambda: DeadlineMove.objects.all().delete()):
        with pytest.raises(DatabaseError), transaction.atomic():
            wrong()
