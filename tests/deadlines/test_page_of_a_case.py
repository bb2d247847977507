"""Patient services see every deadline of a case and why it is in its state (TIME-24)."""

import pytest
from django.utils import timezone

from deadlines.actions import cancel, meet, move, open_deadline, sweep
from tests.deadlines.conftest import HOUR


@pytest.mark.rule("TIME-24a")
def test_each_says_why_it_is_in_its_state(world, client_of, diary):
    case, at = world.alice_case, timezone.now()
    for key in ("open", "met", "cancelled", "missed", "failing"):
        due = at + HOUR if key in ("missed", "failing") else at + 9 * HOUR
        open_deadline("chore", key, due_at=due, case_ref=case.ref, owner=world.amara.user, opened_by=f"{key} cause")
    diary.failing.add("failing")
    meet("chore", "met", closed_by="the clinician did it")
    cancel("chore", "cancelled", closed_by="the case left")
    sweep(at + HOUR)
    meet("chore", "missed", closed_by="done at last")
    page = client_of(world.olu).get(f"/cases/{case.ref}/deadlines/").content.decode()
    for words in (
        "the clinician did it",
        "the case left",
        "open cause",
        "done at last",
        "Failed 1 time (RuntimeError)",
    ):
        assert words in page
    assert "Amara Obi" in page


@pytest.mark.rule("TIME-24a")
@pytest.mark.parametrize("who", ["alice", "amara", "bob", "farid"])
def test_it_is_for_operators(world, client_of, who):
    assert client_of(getattr(world, who)).get(f"/cases/{world.alice_case.ref}/deadlines/").status_code == 404


def test_a_case_without_any_says_so(world, client_of):
    assert (
        "No deadlines yet" in client_of(world.olu).get(f"/cases/{world.charlie_case.ref}/deadlines/").content.decode()
    )


def test_the_case_page_leads_there(world, client_of):
    page = client_of(world.olu).get(f"/cases/{world.alice_case.ref}/").content.decode()
    assert f'href="/cases/{world.alice_case.ref}/deadlines/"' in page


def test_it_is_narrowed_and_paged(world, client_of, diary):
    case, at = world.alice_case, timezone.now()
    for number in range(27):
        open_deadline("chore", f"{number}", due_at=at + HOUR, case_ref=case.ref, opened_by=f"cause {number}.")
    meet("chore", "3", closed_by="done")
    client, url = client_of(world.olu), f"/cases/{case.ref}/deadlines/"
    assert "cause 0." not in client.get(url).content.decode()
    assert "cause 0." in client.get(f"{url}?page=2").content.decode()
    page = client.get(f"{url}?standing=met&kind=chore").content.decode()
    assert ("cause 3." in page, "cause 4." in page) == (True, False)
    assert "None like that" in client.get(f"{url}?standing=cancelled").content.decode()


def test_it_costs_no_more_with_more_rows(world, client_of, same_queries, diary):
    case, at = world.alice_case, timezone.now()

    def grow():
        for number in range(8):
            row = open_deadline("chore", f"{number}", due_at=at + HOUR, case_ref=case.ref, opened_by="the test")
            move(row, at + 2 * HOUR, by=world.olu, reason="asked to")

    grow_one = open_deadline("chore", "first", due_at=at + HOUR, case_ref=case.ref, opened_by="the test")
    move(grow_one, at + 2 * HOUR, by=world.olu, reason="asked to")
    same_queries(client_of(world.olu), f"/cases/{case.ref}/deadlines/", grow)
