"""Alerts: who is told, when a review is due, who may review and how (RISK-1, TIME-12)."""

import datetime as dt

import pytest
from django.utils import timezone

from clinicians.models import Leave
from deadlines.actions import sweep
from deadlines.models import Deadline
from notices.models import OutboxMessage
from patients.cases import actions as patients
from risk.actions import hand_over, raise_alert, review
from risk.models import Alert, AlertReview, RiskLevel
from ui.errors import Refused

pytestmark = pytest.mark.django_db
REVIEW = {"considered": "Earlier answers and the session.", "done": "Called, is safe.", "level": "low"}
MOMENT = dt.datetime(2026, 10, 24, 20, 0, tzinfo=dt.UTC)


@pytest.fixture
def alert(world) -> Alert:
    return raise_alert(world.alice_case, kind="item_9", source="test", passage="What was said.", at=MOMENT)


@pytest.fixture
def door(alert) -> str:
    return f"/alerts/{alert.ref}/"


def told(notice: str) -> list[str]:
    return sorted(OutboxMessage.objects.filter(notice=notice).values_list("recipient", flat=True))


@pytest.mark.rule("RISK-1b")
def test_the_clinician_is_told_by_reference_only(world, alert):
    assert told("alert_raised") == [world.amara.user.email]
    mail = OutboxMessage.objects.get(notice="alert_raised")
    assert (mail.case_ref, mail.link) == (world.alice_case.ref, f"/alerts/{alert.ref}/")


@pytest.mark.rule("RISK-1b")
def test_triage_is_told_where_there_is_no_clinician(world):
    raise_alert(world.charlie_case, kind="item_9", source="test", at=MOMENT)
    assert told("alert_raised") == [world.tamsin.email]
    assert Deadline.objects.get().owner is None


@pytest.mark.rule("RISK-1b")
@pytest.mark.parametrize(("first", "last", "away"), [(0, 0, True), (-3, 4, True), (1, 9, False), (-9, -1, False)])
def test_the_supervisor_is_told_while_the_clinician_is_on_leave(world, first, last, away):
    day = timezone.localdate(MOMENT)
    days = {"first_day": day + dt.timedelta(days=first), "last_day": day + dt.timedelta(days=last)}
    Leave.objects.create(clinician=world.amara, **days)
    raise_alert(world.alice_case, kind="item_9", source="test", at=MOMENT)
    who = world.sunniva if away else world.amara.user
    assert told("alert_raised") == [who.email]
    assert Deadline.objects.get().owner == who


@pytest.mark.rule("RISK-1b")
def test_it_stands_on_the_pages_of_whoever_reviews(world, client_of, alert, door):
    for who in (world.amara, world.sunniva):
        assert door in client_of(who).get("/alerts/").content.decode()
        page = client_of(who).get(door).content.decode()
        assert "What was said." in page
        assert "Save the review" in page
    for who in (world.piet, world.stellan, world.tamsin):
        assert door not in client_of(who).get("/alerts/").content.decode()


@pytest.mark.rule("RISK-1c")
def test_one_source_is_one_alert(world, alert):
    again = raise_alert(world.alice_case, kind="item_9", source="test", passage="Again.", at=MOMENT)
    assert again == alert
    assert len(told("alert_raised")) == 1
    assert raise_alert(world.alice_case, kind="item_9", source="another", at=MOMENT) != alert


@pytest.mark.rule("RISK-1d")
@pytest.mark.rule("TIME-12a")
def test_the_review_is_due_in_48_elapsed_hours_also_over_the_clock_change(world, alert):
    deadline = Deadline.objects.get()
    assert (deadline.kind, deadline.due_at, deadline.case_ref) == (
        "risk_review",
        MOMENT + dt.timedelta(hours=48),
        world.alice_case.ref,
    )
    assert timezone.localtime(MOMENT).hour == 21
    assert timezone.localtime(deadline.due_at).hour == 20


@pytest.mark.rule("RISK-1d")
@pytest.mark.rule("TIME-12a")
def test_a_reminder_after_24_hours_and_the_supervisor_when_overdue(world, alert):
    sweep(at=MOMENT + dt.timedelta(hours=24) - dt.timedelta(seconds=1))
    assert not told("alert_waiting")
    sweep(at=MOMENT + dt.timedelta(hours=24))
    assert told("alert_waiting") == [world.amara.user.email]
    sweep(at=MOMENT + dt.timedelta(hours=48) - dt.timedelta(seconds=1))
    assert not told("alert_overdue")
    sweep(at=MOMENT + dt.timedelta(hours=48))
    assert told("alert_overdue") == [world.sunniva.email]


@pytest.mark.rule("RISK-1d")
@pytest.mark.rule("TIME-12a")
def test_without_a_clinician_every_supervisor_is_told_when_overdue(world):
    raise_alert(world.charlie_case, kind="item_9", source="test", at=MOMENT)
    sweep(at=MOMENT + dt.timedelta(hours=24))
    sweep(at=MOMENT + dt.timedelta(hours=48))
    assert told("alert_waiting") == [world.tamsin.email]
    assert told("alert_overdue") == sorted([world.sunniva.email, world.stellan.email])


@pytest.mark.rule("RISK-1d")
def test_a_reviewed_alert_reminds_nobody(world, alert):
    review(alert, by=world.amara.user, at=MOMENT + dt.timedelta(hours=1), **REVIEW)
    sweep(at=MOMENT + dt.timedelta(days=9))
    assert Deadline.objects.get().state == "met"
    assert not told("alert_waiting") + told("alert_overdue")


@pytest.mark.rule("RISK-1e")
@pytest.mark.rule("RISK-1f")
@pytest.mark.parametrize("who", ["amara", "sunniva"])
def test_clinician_and_supervisor_review(world, client_of, alert, door, who):
    person = getattr(world, who)
    assert client_of(person).post(door, REVIEW).status_code == 303
    written = AlertReview.objects.get(alert=alert)
    assert (written.considered, written.done, written.level) == tuple(REVIEW.values())
    assert written.by == getattr(person, "user", person)
    page = client_of(world.amara).get(door).content.decode()
    assert "Called, is safe." in page
    assert "Save the review" not in page


@pytest.mark.rule("RISK-1f")
def test_triage_reviews_while_there_is_no_clinician(world, client_of):
    alert = raise_alert(world.charlie_case, kind="item_9", source="test")
    assert client_of(world.amara).post(f"/alerts/{alert.ref}/", REVIEW).status_code == 404
    assert client_of(world.tamsin).post(f"/alerts/{alert.ref}/", REVIEW).status_code == 303


@pytest.mark.rule("RISK-1f")
def test_nobody_else_reviews(world, client_of, alert, door):
    for who in (world.piet, world.tamsin, world.olu, world.farid, world.alice, world.charlie):
        assert client_of(who).post(door, REVIEW).status_code == 404
    assert not AlertReview.objects.exists()


@pytest.mark.rule("RISK-1f")
@pytest.mark.parametrize("who", ["stellan", "leonie"])
def test_who_reads_with_a_reason_does_not_review(world, client_of, alert, door, who):
    client = client_of(getattr(world, who))
    asked = client.post(door, REVIEW)
    assert asked["Location"].startswith("/access/reason/")
    client.post(asked["Location"], {"reason": "A complaint about this case came in."})
    page = client.get(door).content.decode()
    assert "What was said." in page
    assert "Save the review" not in page
    assert client.post(door, REVIEW).status_code == 409
    assert not AlertReview.objects.exists()


@pytest.mark.rule("RISK-1g")
def test_patients_never_see_alerts(world, client_of, alert, door):
    client = client_of(world.alice)
    for address in (door, "/alerts/", f"/cases/{world.alice_case.ref}/risk/"):
        assert client.get(address).status_code == 404
    for address in ("/home/", "/measures/", f"/cases/{world.alice_case.ref}/referral/"):
        assert "What was said." not in client.get(address).content.decode()


@pytest.mark.rule("RISK-1e")
@pytest.mark.parametrize("missing", REVIEW)
def test_what_is_missing_is_named_and_the_rest_stays(world, client_of, alert, door, missing):
    answer = client_of(world.amara).post(door, REVIEW | {missing: " "})
    assert answer.status_code == 422
    kept = next(value for name, value in REVIEW.items() if name not in {missing, "level"})
    assert kept in answer.content.decode()
    assert not AlertReview.objects.exists()
    with pytest.raises(Refused) as refusal:
        review(alert, by=world.amara.user, **REVIEW | {missing: " "})
    assert refusal.value.field == missing


@pytest.mark.rule("RISK-1e")
def test_a_second_review_is_refused_and_names_the_first(world, client_of, alert, door):
    review(alert, by=world.sunniva, **REVIEW)
    answer = client_of(world.amara).post(door, REVIEW | {"considered": "My own thoughts."})
    assert answer.status_code == 409
    words = answer.content.decode()
    assert "Sunniva Dahl has reviewed this alert already" in words
    assert "My own thoughts." in words
    assert AlertReview.objects.get().by == world.sunniva
    assert RiskLevel.objects.count() == 1


@pytest.mark.rule("RISK-1h")
def test_unreviewed_alerts_go_with_the_case_to_its_clinician(world, client_of):
    alert = raise_alert(world.charlie_case, kind="item_9", source="test", at=MOMENT)
    for state in ("waiting", "allocated"):
        patients.turn(world.charlie_case, state, by=None)
    patients.assign(world.charlie_case, world.piet, by=None)
    hand_over(world.charlie_case, at=MOMENT + dt.timedelta(hours=1))
    assert Deadline.objects.get().owner == world.piet.user
    assert world.piet.user.email in told("alert_raised")
    assert client_of(world.piet).post(f"/alerts/{alert.ref}/", REVIEW).status_code == 303


def test_more_alerts_ask_the_database_no_oftener(world, client_of, alert, same_queries):
    def grow():
        for number in range(3):
            raise_alert(world.alice_case, kind="saq_risk", source=f"more {number}")

    same_queries(client_of(world.amara), "/alerts/", grow)
