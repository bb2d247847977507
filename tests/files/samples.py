"""Files as people hand them in, and as those do who mean harm; each made here, none of them from anywhere."""

import io
import struct
import zipfile
import zlib

from PIL import Image
from pypdf import PdfWriter
from pypdf.generic import ArrayObject, DictionaryObject, NameObject, TextStringObject

from files import rules
from files.scanning import EICAR

TEXT = "Dear Amara,\nI wrote it down: 7 of 10 – it went well.\n".encode()
PLACE = {1: "N", 2: (51.0, 30.0, 26.0), 3: "W", 4: (0.0, 7.0, 39.0)}


def picture(kind: str = "PNG", size: tuple[int, int] = (60, 40)) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", size, "teal").save(out, kind)
    return out.getvalue()


def photo_with_place(size: tuple[int, int] = (80, 40), orientation: int = 6) -> bytes:
    """A JPEG of a phone: turned on its side, with the place, the camera and a remark in it."""
    exif = Image.Exif()
    exif[0x0112], exif[0x010F], exif[0x9286] = orientation, "Telephone Makers", "at home"
    exif.get_ifd(0x8825).update(PLACE)
    out = io.BytesIO()
    Image.new("RGB", size, "teal").save(out, "JPEG", exif=exif.tobytes(), comment=b"at home")
    return out.getvalue()


def pixel_bomb() -> bytes:
    """A PNG of a few hundred bytes that claims 60,000 by 60,000 pixels."""

    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack("!I", len(data)) + name + data + struct.pack("!I", zlib.crc32(name + data))

    header = struct.pack("!IIBBBBB", 60_000, 60_000, 8, 2, 0, 0, 0)
    chunks = chunk(b"IHDR", header), chunk(b"IDAT", zlib.compress(b"\0" * 99)), chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunks)


def action(name: str, key: str, value: str) -> DictionaryObject:
    return DictionaryObject({NameObject("/S"): NameObject(name), NameObject(key): TextStringObject(value)})


def pdf(*, javascript: str = "", launch: bool = False, password: str = "") -> bytes:
    writer = PdfWriter()
    page = writer.add_blank_page(width=200, height=200)
    if javascript:
        writer.root_object[NameObject("/OpenAction")] = writer._add_object(action("/JavaScript", "/JS", javascript))
    if launch:
        started = writer._add_object(action("/Launch", "/F", "a.exe"))
        link = DictionaryObject({NameObject("/Subtype"): NameObject("/Link"), NameObject("/A"): started})
        page[NameObject("/Annots")] = ArrayObject([writer._add_object(link)])
    if password:
        writer.encrypt(password, algorithm="RC4-128")
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def office(kind: str = "docx", members: dict[str, bytes] | None = None, *, content_type: str = "") -> bytes:
    """An office document with the members that make it one, and more."""
    known = rules.KINDS[kind]
    held = {known.member: b"<document>My week</document>"}
    if kind.startswith("od"):
        held = {"mimetype": known.content_type.encode()} | held
    else:
        types = f'<Types><Override ContentType="{content_type or known.content_type}.main+xml"/></Types>'
        held = {"[Content_Types].xml": types.encode()} | held
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in (held | (members or {})).items():
            archive.writestr(name, content)
    return out.getvalue()


def zip_bomb() -> bytes:
    """A small document that says how much it unfolds to."""
    return office(members={f"word/media/{n}.bin": b"\0" * (rules.MOST_UNFOLDED // 4) for n in range(5)})


def lying_zip_bomb() -> bytes:
    """The same, saying in its directory that each member is small."""
    honest, size = zip_bomb(), struct.pack("<L", rules.MOST_UNFOLDED // 4)
    return honest.replace(size, struct.pack("<L", 100))


EICAR_FILE = EICAR
