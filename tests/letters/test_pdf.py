"""The PDF of a letter: tagged, with letterhead and page numbers, and with the letter's own text."""

import datetime as dt
import io
from html.parser import HTMLParser

import pytest
from pypdf import PdfReader

from files.actions import render_due
from letters import actions
from letters.models import Letter
from letters.rendering import letter_html
from measures.actions import answer_all, complete, give

LONG = "A sentence with “quotes”, an em dash — and £5, in plain words. " * 60


class Words(HTMLParser):
    """The text of HTML, in order."""

    def __init__(self) -> None:
        super().__init__()
        self.words: list[str] = []

    def handle_data(self, data: str) -> None:
        self.words.append(data)


def text_of(html: str) -> str:
    reader = Words()
    reader.feed(html)
    return "".join("".join(reader.words).split())


@pytest.fixture
def letter(world) -> Letter:
    """A letter of several pages with a chart."""
    for number, value in enumerate((2, 1)):
        for measure, items in (("phq-9", 9), ("gad-7", 7)):
            given = give(world.alice_case, measure, occasion=f"session {number}")
            answers = dict.fromkeys(range(1, items + 1), value) | ({9: 0} if measure == "phq-9" else {})
            answer_all(given, answers, by=world.alice.user)
            complete(given, by=world.alice.user)
    draft = actions.start(world.alice_case, "assessment", by=world.amara.user)
    parts = {"difficulties": LONG, "plan": "One\ntwo\nthree", "risk": "None found.", "other": "Zoë’s naïve café"}
    actions.save(draft, parts, 0, by=world.amara.user)
    actions.submit(draft, by=world.amara.user)
    made = actions.approve(draft, by=world.olu)
    render_due()
    return Letter.objects.get(pk=made.pk)


@pytest.fixture
def pdf(letter) -> PdfReader:
    return PdfReader(io.BytesIO(bytes(letter.pdf.file.content)))


@pytest.mark.rule("LET-4b")
def test_tagged_with_title_language_letterhead_and_page_numbers(pdf, letter):
    root = pdf.trailer["/Root"]
    assert root["/MarkInfo"]["/Marked"]
    assert "/StructTreeRoot" in root
    assert root["/Lang"] == "en-GB"
    assert len(pdf.pages) > 1
    first, last = pdf.pages[0].extract_text(), pdf.pages[-1].extract_text()
    assert first.startswith("ieso")
    assert f"Page {len(pdf.pages)} of {len(pdf.pages)}" in last
    assert letter.case.ref[:4] in last


@pytest.mark.rule("LET-4c")
@pytest.mark.rule("LET-2b")
def test_the_text_of_the_pdf_is_the_text_of_the_letter(pdf, letter):
    reference = f"Reference {letter.case.ref[:4]} {letter.case.ref[4:]}"
    pages = [page.extract_text() for page in pdf.pages]
    head = f"ieso\n{reference}\n"
    assert pages[0].startswith(head)
    feet = [f"{reference} Page {number} of {len(pages)}" for number in range(1, len(pages) + 1)]
    assert all(page.endswith(foot) for page, foot in zip(pages, feet, strict=True))
    found = "".join(page.removesuffix(foot) for page, foot in zip(pages, feet, strict=True)).removeprefix(head)
    assert "".join(found.split()) == text_of(letter.html)


@pytest.mark.rule("LET-2b")
def test_a_letter_holds_what_was_known_on_its_day(letter):
    first = letter.case.scores.order_by("at").first().at
    assert "GAD-7" in letter.html
    assert "Your questionnaires" not in letter_html(letter.draft, first - dt.timedelta(seconds=1))


def test_a_document_fetches_nothing_from_anywhere():
    from weasyprint.urls import FatalURLFetchingError

    from files.pdf import render_pdf

    with pytest.raises(FatalURLFetchingError):
        render_pdf('<html lang="en"><body><img src="http://127.0.0.1:9/x.png" alt=""></body></html>')
