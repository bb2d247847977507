"""Opens what a stranger handed in, in a process of its own: `python -m files.workshop KIND`, bytes in, bytes out.

The process has little memory and time, no environment, no database and no network to speak of: a file made to break
what reads it breaks this and nothing else. Pictures come out made anew, without place, camera or thumbnail and no
larger than they need be; everything else comes out as it went in. Exit 3 and a code on the error stream: not taken.
"""

from __future__ import annotations

import io
import re
import resource
import sys
import zipfile
from typing import Any

from files import rules
from files.kinds import Unfit, kind_of

UNFIT = 3
MEMORY_BYTES = 1024 * rules.MEGABYTE
CPU_SECONDS = 20
MOST_OBJECTS = 50_000
FORMATS = {"jpeg": "JPEG", "png": "PNG", "webp": "WEBP", "gif": "GIF"}
# What makes a PDF act by itself, or carry another file within it.
ACTIONS = {"/JavaScript", "/Launch", "/ImportData", "/SubmitForm", "/GoToE", "/GoToR", "/Rendition", "/Movie", "/Sound"}
# A document that brings its template or an object from elsewhere brings that one's macros along.
FETCHES = re.compile(rb"<Relationship\b[^>]*(?:attachedTemplate|oleObject|/frame)[^>]*External", re.IGNORECASE)
ACTIVE_KEYS = {"/JS", "/JavaScript", "/EmbeddedFiles", "/EmbeddedFile", "/XFA", "/RichMediaContent", "/AA"}


def checked(kind: str, content: bytes) -> bytes:
    """Return the bytes that may be served; raises Unfit."""
    if kind_of(content) != kind:
        raise Unfit("broken")
    if rules.KINDS[kind].is_picture:
        return picture(kind, content)
    if kind == "pdf":
        look_through_pdf(content)
    elif kind != "text":
        unfold(content)
    return content


def picture(kind: str, content: bytes) -> bytes:
    """Return a picture made anew: the right way up, at most LONGEST_SIDE pixels a side, and nothing but the picture."""
    from PIL import Image, ImageOps

    Image.MAX_IMAGE_PIXELS = None  # the header is asked below
    with Image.open(io.BytesIO(content), formats=[FORMATS[kind]]) as opened:
        if opened.width * opened.height > rules.MOST_PIXELS:
            raise Unfit("bomb")
        if kind == "jpeg":
            opened.draft("RGB", (rules.LONGEST_SIDE, rules.LONGEST_SIDE))
        turned = ImageOps.exif_transpose(opened)
        turned = turned.convert("RGB" if kind == "jpeg" else "RGBA")
        turned.thumbnail((rules.LONGEST_SIDE, rules.LONGEST_SIDE))
        # The pixels alone are taken over: a copy of the picture would bring along what was written beside them.
        fresh = Image.frombytes(turned.mode, turned.size, turned.tobytes())
        return _saved(kind, fresh)


def _saved(kind: str, fresh: Any) -> bytes:
    out = io.BytesIO()
    if kind == "jpeg":
        fresh.save(out, "JPEG", quality=85, optimize=True)
    elif kind == "webp":
        fresh.save(out, "WEBP", quality=85)
    else:
        fresh.save(out, "PNG", optimize=True)
    return out.getvalue()


def look_through_pdf(content: bytes) -> None:
    """Go through every object of a PDF; raises Unfit for a locked one and for one that would do something by itself."""
    from pypdf import PdfReader

    reader = PdfReader(io.BytesIO(content), strict=False)
    if reader.is_encrypted:
        raise Unfit("locked")
    _walk(reader.trailer)


def _walk(trailer: Any) -> None:
    """Every object that can be reached from the trailer, each once."""
    from pypdf.generic import ArrayObject, DictionaryObject, IndirectObject

    seen: set[tuple[int, int]] = set()
    waiting: list[Any] = [trailer]
    while waiting:
        found = waiting.pop()
        if isinstance(found, IndirectObject):
            if (found.idnum, found.generation) in seen:
                continue
            seen.add((found.idnum, found.generation))
            if len(seen) > MOST_OBJECTS:
                raise Unfit("bomb")
            found = found.get_object()
        if isinstance(found, DictionaryObject):
            _refuse_active(found)
            waiting += [dict.__getitem__(found, key) for key in found]
        elif isinstance(found, ArrayObject):
            waiting += list(list.__iter__(found))


def _refuse_active(found: Any) -> None:
    if ACTIVE_KEYS.intersection(found) or str(found.raw_get("/S") if "/S" in found else "") in ACTIONS:
        raise Unfit("active")


def unfold(content: bytes) -> None:
    """Read all of an archive, whatever sizes it claims; raises Unfit where it holds more than it may."""
    left = rules.MOST_UNFOLDED
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        for member in archive.infolist():
            with archive.open(member) as opened:
                while piece := opened.read(rules.MEGABYTE):
                    left -= len(piece)
                    if left < 0:
                        raise Unfit("bomb")
                    if member.filename.endswith(".rels") and FETCHES.search(piece):
                        raise Unfit("macros")


def main(kind: str) -> int:
    """Check what comes in on standard input; the exit code says whether it may be served."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    try:
        out = checked(kind, sys.stdin.buffer.read(rules.MOST_BYTES + 1))
    except Unfit as unfit:
        code = unfit.code
    except MemoryError:
        code = "bomb"
    except Exception:
        # A sound file does not make its reader stumble.
        code = "broken"
    else:
        sys.stdout.buffer.write(out)
        return 0
    sys.stderr.write(code)
    return UNFIT


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
