"""Files in a session are lines with numbers, by whatever road (ROOM-11, ROOM-2)."""

import datetime as dt
import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from files.models import Quarantine, Upload
from files.rules import ACCEPT
from files.uploads import check_due
from tests.files import samples
from tests.harness.together import together
from therapy.enclosures.models import CaseFile, Enclosure
from therapy.homework.actions import agree
from therapy.room import actions as room
from therapy.room import sharing
from therapy.room.frames import Nack
from therapy.room.models import Line
from ui.errors import Refused


@pytest.fixture(autouse=True)
def practice(settings):
    settings.PRACTICE_SCANNER = True


@pytest.fixture
def share(client_of, world, session):
    """A function: Alice (or `by`) puts a file into the session by HTTP."""

    def sharing_it(content=samples.TEXT, *, by=None, cid="f1", name="my week.txt"):
        url = reverse("therapy:shared-files", args=[session.ref])
        return client_of(by or world.alice).post(url, {"file": SimpleUploadedFile(name, content), "cid": cid})

    return sharing_it


def shared(client, session) -> list[dict]:
    return client.get(reverse("therapy:shared-files", args=[session.ref])).json()["files"]


@pytest.mark.django_db
@pytest.mark.rule("ROOM-11i")
def test_a_file_is_the_next_line_and_says_nothing_of_its_name(share, session, world, client_of):
    before = room.write(session.ref, world.alice.user, "l1", "I add my week.").seq
    ack = share().json()
    assert ack["type"] == "ack"
    assert ack["seq"] == before + 1
    assert room.write(session.ref, world.amara.user, "l2", "Thank you.").seq == before + 2
    [line] = [each for each in room.lines_after(session, before, 10, reader=world.alice.user) if each["kind"] == "file"]
    assert line["text"] == "Text file, 1 KB"
    assert line["from"] == "patient"
    [known] = shared(client_of(world.amara), session)
    assert (known["seq"], known["state"], known["words"]) == (ack["seq"], "taken_in", "Waiting for the virus check")
    check_due()
    assert shared(client_of(world.amara), session)[0]["state"] == "clean"
    assert client_of(world.amara).get(known["url"]).status_code == 200


@pytest.mark.django_db
@pytest.mark.rule("ROOM-11i")
@pytest.mark.rule("ROOM-2c")
def test_sent_again_under_its_id_it_is_the_same_line(share, session):
    first, again = share().json(), share(b"something else by now").json()
    assert (first["seq"], first["at"]) == (again["seq"], again["at"])
    assert Upload.objects.count() == Line.objects.filter(kind="file").count() == Enclosure.objects.count() == 1


@pytest.mark.django_db(transaction=True)
@pytest.mark.rule("ROOM-11i")
@pytest.mark.rule("ROOM-11j")
def test_pressed_twice_at_once_it_is_one_line(session, world):
    acks, wrong = together(*[lambda: sharing.share(session, world.alice.user, samples.TEXT, cid="once")] * 4)
    assert not wrong
    assert len({ack.seq for ack in acks}) == 1
    assert Upload.objects.count() == Quarantine.objects.count() == Enclosure.objects.count() == 1
    session.refresh_from_db()
    assert sorted(session.lines.values_list("seq", flat=True)) == list(range(1, session.head + 1))


@pytest.mark.django_db
@pytest.mark.rule("ROOM-11a")
@pytest.mark.parametrize(("size", "status"), [(0, 422), (40, 422), (10_485_761, 413)])
def test_what_is_not_taken_leaves_neither_line_nor_gap(share, session, size, status):
    before = session.head
    answer = share((b"MZ" * size)[:size])
    assert answer.status_code == status
    assert answer.json()["words"]
    session.refresh_from_db()
    assert session.head == before
    assert not Upload.objects.exists()


@pytest.mark.django_db
@pytest.mark.rule("ROOM-11f")
def test_only_the_two_people_of_the_session_add_files_to_it(share, world, session):
    for who in (world.bob, world.piet, world.sunniva, world.olu):
        assert share(by=who).status_code == 404
    assert not Upload.objects.exists()


@pytest.mark.django_db
@pytest.mark.rule("ROOM-11i")
def test_after_the_end_nothing_is_added_and_nothing_is_kept(share, world, session):
    session.close(by=world.amara.user, at=session.opens_at)
    answer = share()
    assert answer.status_code == 409
    assert answer.json()["code"] == "closed"
    assert not Upload.objects.exists()


@pytest.mark.django_db
@pytest.mark.parametrize("cid", [None, "", "ü", "a" * 65, "event:x", 7])
def test_an_id_that_is_none_is_refused(session, world, cid):
    with pytest.raises(Nack, match="malformed"):
        sharing.share(session, world.alice.user, samples.TEXT, cid=cid)


@pytest.mark.django_db
def test_a_refused_file_is_a_refusal_also_for_the_verb(session, world):
    with pytest.raises(Refused, match="empty"):
        sharing.share(session, world.alice.user, b"", cid="f")


@pytest.mark.django_db
@pytest.mark.rule("ROOM-8c")
def test_a_file_sent_by_mistake_is_closed_to_the_patient_and_open_to_staff(share, session, world, client_of):
    ack = share(by=world.amara).json()
    check_due()
    line = session.lines.get(seq=ack["seq"])
    url = reverse("therapy:file", args=[CaseFile.objects.get().ref])
    assert client_of(world.alice).get(url).status_code == 200
    room.mark_sent_in_error(line, by=world.amara.user)
    assert client_of(world.alice).get(url).status_code == 404
    assert client_of(world.amara).get(url).status_code == 200
    page = client_of(world.alice).get(reverse("therapy:transcript", args=[session.ref])).content.decode()
    assert "Text file" not in page


@pytest.mark.django_db
@pytest.mark.rule("ROOM-11i")
def test_the_transcript_shows_the_file_in_its_place(share, session, world, client_of):
    share()
    check_due()
    page = client_of(world.alice).get(reverse("therapy:transcript", args=[session.ref])).content.decode()
    assert reverse("therapy:file", args=[CaseFile.objects.get().ref]) in page


@pytest.mark.rule("ROOM-11i")
@pytest.mark.rule("ROOM-2g")
def test_the_other_side_has_the_line_at_once_over_its_socket(live_service, session, world):
    import httpx

    cookies = live_service.cookies(world.alice) | {"csrf": "a" * 32}
    with live_service.socket(f"/ws/sessions/{session.ref}/", world.amara) as amara:
        amara.send('{"type": "hello", "after": 0}')
        answer = httpx.post(
            f"{live_service.url}/sessions/{session.ref}/files/",
            data={"cid": "over-http"},
            files={"file": ("a.txt", samples.TEXT)},
            cookies=cookies,
            headers={"X-CSRFToken": "a" * 32, "Origin": live_service.url},
        )
        assert answer.status_code == 200, answer.text
        heard = ""
        while '"kind": "file"' not in heard:
            heard = amara.recv(timeout=10)
        assert f'"seq": {answer.json()["seq"]}' in heard


@pytest.mark.django_db
@pytest.mark.rule("ROOM-11l")
def test_pictures_of_a_phone_are_asked_for_as_jpeg_wherever_a_file_is_chosen(client_of, world, session, at):
    due = timezone.localdate() + dt.timedelta(days=3)
    agree(session.appointment, "Draw your week", by=world.amara.user, client_key="h", due_on=due)
    pages = [
        reverse("therapy:messages", args=[world.alice_case.ref]),
        reverse("therapy:homework", args=[world.alice_case.ref]),
        reverse("therapy:room", args=[session.ref]),
    ]
    with at(session.appointment.starts_at):
        for url in pages:
            page = client_of(world.alice).get(url).content.decode()
            asked = re.findall(r'<input[^>]*type="file"[^>]*accept="([^"]+)"', page)
            assert asked == [ACCEPT], url
    assert "image/jpeg" in ACCEPT
    assert not {"image/*", "image/heic"} & set(ACCEPT.split(","))


@pytest.mark.django_db
@pytest.mark.rule("ROOM-11m")
def test_a_picture_of_an_iphone_that_is_no_jpeg_is_refused_with_the_way_to_send_one(share, session):
    answer = share(b"\x00\x00\x00\x18ftypheic\x00\x00\x00\x00mif1heic" + b"\0" * 64, name="IMG_2041.HEIC")
    said = answer.content.decode()
    assert answer.status_code >= 400
    for words in ("photo library, not from Files", "sent as JPEG", "On a computer, save it as JPEG"):
        assert words in said
    assert not session.lines.filter(kind=Line.FILE).exists()
