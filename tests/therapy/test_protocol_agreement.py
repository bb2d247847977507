"""A protocol that is not a usual one waits for the supervisor's agreement, and every change is kept (NOTE-5)."""

import pytest
from django.db import DatabaseError, connection, transaction
from django.urls import reverse

from accounts.models import Role
from deadlines.actions import sweep
from deadlines.models import Deadline
from notices.models import OutboxMessage
from tests import cast
from therapy.models import ProtocolDecision
from therapy.notes import details
from ui.errors import Refused

pytestmark = pytest.mark.django_db
UNUSUAL = {"problem": "ocd", "step": "3", "protocol": "Graded exposure", "reason": "He dreads one thing only."}
USUAL = {"problem": "ocd", "step": "3", "protocol": "Exposure and response prevention", "reason": ""}


def url(case, name: str = "details") -> str:
    return reverse(f"therapy:{name}", args=[case.ref])


def chosen(world, **changes):
    return details.set_details(world.alice_case, by=world.amara.user, **(UNUSUAL | changes))


def decision_on(detail, agreed: str = "yes", text: str = "") -> dict:
    return {"detail": detail.pk, "agreed": agreed, "text": text}


def standing(world, client_of) -> str:
    return standing_of(world.alice_case, client_of(world.amara))


def standing_of(case, client) -> str:
    """What the case page says of the agreement."""
    page = client.get(reverse("desk:case", args=[case.ref])).content.decode()
    words = ("Waits for agreement", "Not agreed by", "Agreed by")
    return next((word for word in words if word in page), "")


@pytest.mark.rule("NOTE-5e")
def test_an_unusual_protocol_waits_on_the_supervisor_s_list_until_agreed(world, client_of):
    case, sunniva = world.alice_case, client_of(world.sunniva)
    assert client_of(world.amara).post(url(case, "set-details"), UNUSUAL).status_code == 303
    detail, clock = case.details.get(), Deadline.objects.get(kind="protocol_agreement")
    assert (clock.owner, clock.state) == (world.sunniva, "open")
    assert standing(world, client_of) == "Waits for agreement"
    assert "Agree to a protocol, or not" in sunniva.get("/home/").content.decode()
    assert UNUSUAL["reason"] in sunniva.get(url(case)).content.decode()
    for _ in range(2):
        assert sunniva.post(url(case, "agreement"), decision_on(detail)).status_code == 303
    clock.refresh_from_db()
    assert (clock.state, standing(world, client_of)) == ("met", "Agreed by")
    assert ProtocolDecision.objects.get().by == world.sunniva
    assert OutboxMessage.objects.filter(notice="agreement_decided", recipient=world.amara.user.email).count() == 1


@pytest.mark.rule("NOTE-5e")
def test_a_no_needs_words_and_is_shown_to_the_clinician(world, client_of):
    case, detail, sunniva = world.alice_case, chosen(world), client_of(world.sunniva)
    answer = sunniva.post(url(case, "agreement"), decision_on(detail, "no"))
    assert (answer.status_code, "Say why you do not agree." in answer.content.decode()) == (422, True)
    assert sunniva.post(url(case, "agreement"), decision_on(detail, "no", "Use ERP.")).status_code == 303
    assert standing(world, client_of) == "Not agreed by"
    page = client_of(world.amara).get(url(case)).content.decode()
    assert "The protocol was not agreed" in page
    assert "Use ERP." in page


@pytest.mark.rule("NOTE-5e")
def test_only_the_supervisor_agrees_and_never_to_what_was_replaced(world, client_of):
    case, old = world.alice_case, chosen(world)
    for other in (world.amara, world.stellan, world.olu, world.alice, world.leonie):
        assert client_of(other).post(url(case, "agreement"), decision_on(old)).status_code in {302, 404}
    details.set_details(case, by=world.amara.user, **USUAL)
    assert Deadline.objects.get(kind="protocol_agreement").state == "cancelled"
    answer = client_of(world.sunniva).post(url(case, "agreement"), decision_on(old))
    assert (answer.status_code, "Nothing waits for agreement" in answer.content.decode()) == (409, True)
    assert not ProtocolDecision.objects.exists()
    with pytest.raises(Refused, match="yourself"):
        details.decide(chosen(world), True, "", by=world.amara.user)


def test_what_was_agreed_is_not_asked_again_and_what_was_refused_is(world):
    details.decide(chosen(world), True, "", by=world.sunniva)
    assert not chosen(world, step="3+", reason="Severe now").needs_agreement
    again = chosen(world, problem="gad")
    assert again.needs_agreement
    details.decide(again, False, "No.", by=world.sunniva)
    assert chosen(world, problem="gad").needs_agreement
    details.set_details(world.alice_case, by=world.amara.user, **USUAL)
    assert chosen(world).needs_agreement


def test_an_agreement_that_is_overdue_is_mailed_and_stays_owed(world, at):
    chosen(world)
    clock = Deadline.objects.get(kind="protocol_agreement")
    with at(clock.due_at):
        sweep()
    clock.refresh_from_db()
    assert clock in Deadline.objects.owed_by(world.sunniva)
    assert OutboxMessage.objects.filter(notice="agreement_overdue", recipient=world.sunniva.email).count() == 1


@pytest.mark.rule("NOTE-5e")
def test_without_a_supervisor_of_their_own_another_one_decides_and_sees_the_case_until_then(world, client_of):
    alone = cast.make_clinician("Nora Nobel", "hit", None, world.site)
    case = cast.make_case(world.charlie, world.site, "assessment", alone)
    detail, cover = details.set_details(case, by=alone.user, **UNUSUAL), client_of(world.sunniva)
    assert Deadline.objects.get(kind="protocol_agreement").owner == world.sunniva
    assert "Waits for agreement" in client_of(alone).get(url(case)).content.decode()
    assert client_of(world.stellan).post(url(case, "agreement"), decision_on(detail)).status_code == 404
    assert "Agree to a protocol, or not" in cover.get("/home/").text
    assert cover.post(url(case, "agreement"), decision_on(detail)).status_code == 303
    assert standing_of(case, client_of(alone)) == "Agreed by"
    assert "reason" in cover.get(url(case)).headers["Location"]


@pytest.mark.rule("NOTE-5a")
def test_each_change_is_shown_with_from_and_to_and_why_to_all_who_read(world, client_of):
    details.set_details(world.alice_case, by=world.amara.user, **USUAL)
    chosen(world, problem="specific_phobia", reason="It is about dogs alone.")
    for reader in (world.amara, world.sunniva, world.olu):
        page = client_of(reader).get(url(world.alice_case)).content.decode()
        assert "from “Obsessive-compulsive disorder” to “Specific phobia”" in page
        assert "from “Exposure and response prevention” to “Graded exposure”" in page
        assert "It is about dogs alone." in page
        case_page = client_of(reader).get(reverse("desk:case", args=[world.alice_case.ref])).content.decode()
        assert "by Amara Obi: It is about dogs alone." in case_page
    assert client_of(world.alice).get(url(world.alice_case)).status_code == 404


@pytest.mark.rule("NOTE-5a")
@pytest.mark.parametrize("table", ["patients_casedetail", "therapy_protocoldecision"])
@pytest.mark.parametrize("statement", ["UPDATE {} SET by_id = by_id", "DELETE FROM {}", "TRUNCATE {} CASCADE"])
def test_what_was_set_and_decided_stays(world, table, statement):
    details.decide(chosen(world), True, "", by=world.sunniva)
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement.format(table))


@pytest.mark.parametrize("name", ["therapy:details", "desk:case"])
def test_pages_ask_as_often_with_more_changes(world, client_of, same_queries, name):
    def grow() -> None:
        for number in range(3):
            details.decide(chosen(world, problem="gad", reason=f"Change {number}"), False, "No.", by=world.sunniva)
            details.set_details(world.alice_case, by=world.amara.user, **USUAL)

    chosen(world)
    same_queries(client_of(world.sunniva), reverse(name, args=[world.alice_case.ref]), grow)


@pytest.mark.rule("NOTE-5f")
@pytest.mark.rule("TIME-21f")
def test_where_nobody_supervises_the_lead_appoints_somebody_to_whom_it_passes(world, client_of, rung):
    type(world.sunniva).objects.filter(roles__role=Role.SUPERVISOR).update(is_active=False)
    case, amara, lead = world.alice_case, client_of(world.amara), client_of(world.leonie)
    answer = amara.post(url(case, "set-details"), UNUSUAL, follow=True)
    assert "Nobody supervises you at the moment" in answer.text
    assert "The clinical lead has been asked to appoint one" in answer.text
    assert "Agree to a protocol, or not" in lead.get("/home/").text
    assert "Appoint a supervisor for Amara Obi" in lead.get("/home/").text
    assert OutboxMessage.objects.filter(notice="supervisor_missing", recipient=world.leonie.email).count() == 1
    give_reason(lead, case, "details")
    appointing = reverse("patients:supervisor", args=[world.amara.ref])
    page = lead.get(url(case)).text
    assert (appointing in page, "Keep your decision" in page) == (True, False), "only a supervisor may agree"
    assert "Agree to a protocol, or not" in lead.get(appointing).text
    rung.clear()
    answer = lead.post(appointing, {"supervisor": world.piet.user.pk}, follow=True)
    assert "What waited is on the supervisor&#x27;s list now." in answer.text
    assert set(rung) == {world.leonie.pk, world.piet.user.pk}
    assert "Agree to a protocol, or not" not in lead.get("/home/").text
    piet = client_of(world.piet)
    assert "Agree to a protocol, or not" in piet.get("/home/").text
    assert piet.post(url(case, "agreement"), decision_on(case.details.get())).status_code == 303
    assert standing(world, client_of) == "Agreed by"


def give_reason(client, case, thing: str) -> None:
    asked = client.get(url(case)).headers["Location"]
    assert client.post(asked, {"reason": "Whoever supervises is missing."}).status_code in {302, 303}, thing
