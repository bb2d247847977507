"""Files and transcripts at a browser, on a phone and at a desk: added, watched, stopped, opened; axe on every page."""

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from files.uploads import check_due
from tests.files import samples
from therapy.enclosures.models import Enclosure
from therapy.room import actions as room
from therapy.transcripts.models import LineMark, LineNote

PHONE = {"width": 390, "height": 844}


@pytest.fixture(autouse=True)
def practice(settings):
    settings.PRACTICE_SCANNER = True


def chosen(name: str, content: bytes) -> dict:
    return {"name": name, "mimeType": "application/octet-stream", "buffer": content}


@pytest.mark.rule("ROOM-11h")
@pytest.mark.rule("ROOM-11j")
def test_files_are_added_to_a_message_and_seen_by_the_other_side(page_as, world):
    url = reverse("therapy:messages", args=[world.alice_case.ref])
    alice = page_as(world.alice, viewport=PHONE).visit(url)
    alice.expect("422")
    page = alice.page
    page.get_by_label("Add files").set_input_files([chosen("my week.txt", samples.TEXT), chosen("x.exe", b"MZ\x90\0")])
    page.get_by_text("Added: Text file, 1 KB").wait_for()
    page.locator(".app-adding__words", has_text="We cannot take this kind of file.").wait_for()
    alice.check()
    page.get_by_role("button", name="Remove x.exe").click()
    page.get_by_label("Your message").fill("My week is in the file.")
    alice.press("Send")
    page.get_by_text("Waiting for the virus check").wait_for()
    check_due()
    page.get_by_text("Waiting for the virus check").wait_for(state="detached")


@pytest.mark.rule("ROOM-11j")
def test_an_upload_is_stopped_and_one_that_was_cut_short_goes_on(page_as, world):
    alice = page_as(world.alice).visit(reverse("therapy:messages", args=[world.alice_case.ref]))
    alice.expect("net::ERR")
    page = alice.page
    page.route("**/files/", lambda route: None)
    page.get_by_label("Add files").set_input_files(chosen("slow.txt", samples.TEXT))
    page.get_by_role("progressbar", name="Sending slow.txt").wait_for()
    alice.check()
    page.get_by_role("button", name="Remove slow.txt").click()
    expect(page.get_by_text("slow.txt")).to_have_count(0)
    page.unroute("**/files/")
    page.route("**/files/", lambda route: route.abort())
    page.get_by_label("Add files").set_input_files(chosen("cut.txt", samples.TEXT))
    page.locator(".app-adding__words", has_text="The connection was lost before the file had arrived").wait_for()
    page.unroute("**/files/")
    page.get_by_role("button", name="Try again cut.txt").click()
    page.get_by_text("Added: Text file, 1 KB").wait_for()


@pytest.mark.rule("ROOM-11i")
def test_a_file_in_the_room_appears_on_both_sides_and_opens_when_checked(page_as, world, session):
    url = reverse("therapy:room", args=[session.ref])
    alice, amara = page_as(world.alice, viewport=PHONE).visit(url), page_as(world.amara).visit(url)
    for one in (alice, amara):
        one.page.get_by_text("Connected", exact=True).wait_for()
    with alice.page.expect_file_chooser() as chooser:
        alice.page.get_by_role("button", name="Add a file").click()
    chooser.value.set_files(chosen("photo.jpg", samples.photo_with_place((400, 300))))
    for one in (alice, amara):
        one.page.get_by_text("Waiting for the virus check").wait_for()
        one.check()
    check_due()
    for one in (alice, amara):
        one.page.get_by_alt_text("Picture that was added").wait_for()
    assert Enclosure.objects.get().line.kind == "file"
    alice.check()


@pytest.mark.rule("ROOM-9c")
@pytest.mark.rule("ROOM-9d")
@pytest.mark.rule("ROOM-9e")
def test_a_patient_finds_marks_and_notes_on_a_phone(page_as, world, session):
    room.write(session.ref, world.alice.user, "a", "It was a thought, not a fact. " * 12)
    room.write(session.ref, world.amara.user, "b", "That is worth keeping at the café.")
    alice = page_as(world.alice, viewport=PHONE).visit(reverse("therapy:conversations"))
    alice.page.get_by_label("Find words in all of them").fill("cafe")
    alice.press("Find")
    expect(alice.page.locator("mark")).to_have_text("café")
    alice.page.get_by_role("link", name="pm").or_(alice.page.get_by_role("link", name="am")).first.click()
    alice.page.wait_for_load_state("load")
    alice.check()
    line = alice.page.locator(".talk__line").last
    line.get_by_role("button", name="Mark").click()
    alice.page.get_by_role("button", name="Unmark").wait_for()
    assert LineMark.objects.count() == 1
    alice.page.locator(".talk__line").last.get_by_role("link", name="Note").click()
    alice.page.get_by_label("Your note").fill("When it rains")
    alice.page.get_by_text("Saved at").wait_for()
    assert LineNote.objects.get().text == "When it rains"
    alice.check()
    alice.visit(reverse("therapy:conversation-marks"))
    assert alice.sees("When it rains")
