"""Reading and writing CSV as partners and spreadsheets make it. Pure: no Django, no clock."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

LARGEST_FILE_MB = 5
LARGEST_FILE = LARGEST_FILE_MB * 1024 * 1024
MOST_ROWS = 10_000
LONGEST_CELL = 5000
DELIMITERS = ",;\t|"
# What a spreadsheet would take for a formula at the start of a cell.
FORMULA_SIGNS = ("=", "+", "-", "@", "\t", "\r", "\n")
GUARD = "'"


class UnreadableFile(ValueError):
    """A file that cannot be taken at all; the message is a sentence for the person who sent it."""


@dataclass(frozen=True)
class Table:
    """A file as it came: its header, its rows by column, and the number of the line each row begins on."""

    header: list[str]
    rows: list[dict[str, str]]
    numbers: list[int]


def decode(content: bytes) -> str:
    """Return the text of a file in UTF-8 (with a mark or without), UTF-16 with a mark, or Windows-1252."""
    if not content.strip():
        raise UnreadableFile("The file is empty.")
    if len(content) > LARGEST_FILE:
        raise UnreadableFile(f"The file is larger than {LARGEST_FILE_MB} MB. Split it and upload the parts.")
    marked = {b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16", b"\xef\xbb\xbf": "utf-8-sig"}
    encodings = [name for mark, name in marked.items() if content.startswith(mark)] or ["utf-8", "cp1252"]
    for encoding in encodings:
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\x00" not in text:
            return text
    raise UnreadableFile("The file is no text we can read. Save it as “CSV UTF-8” and upload it again.")


def read_table(content: bytes) -> Table:
    """Return the rows of a CSV file; raises UnreadableFile for one that is empty, too large or no table."""
    text = decode(content)
    first_line = text.lstrip("\r\n").split("\n", 1)[0]
    delimiter = max(DELIMITERS, key=first_line.count)
    try:
        lines = list(_lines(text, delimiter))
    except csv.Error as error:
        raise UnreadableFile(f"The file is no proper CSV: {error}.") from error
    if not lines:
        raise UnreadableFile("The file is empty.")
    header = [unguarded(cell).strip() for cell in lines[0][1]]
    if len(lines) == 1:
        raise UnreadableFile("The file has a header and no rows.")
    if len(lines) - 1 > MOST_ROWS:
        raise UnreadableFile(f"The file has more than {MOST_ROWS:,} rows. Split it and upload the parts.")
    return Table(header, [_row(header, cells) for _, cells in lines[1:]], [number for number, _ in lines[1:]])


def _lines(text: str, delimiter: str) -> Iterable[tuple[int, list[str]]]:
    """The lines that hold anything, with the number of the line each one ends on."""
    csv.field_size_limit(LARGEST_FILE)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    for cells in reader:
        if any(cell.strip() for cell in cells):
            yield reader.line_num, cells


def _row(header: list[str], cells: list[str]) -> dict[str, str]:
    """A row by column; cells beyond the header are kept under an empty name, so that they can be complained of."""
    row = dict.fromkeys(header, "") | {
        name: unguarded(cell)[:LONGEST_CELL] for name, cell in zip(header, cells, strict=False)
    }
    beyond = [cell for cell in cells[len(header) :] if cell.strip()]
    return row | ({"": " ".join(beyond)[:LONGEST_CELL]} if beyond else {})


def guarded(cell: str) -> str:
    """Return a cell that no spreadsheet takes for a formula."""
    return GUARD + cell if cell.startswith(FORMULA_SIGNS) else cell


def unguarded(cell: str) -> str:
    """Return what `guarded` was given."""
    return cell[1:] if cell.startswith(GUARD) and cell[1:].startswith(FORMULA_SIGNS) else cell


def write_table(header: list[str], rows: Iterable[Mapping[str, str]]) -> bytes:
    """Return a CSV file that spreadsheets open rightly: UTF-8 with its mark, no cell a formula."""
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow([guarded(name) for name in header])
    for row in rows:
        writer.writerow([guarded(row.get(name, "")) for name in header])
    return out.getvalue().encode("utf-8-sig")
