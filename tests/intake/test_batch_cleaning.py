"""Making a referral out of a partner's row, or saying why not (REF-2)."""

import datetime as dt
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from intake.referrals.cleaning import Cleaner, layout_of, read_birth_date, repaired
from patients.people.identity import Unreadable

TODAY = dt.date(2026, 11, 22)
HEADER = ["Referral ID", "Forename", "Surname", "DOB", "NHS Number", "Email", "Mobile", "Postcode", "GP Practice Name",
          "Presenting Problem", "SMS OK"]  # fmt: skip
GOOD = {
    "Referral ID": "NTT-1",
    "Forename": "Zoë ",
    "Surname": " Muñoz",
    "DOB": "14/03/1985",
    "NHS Number": "943 476 5919",
    "Email": " Zoe@Example.org ",
    "Mobile": "7700900123",
    "Postcode": "nm14ab",
    "GP Practice Name": "QUAY PRACTICE",
    "Presenting Problem": "Low mood",
    "SMS OK": "y",
}
SITE = SimpleNamespace(practices=["The Quay Practice"], postcode_districts=["NM1"])


def clean(**changes):
    """The good row with other cells; a heading is written with `_` for its spaces."""
    row = GOOD | {name.replace("_", " "): cell for name, cell in changes.items()}
    return Cleaner(layout_of(HEADER), SITE, "Northmere", TODAY).clean(row)


@pytest.mark.rule("REF-2g")
def test_a_good_row_is_tidied():
    row = clean()
    assert not row.reasons
    wanted = {
        "partner_ref": "NTT-1",
        "first_name": "Zoë",
        "last_name": "Muñoz",
        "date_of_birth": dt.date(1985, 3, 14),
        "nhs_number": "9434765919",
        "email": "zoe@example.org",
        "phone": "07700900123",
        "postcode": "NM1 4AB",
        "gp_practice": "The Quay Practice",
        "reason": "Low mood",
        "consents": {"text": True},
    }
    assert {name: row.data[name] for name in wanted} == wanted


@pytest.mark.rule("REF-2c")
@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"Referral_ID": ""}, "Referral ID is missing"),
        ({"Surname": " "}, "Surname is missing"),
        ({"Forename": "=cmd|1"}, "Forename does not look like a name"),
        ({"DOB": "31/02/1990"}, "DOB “31/02/1990” is not a date we can read"),
        ({"DOB": "01/01/2027"}, "DOB “01/01/2027” is in the future"),
        ({"DOB": "01/01/2020"}, "DOB “01/01/2020” makes an age of 6"),
        ({"NHS_Number": "9434765918"}, "NHS Number has a wrong digit somewhere"),
        ({"Email": ""}, "Email is missing"),
        ({"Email": "zoe@example,org"}, "Email “zoe@example,org” is not an e-mail address"),
        ({"Mobile": "4.47701E+11"}, "Mobile was cut short by a spreadsheet"),
        ({"Postcode": "NM1"}, "Postcode is not a full postcode"),
        (
            {"GP_Practice_Name": "Hilltop", "Postcode": "ZX4 1AA"},
            "GP Practice Name “Hilltop” is outside the area of Northmere",
        ),
        ({"GP_Practice_Name": ""}, "GP Practice Name is missing"),
        ({"SMS_OK": "perhaps"}, "SMS OK must be yes or no, this says “perhaps”"),
        ({"": "more"}, "There is text beyond the last column: “more”"),
    ],
)
def test_each_fault_is_said_with_its_column(changes, reason):
    [said] = clean(**changes).reasons
    assert said.startswith(reason)


@pytest.mark.rule("REF-2c")
def test_every_fault_of_a_row_is_said():
    assert len(clean(Surname="", DOB="x", Mobile="1", Email="x").reasons) == 4


@pytest.mark.rule("REF-2g")
@pytest.mark.parametrize(
    "typed",
    ["14/03/1985", "14-03-1985", "14.03.1985", "1985-03-14", "1985/03/14", "14-Mar-1985", "14 March 1985",
     " 14/3/1985 ",
     "1985-03-14 00:00:00", "14/03/1985 00:00", "14/03/85", "14-Mar-85"],
)  # fmt: skip
def test_a_day_is_read_day_before_month(typed):
    assert read_birth_date(typed, TODAY) == dt.date(1985, 3, 14)


@pytest.mark.rule("REF-2g")
@pytest.mark.parametrize(
    ("typed", "born"),
    [("01/02/05", dt.date(2005, 2, 1)), ("29/02/44", dt.date(1944, 2, 29)), ("01/01/27", dt.date(1927, 1, 1))],
)
def test_two_digits_of_a_year_are_read_where_one_century_makes_an_adult(typed, born):
    assert read_birth_date(typed, TODAY) == born


@pytest.mark.rule("REF-2g")
@pytest.mark.parametrize("typed", ["01/02/15", "13/13/1985", "31120", "1985", "tomorrow", "14/03/1885"])
def test_a_day_that_may_mean_anything_is_refused(typed):
    with pytest.raises(Unreadable):
        read_birth_date(typed, TODAY)


@pytest.mark.rule("REF-2g")
@given(st.dates(dt.date(1927, 1, 1), dt.date(2010, 1, 1)))
def test_three_ways_of_writing_a_day_mean_the_same_day(day):
    for form in ("%d/%m/%Y", "%Y-%m-%d", "%d-%b-%Y"):
        assert read_birth_date(day.strftime(form), TODAY) == day


@pytest.mark.rule("REF-2g")
@given(st.text(st.characters(codec="cp1252", categories=["Lu", "Ll"]), max_size=20))
def test_accents_broken_by_an_encoding_are_mended_and_right_ones_left_alone(name):
    broken = name.encode().decode("cp1252", errors="replace")
    if "\N{REPLACEMENT CHARACTER}" not in broken:
        assert repaired(broken) == name
    assert repaired("Muñoz") == "Muñoz"


@given(st.fixed_dictionaries({name: st.text(max_size=30) for name in HEADER}))
def test_whatever_a_row_holds_it_is_good_or_says_why(row):
    cleaned = Cleaner(layout_of(HEADER), SITE, "Northmere", TODAY).clean(row)
    needed = {"partner_ref", "first_name", "last_name", "date_of_birth", "email", "postcode", "gp_practice"}
    assert cleaned.reasons or needed <= cleaned.data.keys()


@pytest.mark.rule("REF-2i")
def test_headings_are_known_by_several_names_and_missing_ones_are_named():
    layout = layout_of(
        ["referral_reference", "First Name", "LAST NAME", "Date of birth", "NHS No.", "E-mail", "Colour"]
    )
    assert layout.of("first_name") == "First Name"
    assert layout.missing == ["mobile", "postcode", "gp practice"]
    assert layout_of(["Surname", "Family name"]).twice == ["Family name"]


@pytest.mark.rule("APPT-24a")
@pytest.mark.parametrize(
    ("said", "step", "found", "wrong"),
    [
        ("yes", "3", {"pre_assessed": True, "provisional_step": "3"}, ""),
        ("Y", "", {"pre_assessed": True}, ""),
        ("no", "3", {}, ""),
        ("", "", {}, ""),
        ("yes", "4", {"pre_assessed": True}, "Step must be 2, 3 or 3+"),
        ("perhaps", "3", {}, "Pre-assessed must be yes or no"),
    ],
)
def test_a_file_may_say_that_a_person_was_assessed_already(said, step, found, wrong):
    row = GOOD | {"Pre-assessed": said, "Step": step}
    cleaned = Cleaner(layout_of([*HEADER, "Pre-assessed", "Step"]), SITE, "Northmere", TODAY).clean(row)
    kept = {name: value for name, value in cleaned.data.items() if name in ("pre_assessed", "provisional_step")}
    assert kept == found
    assert [wrong in reason for reason in cleaned.reasons] == ([True] if wrong else [])
