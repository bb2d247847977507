"""The pictures that the README shows: pages of a running demonstration, phone and desk size (`bin/screenshots`)."""

from __future__ import annotations

import argparse
import tempfile
import time
from pathlib import Path

from playwright.sync_api import Browser, BrowserContext, sync_playwright

from walk import care, intake
from walk.journey import Journey
from walk.person import Person

SIZES = {"phone": {"width": 390, "height": 844}, "desk": {"width": 1280, "height": 900}}
CHROMIUM = "/usr/bin/chromium"
# Chromium as root in a closed network: no sandbox, no calls home.
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
TYPED = {
    "clinician": ["Hello Robin, welcome. Can you read me all right?", "We go at your pace. What brings you here?"],
    "patient": ["Hi, yes, it works 🙂", "I lie awake at half past three, and then my head starts."],
}


def main() -> None:
    """Take every picture into the folder given."""
    parser = argparse.ArgumentParser(prog="bin/screenshots", description=__doc__)
    parser.add_argument("--url", default="http://127.0.0.1:8000", help="of a running bin/demo")
    parser.add_argument("--out", default="docs/screenshots", type=Path)
    given = parser.parse_args()
    given.out.mkdir(parents=True, exist_ok=True)
    journey = _walked(given.url.rstrip("/"))
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        for person, name, path in _pages(journey):
            _take(browser, journey, person, path, given.out / name)
        _room(browser, journey, given.out)
        browser.close()


def _walked(url: str) -> Journey:
    """A new patient, walked as far as a confirmed appointment in a minute."""
    journey = Journey(url, Path(tempfile.mkdtemp()), stamp=f"{time.time_ns() // 1000:x}")
    for step in (
        intake.refer_oneself,
        intake.assess_oneself,
        intake.triage,
        intake.allocate,
        care.write_to_each_other,
        care.book,
    ):
        step(journey)
    return journey


def _pages(journey: Journey) -> list[tuple[Person, str, str]]:
    visitor, office = Person(journey.url, "a visitor"), journey.staff("patient-services")
    patient, clinician = journey.patient, journey.clinician
    return [
        (visitor, "front", "/"),
        (visitor, "referral", "/referral/"),
        (patient, "patient-home", "/home/"),
        (patient, "messages", f"/messages/{journey.case}/"),
        (patient, "appointment", journey.bookings["now"].path),
        (patient, "scores", f"/cases/{journey.case}/scores/"),
        (clinician, "clinician-home", "/home/"),
        (clinician, "case", f"/cases/{journey.case}/"),
        (office, "patient-services-home", "/home/"),
        (office, "allocation", "/allocation/"),
        (office, "letters-desk", "/letters/desk/"),
        (journey.staff("triage-clinician"), "queue", "/queue/"),
        (journey.staff("supervisor"), "supervisor-home", "/home/"),
        (journey.staff("finance"), "pay", "/pay/"),
    ]


def _context(browser: Browser, journey: Journey, person: Person, size: str) -> BrowserContext:
    """A window of this size with the person's cookies."""
    context = browser.new_context(viewport=SIZES[size], reduced_motion="reduce")  # type: ignore[arg-type]
    jar = [
        {"name": cookie.name, "value": cookie.value or "", "url": journey.url} for cookie in person.client.cookies.jar
    ]
    context.add_cookies(jar)  # type: ignore[arg-type]
    return context


def _take(browser: Browser, journey: Journey, person: Person, path: str, file: Path) -> None:
    for size in SIZES:
        context = _context(browser, journey, person, size)
        page = context.new_page()
        page.goto(f"{journey.url}{path}")
        page.screenshot(path=f"{file}-{size}.png")
        context.close()


def _room(browser: Browser, journey: Journey, out: Path) -> None:
    """Both sides in the room, each having written."""
    path = journey.bookings["now"].path
    windows = {}
    for side, person, size in (("clinician", journey.clinician, "desk"), ("patient", journey.patient, "phone")):
        page = person.send(person.get(path).form(action="/joining/"))
        windows[side] = _context(browser, journey, person, size).new_page()
        windows[side].goto(page.url)
    for number in range(len(TYPED["patient"])):
        for side in ("clinician", "patient"):
            box = windows[side].locator("textarea").first
            box.fill(TYPED[side][number])
            box.press("Enter")
            windows[side].wait_for_timeout(700)
    windows["patient"].screenshot(path=f"{out}/room-phone.png")
    windows["clinician"].screenshot(path=f"{out}/room-desk.png")


if __name__ == "__main__":
    main()
