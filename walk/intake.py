"""Steps 1 to 3: referral, self-assessment, triage and allocation."""

from __future__ import annotations

import random
import re
from pathlib import Path

from walk import doors
from walk.journey import Journey
from walk.pages import Form, Page
from walk.person import Person, Trouble, check

PASSWORD = "the kettle sings at dawn"
EXAMPLES = Path(__file__).resolve().parent.parent / "examples"
# Surnames of nobody in the demonstration, so that no walk is taken for an earlier one's patient.
SYLLABLES = ("ba", "de", "lo", "mi", "nu", "ra", "se", "ti", "vo", "zu")


def refer_oneself(journey: Journey) -> None:
    """A person refers herself on the public pages, goes back once, and sends."""
    person = Person(journey.url, "a visitor")
    front = person.get("/")
    person.get(front.link(to="/referral/"))
    for name, given in _referral(journey).items():
        page = person.get(f"/referral/{name}/")
        form = next(form for form in page.forms if form.method == "post")
        person.send(form, **given)
    back = person.get("/referral/name/")
    check("Robin" in back.html, "going back lost the name")
    summary = person.get("/referral/summary/")
    check("<script>alert" not in summary.html, "a script tag came through")
    sent = person.send(next(form for form in summary.forms if form.method == "post"))
    shown = re.search(r"\b([2-9B-Z]{4})[ -]?([2-9B-Z]{4})\b", sent.text)
    if shown is None:
        raise Trouble("the last page does not show the reference")
    journey.case = shown[1] + shown[2]


def upload_batch(journey: Journey) -> None:
    """Patient services upload a partner's file: bad rows named and downloadable, good ones in, twice adds nothing."""
    office = journey.staff("patient-services")
    first = _upload(journey, office)
    rows = office.download(first.link(to="/bad-rows/"))
    journey.save("bad-rows.csv", rows)
    check(5 < rows.count(b"\n") < 60, "the bad rows are not those that the file has")
    # A walk before this one may have loaded them: then every good row is here already.
    check(_loading(first) or "already" in first.text.casefold(), "no row of the file is good")
    page = first
    while _loading(page):
        # Loading stops after some seconds and says how many rows are still to come.
        page = office.send(_loading(page)[0])
    second = _upload(journey, office)
    check(not _loading(second), "the same file again would add rows")


def _referral(journey: Journey) -> dict[str, dict[str, str | list[str]]]:
    """What the walk's patient answers, page by page."""
    chance = random.Random(journey.stamp)  # noqa: S311 - an invented birthday
    return {
        "eligibility": {
            "date_of_birth_day": str(chance.randint(1, 28)),
            "date_of_birth_month": str(chance.randint(1, 12)),
            "date_of_birth_year": str(chance.randint(1960, 2000)),
            "postcode": "nm1 1ab",
            "gp_practice": "Rowan Road Surgery",
        },
        "name": {
            "first_name": "Robin",
            "last_name": "".join(chance.choice(SYLLABLES) for _ in range(5)).capitalize(),
            "pronouns": "they/them",
        },
        "contact": {"phone": "07700 900456", "address": "12 Cobble Row"},
        "nhs-number": {},
        "reason": {"reason": "I lie awake at half past three.\nThe same film every night 😕 <script>alert(1)</script>"},
        "hours": {"wished_hours": ["mon-evening", "tue-evening", "wed-evening", "thu-evening", "fri-evening"]},
        "way": {"modality": "typed"},
        "needs": {},
        "safe": {"email": journey.email, "text": "no", "voicemail": "no", "post": "no"},
        "gp": {"gp": "yes"},
        "research": {"research": "no"},
        "terms": {"terms": "on"},
    }


def _loading(page: Page) -> list[Form]:
    return [form for form in page.forms if "/loading/" in form.action]


def _upload(journey: Journey, office: Person):
    page = office.get("/referrals/batches/")
    form = page.form(having="site")
    site = next((value for value, _ in form.choices["site"] if "northmere" in value), form.choices["site"][-1][0])
    content = (EXAMPLES / "referrals.csv").read_bytes()
    return office.upload(form, {"file": ("referrals.csv", content, "text/csv")}, site=site)


def assess_oneself(journey: Journey) -> None:
    """The patient opens the account by the link, answers page by page; item 9 answered 3 raises an alert."""
    mail = doors.mail_to(journey.url, journey.email, "account")
    patient = journey.people["the patient"] = Person(journey.url, "the patient")
    link = next(link for link in mail["links"] if "/invitation/" in link)
    form = next(form for form in patient.get(link).forms if form.method == "post" and "/invitation/" in form.action)
    patient.send(form, **dict.fromkeys(form.names - {"csrfmiddlewaretoken"}, PASSWORD))
    for page, given in SELF_ASSESSMENT.items():
        form = patient.get(f"/self-assessment/{page}/").form(having=next(iter(given)))
        patient.send(form, **given)
    overview = patient.get("/self-assessment/")
    for href in dict.fromkeys(href for _, href in overview.links if "/measures/" in href and href.count("-") >= 4):
        asked = patient.get(href)
        form = asked.form(having="item_1")
        items = sorted(name for name in form.names if name.startswith("item_"))
        answers = dict.fromkeys(items, "2")
        if "item_9" in answers:
            answers["item_9"] = "3"
        patient.send(form, **answers)
    sent = patient.send(patient.get("/self-assessment/").form(action="/self-assessment/"))
    check("with us" in sent.text or "Thank you" in sent.text, "the self-assessment was not sent")


SELF_ASSESSMENT = {
    "problem": {"problem": "The nights. I lie awake from half past three.", "how_long": "months"},
    "life": {"effect": "Late for work, no choir, short with my partner."},
    "tried": {"tried": "Tea. Counting. None of it helped.", "had_therapy": "no"},
    "care": {"in_care": "no", "medication": "None"},
    "health": {"conditions": "None", "alcohol": "weekly", "drugs": "never"},
    "children": {"children": "no"},
    "safety": {"thoughts": "no", "attempts": "no", "from_others": "no", "to_others": "no"},
    "goals": {"goals": "Sleep through four nights of seven. Go back to the choir."},
}


def triage(journey: Journey) -> None:
    """A triage clinician finds the flagged referral in the queue and accepts it."""
    person = journey.staff("triage-clinician")
    page = person.get(f"/queue/{journey.case}/")
    check("item 9" in page.text.casefold() or "question 9" in page.text.casefold(), "no flag for item 9")
    form = person.get(page.link(to="/acceptance/")).form(having="step")
    person.send(form, step="3", reason="Worry with low mood; fits step 3 at this site.")


def allocate(journey: Journey) -> None:
    """Preview a run, apply it; by hand if no place fell to the walk's patient."""
    office = journey.staff("patient-services")
    run = office.send(office.get("/allocation/").form(action="/allocation/runs/"))
    office.send(run.form(action="/application/"))
    if not _clinician_of(journey, office):
        _by_hand(journey, office)
    journey.clinician_name = _clinician_of(journey, office)
    check(journey.clinician_name, "nobody was found for the patient")


def _by_hand(journey: Journey, office: Person) -> None:
    form = office.get(f"/allocation/{journey.case}/").form(having="clinician")
    for value, _ in form.choices["clinician"]:
        if not value:
            continue
        data = form.filled({"clinician": value, "reason": "Chosen by hand on the walk.", "override": "on"})
        answer = office.client.post(form.action, data=dict(data))
        if answer.status_code == 200 and _clinician_of(journey, office):
            return


def _clinician_of(journey: Journey, office: Person) -> str:
    text = journey.case_page(office).text
    return next((name for _, name in doors.people_of(journey.url, "clinician") if f", with {name}" in text), "")
