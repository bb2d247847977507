"""Steps 8 and 9: letters, discharge, pay."""

from __future__ import annotations

import datetime as dt
import re
import time

from walk import doors
from walk.journey import UK, Booking, Journey
from walk.pages import Page
from walk.person import Person, Trouble, check

PDF_SECONDS = 60
ASSESSMENT = {
    "difficulties": "You told me that you lie awake from half past three, going through what could be wrong.",
    "plan": "We will work with cognitive behavioural therapy for worry, once a week, in writing.",
    "risk": "You have thoughts of wanting it to be quiet, without a plan. You know whom to call.",
    "other": "Nothing else.",
}
DISCHARGE = {
    "work": "We looked at the circle of worry and checking, and you chose where to step in first.",
    "outcome": "You chose to go on by yourself after one session.",
    "risk": "There were no plans and no intent when we last wrote.",
    "recommendations": "Keep the phone in the kitchen. Come back at any time.",
}


def write_assessment_letter(journey: Journey) -> None:
    """Written, previewed, submitted, approved, sent; on the patient's page as text and PDF."""
    letter = _letter(journey, "assessment", ASSESSMENT)
    content = journey.patient.download(f"/letters/{letter}/pdf/")
    check(content.startswith(b"%PDF"), "the letter is no PDF")
    journey.save("assessment-letter.pdf", content)
    page = journey.patient.get(f"/letters/{letter}/")
    check("half past three" in page.text, "the patient cannot read the letter")


def _letter(journey: Journey, kind: str, parts: dict[str, str]) -> str:
    clinician, office = journey.clinician, journey.staff("patient-services")
    page = clinician.send(journey.case_page(clinician).form(action=f"/letters/{kind}/"))
    letter = page.url.rstrip("/").rsplit("/", 1)[-1]
    clinician.send(page.form(having="version"), preview="yes", **parts)
    preview = clinician.get(f"/letters/drafts/{letter}/preview/")
    clinician.send(preview.form(action="submission/"))
    office.send(office.get(f"/letters/drafts/{letter}/preview/").form(action="/approval/"))
    office.send(_once_made(office, f"/letters/{letter}/", "/sending/"))
    return letter


def _once_made(person: Person, path: str, action: str):
    """Wait until the PDF is made and its page offers the next step."""
    end = time.monotonic() + PDF_SECONDS
    while time.monotonic() < end:
        page = person.get(path)
        for form in page.forms:
            if action in form.action:
                return form
        time.sleep(1)
    raise Trouble(f"{path} offers no {action} after {PDF_SECONDS} s")


def end_therapy(journey: Journey) -> None:
    """Refused while the alert is unreviewed; after the review the case is ended, its letter sent, discharged."""
    clinician, office = journey.clinician, journey.staff("patient-services")
    page = clinician.get(f"/cases/{journey.case}/ending/")
    wish = {"status": "completed", "rationale": "Chose to go on alone after a good first session."}
    refused = clinician.be_refused(page.form(having="status"), **wish)
    check("must stay" in refused.text or "Not done yet" in refused.text, "the refusal does not say why")
    _review_alerts(journey)
    page = clinician.get(f"/cases/{journey.case}/ending/")
    clinician.send(page.form(having="status"), **wish)
    _letter(journey, "discharge", DISCHARGE)
    office.send(_once_made(office, f"/cases/{journey.case}/discharge/", "/discharge/"))
    check("discharged" in journey.case_page(office).text.casefold(), "the case is not discharged")


def _review_alerts(journey: Journey) -> None:
    clinician = journey.clinician
    alerts = dict.fromkeys(href for _, href in journey.case_page(clinician).links if "/alerts/" in href)
    check(alerts, "the case page shows no alert")
    for href in alerts:
        for form in clinician.get(href).forms:
            if "considered" in form.names:
                clinician.send(
                    form,
                    considered="Asked in the session: passive thoughts, no plan, no intent.",
                    done="Numbers given, partner knows, letter sent.",
                    level="low",
                )


def pay(journey: Journey) -> None:
    """Last month drawn up, drawn again unchanged, issued, confirmed; this month's lines of the walk as they must be."""
    finance = journey.staff("finance")
    _statement(journey, finance, _last_month())
    expected = {"now": ("completed", 4483), "late": ("late_cancelled", 2241), "early": ("cancelled", 0)}
    for name, (outcome, pence) in expected.items():
        lines = _lines(journey, finance, journey.bookings[name])
        check((outcome, pence) in lines, f"{name}: expected {outcome} at {pence}, found {lines}")
    check("nothing is due" in _preview(journey, finance, journey.bookings["early"]).text, "nothing, and no reason")


def _last_month() -> dt.date:
    first = dt.datetime.now(UK).date().replace(day=1)
    return (first - dt.timedelta(days=1)).replace(day=1)


def _statement(journey: Journey, finance: Person, month: dt.date) -> None:
    path, name = _unissued(finance, month)
    drawn = finance.send(finance.get(path).form(action="/draft/"))
    again = finance.send(drawn.form(action="/draft/"))
    check(_amounts(drawn) == _amounts(again) and _amounts(drawn), "drawing up again changed the lines")
    issued = finance.send(again.form(action="/issue/"))
    link = issued.url.removeprefix(journey.url)
    clinician = doors.by_one_click(journey.url, "clinician", name)
    page = clinician.send(clinician.get(link).form(action="/confirmation/"))
    check("confirmed" in page.text.casefold(), "the statement is not confirmed")
    end = time.monotonic() + PDF_SECONDS
    while clinician.client.get(f"{link}pdf/").status_code != 200 and time.monotonic() < end:
        time.sleep(1)
    journey.save("statement.pdf", clinician.download(f"{link}pdf/"))
    journey.save("statement.html", page.html.encode())


def _unissued(finance: Person, month: dt.date) -> tuple[str, str]:
    """The first clinician whose statement is still to be issued, last month's first, then earlier ones'."""
    for _ in range(6):
        page = finance.get(f"/pay/months/{month:%Y-%m}/")
        for name, href in page.links:
            if re.search(rf"/pay/months/{month:%Y-%m}/[0-9a-f-]{{36}}/$", href):
                return href, name
        month = (month - dt.timedelta(days=1)).replace(day=1)
    raise Trouble("every statement of the last months is issued already")


def _amounts(page: Page) -> list[tuple[str, str, str]]:
    return re.findall(r'data-case="(\w+)" data-outcome="(\w+)" data-pence="(\d+)"', page.html)


def _preview(journey: Journey, finance: Person, booking: Booking) -> Page:
    month = booking.starts_at.astimezone(UK)
    page = finance.get(f"/pay/months/{month:%Y-%m}/")
    return finance.get(page.link(journey.clinician_name))


def _lines(journey: Journey, finance: Person, booking: Booking) -> list[tuple[str, int]]:
    amounts = _amounts(_preview(journey, finance, booking))
    return [(outcome, int(pence)) for case, outcome, pence in amounts if case == journey.case]
