"""What a file is, told from its content alone, never from its name or from what the browser says (ROOM-11)."""

from __future__ import annotations

import io
import re
import unicodedata
import zipfile

import filetype

from files import rules

OLD_OFFICE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
ZIP, ZIP_END = b"PK\x03\x04", b"PK\x05\x06"
PICTURES = {"jpg": "jpeg", "png": "png", "webp": "webp", "gif": "gif"}
HEIC = {"heic", "heif", "avif"}
MACROS = re.compile(
    r"vbaProject\.bin|vbaData\.xml|oleObject|macrosheets/|activeX/|^Basic/|^Scripts/|^Dialogs/", re.IGNORECASE
)
MACRO_TYPE = re.compile(rb"macroEnabled|vbaProject|ms-office\.activeX", re.IGNORECASE)
TEXT_CONTROLS = frozenset("\n\r\t\f")
# Text that a browser or a system would run if it came under another name.
RUN = re.compile(r"\s*(#!|%!PS|\{\\rtf|<\?php|<!doctype|<html|<script|<svg|<\?xml)", re.IGNORECASE)


class Unfit(Exception):
    """A file that is not taken; `code` is one of `files.rules.WORDS`."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def kind_of(content: bytes) -> str:
    """Return the kind of a file, one of `files.rules.KINDS`; raises Unfit with why it is none of them."""
    if not content:
        raise Unfit("empty")
    if len(content) > rules.MOST_BYTES:
        raise Unfit("too_large")
    if content.startswith(OLD_OFFICE):
        raise Unfit("old_office")
    if content.startswith(ZIP):
        return _office_kind(content)
    if content.startswith(b"%PDF-"):
        return _pdf(content)
    return _other(content)


def _other(content: bytes) -> str:
    guessed = filetype.guess(content)
    if guessed is None:
        return _text(content)
    if guessed.extension in HEIC:
        raise Unfit("heic")
    if guessed.extension not in PICTURES:
        raise Unfit("unknown")
    return PICTURES[guessed.extension]


def _pdf(content: bytes) -> str:
    """A PDF begins as one and ends as one: what is appended after it makes it two files at once."""
    end = content.rfind(b"%%EOF")
    if end < 0 or content[end + 5 :].strip(b"\r\n\t \0"):
        raise Unfit("broken")
    return "pdf"


def text_of(content: bytes) -> str:
    """Return the words of a plain text file; raises Unfit where it is none."""
    for encoding in ("utf-16",) if content[:2] in (b"\xff\xfe", b"\xfe\xff") else ("utf-8-sig", "cp1252"):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise Unfit("unknown")


def _text(content: bytes) -> str:
    text = text_of(content)
    if RUN.match(text) or any(c not in TEXT_CONTROLS and unicodedata.category(c) == "Cc" for c in text):
        raise Unfit("unknown")
    return "text"


def _office_kind(content: bytes) -> str:
    """The kind of an office document by its members; the archive must be the whole file, from the first byte on."""
    end = content.rfind(ZIP_END)
    if end < 0 or end + 22 != len(content):
        raise Unfit("broken")
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            return _checked(archive)
    except Unfit:
        raise
    except Exception as error:
        # Whatever the library stumbles over, the archive is no sound document.
        raise Unfit("broken") from error


def _checked(archive: zipfile.ZipFile) -> str:
    members = archive.infolist()
    names = {member.filename for member in members}
    if len(members) > rules.MOST_MEMBERS or sum(member.file_size for member in members) > rules.MOST_UNFOLDED:
        raise Unfit("bomb")
    if len(names) != len(members) or any(_strays(name) for name in names):
        raise Unfit("broken")
    if any(member.flag_bits & 1 for member in members):
        raise Unfit("locked")
    if any(MACROS.search(name) for name in names):
        raise Unfit("macros")
    return _kind_by_members(archive, names)


def _strays(name: str) -> bool:
    return name.startswith(("/", "\\")) or ".." in name.split("/") or ":" in name or "\0" in name


def _kind_by_members(archive: zipfile.ZipFile, names: set[str]) -> str:
    if "[Content_Types].xml" in names:
        types = _small(archive, "[Content_Types].xml")
        if MACRO_TYPE.search(types):
            raise Unfit("macros")
        for kind, known in rules.KINDS.items():
            if known.member in names and known.content_type.encode() in types:
                return kind
    elif "mimetype" in names:
        named = _small(archive, "mimetype").decode("ascii", "replace").strip()
        for kind, known in rules.KINDS.items():
            if known.member in names and named == known.content_type:
                return kind
    raise Unfit("unknown")


def _small(archive: zipfile.ZipFile, name: str) -> bytes:
    """The beginning of a member, never more than a megabyte whatever it claims."""
    with archive.open(name) as member:
        return member.read(rules.MEGABYTE)
