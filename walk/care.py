"""Steps 4, 5 and 7: messages, booking, and what follows a session."""

from __future__ import annotations

import datetime as dt
import math
import re

from walk import doors
from walk.journey import UK, Booking, Journey
from walk.pages import Page
from walk.person import Person, Trouble, check

MINUTE = dt.timedelta(minutes=1)
HOUR = dt.timedelta(hours=1)
DAY = dt.timedelta(days=1)
APPOINTMENT = re.compile(r"/appointments/[0-9a-f-]{36}/$")
LEAST_LEAD = dt.timedelta(seconds=20)


def write_to_each_other(journey: Journey) -> None:
    """The clinician signs in by password and code, owes a welcome, sends it; the patient is told, reads, answers."""
    clinician = doors.by_password_and_code(journey.url, journey.clinician_name)
    journey.people["the clinician"] = clinician
    shown = f"{journey.case[:4]} {journey.case[4:]}"
    check(shown in clinician.get("/home/").text, "the clinician's home does not list the welcome that is due")
    say(journey, clinician, "Hello Robin,\n\nI am glad that you are here. When would you like to meet? 🙂")
    doors.mail_to(journey.url, journey.email, "message")
    patient = journey.patient
    read = patient.get(f"/messages/{journey.case}/")
    check("I am glad that you are here." in read.text, "the patient cannot read the welcome")
    say(journey, patient, "Any evening. Thank you for writing <b>so soon</b>.")
    seen = clinician.get(f"/messages/{journey.case}/")
    check("<b>so soon</b>" not in seen.html and "so soon" in seen.text, "a tag came through in a message")


def say(journey: Journey, person: Person, text: str) -> Page:
    """Send a message in the conversation of the case."""
    return person.send(person.get(f"/messages/{journey.case}/").form(having="text"), text=text)


def book(journey: Journey) -> None:
    """Offer four: one in a minute (short notice), one kept for cancelling in time, one late, one declined."""
    now = dt.datetime.now(dt.UTC)
    journey.bookings["early"] = _offer_near(journey, now + 5 * DAY)
    journey.bookings["late"] = _offer_near(journey, now + DAY + 2 * HOUR)
    journey.bookings["declined"] = _offer_near(journey, now + 6 * DAY)
    patient = journey.patient
    for name in ("early", "late"):
        patient.send(patient.get(journey.bookings[name].path).form(action="/confirmation/"))
        _answer(patient, journey.bookings[name], "cancellation", reason="I cannot make it.")
    _answer(patient, journey.bookings["declined"], "decline", reason="Another day is better.")
    check(
        "late" in patient.get(journey.bookings["late"].path).text.casefold(), "the late cancellation is not called so"
    )
    journey.bookings["now"] = _offer_soon(journey)
    patient.send(patient.get(journey.bookings["now"].path).form(action="/confirmation/"))


def _answer(patient: Person, booking: Booking, verb: str, **given: str) -> None:
    page = patient.get(f"{booking.path}{verb}/")
    patient.send(page.form(action=f"/{verb}/"), **given)


def _soon() -> dt.datetime:
    """The next full minute that is at least some seconds ahead."""
    earliest = dt.datetime.now(dt.UTC) + LEAST_LEAD
    return dt.datetime.fromtimestamp(math.ceil(earliest.timestamp() / 60) * 60, dt.UTC)


def _offer_soon(journey: Journey) -> Booking:
    """Offer the next minute; a session that an earlier walk left behind in it is cancelled first."""
    try:
        return _offer(journey, _soon())
    except Trouble:
        for left in _left_behind(journey):
            journey.clinician.send(left.form(action="/withdrawal/"), reason="A walk that broke off.")
        return _offer(journey, _soon())


def _left_behind(journey: Journey) -> list[Page]:
    """The pages on which open appointments of earlier walks' patients can be cancelled."""
    clinician = journey.clinician
    calendar = clinician.get("/appointments/")
    paths = dict.fromkeys(href.removeprefix(journey.url) for _, href in calendar.links if APPOINTMENT.search(href))
    theirs = [path for path in paths if "Robin" in clinician.get(path).text]
    asked = [(path, clinician.get(path)) for path in theirs]
    return [clinician.get(f"{path}withdrawal/") for path, page in asked if f"{path}withdrawal/" in page.html]


def _offer_near(journey: Journey, wished: dt.datetime) -> Booking:
    """Offer at ten past the hour, or the next hours where somebody is busy then."""
    start = wished.replace(minute=10, second=0, microsecond=0)
    for hours in range(7):
        try:
            return _offer(journey, start + hours * HOUR)
        except Trouble:
            continue
    return _offer(journey, start + 7 * HOUR)


def _offer(journey: Journey, start: dt.datetime) -> Booking:
    clinician = journey.clinician
    page = clinician.get(f"/cases/{journey.case}/appointments/new/")
    page = _send_offer(clinician, page, start)
    path = page.url.removeprefix(journey.url)
    check("/appointments/" in path and "new" not in path, f"no appointment was made: {page.text[:400]}")
    return Booking(path, start)


def _send_offer(clinician: Person, page: Page, start: dt.datetime) -> Page:
    """Fill in day and time as the UK's clock shows them; where it shows them twice, say which."""
    local = start.astimezone(UK)
    form = page.form(having="date")
    given = {"date": f"{local:%Y-%m-%d}", "time": f"{local:%H:%M}", "minutes": "60", "modality": "typed"}
    if "anyway" in form.names:
        given["anyway"] = "on"
    answer = clinician.client.post(form.action, data=dict(form.filled(given)))
    page = Page(str(answer.url), answer.status_code, answer.text)
    twice = [form for form in page.forms if "which" in form.names] if page.status == 422 else []
    if twice:
        given["which"] = str(local.fold)
        return clinician.send(twice[0], **given)
    if page.status != 200:
        raise Trouble(f"the offer for {local:%Y-%m-%d %H:%M} was answered {page.status}: {page.text[:400]}")
    return page


NOTE = {
    "agenda": "What brings them, the nights, what keeps it going, safety, next steps.",
    "treatment": "Worry kept up by checking; CBT for worry offered; first step: phone in the kitchen at night.",
    "progress": "First session. Engaged and open.",
    "homework": "Phone in the kitchen four nights of seven; prediction of 80 % written down.",
    "risk": "PHQ-9 item 9 scored 3. Passive thoughts, no plan, no intent (0 of 10). Partner, cat and niece protect.",
}


def follow_up(journey: Journey) -> None:
    """Note signed and fixed, diagnosis and step set, scores looked at, one ticket raised, answered and closed."""
    clinician, booking = journey.clinician, journey.bookings["now"]
    page = clinician.get(f"{booking.path}note/")
    clinician.send(page.form(having="agenda"), read_through="yes", **NOTE)
    signed = clinician.get(f"{booking.path}note/")
    check(not [form for form in signed.forms if "agenda" in form.names], "a signed note can still be changed")
    details = clinician.get(f"/cases/{journey.case}/details/").form(having="problem")
    clinician.send(details, problem="gad", step="3")
    scores = clinician.get(f"/cases/{journey.case}/scores/")
    check("<svg" in scores.html and "<table" in scores.html, "the scores have no chart with its table")
    _ticket(journey)


def _ticket(journey: Journey) -> None:
    clinician = journey.clinician
    form = clinician.get(f"/cases/{journey.case}/tickets/new/other/").form(having="question")
    raised = clinician.send(form, question="Would you begin with the nights or with the checking by day?")
    path = raised.url.removeprefix(journey.url)
    supervisor = _supervisor_of(journey, path)
    page = supervisor.get(path)
    supervisor.send(page.form(action="/answer/"), text="With the nights: it is what the patient chose.")
    page = supervisor.get(path)
    supervisor.send(page.form(action="/closing/"), outcome="answered")
    check("closed" in clinician.get(path).text.casefold(), "the ticket is not closed")


def _supervisor_of(journey: Journey, path: str) -> Person:
    """Whichever supervisor the ticket went to."""
    for _, name in doors.people_of(journey.url, "supervisor"):
        person = doors.by_one_click(journey.url, "supervisor", name)
        # Another supervisor would be asked for a reason first.
        if person.client.get(path).url.path == path:
            return person
    raise Trouble("no supervisor sees the ticket")
