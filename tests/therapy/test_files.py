"""Files in messages, through the doors: added, checked, opened by those who may see the case (ROOM-11)."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from audit.models import AccessEntry
from files import rules
from files.models import StoredFile, Upload
from files.uploads import check_due
from tests.files import samples
from therapy.enclosures import actions
from therapy.enclosures.models import CaseFile, Enclosure
from therapy.messages import actions as messages
from therapy.messages.models import Message

pytestmark = pytest.mark.django_db
NAMES = (
    "<script>alert(1)</script>.txt",
    "😀🫖 diary.txt",
    "\u202etxt.exe",
    "../../etc/passwd",
    "C:\\Users\\Alice Arden\\diary.txt",
    "a" * 300 + ".txt",
)


@pytest.fixture(autouse=True)
def practice(settings):
    settings.PRACTICE_SCANNER = True


@pytest.fixture
def add(client_of, world):
    """A function: Alice (or `by`) adds a file to her conversation, as the page's script does."""

    def adding(content=samples.TEXT, *, by=None, case=None, cid="a", name="diary.txt", kind="text/plain"):
        url = reverse("therapy:add-file", args=[(case or world.alice_case).ref])
        sent = {"file": SimpleUploadedFile(name, content, kind), "cid": cid}
        return client_of(by or world.alice).post(url, sent)

    return adding


@pytest.fixture
def send(client_of, world):
    """A function: Alice sends a message by the form."""

    def sending(text="Here it is", *, by=None, key="k", **more):
        url = reverse("therapy:send-message", args=[world.alice_case.ref])
        return client_of(by or world.alice).post(url, {"text": text, "client_key": key, **more})

    return sending


@pytest.fixture
def sent(add, send):
    """A function: a file that was sent in a message and is checked; returns it."""

    def make(content=samples.TEXT, **more) -> CaseFile:
        ref = add(content, **more).json()["ref"]
        send(key=ref, file=ref)
        check_due()
        return CaseFile.objects.get(upload__ref=ref)

    return make


def url(file: CaseFile, door: str = "file") -> str:
    return reverse(f"therapy:{door}", args=[file.ref])


@pytest.mark.rule("ROOM-11a")
@pytest.mark.parametrize("name", NAMES)
def test_the_name_of_a_file_is_kept_nowhere(add, send, name, client_of, world):
    answer = add(name=name, kind="text/html")
    assert answer.status_code == 200, answer.content
    assert answer.json()["label"] == "Text file, 1 KB"
    send(file=answer.json()["ref"])
    page = client_of(world.amara).get(reverse("therapy:messages", args=[world.alice_case.ref])).content.decode()
    assert "Text file, 1 KB" in page
    assert "alert(1)" not in page
    assert "passwd" not in page


@pytest.mark.rule("ROOM-11a")
@pytest.mark.parametrize(("content", "status", "word"), ids=("empty", "large", "program", "macros"), argvalues=[
    (b"", 422, "empty"),
    (b"a" * (rules.MOST_BYTES + 1), 413, "10 MB"),
    (b"MZ\x90\x00" + b"\0" * 60, 422, "kind of file"),
    (samples.office("docx", {"word/vbaProject.bin": b"x"}), 422, "macros"),
])  # fmt: skip
def test_what_is_not_taken_is_refused_with_what_to_do(add, content, status, word):
    answer = add(content, name="diary.pdf", kind="application/pdf")
    assert answer.status_code == status
    assert word in answer.json()["words"]
    assert not Upload.objects.exists()


@pytest.mark.rule("ROOM-11b")
@pytest.mark.rule("ROOM-11f")
def test_nobody_is_served_a_file_before_its_check(add, send, client_of, world):
    ref = add(samples.picture()).json()["ref"]
    send(file=ref)
    file = CaseFile.objects.get(upload__ref=ref)
    for who in (world.alice, world.amara):
        client = client_of(who)
        assert "Waiting for the virus check" in client.get(url(file)).content.decode()
        assert client.get(url(file, "file-picture")).status_code == 404
        assert client.post(url(file, "file-download")).status_code == 409
    assert client_of(world.alice).get(url(file, "file-state")).json()["state"] == "taken_in"
    check_due()
    assert client_of(world.alice).get(url(file, "file-state")).json()["state"] == "clean"
    assert client_of(world.amara).get(url(file, "file-picture")).status_code == 200


@pytest.mark.rule("ROOM-11c")
def test_a_virus_is_named_to_both_and_served_to_nobody(sent, client_of, world):
    file = sent(samples.EICAR_FILE)
    for who in (world.alice, world.amara):
        client = client_of(who)
        assert "virus check found something harmful" in client.get(url(file)).content.decode()
        assert client.post(url(file, "file-download")).status_code == 409
    page = client_of(world.amara).get(reverse("therapy:messages", args=[world.alice_case.ref])).content.decode()
    assert "Not accepted" in page
    assert not StoredFile.objects.exists()


@pytest.mark.rule("ROOM-11f")
def test_who_may_see_the_case_and_nobody_else_opens_it(sent, client_of, world):
    file = sent()
    right = {world.alice.user.pk, world.amara.user.pk, world.sunniva.pk}
    for who in (*world.by_role().values(), world.bob.user, world.piet.user, world.stellan):
        client = client_of(who)
        for answer in (client.get(url(file)), client.post(url(file, "file-download"))):
            assert (answer.status_code == 200) == (who.pk in right), f"{who} got {answer.status_code}"
            assert b"went well" not in answer.content or who.pk in right


@pytest.mark.rule("ROOM-11f")
def test_a_file_that_is_not_sent_is_its_owners_alone(add, client_of, world):
    ref = add().json()["ref"]
    check_due()
    file = CaseFile.objects.get(upload__ref=ref)
    assert client_of(world.alice).get(url(file)).status_code == 200
    for door in ("file", "file-state"):
        assert client_of(world.amara).get(url(file, door)).status_code == 404
        assert client_of(world.sunniva).get(url(file, door)).status_code == 404


@pytest.mark.rule("ROOM-11f")
@pytest.mark.rule("ACC-6e")
def test_a_clinician_reads_in_the_page_and_a_download_is_written_down(sent, client_of, world):
    file, clinician = sent(), client_of(world.amara)
    page = clinician.get(url(file)).content.decode()
    assert "it went well" in page
    assert "Delete your copy" in page
    assert clinician.get(url(file, "file-download")).status_code == 405
    assert clinician.post(url(file, "file-download")).status_code == 200
    entries = AccessEntry.objects.filter(thing="files", who=world.amara.user, case_ref=world.alice_case.ref)
    assert list(entries.order_by("id").values_list("verb", flat=True)) == ["read", "download"]
    assert {entry.object_ref for entry in entries} == {str(file.ref)}


@pytest.mark.rule("ROOM-11g")
@pytest.mark.parametrize("kind", ["pdf", "docx", "png", "text"])
def test_it_is_handed_out_as_a_download_that_no_browser_runs(sent, client_of, world, kind):
    content = {"pdf": samples.pdf(), "png": samples.picture(), "text": samples.TEXT}.get(kind) or samples.office(kind)
    file = sent(content, name="Alice Arden <script>.html", kind="text/html")
    answer = client_of(world.alice).post(url(file, "file-download"))
    ending = rules.KINDS[kind].ending
    assert answer["Content-Disposition"] == f'attachment; filename="file-{str(file.ref)[:8]}.{ending}"'
    assert answer["Content-Type"] == rules.KINDS[kind].content_type
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Cache-Control"] == "no-store"
    assert "sandbox" in answer["Content-Security-Policy"]
    assert "script" not in answer["Content-Security-Policy"]


@pytest.mark.rule("ROOM-11g")
def test_only_a_picture_made_anew_is_shown_inline(sent, client_of, world):
    client = client_of(world.alice)
    photo = client.get(url(sent(samples.photo_with_place()), "file-picture"))
    assert photo["Content-Disposition"].startswith("inline")
    assert b"Exif" not in photo.content
    for content in (samples.pdf(), samples.TEXT):
        assert client.get(url(sent(content, cid=str(len(content))), "file-picture")).status_code == 404


@pytest.mark.rule("ROOM-11h")
def test_up_to_five_files_go_with_a_message(add, send):
    refs = [add(cid=str(n)).json()["ref"] for n in range(6)]
    assert send(file=refs).status_code == 422
    assert not Message.objects.exists()
    assert send(file=refs[:5]).status_code == 303
    assert Enclosure.objects.filter(message=Message.objects.get()).count() == 5


@pytest.mark.rule("ROOM-11h")
def test_a_file_needs_no_words(add, send):
    assert send("", file=add().json()["ref"]).status_code == 303
    assert Message.objects.get().text == ""


@pytest.mark.rule("ROOM-11h")
def test_what_was_added_stays_when_the_message_is_refused(add, send):
    ref = add().json()["ref"]
    page = send("x" * 9000, file=ref)
    assert page.status_code == 422
    assert f'name="file" value="{ref}"' in page.content.decode()


@pytest.mark.rule("ROOM-11h")
def test_files_come_with_the_form_itself_where_no_script_runs(send, client_of, world):
    two = [SimpleUploadedFile("a.txt", samples.TEXT), SimpleUploadedFile("b.pdf", samples.pdf())]
    assert send(files=two).status_code == 303
    assert Enclosure.objects.filter(message=Message.objects.get()).count() == 2
    wrong = send("Again", key="other", files=[SimpleUploadedFile("c.exe", b"MZ\x90\0")])
    assert wrong.status_code == 422
    assert "We cannot take this kind of file" in wrong.content.decode()


@pytest.mark.rule("ROOM-11j")
def test_pressed_twice_it_is_one_file_in_one_message(send, add):
    for _ in range(2):
        assert send(files=[SimpleUploadedFile("a.txt", samples.TEXT)]).status_code == 303
        assert send("Second", key="k2", file=add().json()["ref"]).status_code == 303
    assert Message.objects.count() == Upload.objects.count() == Enclosure.objects.count() == 2


def test_nobody_sends_what_another_added_or_what_was_sent_before(add, send, world):
    hers = add(by=world.amara).json()["ref"]
    assert send("Look", file=hers).status_code == 303
    assert not Enclosure.objects.exists()
    mine = add().json()["ref"]
    send("First", key="1", file=mine)
    assert send("Again", key="2", file=mine).status_code == 409


@pytest.mark.rule("ROOM-11f")
def test_a_stranger_adds_nothing_to_somebody_elses_case(add, world):
    assert add(by=world.bob).status_code == 404
    assert add(by=world.piet).status_code == 404
    assert add(by=world.sunniva).status_code == 404
    assert not Upload.objects.exists()


def test_one_id_for_two_cases_is_refused(add, world):
    add(by=world.amara)
    actions.hand_in(world.bob_case, b"Hello", by=world.piet.user, cid="b")
    with pytest.raises(Exception, match="did not arrive"):
        actions.hand_in(world.bob_case, b"Hello", by=world.amara.user, cid="a")


@pytest.mark.rule("ROOM-11k")
def test_a_flood_of_files_is_refused_in_words(add):
    for n in range(rules.MOST_AT_ONCE):
        assert add(cid=str(n)).status_code == 200
    answer = add(cid="more")
    assert answer.status_code == 429
    assert "ten minutes" in answer.json()["words"]


def test_a_conversation_full_of_files_asks_no_more_of_the_database(add, send, client_of, world, same_queries):
    def grow():
        for n in range(4):
            send(f"{n}", key=f"g{n}", file=add(cid=f"g{n}").json()["ref"])

    send(file=add().json()["ref"])
    same_queries(client_of(world.amara), reverse("therapy:messages", args=[world.alice_case.ref]), grow)


def test_a_case_that_is_closing_takes_no_more_files_of_the_patient(add, world):
    world.alice_case.state = "discharging"
    world.alice_case.save()
    assert not messages.is_open_to(world.alice_case, world.alice.user)
    assert add().status_code == 422
    assert not Upload.objects.exists()
