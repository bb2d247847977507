"""Tickets through their doors."""

import datetime as dt

import pytest
from django.urls import reverse
from django.utils import timezone

from supervision import actions
from supervision.models import Ticket


def url(name: str, *args) -> str:
    return reverse(f"supervision:{name}", args=args)


@pytest.fixture
def amara(world, client_of):
    return client_of(world.amara)


@pytest.fixture
def sunniva(world, client_of):
    return client_of(world.sunniva)


def ask(world, type: str = "other", key: str = "k1", **options) -> Ticket:
    form = {"question": "How do I go on?"}
    return actions.raise_ticket(world.alice_case, type, form, by=world.amara.user, client_key=key, **options)


@pytest.mark.rule("SUP-1a")
@pytest.mark.rule("SUP-1f")
def test_a_ticket_is_raised_from_the_cases_page_in_two_clicks(world, amara):
    case_page = amara.get(reverse("desk:case", args=[world.alice_case.ref])).content.decode()
    page = url("raise", world.alice_case.ref, "other")
    assert f'href="{page}"' in case_page
    key = amara.get(page).context["form"]["client_key"].value()
    answer = amara.post(page, {"question": "How do I go on?", "client_key": key})
    ticket = Ticket.objects.get()
    assert (answer.status_code, answer.headers["Location"]) == (303, url("ticket", ticket.ref))
    assert ticket.client_key == key


@pytest.mark.rule("SUP-1c")
def test_a_double_click_raises_one_ticket(world, amara):
    page, data = url("raise", world.alice_case.ref, "other"), {"question": "How?", "client_key": "same"}
    assert [amara.post(page, data).status_code for _ in range(2)] == [303, 303]
    assert Ticket.objects.count() == 1


@pytest.mark.rule("SUP-1c")
def test_somebody_elses_key_makes_a_ticket_of_its_own(world, client_of, amara):
    pages = [(amara, world.alice_case), (client_of(world.piet), world.bob_case)]
    for client, case in pages:
        data = {"question": "How?", "client_key": "same"}
        assert client.post(url("raise", case.ref, "other"), data).status_code == 303
    assert {ticket.case for ticket in Ticket.objects.all()} == {world.alice_case, world.bob_case}


@pytest.mark.rule("SUP-3a")
@pytest.mark.rule("SUP-3b")
def test_empty_fields_are_pointed_out_once_and_an_urgent_ticket_then_goes(world, amara):
    page, data = url("raise", world.alice_case.ref, "risk_urgent"), {"thoughts": "Daily.", "client_key": "k"}
    answer = amara.post(page, data)
    assert answer.status_code == 422
    assert "Some fields are empty" in answer.content.decode()
    assert "Daily." in answer.content.decode()
    assert not Ticket.objects.exists()
    assert amara.post(page, data | {"despite": answer.context["pointed_out"].key}).status_code == 303
    assert Ticket.objects.get().form["thoughts"] == "Daily."


@pytest.mark.rule("SUP-3c")
@pytest.mark.parametrize("send", ["", "anyway"])
def test_another_ticket_without_its_question_is_not_sent(world, amara, send):
    page = url("raise", world.alice_case.ref, "other")
    answer = amara.post(page, {"question": " ", "client_key": "k", "send": send})
    assert answer.status_code == 422
    assert "Fill in: your question to the supervisor." in answer.content.decode()
    assert not Ticket.objects.exists()


@pytest.mark.rule("SUP-4b")
def test_an_urgent_form_always_says_not_to_wait_and_shows_999(world, amara):
    page = amara.get(url("raise", world.alice_case.ref, "risk_urgent")).content.decode()
    assert "Do not wait for the answer" in page
    assert 'href="tel:999"' in page
    assert "Do not wait" not in amara.get(url("raise", world.alice_case.ref, "other")).content.decode()


@pytest.mark.rule("SUP-4a")
@pytest.mark.rule("SUP-4b")
def test_at_night_it_says_before_and_after_sending_until_when_nobody_is_on_duty(world, amara, at):
    with at("2026-11-02 22:00"):
        before = amara.get(url("raise", world.alice_case.ref, "risk_urgent")).content.decode()
        after = amara.get(url("ticket", ask(world, "risk_urgent").ref)).content.decode()
    for page in (before, after):
        assert "Nobody is on duty until" in page
        assert "Tue 3 November 2026, 8:00am" in page
        assert 'href="tel:999"' in page


def test_an_unknown_type_is_not_found(world, amara):
    assert amara.get(url("raise", world.alice_case.ref, "nonsense")).status_code == 404


@pytest.mark.rule("SUP-1g")
@pytest.mark.parametrize("who", ["piet", "stellan", "farid", "alice", "bob", "tamsin", "olu"])
def test_nobody_else_raises_or_reads_a_ticket_of_the_case(world, client_of, who):
    ticket, client = ask(world), client_of(getattr(world, who))
    pages = [url("ticket", ticket.ref), url("raise", world.alice_case.ref, "other"), url("case", world.alice_case.ref)]
    for page in pages:
        assert client.get(page).status_code == 404 or "reason" in client.get(page).headers.get("Location", "")
    assert client.post(pages[1], {"question": "x", "client_key": "y"}).status_code == 404
    assert Ticket.objects.count() == 1


@pytest.mark.rule("SUP-1g")
def test_only_the_supervisor_answers_and_closes_and_only_the_clinician_replies(world, amara, sunniva):
    ticket = ask(world)
    said, ended = {"text": "x", "client_key": "p"}, {"outcome": "answered", "text": "x"}
    assert amara.post(url("answer", ticket.ref), said).status_code == 404
    assert amara.post(url("closing", ticket.ref), ended).status_code == 404
    assert sunniva.post(url("reply", ticket.ref), said).status_code == 404
    assert ticket.posts.count() == 0


@pytest.mark.rule("SUP-1b")
@pytest.mark.rule("SUP-1d")
def test_question_answer_and_close_on_the_ticket_page(world, amara, sunniva):
    ticket = ask(world)
    page = url("ticket", ticket.ref)
    assert sunniva.get(page).context["may_answer"]
    assert sunniva.post(url("answer", ticket.ref), {"text": "What of sleep?", "client_key": "a"}).status_code == 303
    assert b"What of sleep?" in amara.get(page).content
    assert amara.post(url("reply", ticket.ref), {"text": "Better.", "client_key": "b"}).status_code == 303
    closed = {"outcome": "agreed", "text": "Go on."}
    assert [sunniva.post(url("closing", ticket.ref), closed).status_code for _ in range(2)] == [303, 303]
    shown = amara.get(page)
    assert b"Closed: Agreed" in shown.content
    assert not shown.context["may_reply"]


@pytest.mark.rule("SUP-1c")
def test_what_cannot_be_sent_stays_on_the_page_with_the_reason(world, sunniva):
    ticket = ask(world)
    assert sunniva.post(url("answer", ticket.ref), {"text": " ", "client_key": "a"}).status_code == 422
    assert sunniva.post(url("closing", ticket.ref), {"outcome": "advice", "text": "My words."}).status_code == 422
    actions.close(ticket, "answered", "Go on.", by=world.sunniva)
    late = sunniva.post(url("answer", ticket.ref), {"text": "My late words.", "client_key": "c"})
    assert late.status_code == 409
    assert b"has closed this ticket" in late.content


@pytest.mark.rule("SUP-7a")
def test_the_desk_shows_urgent_first_then_by_time_left(world, sunniva):
    now = timezone.now()
    answered = ask(world, key="answered", at=now)
    actions.answer(answered, "Go on.", by=world.sunniva)
    newer = ask(world, key="newer", at=now)
    older = ask(world, key="older", at=now - dt.timedelta(days=2))
    urgent = ask(world, "risk_urgent", key="urgent", at=now)
    assert list(sunniva.get(url("desk")).context["page"]) == [urgent, older, newer, answered]


@pytest.mark.rule("SUP-7b")
def test_the_desk_filters_by_clinician_type_and_state(world, sunniva):
    other, urgent = ask(world, key="other"), ask(world, "risk_urgent", key="urgent")
    actions.close(other, "answered", "Go on.", by=world.sunniva)

    def shown(**filters) -> list[Ticket]:
        return list(sunniva.get(url("desk"), filters).context["page"])

    assert shown() == [urgent]
    assert shown(state="closed") == [other]
    assert shown(type="other") == []
    assert shown(clinician=str(world.amara.ref)) == [urgent]
    assert shown(clinician=str(world.piet.ref), state="nonsense", page="x") == [urgent]


def test_the_desk_shows_no_other_supervisors_tickets(world, client_of):
    ask(world)
    stellan = client_of(world.stellan)
    assert list(stellan.get(url("desk")).context["page"]) == []
    assert b"No ticket waits for you" in stellan.get(url("desk")).content


def test_desk_and_own_list_ask_as_often_with_more_rows(world, sunniva, amara, same_queries):
    ask(world, key="first")
    same_queries(sunniva, url("desk"), lambda: [ask(world, key=f"d{number}") for number in range(5)])
    same_queries(amara, url("mine"), lambda: [ask(world, key=f"m{number}") for number in range(5)])


def test_a_clinician_lists_own_tickets_and_those_of_a_case(world, amara, client_of):
    ticket = ask(world)
    assert list(amara.get(url("mine")).context["page"]) == [ticket]
    assert list(amara.get(url("case", world.alice_case.ref)).context["tickets"]) == [ticket]
    assert list(client_of(world.piet).get(url("mine")).context["page"]) == []


@pytest.mark.rule("SUP-1h")
@pytest.mark.rule("REF-6k")
def test_triage_raises_a_ticket_about_a_case_without_a_clinician(world, client_of):
    tamsin, page = client_of(world.tamsin), url("raise", world.charlie_case.ref, "risk_urgent")
    data = {"thoughts": "Daily.", "client_key": "k"}
    data["despite"] = tamsin.post(page, data).context["pointed_out"].key
    assert tamsin.post(page, data).status_code == 303
    ticket = Ticket.objects.get()
    assert ticket.supervisor in (world.sunniva, world.stellan)
    assert client_of(ticket.supervisor).get(url("ticket", ticket.ref)).status_code == 200
