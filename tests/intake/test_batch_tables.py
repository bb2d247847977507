"""CSV as partners and spreadsheets make it (REF-2)."""

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from intake.referrals.tables import (
    FORMULA_SIGNS,
    LARGEST_FILE,
    MOST_ROWS,
    UnreadableFile,
    guarded,
    read_table,
    unguarded,
    write_table,
)

TEXT = "Surname,Note\r\nMuñoz,Señor\r\n"


@pytest.mark.rule("REF-2k")
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_the_usual_encodings_are_read(encoding):
    table = read_table(TEXT.encode(encoding))
    assert table.header == ["Surname", "Note"]
    assert table.rows == [{"Surname": "Muñoz", "Note": "Señor"}]


@pytest.mark.rule("REF-2k")
@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_the_usual_delimiters_are_read(delimiter):
    assert read_table(TEXT.replace(",", delimiter).encode()).rows[0]["Note"] == "Señor"


@pytest.mark.rule("REF-2i")
@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "The file is empty"),
        (b" \r\n ", "The file is empty"),
        (b"Surname,Note\r\n", "has a header and no rows"),
        (b"Surname,Note\r\n,,\r\n \r\n", "has a header and no rows"),
        (b"PK\x03\x04\x00\x00\x81\x8d", "is no text we can read"),
        (b"a\x00b\r\nc", "is no text we can read"),
        (b'a,b\r\n"c', "is no proper CSV"),
        (b'a,b\r\n"c"d,e\r\n', "is no proper CSV"),
        (b"x" * (LARGEST_FILE + 1), "is larger than 5 MB"),
        (b"a\r\n" + b"1\r\n" * (MOST_ROWS + 1), "more than 10,000 rows"),
    ],
)
def test_what_is_no_table_is_refused_in_words(content, words):
    with pytest.raises(UnreadableFile, match=words):
        read_table(content)


def test_blank_lines_are_skipped_and_the_numbers_are_those_of_the_file():
    table = read_table(b'a,b\r\n\r\n1,"two\r\nlines"\r\n\r\n3,4\r\n')
    assert table.rows == [{"a": "1", "b": "two\r\nlines"}, {"a": "3", "b": "4"}]
    assert table.numbers == [4, 6]


def test_cells_beyond_the_header_are_kept_to_be_complained_of():
    assert read_table(b"a,b\r\n1,2,3,4\r\n5\r\n").rows == [{"a": "1", "b": "2", "": "3 4"}, {"a": "5", "b": ""}]


@pytest.mark.rule("REF-2e")
@pytest.mark.parametrize("cell", ["=1+1", "+44 7700", "-2", "@SUM(A1)", "\t=1", "\r=1"])
def test_no_cell_of_a_download_is_a_formula(cell):
    content = write_table(["Name"], [{"Name": cell}])
    [_, [written]] = csv.reader(io.StringIO(content.decode("utf-8-sig"), newline=""))
    assert not written.startswith(FORMULA_SIGNS)
    assert unguarded(written) == cell


@pytest.mark.rule("REF-2e")
@given(st.lists(st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=30), min_size=2, max_size=5))
def test_what_is_downloaded_is_read_back_as_it_was(cells):
    header = [f"column {place}" for place in range(len(cells))]
    row = dict(zip(header, cells, strict=True))
    if any(cell.strip() for cell in cells):
        assert read_table(write_table(header, [row])).rows == [
            {name: unguarded(guarded(cell)) for name, cell in row.items()}
        ]
