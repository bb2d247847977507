"""What may be handed in, how much of it, and the words for what may not (ROOM-11). Pure: the time is an argument."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass

MEGABYTE = 1024 * 1024
MOST_BYTES = 10 * MEGABYTE
MOST_IN_A_MESSAGE = 5
# One person's files: enough for any evening's work, too little to fill a disk.
MOST_AT_ONCE, AT_ONCE = 20, dt.timedelta(minutes=10)
MOST_A_DAY_BYTES, A_DAY = 100 * MEGABYTE, dt.timedelta(days=1)
# What a picture or an archive may unfold to.
MOST_PIXELS = 50_000_000
LONGEST_SIDE = 2560
MOST_UNFOLDED = 100 * MEGABYTE
MOST_MEMBERS = 2000
CID = re.compile(r"[\x21-\x7e]{1,64}")
# A check that was begun is let alone so long; after that another worker begins it anew, later and later.
LEASE = dt.timedelta(seconds=60)
MOST_WAIT = dt.timedelta(minutes=5)
MOST_ATTEMPTS = 6


@dataclass(frozen=True)
class Kind:
    """A kind of file: what it is called, how its name ends and what a browser is told."""

    label: str
    ending: str
    content_type: str
    is_picture: bool = False
    member: str = ""  # what an office document holds, or says in its `mimetype`


OPEN_XML = "application/vnd.openxmlformats-officedocument."
OPEN_DOCUMENT = "application/vnd.oasis.opendocument."
KINDS = {
    "pdf": Kind("PDF document", "pdf", "application/pdf"),
    "docx": Kind("Word document", "docx", f"{OPEN_XML}wordprocessingml.document", member="word/document.xml"),
    "xlsx": Kind("Excel table", "xlsx", f"{OPEN_XML}spreadsheetml.sheet", member="xl/workbook.xml"),
    "pptx": Kind("PowerPoint slides", "pptx", f"{OPEN_XML}presentationml.presentation", member="ppt/presentation.xml"),
    "odt": Kind("Text document", "odt", f"{OPEN_DOCUMENT}text", member="content.xml"),
    "ods": Kind("Table", "ods", f"{OPEN_DOCUMENT}spreadsheet", member="content.xml"),
    "odp": Kind("Slides", "odp", f"{OPEN_DOCUMENT}presentation", member="content.xml"),
    "jpeg": Kind("Picture", "jpg", "image/jpeg", is_picture=True),
    "png": Kind("Picture", "png", "image/png", is_picture=True),
    "webp": Kind("Picture", "webp", "image/webp", is_picture=True),
    "gif": Kind("Picture", "png", "image/png", is_picture=True),
    "text": Kind("Text file", "txt", "text/plain; charset=utf-8"),
}
# The same for a browser: pictures by their type, so that a phone turns HEIC, which is not among them, into JPEG.
ACCEPT = ",".join(
    kind.content_type if name in {"jpeg", "png", "webp"} else "image/gif" if name == "gif" else f".{kind.ending}"
    for name, kind in KINDS.items()
)
TAKEN = "PDF, Word, Excel, PowerPoint and OpenDocument files, pictures (JPEG, PNG, WebP, GIF) and plain text"
# Why a file is not taken: what is wrong, and what to do.
WORDS = {
    "empty": ("This file is empty.", "Choose another file, or save it again and add it once more."),
    "too_large": ("This file is larger than 10 MB.", "Make it smaller, or send it in parts."),
    "unknown": ("We cannot take this kind of file.", f"You can add {TAKEN}."),
    "heic": (
        "We cannot take this kind of picture (HEIC).",
        "On an iPhone, choose it from your photo library, not from Files: it is then sent as JPEG. "
        "A screenshot of it will do as well. On a computer, save it as JPEG and add that.",
    ),
    "old_office": ("This is an older kind of Office file.", "Save it as .docx, .xlsx, .pptx or PDF and add that."),
    "macros": ("This document holds macros, which are small programs.", "Save it without macros, or as PDF."),
    "locked": ("This file is locked with a password.", "Save it without a password and add it again."),
    "active": (
        "This PDF would start something by itself when it is opened.",
        "Print it to a new PDF, or add a picture of it.",
    ),
    "broken": ("This file is damaged, or is not what it seems to be.", "Open it, save it again and add the new one."),
    "bomb": ("This file is far larger inside than it looks.", "Make it smaller, or send it in parts."),
    "virus": ("The virus check found something harmful in this file.", "Do not open it. Delete it on your device."),
    "too_many": ("You have added many files just now.", "Wait ten minutes and add it again."),
    "too_much": ("You have added as much as fits in one day.", "Add it tomorrow, or make your files smaller."),
    "malformed": ("The file did not arrive whole.", "Add it again."),
}


def why_not_more(recent: int, bytes_of_day: int, size: int) -> str:
    """Return why a person may hand in no more just now ("too_many", "too_much"), or an empty string.

    `recent`: files of this person within AT_ONCE; `bytes_of_day`: bytes within A_DAY; `size`: bytes of the new file.
    """
    if recent >= MOST_AT_ONCE:
        return "too_many"
    return "too_much" if bytes_of_day + size > MOST_A_DAY_BYTES else ""


def next_try(attempts: int, at: dt.datetime) -> dt.datetime:
    """Return when a check that was begun may be begun anew: after one minute, doubling to five."""
    return at + min(LEASE * 2 ** max(0, attempts - 1), MOST_WAIT)


def size_words(size: int) -> str:
    """Return a number of bytes as people say it: "412 KB", "3.4 MB"."""
    if size < MEGABYTE:
        return f"{max(1, round(size / 1024)):,} KB"
    return f"{size / MEGABYTE:.1f} MB"


def label_of(kind: str, size: int) -> str:
    """Return the neutral name of a file, which says nothing of its own name: "PDF document, 412 KB"."""
    return f"{KINDS[kind].label}, {size_words(size)}"


def download_name(kind: str, ref: str) -> str:
    """Return a name to save a file under that says nothing about anybody: "file-3f9a1c2e.pdf"."""
    return f"file-{ref[:8]}.{KINDS[kind].ending}"
