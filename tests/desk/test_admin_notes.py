"""The general admin notes: one log that is added to, searched, and asks patient services to do things (NOTE-4)."""

import pytest
from django.db import DatabaseError, connection, transaction
from django.urls import reverse

from patients.admin_notes.actions import close_admin_task, write_admin_note
from patients.models import AdminNote, AdminNoteClosing
from tests import cast
from ui.errors import Refused

pytestmark = pytest.mark.django_db


def url(name: str, *args) -> str:
    return reverse(f"desk:{name}", args=args)


def write(client, case, **more):
    rang = {"kind": "call", "text": "Rang, no answer.", "reached": "no_answer"}
    return client.post(url("admin-note", case.ref), rang | more)


def asked_of(world, text: str = "Please send the leaflet."):
    return write_admin_note(world.alice_case, "letter", text, by=world.amara.user, asked=True)


@pytest.mark.rule("NOTE-4a")
def test_the_log_is_one_for_all_who_write_newest_first_and_typed(world, client_of):
    case = world.alice_case
    for who, kind in ((world.amara, "handover"), (world.sunniva, "rationale"), (world.olu, "call")):
        answer = write(client_of(who), case, kind=kind, reached="spoke" * (kind == "call"), text=f"Written as {kind}")
        assert (answer.status_code, answer.headers["Location"]) == (303, url("admin-notes", case.ref))
    page = client_of(world.amara).get(url("admin-notes", case.ref)).content.decode()
    assert page.index("Written as call") < page.index("Written as rationale") < page.index("Written as handover")
    kinds = [label for _, label in AdminNote.Kind.choices]
    assert kinds == ["Triage", "Handover", "Call", "Letter asked for", "Safeguarding", "Rationale", "Other"]


@pytest.mark.rule("NOTE-4b")
def test_staff_of_the_case_alone_read_and_write(world, client_of):
    case = world.alice_case
    write_admin_note(case, "call", "Nothing for the patient's page", by=world.olu, reached="no_answer")
    for other in (world.alice, world.bob, world.piet, world.tamsin, world.farid):
        client = client_of(other)
        assert client.get(url("admin-notes", case.ref)).status_code == 404
        assert write(client, case).status_code == 404
    assert "Nothing for the patient" not in client_of(world.alice).get(url("case", case.ref)).content.decode()
    assert case.admin_notes.count() == 1


@pytest.mark.rule("NOTE-4c")
@pytest.mark.parametrize("table", ["patients_adminnote", "patients_adminnoteclosing"])
@pytest.mark.parametrize("statement", ["UPDATE {} SET text = 'x'", "DELETE FROM {}", "TRUNCATE {} CASCADE"])
def test_what_is_written_stays(world, table, statement):
    close_admin_task(asked_of(world), "Sent.", by=world.olu)
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement.format(table))


@pytest.mark.rule("NOTE-4c")
def test_a_correction_is_an_entry_that_names_the_one_it_corrects(world, client_of):
    case, client = world.alice_case, client_of(world.amara)
    wrong = write_admin_note(case, "call", "Rang on Monday.", by=world.amara.user, reached="no_answer")
    page = client.get(url("admin-notes", case.ref), {"corrects": str(wrong.ref)}).content.decode()
    assert f'value="{wrong.ref}"' in page
    assert "stays as it is" in page
    assert write(client, case, text="", corrects=str(wrong.ref)).status_code == 422
    assert write(client, case, text="Rang on Tuesday.", corrects=str(wrong.ref)).status_code == 303
    assert case.admin_notes.get(text="Rang on Tuesday.").corrects == wrong
    page = client.get(url("admin-notes", case.ref)).content.decode()
    assert "Correction</" in page
    assert "A later entry puts this one right." in page
    assert "Rang on Monday." in page


@pytest.mark.rule("NOTE-4c")
def test_an_entry_of_another_case_is_never_corrected(world, client_of):
    foreign = write_admin_note(world.bob_case, "call", "Of Bob", by=world.olu, reached="no_answer")
    write(client_of(world.amara), world.alice_case, corrects=str(foreign.ref))
    assert world.alice_case.admin_notes.get().corrects is None
    page = client_of(world.amara).get(url("admin-notes", world.alice_case.ref), {"corrects": "nonsense"})
    assert (page.status_code, "Of Bob" in page.content.decode()) == (200, False)
    with pytest.raises(Refused):
        write_admin_note(world.alice_case, "call", "x", by=world.olu, reached="no_answer", corrects=foreign)


@pytest.mark.rule("NOTE-4d")
@pytest.mark.parametrize(
    ("query", "shown"),
    [
        ({}, {"first", "second", "third"}),
        ({"kind": "call"}, {"first", "second"}),
        ({"q": "RING back"}, {"second"}),
        ({"q": "nothing of the kind"}, set()),
        ({"show": "asked"}, {"second", "third"}),
        ({"show": "waiting"}, {"third"}),
        ({"kind": "sloth", "show": "sloth"}, {"first", "second", "third"}),
    ],
)
def test_the_log_is_filtered_by_kind_and_task_and_searched_by_words(world, client_of, query, shown):
    case, by = world.alice_case, world.amara.user
    write_admin_note(case, "call", "The first one", by=by, reached="no_answer")
    done = write_admin_note(case, "call", "The second: please ring them back", by=by, reached="no_answer", asked=True)
    write_admin_note(case, "letter", "The third", by=by, asked=True)
    close_admin_task(done, "Rang.", by=world.olu)
    page = client_of(world.olu).get(url("admin-notes", case.ref), query).content.decode()
    assert {word for word in ("first", "second", "third") if f"The {word}" in page} == shown
    assert ("No entry fits" in page) is not shown


@pytest.mark.rule("NOTE-4e")
def test_an_entry_addressed_to_patient_services_waits_on_their_desk_until_a_word_closes_it(world, client_of):
    case, office = world.alice_case, client_of(world.olu)
    assert write(client_of(world.amara), case, text="Please send the leaflet.", asked="on").status_code == 303
    entry = case.admin_notes.get()
    desk, door = url("admin-tasks"), url("admin-task", case.ref, entry.ref)
    assert "Asked of you in admin notes" in office.get("/home/").content.decode()
    assert "Please send the leaflet." in office.get(desk).content.decode()
    assert "Waits for patient services" in client_of(world.amara).get(url("case", case.ref)).content.decode()
    assert office.post(door, {"text": " "}).status_code == 422
    for _ in range(2):
        assert office.post(door, {"text": "Sent today."}).status_code == 303
    assert AdminNoteClosing.objects.get().by == world.olu
    assert "Nothing waits" in office.get(desk).content.decode()
    page = client_of(world.amara).get(url("admin-notes", case.ref)).content.decode()
    assert "Sent today." in page
    assert "Olu Ade" in page


@pytest.mark.rule("NOTE-4e")
def test_the_second_who_closes_it_is_told_who_was_first(world, client_of):
    entry, door = asked_of(world), None
    close_admin_task(entry, "Sent.", by=cast.person("Petra Pool", "patient_services"))
    door = url("admin-task", world.alice_case.ref, entry.ref)
    answer = client_of(world.olu).post(door, {"text": "Sent it too."})
    page = answer.content.decode()
    assert (answer.status_code, "Petra Pool has closed this already." in page) == (409, True)
    assert "Sent it too." in page


@pytest.mark.rule("NOTE-4e")
def test_patient_services_alone_close_and_only_what_was_asked(world, client_of):
    door = url("admin-task", world.alice_case.ref, asked_of(world).ref)
    for other in (world.amara, world.sunniva, world.alice, world.tamsin):
        client = client_of(other)
        assert client.post(door, {"text": "Done."}).status_code == 404
        assert client.get(url("admin-tasks")).status_code == 404
    plain = write_admin_note(world.alice_case, "call", "Rang.", by=world.olu, reached="no_answer")
    assert client_of(world.olu).get(url("admin-task", world.alice_case.ref, plain.ref)).status_code == 404
    with pytest.raises(Refused):
        close_admin_task(plain, "Done.", by=world.olu)


@pytest.mark.parametrize("name", ["case", "admin-notes", "admin-tasks"])
def test_pages_ask_the_database_as_often_with_more_entries(world, client_of, same_queries, name):
    def grow() -> None:
        for number in range(4):
            entry = asked_of(world, f"Please {number}")
            write_admin_note(world.alice_case, "call", "Rather this", by=world.olu, reached="no_answer", corrects=entry)
        close_admin_task(entry, "Done.", by=world.olu)

    asked_of(world)
    address = url(name) if name == "admin-tasks" else url(name, world.alice_case.ref)
    same_queries(client_of(world.olu), address, grow)


@pytest.mark.rule("NOTE-4c")
def test_pressed_twice_it_stands_there_once_and_said_again_later_it_is_another(world, client_of, at):
    case = world.alice_case
    with at("2026-11-24 10:00"):
        client = client_of(world.amara)
        assert [write(client, case).status_code for _ in range(2)] == [303, 303]
        write(client, case, kind="handover", reached="")
        write(client_of(world.olu), case)
    assert case.admin_notes.count() == 3
    with at("2026-11-24 10:02"):
        write(client_of(world.amara), case)
    assert case.admin_notes.count() == 4
