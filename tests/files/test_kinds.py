"""A file is told by its content, whatever it is called, and opened where it can do no harm (ROOM-11)."""

import io

import pytest
from PIL import Image

from files import rules, sandbox
from files.kinds import Unfit, kind_of
from tests.files import samples

SOUND = {
    "text": samples.TEXT,
    "pdf": samples.pdf(),
    "png": samples.picture("PNG"),
    "jpeg": samples.picture("JPEG"),
    "webp": samples.picture("WEBP"),
    "gif": samples.picture("GIF"),
    **{kind: samples.office(kind) for kind in ("docx", "xlsx", "pptx", "odt", "ods", "odp")},
}
AT_THE_DOOR = {
    "nothing": (b"", "empty"),
    "eleven megabytes": (b"a" * (rules.MOST_BYTES + 1), "too_large"),
    "a program": (b"MZ\x90\x00" + b"\0" * 200, "unknown"),
    "a script": (b"#!/bin/sh\nrm -rf /\n", "unknown"),
    "a page": (b"<!DOCTYPE html><script>alert(1)</script>", "unknown"),
    "a drawing with a script": (b"<svg xmlns='http://www.w3.org/2000/svg'><script/></svg>", "unknown"),
    "rich text": (b"{\\rtf1 hello}", "unknown"),
    "bytes that are no text": (b"hello\x00world", "unknown"),
    "a plain archive": (samples.office("docx").replace(b"word/document.xml", b"word/document.exe"), "unknown"),
    "an old document": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "old_office"),
    "macros": (samples.office("docx", {"word/vbaProject.bin": b"x"}), "macros"),
    "macros by type": (samples.office("docx", content_type="application/vnd.ms-word.document.macroEnabled"), "macros"),
    "macros of an open document": (samples.office("odt", {"Basic/Standard/Module1.xml": b"x"}), "macros"),
    "a member that climbs": (samples.office("docx", {"../../etc/passwd": b"x"}), "broken"),
    "an archive that unfolds": (samples.zip_bomb(), "bomb"),
    "an archive cut short": (samples.office("docx")[:-30], "broken"),
    "a document with something after it": (samples.office("docx") + b"<script>", "broken"),
    "a PDF with an archive after it": (samples.pdf() + samples.office("docx"), "broken"),
    "a PDF cut short": (samples.pdf()[:-40], "broken"),
    "a picture of Apple": (b"\x00\x00\x00\x18ftypheic\x00\x00\x00\x00mif1heic" + b"\0" * 64, "heic"),
}
ELSEWHERE = b'<Relationship Type="http://x/attachedTemplate" TargetMode="External"/>'
IN_THE_WORKSHOP = {
    "a PDF with a program": ("pdf", samples.pdf(javascript="app.alert(1)"), "active"),
    "a PDF that starts one": ("pdf", samples.pdf(launch=True), "active"),
    "a PDF with a password": ("pdf", samples.pdf(password="kettle"), "locked"),
    "a PDF in name only": ("pdf", b"%PDF-1.7\nnot really\n%%EOF", "broken"),
    "a picture of sixty thousand pixels": ("png", samples.pixel_bomb(), "bomb"),
    "a picture cut short": ("jpeg", samples.picture("JPEG", (400, 400))[:700], "broken"),
    "an archive that lies": ("docx", samples.lying_zip_bomb(), ""),
    "a document that fetches its template": (
        "docx",
        samples.office(members={"word/_rels/settings.xml.rels": ELSEWHERE}),
        "macros",
    ),
}


@pytest.mark.rule("ROOM-11a")
@pytest.mark.parametrize("kind", SOUND)
def test_sound_files_are_what_their_content_is(kind):
    assert kind_of(SOUND[kind]) == kind
    served = sandbox.checked(kind, SOUND[kind])
    assert kind_of(served) == ("png" if kind == "gif" else kind)


@pytest.mark.rule("ROOM-11a")
@pytest.mark.parametrize("what", AT_THE_DOOR)
def test_what_is_not_taken_says_why(what):
    content, code = AT_THE_DOOR[what]
    with pytest.raises(Unfit) as unfit:
        kind_of(content)
    assert unfit.value.code == code
    assert all(rules.WORDS[code])


@pytest.mark.rule("ROOM-11c")
@pytest.mark.parametrize("what", IN_THE_WORKSHOP)
def test_what_would_do_harm_is_found_in_a_process_of_its_own(what):
    kind, content, code = IN_THE_WORKSHOP[what]
    with pytest.raises(Unfit) as unfit:
        assert kind_of(content) == kind
        sandbox.checked(kind, content)
    assert unfit.value.code == code or (not code and unfit.value.code in ("bomb", "broken"))


@pytest.mark.rule("ROOM-11d")
def test_a_photo_comes_out_upright_and_without_its_place():
    photo = samples.photo_with_place()
    assert Image.open(io.BytesIO(photo)).getexif().get_ifd(0x8825)
    served = sandbox.checked("jpeg", photo)
    fresh = Image.open(io.BytesIO(served))
    assert fresh.size == (40, 80), "turned as it was held"
    assert not fresh.getexif()
    assert not {"exif", "comment", "icc_profile"} & set(fresh.info)
    for told in (b"Telephone", b"at home", b"Exif"):
        assert told not in served


@pytest.mark.rule("ROOM-11d")
def test_a_large_picture_becomes_as_large_as_a_page_needs():
    served = sandbox.checked("png", samples.picture("PNG", (4000, 1000)))
    assert Image.open(io.BytesIO(served)).size == (rules.LONGEST_SIDE, 640)


@pytest.mark.rule("ROOM-11d")
def test_what_is_hidden_behind_a_picture_is_gone():
    hidden = samples.picture("PNG") + samples.office("docx")
    assert kind_of(hidden) == "png"
    assert b"word/document.xml" not in sandbox.checked("png", hidden)
