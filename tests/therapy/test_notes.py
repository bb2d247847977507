"""Clinical notes and case details: drafts that never overwrite unseen, signatures that never change."""

import datetime as dt
import html

import pytest
from django.db import DatabaseError, connection, transaction
from django.urls import reverse

from deadlines.actions import sweep
from deadlines.models import Deadline
from measures.models import Questionnaire, Score
from notices.models import OutboxMessage
from tests import cast
from therapy.appointments import actions as appointments
from therapy.notes import actions, rules
from therapy.notes.models import Note, NoteDraft
from therapy.room import actions as room

HOURS = dt.timedelta(hours=1)
PARTS = {name: f"Something about {name}." for name in rules.PARTS}
SIGNED = PARTS | {"read_through": "yes"}


def door(name: str, appointment) -> str:
    return reverse(f"therapy:{name}", args=[appointment.ref])


@pytest.fixture
def ended(world, agreed):
    """An appointment that was completed at its planned end."""
    ends = agreed.appointment.ends_at
    return room.end_session(agreed, "completed", by=world.amara.user, at=ends)


@pytest.mark.rule("NOTE-1a")
@pytest.mark.rule("NOTE-2a")
def test_a_note_is_drafted_part_by_part_and_kept(world, client_of, ended):
    client = client_of(world.amara)
    page = client.get(door("note", ended)).content.decode()
    assert [title for title, _ in rules.PARTS.values() if title in page] == [t for t, _ in rules.PARTS.values()]
    answer = client.post(door("note-draft", ended), {"version": 0, "agenda": "Diary, then the walk."})
    assert (answer.status_code, answer.json()["version"]) == (200, 1)
    assert "Diary, then the walk." in client.get(door("note", ended)).content.decode()


@pytest.mark.rule("NOTE-2a")
def test_two_windows_never_overwrite_each_other_unseen(world, client_of, ended):
    client = client_of(world.amara)
    client.post(door("note-draft", ended), {"version": 0, "agenda": "From the first window"})
    answer = client.post(door("note-draft", ended), {"version": 0, "agenda": "From the second window"})
    assert (answer.status_code, answer.json()["theirs"]["agenda"]) == (409, "From the first window")
    assert "agenda" in answer.json()["differences"]
    assert client.get(door("note-draft", ended)).json()["agenda"] == "From the first window"
    assert NoteDraft.objects.get().agenda == "From the first window"
    signing = client.post(door("note-signature", ended), SIGNED | {"version": 0})
    page = signing.content.decode()
    assert (signing.status_code, "From the first window" in page, PARTS["agenda"] in page) == (409, True, True)
    assert not Note.objects.exists()
    again = client.post(door("note-signature", ended), SIGNED | {"version": signing.context["form"]["version"].value()})
    assert again.status_code == 303


def test_the_same_text_twice_is_no_conflict(world, client_of, ended):
    client = client_of(world.amara)
    for _ in range(2):
        assert client.post(door("note-draft", ended), {"version": 0, "agenda": "The same"}).status_code == 200


@pytest.mark.rule("NOTE-1b")
@pytest.mark.parametrize("missing", list(rules.PARTS))
def test_an_empty_part_cannot_be_signed(world, client_of, ended, missing):
    answer = client_of(world.amara).post(door("note-signature", ended), SIGNED | {"version": 0, missing: "  "})
    page = answer.content.decode()
    assert answer.status_code == 409
    assert f"These parts are empty: {rules.PARTS[missing][0]}." in page
    assert not Note.objects.exists()
    assert NoteDraft.objects.get().version == 1


@pytest.mark.rule("NOTE-2d")
def test_signing_asks_once_more_and_loses_no_text(world, client_of, ended):
    client = client_of(world.amara)
    asked = client.post(door("note-signature", ended), PARTS | {"version": 0})
    page = asked.content.decode()
    assert (asked.status_code, "Read the note through" in page, PARTS["progress"] in page) == (422, True, True)
    assert not Note.objects.exists()
    assert NoteDraft.objects.get().progress == PARTS["progress"]
    version = asked.context["form"]["version"].value()
    assert client.post(door("note-signature", ended), SIGNED | {"version": version}).status_code == 303
    assert Note.objects.get().progress == PARTS["progress"]


@pytest.mark.rule("NOTE-1d")
def test_signing_meets_the_deadline_and_twice_is_once(world, client_of, ended):
    clock = Deadline.objects.get(kind="note", key=str(ended.ref))
    assert (clock.owner, clock.due_at) == (world.amara.user, ended.ends_at + 48 * HOURS)
    client = client_of(world.amara)
    for _ in range(2):
        assert client.post(door("note-signature", ended), SIGNED | {"version": 0}).status_code == 303
    clock.refresh_from_db()
    assert (clock.state, Note.objects.count(), NoteDraft.objects.count()) == ("met", 1, 0)
    page = client.get(door("note", ended)).content.decode()
    assert "Signed" in page
    assert "<textarea" in page  # only that of the addendum
    assert page.count("<textarea") == 1


@pytest.mark.rule("NOTE-1d")
@pytest.mark.parametrize("how", ["dna", "late_cancelled"])
def test_a_note_is_due_also_of_sessions_that_did_not_take_place(world, confirmed, how):
    made = confirmed(HOURS)
    if how == "dna":
        room.join(room.open_session(made), world.amara.user, at=made.starts_at)
        made = appointments.end(made, "dna", by=world.amara.user, at=made.ends_at)
    else:
        made = appointments.cancel(made, by=world.alice.user)
    assert Deadline.objects.filter(kind="note", key=str(made.ref), owner=world.amara.user).exists()


@pytest.mark.rule("TIME-6a")
def test_a_note_is_due_48_hours_after_its_session_and_then_overdue_on_the_list(world, client_of, ended, at):
    due = ended.ends_at + 48 * HOURS
    with at(due - dt.timedelta(seconds=1)):
        sweep()
        assert "Write and sign the session's note" in html.unescape(
            client_of(world.amara).get("/home/tasks/").content.decode()
        )
    assert not OutboxMessage.objects.filter(notice="note_overdue").exists()
    with at(due):
        sweep()
    assert OutboxMessage.objects.get(notice="note_overdue").recipient == world.amara.user.email


@pytest.mark.rule("NOTE-1c")
def test_item_9_stands_beside_the_risk_part(world, client_of, ended):
    given = Questionnaire.objects.create(
        case=world.alice_case, measure="phq-9", version="1", given_at=ended.offered_at, occasion="before"
    )
    Score.objects.create(
        questionnaire=given, case=world.alice_case, measure="phq-9", total=14, item_9=2, at=ended.offered_at
    )
    assert "PHQ-9 item 9 was 2" in client_of(world.amara).get(door("note", ended)).content.decode()


@pytest.mark.rule("NOTE-2c")
def test_a_correction_is_an_addendum_with_name_and_time(world, client_of, ended):
    client = client_of(world.amara)
    assert client.post(door("addenda", ended), {"text": "Too early"}).status_code == 409
    client.post(door("note-signature", ended), SIGNED | {"version": 0})
    assert client.post(door("addenda", ended), {"text": " "}).status_code == 422
    client.post(door("addenda", ended), {"text": "The walk was on Thursday."})
    page = client.get(door("note", ended)).content.decode()
    assert "The walk was on Thursday." in page
    assert world.amara.user.name in page


@pytest.mark.rule("NOTE-2b")
@pytest.mark.parametrize("table", ["therapy_note", "therapy_addendum"])
@pytest.mark.parametrize("statement", ["UPDATE {} SET {} = 'x'", "DELETE FROM {}", "TRUNCATE {} CASCADE"])
def test_a_signed_note_and_its_addenda_cannot_be_changed(world, ended, table, statement):
    actions.save_draft(ended, PARTS, 0, by=world.amara.user)
    note = actions.sign(ended, by=world.amara.user)
    actions.add_addendum(note, "More", by=world.amara.user)
    column = "risk" if table == "therapy_note" else "text"
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement.format(table, column))


@pytest.mark.rule("NOTE-2b")
def test_a_signed_note_takes_no_draft_any_more(world, client_of, ended):
    client = client_of(world.amara)
    client.post(door("note-signature", ended), SIGNED | {"version": 0})
    answer = client.post(door("note-draft", ended), {"version": 1, "agenda": "Changed"})
    assert (answer.status_code, "addendum" in answer.json()["message"]) == (409, True)
    assert Note.objects.get().agenda == PARTS["agenda"]


def test_who_reads_and_who_writes_a_note(world, client_of, ended):
    for other in (world.alice, world.bob, world.piet, world.farid, world.tamsin):
        assert client_of(other).get(door("note", ended)).status_code == 404
    for reader in (world.sunniva, world.olu):
        client = client_of(reader)
        assert "not signed this note" in client.get(door("note", ended)).content.decode()
        assert client.post(door("note-signature", ended), SIGNED | {"version": 0}).status_code == 404


def test_a_note_is_not_signed_before_the_session_has_its_outcome(world, client_of, session):
    client = client_of(world.amara)
    answer = client.post(door("note-signature", session.appointment), SIGNED | {"version": 0})
    assert answer.status_code == 409
    assert "once the session has its outcome" in answer.content.decode()


@pytest.mark.rule("NOTE-5a")
@pytest.mark.rule("NOTE-5d")
def test_step_and_diagnosis_are_set_with_history_and_begin_the_treatment(world, client_of):
    case = cast.make_case(world.charlie, world.site, "assessment", world.amara)
    url, new = (reverse(f"therapy:{name}", args=[case.ref]) for name in ("details", "set-details"))
    client = client_of(world.amara)
    first = {"problem": "ocd", "step": "3", "protocol": "Exposure and response prevention", "reason": ""}
    assert client.post(new, first).status_code == 303
    case.refresh_from_db()
    assert (case.state, case.step, case.problem) == ("treatment", "3", "ocd")
    assert client.post(new, first | {"step": "3+", "reason": "Severe"}).status_code == 303
    page = client.get(url).content.decode()
    assert page.index("from “Step 3” to “Step 3+”") < page.index("from “Not set” to “Step 3”")
    assert "Severe" in page
    assert "Amara Obi" in page


@pytest.mark.rule("NOTE-5b")
@pytest.mark.rule("NOTE-5c")
@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"step": "3+"}, "step"),
        ({"step": ""}, "step"),
        ({"problem": "sloth"}, "problem"),
        ({"protocol": "Graded exposure"}, "reason"),
    ],
)
def test_what_does_not_fit_is_refused(world, client_of, changes, field):
    case = cast.make_case(world.charlie, world.far_site, "assessment", world.amara)
    typed = {"problem": "ocd", "step": "3", "protocol": "", "reason": ""} | changes
    answer = client_of(world.amara).post(reverse("therapy:set-details", args=[case.ref]), typed)
    assert (answer.status_code, list(answer.context["form"].errors)) == (422, [field])
    case.refresh_from_db()
    assert (case.state, case.step) == ("assessment", "")


def test_only_the_case_s_clinician_sets_details(world, client_of):
    url = reverse("therapy:set-details", args=[world.alice_case.ref])
    for other in (world.alice, world.piet, world.sunniva, world.olu):
        assert client_of(other).post(url, {"problem": "ocd", "step": "3"}).status_code == 404
