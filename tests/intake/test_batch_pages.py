"""Files of service referrals through their pages: looked at, loaded, put right, loaded again (REF-2)."""

import csv
import io
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from examples.make_referrals import BAD, ROWS, SAME_PERSON_TWICE, SAME_REFERENCE_TWICE, make, write
from intake.referrals import batches
from intake.referrals.actions import refer
from intake.referrals.cleaning import REASONS_COLUMN
from intake.referrals.models import Batch, BatchRow, Referral
from intake.referrals.tables import LARGEST_FILE, write_table
from patients.models import Case
from tests.cast import make_site, person, signed_in
from tests.harness.together import together
from tests.intake.test_referral_known import BASIC

pytestmark = pytest.mark.django_db
EXAMPLE = Path(__file__).parents[2] / "examples" / "referrals.csv"
HEADER = ["Referral ID", "Forename", "Surname", "DOB", "NHS Number", "Email", "Mobile", "Postcode", "GP Practice"]
DOOR = "/referrals/batches/"


@pytest.fixture
def site(db):
    return make_site()


@pytest.fixture
def olu(site):
    return person("Olu Ade", "patient_services")


@pytest.fixture
def office(olu):
    return signed_in(olu)


def row(number: int, **changes: str) -> dict[str, str]:
    return {
        "Referral ID": f"NTT-{number}",
        "Forename": "Pat",
        "Surname": "Doe" + "abcdefghij"[number % 10] * (number // 10 + 1),
        "DOB": "14/03/1985",
        "NHS Number": "",
        "Email": f"pat{number}@example.org",
        "Mobile": "",
        "Postcode": "NM1 4AB",
        "GP Practice": "Rowan Road Surgery",
    } | {name.replace("_", " "): cell for name, cell in changes.items()}


def file_of(*rows: dict[str, str], name: str = "partner.csv") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, write_table(HEADER, rows), "text/csv")


def upload(office, file, site: str = "northmere"):
    return office.post(DOOR, {"site": site, "file": file})


def uploaded(office, *rows: dict[str, str]) -> Batch:
    answer = upload(office, file_of(*rows))
    assert answer.status_code == 303
    return Batch.objects.get(ref=answer["Location"].strip("/").split("/")[-1])


def load(office, batch: Batch) -> None:
    assert office.post(f"{DOOR}{batch.ref}/loading/").status_code == 303


def verdicts(batch: Batch) -> list[str]:
    return list(batch.rows.values_list("verdict", flat=True))


@pytest.mark.rule("REF-2c")
@pytest.mark.rule("REF-2d")
def test_rows_are_shown_before_anything_goes_in_and_only_good_ones_do(site, office):
    batch = uploaded(office, row(1), row(2, Surname="", Mobile="12"), row(3))
    page = office.get(f"{DOOR}{batch.ref}/").content.decode()
    assert "Surname is missing" in page
    assert "Mobile is not a whole phone number" in page
    assert "Load 2 good rows" in page
    assert not Case.objects.exists()
    load(office, batch)
    assert sorted(Referral.objects.values_list("partner_ref", flat=True)) == ["NTT-1", "NTT-3"]
    case = Case.objects.first()
    assert (case.source, case.site, case.state) == ("service", site, "referred")
    assert case.referral.received_by.name == "Olu Ade"
    assert case.ref[:4] in office.get(f"{DOOR}{batch.ref}/?show=good").content.decode()


@pytest.mark.rule("REF-2e")
def test_bad_rows_are_downloaded_put_right_and_loaded(office):
    batch = uploaded(office, row(1), row(2, Surname="=1+1", Email=""), row(3, DOB="x"))
    answer = office.get(f"{DOOR}{batch.ref}/bad-rows/")
    assert answer["Content-Disposition"].startswith('attachment; filename="to-put-right-')
    lines = list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"), newline="")))
    assert [line["Referral ID"] for line in lines] == ["NTT-2", "NTT-3"]
    assert lines[0]["Surname"] == "'=1+1"
    assert lines[0][REASONS_COLUMN].startswith("Surname does not look like a name; Email is missing")
    lines[0] |= {"Surname": "Roe", "Email": "roe@example.org"}
    lines[1] |= {"DOB": "01/02/1990"}
    mended = write_table([*HEADER, REASONS_COLUMN], lines)
    answer = upload(office, SimpleUploadedFile("mended.csv", mended))
    second = Batch.objects.get(ref=answer["Location"].strip("/").split("/")[-1])
    assert verdicts(second) == ["good", "good"]
    load(office, second)
    assert Case.objects.count() == 2


@pytest.mark.rule("REF-2f")
def test_the_same_file_again_adds_nothing(office):
    for _ in range(2):
        load(office, uploaded(office, row(1), row(2)))
    batch = Batch.objects.order_by("uploaded_at").last()
    assert verdicts(batch) == ["known", "known"]
    assert Case.objects.count() == 2
    page = office.get(f"{DOOR}{batch.ref}/").content.decode()
    assert "The reference NTT-1 was loaded before" in page
    assert "there is nothing to load" in page


@pytest.mark.rule("REF-2f")
def test_pressed_twice_before_loading_it_is_one_batch(office):
    assert uploaded(office, row(1)) == uploaded(office, row(1))


@pytest.mark.rule("REF-2f")
@pytest.mark.django_db(transaction=True)
def test_two_people_loading_at_once_share_the_work(site, olu):
    batch = batches.upload_batch(site, "a.csv", write_table(HEADER, [row(n) for n in range(12)]), by=olu)
    again = batches.upload_batch(site, "b.csv", write_table(HEADER[::-1], [row(n) for n in range(12)]), by=olu)
    loads = [lambda which=which: batches.load_batch(which, by=olu, seconds=60) for which in (batch, batch, again)]
    _, wrong = together(*loads)
    assert not wrong
    assert Case.objects.count() == 12
    assert BatchRow.objects.filter(case=None).count() == 0


@pytest.mark.rule("REF-2h")
@pytest.mark.parametrize(
    ("second", "reason"),
    [
        ({"Referral_ID": "NTT-1"}, "Referral ID NTT-1: the same as on line 2"),
        ({"NHS_Number": "9434765919"}, "NHS Number 9434765919: the same as on line 2"),
        ({"Surname": "DOÉB"}, "Surname, date of birth and postcode: the same as on line 2"),
    ],
)
def test_who_stands_in_the_file_twice_goes_in_once(office, second, reason):
    batch = uploaded(office, row(1, NHS_Number="943 476 5919"), row(2, **second))
    assert verdicts(batch) == ["good", "bad"]
    assert batch.rows.last().reasons == [reason]


@pytest.mark.rule("REF-2h")
def test_a_person_with_an_open_case_is_known(site, office):
    case = refer(BASIC, source="self", site=site)
    batch = uploaded(office, row(1, NHS_Number="9434765919", DOB="04/03/1991"), row(2))
    assert verdicts(batch) == ["known", "good"]
    assert batch.rows.first().case == case
    load(office, batch)
    assert Case.objects.count() == 2


@pytest.mark.rule("REF-2f")
def test_a_referral_that_came_in_after_the_preview_is_not_doubled(site, office):
    batch = uploaded(office, row(1))
    refer(BASIC | {"partner_ref": "NTT-1"}, source="service", site=site)
    load(office, batch)
    assert verdicts(batch) == ["known"]
    assert Case.objects.count() == 1


@pytest.mark.rule("REF-2i")
@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "The file is empty"),
        (b"%PDF-1.7\x00\x81", "is no text we can read"),
        (b"Forename,Surname\r\nPat,Doe\r\n", "has no column “referral id”, “dob”"),
        (",".join([*HEADER, "Family Name"]).encode() + b"\r\n1\r\n", "Two columns mean the same: “Family Name”"),
        (b"x" * (LARGEST_FILE + 1), "is larger than 5 MB"),
    ],
)
def test_a_file_that_cannot_be_taken_is_refused_with_the_remedy(office, content, words):
    answer = upload(office, SimpleUploadedFile("a.csv", content))
    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert not Batch.objects.exists()


@pytest.mark.rule("REF-2i")
@pytest.mark.parametrize("form", [{}, {"site": "nowhere"}, {"site": "northmere"}])
def test_site_and_file_are_asked_for(office, form):
    assert office.post(DOOR, form).status_code == 422


@pytest.mark.rule("REF-2j")
def test_a_long_file_is_loaded_bit_by_bit_with_progress(site, olu, office, monkeypatch):
    batch = uploaded(office, *[row(number) for number in range(9)])
    monkeypatch.setattr(batches, "LOADING_SECONDS", 0)
    assert batches.load_batch(batch, by=olu, seconds=0) == 9
    page = office.post(f"{DOOR}{batch.ref}/loading/", headers={"HX-Request": "true"})
    assert page.status_code == 200
    left = batches.to_load(batch).count()
    assert left < 9
    assert batch.loaded_at is None
    assert batches.load_batch(batch, by=olu, seconds=60) == 0
    batch.refresh_from_db()
    assert batch.loaded_at
    assert "All 9 good rows are in" in office.get(f"{DOOR}{batch.ref}/").content.decode()


@pytest.mark.rule("REF-2j")
def test_ten_thousand_rows_are_taken_and_shown_page_by_page(site, olu, office):
    content = write_table(
        HEADER, [row(number, Surname=f"Doe{'x' * (number % 60)}", DOB="x") for number in range(10_000)]
    )
    batch = batches.upload_batch(site, "long.csv", content, by=olu)
    page = office.get(f"{DOOR}{batch.ref}/?page=200")
    assert page.status_code == 200
    assert "Page 200 of 200" in page.content.decode()
    assert office.get(f"{DOOR}{batch.ref}/?page=x&show=y").status_code == 200


@pytest.mark.rule("REF-2d")
def test_only_patient_services_come_in(world, client_of):
    batch = uploaded(client_of(world.olu), row(1))
    doors = [DOOR, f"{DOOR}{batch.ref}/", f"{DOOR}{batch.ref}/bad-rows/"]
    for who in (world.tamsin, world.amara, world.sunniva, world.farid, world.leonie, world.alice):
        assert {client_of(who).get(door).status_code for door in doors} == {404}
        assert client_of(who).post(f"{DOOR}{batch.ref}/loading/").status_code == 404
    assert not Referral.objects.exists()


def test_more_files_ask_the_database_no_oftener(office, same_queries):
    uploaded(office, row(1))
    same_queries(office, DOOR, lambda: [uploaded(office, row(number)) for number in (2, 3)])


def test_the_example_is_what_its_script_makes():
    out = io.StringIO(newline="")
    write(make(), out)
    assert EXAMPLE.read_bytes().decode("utf-8-sig") == out.getvalue()


@pytest.mark.rule("REF-2c")
@pytest.mark.rule("REF-2g")
def test_of_the_example_exactly_the_mess_is_bad(site, olu):
    batch = batches.upload_batch(site, "referrals.csv", EXAMPLE.read_bytes(), by=olu)
    assert batch.rows.count() == ROWS
    bad = batch.rows.filter(verdict="bad")
    assert bad.count() == sum(BAD.values()) + SAME_PERSON_TWICE + SAME_REFERENCE_TWICE
    assert all(bad_row.reasons for bad_row in bad)
    assert verdicts(batch).count("good") == ROWS - bad.count()
