"""The 7-7 rule and breaches through the doors (ENG-2 to ENG-7, TIME-8, TIME-9, APPT-20)."""

import datetime as dt
import re

import pytest

from deadlines.actions import sweep
from deadlines.models import Deadline
from notices.models import OutboxMessage
from risk.actions import raise_alert
from supervision.models import Ticket
from tests.engagement.conftest import AT, DAY
from therapy.appointments import actions as appointments
from therapy.appointments.booking import offer
from therapy.appointments.correcting import correct
from therapy.engagement import actions, queries
from therapy.models import BreachDecision
from ui.errors import Refused

SECOND = dt.timedelta(seconds=1)
ENDING = {"status": "declined", "rationale": "No answer."}


def owed(case, kind: str):
    return Deadline.objects.owed().filter(case_ref=case.ref, kind=kind)


def told() -> int:
    return OutboxMessage.objects.filter(notice="engagement_due").count()


@pytest.fixture
def late_cancelled(world, at):
    """A function that makes a session of Alice's that was cancelled late, some days after AT."""

    def make(days: float):
        start = AT + days * DAY
        with at(start - 4 * DAY):
            one = offer(world.alice_case, starts_at=start, minutes=60, client_key=f"{days}", by=world.amara.user)
            appointments.confirm(one, by=world.alice.user)
        appointments.cancel(one, by=world.alice.user, at=start - DAY / 24)
        return one

    return make


def run_through(says, world, since: float = 0) -> None:
    for days, slug in ((0, "engagement_prompt"), (7, "engagement"), (14, "discharge")):
        says(world.alice_case, world.amara.user, since + days, slug)


@pytest.mark.rule("ENG-3a")
@pytest.mark.rule("TIME-8a")
def test_each_step_is_prepared_when_its_wait_is_over_and_never_sent_by_itself(world, says):
    case = world.alice_case
    says(case, world.amara.user, 0, "engagement_prompt")
    assert owed(case, "engagement_step").get().due_at == AT + 7 * DAY
    sweep(AT + 7 * DAY - SECOND)
    assert told() == 0
    sweep(AT + 7 * DAY)
    assert told() == 1
    assert case.messages.count() == 1
    says(case, world.amara.user, 7.5, "engagement")
    assert owed(case, "engagement_step").get().due_at == AT + 14.5 * DAY
    says(case, world.amara.user, 15, "discharge")
    assert owed(case, "engagement_step").get().due_at == AT + 17 * DAY


@pytest.mark.rule("ENG-3c")
def test_a_step_before_its_time_is_refused_with_its_date(world, says, client_of, at):
    says(world.alice_case, world.amara.user, 0, "engagement_prompt")
    with at(AT + 6 * DAY):
        form = {"text": "Would you like to go on?", "client_key": "k", "template": "engagement", "hold": "yes"}
        answer = client_of(world.amara).post(f"/messages/{world.alice_case.ref}/sent/", form)
    assert answer.status_code == 409
    assert "It can be sent from Mon 9 November 2026, 9:00am." in answer.content.decode()
    assert "Would you like to go on?" in answer.content.decode()


@pytest.mark.rule("ENG-3b")
def test_silence_ends_nothing_before_the_last_48_hours_are_over(world, says, client_of, at):
    run_through(says, world)
    case = world.alice_case
    for moment, ends in ((AT + 16 * DAY - SECOND, False), (AT + 16 * DAY, True)):
        assert (queries.why_not_let_go(case, moment) == "") == ends
        with at(moment):
            answer = client_of(world.amara).post(f"/cases/{case.ref}/ending/", ENDING | {"status": "did_not_engage"})
        assert answer.status_code == (303 if ends else 422)


@pytest.mark.rule("ENG-7a")
def test_not_while_an_alert_is_unreviewed(world, says, client_of, at):
    run_through(says, world)
    raise_alert(world.alice_case, kind="item_9", source="questionnaire:x")
    with at(AT + 20 * DAY):
        url = f"/cases/{world.alice_case.ref}/ending/"
        answer = client_of(world.amara).post(url, ENDING | {"status": "did_not_engage"})
    assert answer.status_code == 409
    assert "must stay" in answer.content.decode()


@pytest.mark.rule("ENG-4a")
@pytest.mark.rule("ENG-4b")
def test_a_word_stops_it_and_asks_for_a_next_step(world, says, client_of, at):
    case = world.alice_case
    says(case, world.amara.user, 0, "engagement_prompt")
    says(case, world.alice.user, 3)
    assert not owed(case, "engagement_step").exists()
    assert owed(case, "engagement_difficulties").count() == 1
    sweep(AT + 7 * DAY)
    assert not queries.stand_of(case).runs
    amara = client_of(world.amara)
    page = amara.get(f"/cases/{case.ref}/engagement/").content.decode()
    assert "They wrote back" in page
    assert "raise a ticket" in page
    assert amara.post(f"/cases/{case.ref}/engagement/settlement/").status_code == 303
    assert not owed(case, "engagement_difficulties").exists()


@pytest.mark.rule("ENG-4b")
def test_the_ticket_about_the_difficulties_is_filled_in_and_does_what_was_owed(world, says, client_of, at):
    case, amara = world.alice_case, client_of(world.amara)
    says(case, world.amara.user, 0, "engagement_prompt")
    says(case, world.alice.user, 3)
    door = f"/cases/{case.ref}/tickets/new/engagement/"
    assert f'href="{door}"' in amara.get(f"/cases/{case.ref}/engagement/").content.decode()
    assert "Missed sessions and late cancellations" in amara.get(door).content.decode()
    typed = {"difficulty": "No day suits.", "attempts": "Evenings offered.", "knows_policy": "Yes.", "question": "How?"}
    assert amara.post(door, typed | {"client_key": "k"}).status_code == 303
    assert Ticket.objects.get().form["breaches"] == "None"
    assert not owed(case, "engagement_difficulties").exists()


@pytest.mark.rule("ENG-4b")
def test_a_confirmed_appointment_is_a_next_step(world, says, at):
    case = world.alice_case
    with at(AT - DAY):
        one = offer(case, starts_at=AT + 9 * DAY, minutes=60, client_key="o", by=world.amara.user)
    says(case, world.amara.user, 0, "engagement_prompt")
    says(case, world.alice.user, 1)
    appointments.confirm(one, by=world.alice.user, at=AT + 1.1 * DAY)
    assert not owed(case, "engagement_difficulties").exists()


@pytest.mark.rule("ENG-2a")
def test_a_second_declined_offer_prompts_the_clinician(world, at, client_of):
    case = world.alice_case
    for number in (1, 2):
        with at(AT + number * DAY):
            one = offer(
                case, starts_at=AT + (number + 9) * DAY, minutes=60, client_key=f"{number}", by=world.amara.user
            )
        assert not owed(case, "engagement_start").exists()
        appointments.decline(one, by=world.alice.user, at=AT + (number + 0.1) * DAY)
    assert owed(case, "engagement_start").count() == 1
    assert "Two offers without a reply" in client_of(world.amara).get(f"/cases/{case.ref}/engagement/").content.decode()


@pytest.mark.rule("ENG-2a")
def test_a_message_between_two_declined_offers_is_a_reply(world, at, says):
    case = world.alice_case
    for number in (1, 2):
        with at(AT + number * DAY):
            one = offer(
                case, starts_at=AT + (number + 9) * DAY, minutes=60, client_key=f"{number}", by=world.amara.user
            )
        appointments.decline(one, by=world.alice.user, at=AT + (number + 0.1) * DAY)
        says(case, world.alice.user, number + 0.2)
    assert not owed(case, "engagement_start").exists()


@pytest.mark.rule("ENG-2a")
def test_a_time_confirmed_between_two_declined_offers_is_a_reply(world, at):
    case = world.alice_case
    for number, answer in enumerate((appointments.decline, appointments.confirm, appointments.decline), 1):
        with at(AT + number * DAY):
            start = AT + (number + 9) * DAY
            one = offer(case, starts_at=start, minutes=60, client_key=f"{number}", by=world.amara.user)
            answer(one, by=world.alice.user)
    assert not owed(case, "engagement_start").exists()


@pytest.mark.rule("TIME-9a")
def test_each_breach_asks_for_a_policy_reminder_within_48_hours(world, says, late_cancelled, client_of):
    case, one = world.alice_case, late_cancelled(5)
    row = owed(case, "breach_reminder").get()
    assert row.due_at == AT + 5 * DAY - DAY / 24 + 2 * DAY
    assert row.key == str(one.ref)
    assert not owed(case, "breach_decision").exists()
    page = client_of(world.amara).get(f"/cases/{case.ref}/engagement/").content.decode()
    assert f"?template=late_cancellation&amp;appointment={one.ref}#composer" in page
    says(case, world.amara.user, 5.5, "late_cancellation")
    assert not owed(case, "breach_reminder").exists()


@pytest.mark.rule("APPT-20a")
@pytest.mark.rule("APPT-20d")
@pytest.mark.rule("TIME-9b")
def test_with_the_second_a_decision_is_asked_for(world, says, late_cancelled, client_of, at):
    case = world.alice_case
    late_cancelled(5)
    says(case, world.amara.user, 5.5, "late_cancellation")
    second = late_cancelled(12)
    assert owed(case, "breach_decision").count() == 1
    with pytest.raises(Refused, match="has not been written to"):
        actions.decide(second, "end", "Twice now.", by=world.amara.user, at=AT + 13 * DAY)
    says(case, world.amara.user, 12.5, "second_dna_new")
    with pytest.raises(Refused, match="48 hours"):
        actions.decide(second, "end", "Twice now.", by=world.amara.user, at=AT + 14.4 * DAY)
    with at(AT + 14.6 * DAY):
        amara = client_of(world.amara)
        url = f"/appointments/{second.ref}/decision/"
        assert amara.post(url, {"kind": "end", "reason": ""}).status_code == 422
        assert amara.post(url, {"kind": "end", "reason": "Agreed."}).status_code == 303
        assert amara.post(url, {"kind": "continue", "reason": "No."}).status_code == 409
    assert BreachDecision.objects.get().kind == "end"
    assert not owed(case, "breach_decision").exists()
    assert queries.why_not_let_go(case, AT + 15 * DAY) == ""


@pytest.mark.rule("TIME-9b")
def test_without_the_first_reminder_two_breaches_end_nothing(world, says, late_cancelled):
    late_cancelled(5)
    second = late_cancelled(12)
    says(world.alice_case, world.amara.user, 12.5, "second_dna_new")
    with pytest.raises(Refused, match="did not go out before the second"):
        actions.decide(second, "end", "Twice.", by=world.amara.user, at=AT + 20 * DAY)
    actions.decide(second, "continue", "A new plan.", by=world.amara.user, at=AT + 20 * DAY)


@pytest.mark.rule("APPT-20e")
def test_to_go_on_beyond_the_allowance_needs_a_ticket(world, late_cancelled, client_of, at):
    case, amara = world.alice_case, client_of(world.amara)
    late_cancelled(5)
    for days, number in ((12, 2), (19, 3)):
        one = late_cancelled(days)
        with at(AT + (days + 1) * DAY):
            answer = amara.post(f"/appointments/{one.ref}/decision/", {"kind": "continue", "reason": "A new plan."})
        assert answer.status_code == 303
        assert owed(case, "engagement_ticket").count() == number - 2
    door = f"/cases/{case.ref}/tickets/new/engagement/"
    assert owed(case, "engagement_ticket").get().url == door
    assert amara.post(f"/cases/{case.ref}/engagement/settlement/").status_code == 303
    assert owed(case, "engagement_ticket").exists(), "nothing but the ticket does it"
    typed = {"difficulty": "No day suits.", "attempts": "Evenings offered.", "knows_policy": "Yes.", "question": "How?"}
    assert amara.post(door, typed | {"client_key": "k"}).status_code == 303
    assert not owed(case, "engagement_ticket").exists()


@pytest.mark.rule("ENG-5b")
@pytest.mark.rule("APPT-20d")
def test_a_decision_to_end_leads_to_the_ending(world, says, late_cancelled, client_of, at):
    case, amara = world.alice_case, client_of(world.amara)
    first = late_cancelled(5)
    says(case, world.amara.user, 5.5, "late_cancellation")
    second = late_cancelled(12)
    says(case, world.amara.user, 12.5, "second_dna_new")
    ending, page = f'href="/cases/{case.ref}/ending/"', f"/cases/{case.ref}/engagement/"
    with at(AT + 15 * DAY):
        assert ending not in amara.get(page).text
        url = f"/appointments/{second.ref}/decision/"
        assert amara.post(url, {"kind": "end", "reason": "Agreed."}).status_code == 303
        assert ending in amara.get(page).text
        task = owed(case, "engagement_ending").get()
        assert (task.owner, task.due_at) == (world.amara.user, AT + 17 * DAY)
        assert ending in amara.get("/home/tasks/").text
        actions.excuse(first, "Her child was ill.", by=world.amara.user)
        assert ending not in amara.get(page).text
        assert amara.post(f"/appointments/{first.ref}/decision/", {"kind": "end", "reason": "x"}).status_code == 409
    assert not owed(case, "engagement_ending").exists(), "nothing asks for it any more"


@pytest.mark.rule("APPT-20b")
def test_an_excused_breach_does_not_count(world, late_cancelled, client_of):
    case, one = world.alice_case, late_cancelled(5)
    amara = client_of(world.amara)
    url = f"/appointments/{one.ref}/excuse/"
    assert amara.post(url, {"reason": " "}).status_code == 422
    assert client_of(world.alice).post(url, {"reason": "x"}).status_code == 404
    assert client_of(world.sunniva).post(url, {"reason": "x"}).status_code == 404
    assert amara.post(url, {"reason": "Her child was ill."}).status_code == 303
    assert not owed(case, "breach_reminder").exists()
    late_cancelled(12)
    assert not owed(case, "breach_decision").exists()
    page = amara.get(f"/cases/{case.ref}/engagement/").content.decode()
    assert "1 of 2 count" in page
    assert "Her child was ill." in page


@pytest.mark.rule("APPT-20b")
@pytest.mark.parametrize("how", ["excused", "corrected"])
def test_with_an_earlier_one_gone_there_is_nothing_to_decide(world, says, late_cancelled, client_of, how):
    case, amara = world.alice_case, client_of(world.amara)
    first, second = late_cancelled(5), late_cancelled(12)
    assert owed(case, "breach_decision").get().key == str(second.ref)
    assert "Decide whether therapy goes on" in amara.get("/home/").text
    if how == "excused":
        assert amara.post(f"/appointments/{first.ref}/excuse/", {"reason": "Her child was ill."}).status_code == 303
    else:
        correct(first, "cancelled", "She had rung in time.", by=world.olu)
    assert not owed(case, "breach_decision").exists()
    assert not owed(case, "breach_reminder").filter(key=str(first.ref)).exists()
    assert owed(case, "breach_reminder").filter(key=str(second.ref)).exists()
    assert "Decide whether therapy goes on" not in amara.get(f"/cases/{case.ref}/engagement/").text


@pytest.mark.rule("APPT-20b")
@pytest.mark.rule("APPT-23b")
def test_the_count_and_the_template_are_the_same_wherever_they_are_named(world, late_cancelled, client_of):
    first, second = late_cancelled(5), late_cancelled(12)
    amara, alice = client_of(world.amara), client_of(world.alice)

    def templates() -> set[str]:
        pages = (f"/appointments/{second.ref}/follow-up/", f"/cases/{world.alice_case.ref}/engagement/")
        found = [re.search(rf"template=(\w+)&amp;appointment={second.ref}", amara.get(page).text) for page in pages]
        assert all(found)
        return {match.group(1) for match in found if match}

    assert templates() == {"second_dna_new"}
    assert "2 of 2 in this course" in alice.get(f"/appointments/{second.ref}/").text
    actions.excuse(first, "Her child was ill.", by=world.amara.user)
    assert templates() == {"late_cancellation"}
    assert "1 of 2 in this course" in alice.get(f"/appointments/{second.ref}/").text
    assert "in this course" not in alice.get(f"/appointments/{first.ref}/").text


@pytest.mark.rule("APPT-20a")
def test_the_decision_is_the_clinicians_and_leads_to_its_page(world, late_cancelled, client_of):
    late_cancelled(5)
    second = late_cancelled(12)
    row = owed(world.alice_case, "breach_decision").get()
    assert (row.label, row.url) == ("Decide whether therapy goes on", f"/cases/{world.alice_case.ref}/engagement/")
    sweep(row.due_at)
    assert set(OutboxMessage.objects.filter(key__contains="breach_decision").values_list("recipient", flat=True)) == {
        world.amara.user.email
    }
    assert f"/appointments/{second.ref}/decision/" in client_of(world.amara).get(row.url).text


@pytest.mark.rule("ENG-6a")
def test_the_case_page_shows_the_step_and_its_dates(world, says, client_of, at):
    says(world.alice_case, world.amara.user, 0, "engagement_prompt")
    for who in (world.amara, world.sunniva, world.olu):
        with at(AT + DAY):
            page = client_of(who).get(f"/cases/{world.alice_case.ref}/").content.decode()
        assert "The 7-7 rule" in page
        assert "from <time" in page
        assert "Mon 9 November 2026, 9:00am" in page
        assert "Wed 18 November 2026, 9:00am" in page
    assert client_of(world.alice).get(f"/cases/{world.alice_case.ref}/engagement/").status_code == 404
