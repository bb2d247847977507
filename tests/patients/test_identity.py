"""How NHS numbers, phone numbers, postcodes and names are read (REF-1, REF-2)."""

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from patients.people.identity import (
    Unreadable,
    district,
    nhs_check_digit,
    nhs_number_in_groups,
    read_name,
    read_nhs_number,
    read_phone,
    read_postcode,
)

NINE = st.text("0123456789", min_size=9, max_size=9)


@pytest.mark.rule("REF-1e")
@given(NINE, st.integers(0, 9), st.sampled_from("0123456789"))
def test_one_wrong_digit_of_an_nhs_number_is_always_found(nine, place, other):
    check = nhs_check_digit(nine)
    assume(check)
    number = nine + check
    assert read_nhs_number(nhs_number_in_groups(number)) == number
    assume(number[place] != other)
    with pytest.raises(Unreadable, match="check digit does not fit"):
        read_nhs_number(number[:place] + other + number[place + 1 :])


@pytest.mark.parametrize(
    ("typed", "number"),
    [("943 476 5919", "9434765919"), (" 943-476-5919 ", "9434765919"), ("", ""), ("9.434765919E+09", "9434765919")],
)
@pytest.mark.rule("REF-1e")
def test_an_nhs_number_is_read_as_people_write_it(typed, number):
    assert read_nhs_number(typed) == number


@pytest.mark.parametrize(
    ("typed", "why"),
    [
        ("943476591", "needs 10 digits, this has 9"),
        ("94347659190", "this has 11"),
        ("943 476 591O", "digits only"),
        ("9.43E+09", "was cut short by a spreadsheet"),
        ("٩٤٣٤٧٦٥٩١٩", "digits only"),
        ("0000000001", "check digit"),
    ],
)
@pytest.mark.rule("REF-1e")
def test_an_nhs_number_that_is_none_says_why(typed, why):
    with pytest.raises(Unreadable, match=why):
        read_nhs_number(typed)


@pytest.mark.parametrize(
    ("typed", "number"),
    [
        ("07700 900123", "07700900123"),
        ("(07700) 900-123", "07700900123"),
        ("+44 7700 900123", "07700900123"),
        ("+44 (0)7700 900123", "07700900123"),
        ("0044 7700 900123", "07700900123"),
        ("447700900123", "07700900123"),
        ("7700900123", "07700900123"),
        ("7700900123.0", "07700900123"),
        ("'07700900123", "07700900123"),
        ("4.47700900123E+11", "07700900123"),
        ("7.700900123e9", "07700900123"),
        ("01632 960123", "01632960123"),
        ("1632960123", "01632960123"),
        ("020 7946 0123", "02079460123"),
        ("+353 1 496 0123", "+35314960123"),
        ("00353 1 496 0123", "+35314960123"),
        ("", ""),
    ],
)
@pytest.mark.rule("REF-2g")
def test_a_phone_number_is_read_whatever_a_spreadsheet_did_to_it(typed, number):
    assert read_phone(typed) == number


@pytest.mark.parametrize(
    ("typed", "why"),
    [
        ("4.47701E+11", "was cut short by a spreadsheet"),
        ("7.7E+09", "was cut short by a spreadsheet"),
        ("07700 900", "not a whole phone number"),
        ("0770090012345", "not a whole phone number"),
        ("770090012", "not a whole phone number"),
        ("+44 123", "not a whole phone number"),
        ("ask mum", "digits, spaces and a plus sign only"),
        ("٠٧٧٠٠٩٠٠١٢٣", "digits, spaces and a plus sign only"),
    ],
)
@pytest.mark.rule("REF-2g")
def test_a_phone_number_with_lost_digits_is_refused(typed, why):
    with pytest.raises(Unreadable, match=why):
        read_phone(typed)


@pytest.mark.rule("REF-2g")
@given(st.text("0123456789", min_size=9, max_size=9))
def test_every_way_of_writing_a_mobile_number_is_the_same_number(rest):
    number = f"07{rest}"
    scientific = f"4.4{number[1:]}E+11"
    for typed in (number, number[1:], f"+44{number[1:]}", f"44{number[1:]}", f"{number[1:]}.0", scientific):
        assert read_phone(typed) == number


@given(st.text(max_size=40))
def test_whatever_is_typed_is_read_or_refused_in_words(text):
    for reader in (read_nhs_number, read_phone, read_postcode, read_name):
        try:
            assert isinstance(reader(text), str)
        except Unreadable:
            continue


@pytest.mark.parametrize(
    ("typed", "postcode", "first_half"),
    [
        ("nm1 4ab", "NM1 4AB", "NM1"),
        ("NM114AB", "NM11 4AB", "NM11"),
        (" ec1a1bb ", "EC1A 1BB", "EC1A"),
        ("m1-1aa", "M1 1AA", "M1"),
    ],
)
def test_a_postcode_is_read_in_any_spacing(typed, postcode, first_half):
    assert read_postcode(typed) == postcode
    assert district(postcode) == first_half


@pytest.mark.parametrize("typed", ["", "NM1", "NM1 4", "4AB", "NM1 4ABC", "12345"])
def test_half_a_postcode_is_refused(typed):
    with pytest.raises(Unreadable, match="not a full postcode"):
        read_postcode(typed)


@pytest.mark.parametrize(
    ("typed", "name"), [("  Zoë ", "Zoë"), ("Zoe\u0308", "Zoë"), ("D’Arcy\u200b  Rowe", "D’Arcy Rowe")]
)
def test_a_name_is_tidied(typed, name):
    assert read_name(typed) == name


@pytest.mark.parametrize("typed", ["", "  ", "-", "=HYPERLINK(1)", "x" * 81])
def test_a_name_that_is_none_is_refused(typed):
    with pytest.raises(Unreadable):
        read_name(typed)
