"""Which links stand in the header for whom."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from django.urls import NoReverseMatch, reverse


@dataclass(frozen=True)
class Entry:
    """One link of the header; `roles` empty means everybody of that layout."""

    label: str
    url_name: str
    roles: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Counted:
    """What a link counts: how many there are, where open tabs ask again, after rings about what, and its words."""

    counter: Callable[[Any], int]
    asks: str
    about: str
    words: str


@dataclass(frozen=True)
class Link:
    label: str
    url: str
    current: bool
    counted: Counted | None = None
    count: int = 0


_counted: dict[str, Counted] = {}


def count_with(url_name: str, counter: Callable[[Any], int], *, asks: str, about: str, words: str) -> None:
    """Let a link of the header show how many things wait behind it: `counter(user)` says so on every page.

    `asks` names the address that answers {"number": n} to open tabs, `about` what the doorbell calls a change of it
    (several with spaces between), `words` what is read after the number.
    """
    _counted[url_name] = Counted(counter, asks, about, words)


def roles(*names: str) -> frozenset[str]:
    return frozenset(names)


PUBLIC = (Entry("Home", "ui:front"), Entry("Get help now", "ui:help-now"))

PATIENT = (
    Entry("Home", "desk:home"),
    Entry("Appointments", "therapy:my-appointments"),
    Entry("Messages", "therapy:messages"),
    Entry("Conversations", "therapy:conversations"),
    Entry("Questionnaires", "measures:questionnaires"),
    Entry("Letters", "letters:mine"),
    Entry("Account", "accounts:security"),
    Entry("Get help now", "ui:help-now"),
)

STAFF = (
    Entry("Home", "desk:home"),
    Entry("Caseload", "desk:caseload", roles("clinician", "supervisor")),
    Entry("Appointments", "therapy:my-appointments", roles("clinician")),
    Entry("Messages", "therapy:messages", roles("clinician", "supervisor")),
    Entry("Alerts", "risk:alerts", roles("clinician", "supervisor", "triage")),
    Entry("Tickets", "supervision:desk", roles("supervisor")),
    Entry("My tickets", "supervision:mine", roles("clinician", "triage")),
    Entry("Cases", "desk:cases", roles("patient_services")),
    Entry("Referrals", "intake:batches", roles("patient_services")),
    Entry("Queue", "intake:queue", roles("patient_services", "triage")),
    Entry("Allocation", "intake:allocation", roles("patient_services")),
    Entry("Letters", "letters:desk", roles("patient_services")),
    Entry("Deadlines", "desk:all-deadlines", roles("patient_services", "clinical_lead")),
    Entry("Trouble", "therapy:troubles", roles("patient_services")),
    Entry("Discharges", "discharge:desk", roles("patient_services")),
    Entry("Pay", "billing:finance", roles("finance")),
    Entry("Pay", "billing:mine", roles("clinician")),
    Entry("Hours", "clinicians:availability", roles("clinician")),
    Entry("Clinicians", "clinicians:list", roles("patient_services", "supervisor", "clinical_lead")),
    Entry("Sites", "sites:list", roles("clinician", "patient_services", "supervisor", "triage", "clinical_lead")),
    Entry("Templates", "hub:templates", roles("clinical_lead")),
    Entry("Reasons", "accounts:reasons", roles("clinical_lead")),
    Entry("Account", "accounts:security"),
)


def resolved(url_name: str) -> str:
    """The address of a page, or an empty string where no package offers that page (yet)."""
    try:
        return reverse(url_name)
    except NoReverseMatch:
        return ""


def is_current(url: str, path: str) -> bool:
    """A link is current on its own page and on the pages beneath it; the root only on itself."""
    return path == url or (url != "/" and path.startswith(url))


def links(entries: Iterable[Entry], held: frozenset[str], path: str, user: Any = None) -> list[Link]:
    """The links for somebody who holds these roles, on this path, without those that lead nowhere."""
    wanted = [entry for entry in entries if not entry.roles or entry.roles & held]
    found = [(entry, resolved(entry.url_name)) for entry in wanted]
    return [_link(entry, url, path, user) for entry, url in found if url]


def _link(entry: Entry, url: str, path: str, user: Any) -> Link:
    counted = _counted.get(entry.url_name) if user is not None and user.is_authenticated else None
    count = counted.counter(user) if counted else 0
    return Link(entry.label, url, is_current(url, path), counted, count)
