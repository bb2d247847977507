"""A note in two windows and signed despite what was pointed out; entries of the log; phone and desk."""

import os
from pathlib import Path

import pytest

from patients.admin_notes.actions import write_admin_note
from tests import cast
from tests.providers import cancelled
from therapy.notes import rules
from therapy.notes.models import Note, NoteDraft

PHONE = {"width": 390, "height": 844}


@pytest.fixture
def world(live_service):
    return cast.make_world()


def picture(visitor, name: str) -> None:
    if folder := os.environ.get("IESO_PICTURES"):
        visitor.page.screenshot(path=Path(folder) / f"{name}.png", full_page=True)


def saved(visitor) -> None:
    visitor.page.locator("[data-draft-status]").get_by_text("Saved at").wait_for()


@pytest.mark.rule("NOTE-2a")
@pytest.mark.rule("NOTE-3e")
@pytest.mark.rule("ACC-12a")
def test_a_note_is_written_in_two_windows_and_signed_all_the_same(world, page_as):
    made = cancelled(world, world.alice_case)
    url = f"/appointments/{made.ref}/note/"
    desk, phone = page_as(world.amara).visit(url), page_as(world.amara, viewport=PHONE).visit(url)
    for title, _ in rules.PARTS.values():
        desk.page.get_by_label(title, exact=True).fill(f"About the {title.lower()}")
    desk.page.get_by_label("Risk", exact=True).fill("No risk.")
    saved(desk)
    phone.expect("409", "422")
    phone.page.get_by_label("Agenda", exact=True).fill("From the phone: six sessions agreed")
    phone.page.get_by_role("heading", name="Changed in another window").wait_for()
    assert NoteDraft.objects.get().agenda == "About the agenda"
    phone.check()
    picture(phone, "note-two-windows-phone")
    phone.page.get_by_role("button", name="Take the other text").click()
    phone.page.get_by_text("You have taken the other text.").wait_for()
    phone.page.get_by_label("I have read it through.").check()
    phone.press("Sign the note")
    assert phone.sees("The risk part says next to nothing.")
    picture(phone, "note-pointed-out-phone")
    assert not Note.objects.exists()
    phone.press("Sign it all the same")
    assert phone.sees("The note is signed.")
    assert Note.objects.get().risk == "No risk."


@pytest.mark.rule("NOTE-4e")
@pytest.mark.rule("ACC-12a")
def test_an_entry_is_addressed_corrected_and_closed(world, page_as):
    case = world.alice_case
    wrong = write_admin_note(case, "call", "Rang on Monday, no answer.", by=world.amara.user, reached="no_answer")
    amara, olu = page_as(world.amara, viewport=PHONE), page_as(world.olu)
    amara.visit(f"/cases/{case.ref}/admin-notes/?corrects={wrong.ref}")
    picture(amara, "log-correcting-phone")
    amara.page.get_by_label("What happened?").fill("Rang on Tuesday. Please send the leaflet about sleep.")
    amara.page.get_by_label("Ask patient services to do something about it").check()
    amara.press("Add the correction")
    assert amara.sees("A later entry puts this one right.")
    picture(amara, "log-phone")
    olu.visit("/home/")
    olu.press("Asked of you in admin notes", role="link")
    picture(olu, "asked-desk")
    olu.follow(f"Call, case {case.ref[:4]} {case.ref[4:]}")
    olu.page.get_by_label("What was done?").fill("Sent it with today's post.")
    picture(olu, "task-desk")
    olu.press("Close this")
    assert olu.sees("Nothing waits")
    olu.visit(f"/cases/{case.ref}/admin-notes/")
    assert olu.sees("Sent it with today's post.")
    picture(olu, "log-desk")


@pytest.mark.rule("NOTE-5e")
@pytest.mark.rule("ACC-12a")
def test_a_supervisor_answers_for_an_unusual_protocol_on_a_phone(world, page_as):
    url = f"/cases/{world.alice_case.ref}/details/"
    asks = page_as(world.amara).visit(url)
    asks.expect("422")
    asks.page.get_by_label("Provisional diagnosis").select_option(label="Obsessive-compulsive disorder")
    asks.page.get_by_label("Step 3", exact=True).check()
    asks.page.get_by_label("Protocol", exact=False).last.select_option(label="Graded exposure")
    asks.press("Keep these")
    assert asks.sees("Say why you chose it")
    asks.page.get_by_label("Why did it change?").fill("He dreads one thing only.")
    asks.press("Keep these")
    assert asks.sees(f"{world.sunniva.name} has been asked to decide.")
    decides = page_as(world.sunniva, viewport=PHONE).visit(url)
    decides.expect("422")
    picture(decides, "protocol-agreement-phone")
    decides.page.get_by_label("No", exact=True).check()
    decides.press("Keep your decision")
    assert decides.sees("Say why you do not agree.")
    decides.page.get_by_label("What should the clinician know?").fill("Try response prevention first.")
    decides.press("Keep your decision")
    asks.visit(url)
    assert asks.sees("The protocol was not agreed")
    assert asks.sees("Try response prevention first.")
    picture(asks, "protocol-not-agreed-desk")
