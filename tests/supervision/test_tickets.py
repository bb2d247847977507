"""Raising, answering, replying to and closing tickets, by the verbs."""

import datetime as dt

import pytest
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from deadlines import actions as deadlines
from deadlines.models import Deadline
from measures import actions as measures
from notices.models import OutboxMessage
from patients.cases.actions import turn
from patients.models import Case
from supervision import actions
from supervision.models import Ticket, TicketClosing, TicketPost
from ui.errors import Refused


@pytest.fixture
def ask(world):
    """A function that raises a ticket of Amara's about Alice."""

    def raise_(type: str = "other", form: dict | None = None, **options) -> Ticket:
        form = {"question": "How do I go on?"} if form is None else form
        options = {"by": world.amara.user, "client_key": "k1"} | options
        return actions.raise_ticket(world.alice_case, type, form, **options)

    return raise_


def clocks(ticket: Ticket) -> list[tuple[str, str]]:
    rows = Deadline.objects.filter(key__startswith=ticket.ref.hex).order_by("opened_at", "kind")
    return [(row.kind, row.state) for row in rows]


def told(notice: str) -> set[str]:
    return set(OutboxMessage.objects.filter(notice=notice).values_list("recipient", flat=True))


@pytest.mark.rule("SUP-1a")
def test_a_ticket_goes_to_the_clinicians_named_supervisor_who_is_told(world, ask):
    ticket = ask()
    assert (ticket.case, ticket.author, ticket.supervisor) == (world.alice_case, world.amara.user, world.sunniva)
    assert (ticket.state, ticket.form) == ("open", {"question": "How do I go on?"})
    assert told("ticket_raised") == {world.sunniva.email}


@pytest.mark.rule("SUP-1a")
def test_without_a_named_supervisor_it_goes_to_whoever_has_fewest_open(world, ask):
    world.amara.supervisor = None
    world.amara.save()
    world.alice_case.refresh_from_db()
    first, second = ask(client_key="a"), ask(client_key="b")
    assert {first.supervisor, second.supervisor} == {world.sunniva, world.stellan}


def test_without_any_supervisor_it_is_refused_with_what_to_do(world, ask):
    for supervisor in (world.sunniva, world.stellan):
        supervisor.is_active = False
        supervisor.save()
    world.alice_case.refresh_from_db()
    with pytest.raises(Refused, match=r"no supervisor.*999"):
        ask("risk_urgent", {})


@pytest.mark.rule("SUP-2c")
def test_the_platform_fills_in_item_9_and_scores(world, ask, at):
    with at("2026-11-02 10:00"):
        form = measures.give(world.alice_case, "phq-9", occasion="session 1")
        for item in range(1, 10):
            measures.answer(form, item, 2, by=world.alice.user)
        measures.complete(form, by=world.alice.user)
        ticket = ask("risk_urgent", {"item_9": "0, says the clinician", "thoughts": "Daily."})
    assert ticket.form["item_9"] == "2 on Mon 2 November 2026"
    assert ticket.form["scores"].startswith("PHQ-9 18")
    assert ticket.form["thoughts"] == "Daily."


@pytest.mark.rule("SUP-2c")
def test_without_answers_it_says_so(ask):
    form = ask("risk_urgent", {}).form
    assert (form["item_9"], form["scores"]) == ("Never answered", "No scores yet")


@pytest.mark.rule("SUP-3b")
@pytest.mark.rule("TIME-10a")
@pytest.mark.rule("RISK-8e")
def test_an_urgent_ticket_goes_empty_is_due_in_an_hour_and_keeps_the_case(world, ask):
    at = timezone.now()
    ticket = ask("risk_urgent", {}, at=at)
    assert ticket.due_at == at + dt.timedelta(hours=1)
    assert clocks(ticket) == [("ticket_urgent", "open")]
    assert told("ticket_urgent") == {world.sunniva.email}
    with pytest.raises(Refused, match="urgent risk ticket is open"):
        turn(world.alice_case, "discharging", by=world.amara.user)


@pytest.mark.rule("SUP-3c")
@pytest.mark.parametrize("form", [{}, {"question": " "}, {"thoughts": "x"}])
def test_another_ticket_without_its_question_is_refused_and_nothing_is_written(ask, form):
    with pytest.raises(Refused) as refused:
        ask("other", form)
    assert refused.value.field == "question"
    assert not Ticket.objects.exists()
    assert not OutboxMessage.objects.exists()


@pytest.mark.rule("SUP-1c")
def test_the_same_form_twice_is_one_ticket(ask):
    assert ask() == ask()
    assert OutboxMessage.objects.count() == 1


@pytest.mark.rule("SUP-1b")
def test_a_dialogue_goes_to_and_fro_and_each_side_is_told(world, ask):
    ticket = ask()
    actions.answer(ticket, "What do the scores say?", by=world.sunniva)
    ticket.refresh_from_db()
    assert (ticket.state, ticket.due_at, clocks(ticket)) == ("waiting_clinician", None, [("ticket", "met")])
    actions.reply(ticket, "They fall.", by=world.amara.user)
    ticket.refresh_from_db()
    assert (ticket.state, clocks(ticket)) == ("waiting_supervisor", [("ticket", "met"), ("ticket", "open")])
    assert told("ticket_post") == {world.amara.user.email, world.sunniva.email}
    assert [post.side for post in ticket.posts.all()] == ["supervisor", "clinician"]


@pytest.mark.rule("SUP-1b")
def test_more_words_of_the_clinician_do_not_start_a_second_clock(world, ask):
    ticket = ask()
    actions.reply(ticket, "One more thing.", by=world.amara.user)
    assert clocks(ticket) == [("ticket", "open")]


@pytest.mark.rule("SUP-1c")
def test_the_same_post_twice_is_one(world, ask):
    ticket = ask()
    for _ in range(2):
        actions.answer(ticket, "Go on.", by=world.sunniva, client_key="p1")
    assert ticket.posts.count() == 1
    assert OutboxMessage.objects.filter(notice="ticket_post").count() == 1


@pytest.mark.rule("SUP-1d")
@pytest.mark.rule("RISK-8e")
def test_closing_keeps_the_outcome_and_lets_the_case_go(world, ask):
    ticket = ask("risk_urgent", {})
    actions.close(ticket, "advice", "Ring the crisis team now.", by=world.sunniva)
    ticket.refresh_from_db()
    assert (ticket.state, ticket.due_at, clocks(ticket)) == ("closed", None, [("ticket_urgent", "met")])
    assert (ticket.closing.outcome, ticket.closing.by) == ("advice", world.sunniva)
    assert told("ticket_closed") == {world.amara.user.email}
    turn(world.alice_case, "discharging", by=world.amara.user)


@pytest.mark.rule("SUP-1d")
def test_closing_needs_an_outcome_of_the_type_and_words_or_an_answer(world, ask):
    ticket = ask()
    for outcome, text in (("advice", "x"), ("", "x"), ("answered", "")):
        with pytest.raises(Refused):
            actions.close(ticket, outcome, text, by=world.sunniva)
    actions.answer(ticket, "Go on as you do.", by=world.sunniva)
    assert actions.close(ticket, "answered", "", by=world.sunniva).outcome == "answered"


@pytest.mark.rule("SUP-1d")
def test_closing_twice_closes_once_and_nothing_is_added_afterwards(world, ask):
    ticket = ask()
    closings = [actions.close(ticket, "answered", "Go on.", by=world.sunniva) for _ in range(2)]
    assert closings[0] == closings[1]
    with pytest.raises(Refused, match="Sunniva Dahl has closed this ticket"):
        actions.close(ticket, "agreed", "Other words.", by=world.sunniva)
    for verb, by in ((actions.answer, world.sunniva), (actions.reply, world.amara.user)):
        with pytest.raises(Refused, match="closed"):
            verb(ticket, "One more.", by=by)


def sweep_at(moment: dt.datetime) -> None:
    deadlines.sweep(at=moment)


@pytest.mark.rule("TIME-10a")
def test_an_urgent_ticket_escalates_at_30_and_at_60_minutes(world, ask):
    at = timezone.now()
    ask("risk_urgent", {}, at=at)
    sweep_at(at + dt.timedelta(minutes=29))
    assert told("ticket_unanswered") == set()
    sweep_at(at + dt.timedelta(minutes=31))
    assert told("ticket_unanswered") == {world.sunniva.email, world.stellan.email}
    sweep_at(at + dt.timedelta(minutes=61))
    assert told("ticket_unanswered") == {world.sunniva.email, world.stellan.email, world.leonie.email}


@pytest.mark.rule("TIME-10a")
def test_an_answered_urgent_ticket_escalates_no_more(world, ask):
    at = timezone.now()
    actions.answer(ask("risk_urgent", {}, at=at), "Ring now.", by=world.sunniva, at=at + dt.timedelta(minutes=10))
    sweep_at(at + dt.timedelta(hours=3))
    assert told("ticket_unanswered") == set()


@pytest.mark.rule("TIME-11a")
def test_another_ticket_escalates_after_four_working_days_and_after_seven_days(world, ask, at):
    with at("2026-11-02 10:00"):
        ticket = ask()
    opened = ticket.opened_at
    sweep_at(opened + dt.timedelta(days=4, minutes=1))
    assert told("ticket_overdue") == {world.sunniva.email, world.stellan.email}
    sweep_at(opened + dt.timedelta(days=7, minutes=1))
    assert told("ticket_overdue") == {world.sunniva.email, world.stellan.email, world.leonie.email}


@pytest.mark.rule("TIME-11a")
def test_a_late_answer_settles_every_clock(world, ask, at):
    with at("2026-11-02 10:00"):
        ticket = ask()
    sweep_at(ticket.opened_at + dt.timedelta(days=5))
    actions.answer(ticket, "Sorry, here it is.", by=world.sunniva)
    assert not Deadline.objects.open().exists()
    sweep_at(ticket.opened_at + dt.timedelta(days=8))
    assert world.leonie.email not in told("ticket_overdue")


# --- the database itself ------------------------------------------------------------------------


def refused_by_the_database(statement: str, *values) -> bool:
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement, values)
    except DatabaseError:
        return True
    return False


@pytest.mark.rule("SUP-1e")
def test_the_database_refuses_moves_that_the_table_lacks_and_changes_to_what_was_sent(world, ask):
    ticket = ask()
    actions.close(ticket, "answered", "Go on.", by=world.sunniva)
    table = "UPDATE supervision_ticket SET {} WHERE id = %s"
    for change in (
        "state = 'open'",
        "form = '{{}}'",
        "author_id = supervisor_id",
        "opened_at = opened_at - interval '1 h'",
    ):
        assert refused_by_the_database(table.format(change).replace("{{}}", "{}"), ticket.pk), change
    assert refused_by_the_database("DELETE FROM supervision_ticket WHERE id = %s", ticket.pk)


@pytest.mark.rule("SUP-1e")
@pytest.mark.parametrize("model", [TicketPost, TicketClosing])
def test_the_database_refuses_to_change_the_dialogue(world, ask, model):
    ticket = ask()
    actions.answer(ticket, "Go on.", by=world.sunniva)
    actions.close(ticket, "answered", "", by=world.sunniva)
    table = model._meta.db_table
    assert refused_by_the_database(f"UPDATE {table} SET text = 'other'")
    assert refused_by_the_database(f"DELETE FROM {table}")
    assert refused_by_the_database(f"TRUNCATE {table}")


@pytest.mark.rule("ACC-4h")
def test_whoever_holds_an_open_ticket_reads_its_case_until_it_closes(world, ask):
    world.amara.supervisor = world.stellan
    world.amara.save()
    world.alice_case.refresh_from_db()
    ticket = ask()
    Ticket.objects.filter(pk=ticket.pk).update(supervisor=world.sunniva)

    def reads() -> bool:
        return Case.objects.visible_to(world.sunniva, "case").filter(pk=world.alice_case.pk).exists()

    assert reads()
    ticket.refresh_from_db()
    actions.close(ticket, "answered", "Go on.", by=world.sunniva)
    assert not reads()
