"""Files are taken in, wait in quarantine, and get one verdict (ROOM-11)."""

import datetime as dt
import hashlib
import socket
import struct
import threading

import pytest
from django.db import Error, connection, transaction
from django.utils import timezone

from files import rules, scanning, uploads
from files.models import Quarantine, StoredFile, Upload, UploadStep
from files.uploads import State, check_due, served_file, take_in
from tests.files import samples
from ui.errors import Refused

pytestmark = pytest.mark.django_db
MINUTE = dt.timedelta(minutes=1)


@pytest.fixture
def practice(settings):
    settings.PRACTICE_SCANNER = True


@pytest.fixture
def alice(world):
    return world.alice.user


def handed_in(by, content=samples.TEXT, cid="a", **more) -> Upload:
    return take_in(content, by=by, case_ref="ABCD2345", cid=cid, **more)


def states(upload: Upload) -> list[str]:
    return [step.state for step in upload.steps.all()]


@pytest.mark.rule("ROOM-11b")
@pytest.mark.rule("ROOM-11e")
def test_a_clean_file_passes_through_quarantine(alice, practice):
    upload = handed_in(alice)
    assert states(upload) == [State.TAKEN_IN]
    assert served_file(upload) is None
    assert check_due() == 1
    assert states(upload) == [State.TAKEN_IN, State.SCANNING, State.CLEAN]
    served = served_file(upload)
    assert bytes(served.content) == samples.TEXT
    assert served.sha256 == upload.sha256 == hashlib.sha256(samples.TEXT).hexdigest()
    assert not Quarantine.objects.exists()
    assert check_due() == 0


@pytest.mark.rule("ROOM-11b")
@pytest.mark.rule("ROOM-11c")
def test_what_the_virus_check_finds_is_refused_and_its_bytes_are_gone(alice, practice):
    upload = handed_in(alice, samples.EICAR_FILE)
    check_due()
    assert states(upload)[-1] == State.REFUSED
    assert upload.steps.last().why == "virus"
    assert served_file(upload) is None
    assert not Quarantine.objects.exists()
    assert not StoredFile.objects.exists()


@pytest.mark.rule("ROOM-11b")
def test_without_a_virus_check_everything_waits(alice):
    upload = handed_in(alice)
    for hours in range(48):
        assert check_due(at=timezone.now() + dt.timedelta(hours=hours)) == 0
    assert states(upload) == [State.TAKEN_IN]
    assert "kept safe" in scanning.notice()


def test_the_demonstration_says_what_its_scanner_is(practice):
    assert "practice scanner" in scanning.notice()


@pytest.mark.rule("ROOM-11c")
def test_a_bomb_is_refused_and_the_next_file_is_checked(alice, practice):
    bomb = handed_in(alice, samples.pixel_bomb())
    sound = handed_in(alice, cid="b")
    assert check_due() == 2
    assert bomb.steps.last().why == "bomb"
    assert states(sound)[-1] == State.CLEAN


@pytest.mark.rule("ROOM-11c")
def test_a_file_that_kills_its_worker_is_given_up_after_a_few_tries(alice, practice, monkeypatch):
    upload, at = handed_in(alice), timezone.now()

    def die(kind, content):
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(uploads.sandbox, "checked", die)
        for _ in range(rules.MOST_ATTEMPTS):
            with pytest.raises(KeyboardInterrupt):
                check_due(at=at)
            assert check_due(at=at) == 0, "begun a moment ago: let alone"
            at += rules.MOST_WAIT
        assert check_due(at=at) == 1
    assert upload.steps.last().why == "broken"


@pytest.mark.rule("ROOM-11d")
def test_the_photo_as_it_came_is_kept_nowhere(alice, practice):
    upload = handed_in(alice, samples.photo_with_place())
    check_due()
    assert b"Telephone" not in bytes(served_file(upload).content)
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM files_storedfile WHERE position('Telephone'::bytea in content) > 0")
        assert cursor.fetchone() == (0,)


@pytest.mark.rule("ROOM-11j")
def test_the_same_file_sent_again_is_one_file(alice):
    assert handed_in(alice) == handed_in(alice)
    assert Upload.objects.count() == Quarantine.objects.count() == 1


@pytest.mark.rule("ROOM-11a")
@pytest.mark.parametrize(("size", "message"), [(0, "empty"), (rules.MOST_BYTES + 1, "10 MB")])
def test_what_is_not_taken_leaves_nothing(alice, size, message):
    with pytest.raises(Refused, match=message) as refusal:
        handed_in(alice, b"a" * size)
    assert refusal.value.remedy
    assert not Upload.objects.exists()


@pytest.mark.rule("ROOM-11k")
def test_more_files_than_anybody_needs_are_refused_for_ten_minutes(alice, world):
    now = timezone.now()
    for n in range(rules.MOST_AT_ONCE):
        handed_in(alice, cid=str(n), at=now)
    with pytest.raises(Refused, match="many files"):
        handed_in(alice, cid="more", at=now)
    handed_in(world.amara.user, cid="hers", at=now)
    handed_in(alice, cid="later", at=now + rules.AT_ONCE)


@pytest.mark.rule("ROOM-11k")
def test_a_day_holds_a_hundred_megabytes(alice):
    assert rules.why_not_more(0, rules.MOST_A_DAY_BYTES - 5, 5) == ""
    assert rules.why_not_more(0, rules.MOST_A_DAY_BYTES - 5, 6) == "too_much"
    assert rules.why_not_more(rules.MOST_AT_ONCE, 0, 1) == "too_many"


@pytest.mark.rule("ROOM-11e")
@pytest.mark.parametrize("table", ["files_storedfile", "files_upload", "files_uploadstep"])
@pytest.mark.parametrize("statement", ["UPDATE {} SET id = id", "DELETE FROM {}", "TRUNCATE {} CASCADE"])
def test_what_was_kept_never_changes(alice, practice, table, statement):
    handed_in(alice)
    check_due()
    with pytest.raises(Error), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement.format(table))


def test_one_verdict_a_file(alice, practice):
    upload = handed_in(alice)
    check_due()
    with pytest.raises(Error), transaction.atomic():
        UploadStep.objects.create(upload=upload, state=State.REFUSED, why="virus", at=timezone.now())


# --- clamd ----------------------------------------------------------------------------------------------


class FakeClamd:
    """A clamd that answers each stream with the same words and keeps what it was sent."""

    def __init__(self, answer: bytes, family=socket.AF_INET, place=("127.0.0.1", 0)) -> None:
        self.line = socket.socket(family, socket.SOCK_STREAM)
        self.line.bind(place)
        self.line.listen()
        self.answer, self.got = answer, b""
        threading.Thread(target=self._serve, daemon=True).start()

    @property
    def address(self) -> str:
        return f"tcp://127.0.0.1:{self.line.getsockname()[1]}"

    def _serve(self) -> None:
        while True:
            caller, _ = self.line.accept()
            with caller, caller.makefile("rb") as stream:
                assert stream.read(10) == b"zINSTREAM\0"
                while length := struct.unpack("!L", stream.read(4))[0]:
                    self.got += stream.read(length)
                caller.sendall(self.answer)


@pytest.mark.rule("ROOM-11b")
def test_clamd_is_handed_the_whole_file(alice, settings):
    clamd, content = FakeClamd(b"stream: OK\0"), samples.TEXT * 4000
    settings.CLAMD_ADDRESS = clamd.address
    upload = handed_in(alice, content)
    check_due()
    assert clamd.got == content
    assert states(upload)[-1] == State.CLEAN
    assert upload.steps.last().by_scanner == "clamd"
    assert scanning.notice() == ""


def test_clamd_over_a_unix_socket(tmp_path):
    place = tmp_path / "clamd.sock"
    FakeClamd(b"stream: Win.Test.EICAR_HDB-1 FOUND\0", socket.AF_UNIX, str(place))
    assert scanning.Clamd(f"unix://{place}").harm_in(b"x") == "Win.Test.EICAR_HDB-1"


@pytest.mark.rule("ROOM-11b")
@pytest.mark.parametrize("answer", [b"INSTREAM size limit exceeded. ERROR\0", b"", None])
def test_a_virus_check_that_fails_lets_nothing_through(alice, settings, answer):
    settings.CLAMD_ADDRESS = "tcp://127.0.0.1:1" if answer is None else FakeClamd(answer).address
    upload, now = handed_in(alice), timezone.now()
    for n in range(12):
        assert check_due(at=now + n * rules.MOST_WAIT) == 0
    assert states(upload) == [State.TAKEN_IN, State.SCANNING]
    settings.CLAMD_ADDRESS = FakeClamd(b"stream: OK\0").address
    assert check_due(at=now + 13 * rules.MOST_WAIT) == 1
    assert states(upload)[-1] == State.CLEAN
