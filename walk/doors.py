"""The ways in: the one-click door of the demonstration, a link from the mailbox, password and code."""

from __future__ import annotations

import time

from walk import totp
from walk.person import Person, Trouble, check

SIGN_IN = "/accounts/login/"
MAIL_SECONDS = 60


def people_of(url: str, role: str) -> list[tuple[str, str]]:
    """Return (key, name) of everybody whom the sign-in page offers in a role, such as "clinician"."""
    page = Person(url, "nobody").get(SIGN_IN)
    return [(value, label) for form in page.forms if form.label == f"demo-{role}" for _, value, label in form.buttons]


def by_one_click(url: str, role: str, name: str = "") -> Person:
    """Sign in as the first person of a role, or as the one of this name."""
    for key, label in people_of(url, role):
        if not name or label == name:
            person = Person(url, label)
            form = person.get(SIGN_IN).form(action="/demo/sign-in/")
            page = person.send(form, person=key)
            check("/accounts/login" not in page.url, f"{label} was not let in")
            return person
    raise Trouble(f"nobody {name!r} in the role {role} on the sign-in page")


def by_password_and_code(url: str, name: str) -> Person:
    """Sign in as a clinician with what the demonstration's sign-in page says: password and authenticator key."""
    person = Person(url, name)
    page = person.get(SIGN_IN)
    email, password, secret = page.full_sign_in(name)
    asked = person.send(page.form(having="login"), login=email, password=password)
    for _ in range(2):
        form = asked.form(having="code")
        answer = person.client.post(form.action, data=dict(form.filled({"code": totp.code(secret)})))
        if "/accounts/second-step/" not in str(answer.url):
            return person
        # A code counts once: another walk may have used this one a moment ago.
        time.sleep(totp.seconds_left() + 0.5)
    raise Trouble(f"{name} was not let in by password and code")


def mail_to(url: str, address: str, subject: str = "", *, seconds: float = MAIL_SECONDS) -> dict:
    """Wait for the newest mail to an address whose subject holds these words, as the mailbox page tells it."""
    reader, end = Person(url, "mailbox"), time.monotonic() + seconds
    while time.monotonic() < end:
        found = reader.client.get("/mailbox/", params={"format": "json", "to": address}).json()["messages"]
        for mail in found:
            if subject.casefold() in mail["subject"].casefold():
                return mail
        time.sleep(0.5)
    raise Trouble(f"no mail {subject!r} to {address} within {seconds} s")
