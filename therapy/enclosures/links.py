"""Web addresses as one kind of enclosure: https only, and it is said where they lead (MSG-4)."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django import forms

from patients.models import Case
from therapy.enclosures import registry, rules
from therapy.enclosures.models import SharedLink
from therapy.enclosures.offers import Chosen, Offer, offer
from therapy.enclosures.registry import Shown
from ui.errors import Refused

KIND, URL, WORDS = "link", "add_link", "add_link_words"


@dataclass(frozen=True)
class Leads:
    """Where a link leads."""

    host: str


def _fields(case: Case) -> dict[str, forms.Field]:
    where = forms.TextInput(
        attrs={"data-drafted": "", "inputmode": "url", "autocomplete": "off", "spellcheck": "false"}
    )
    words = forms.TextInput(attrs={"data-drafted": "", "autocomplete": "off"})
    return {
        URL: forms.CharField(
            label="Link",
            help_text="An address that begins with https://",
            required=False,
            max_length=rules.LONGEST_LINK,
            widget=where,
        ),
        WORDS: forms.CharField(
            label="What the link is", required=False, max_length=rules.LONGEST_LINK_WORDS, widget=words
        ),
    }


def _check(case: Case, chosen: Chosen) -> None:
    if why_not := rules.why_not_link(chosen[URL].strip()):
        raise Refused(why_not, field=URL)


def _make(message, chosen: Chosen, at: dt.datetime) -> object:
    words = " ".join(chosen.get(WORDS, "").split())
    about = {"case": message.case, "by": message.sender, "at": at}
    return SharedLink.objects.create(url=chosen[URL].strip(), words=words, **about).ref


def resolve(refs: list[str], viewer) -> dict[str, Shown]:
    """Return each link that this person may see, with the host to which it leads."""
    rows = SharedLink.objects.visible_to(viewer, "messages").filter(ref__in=refs)
    return {str(row.ref): _shown(row) for row in rows}


def _shown(row: SharedLink) -> Shown:
    host = rules.host_of(row.url)
    return Shown(row.words or host, url=row.url, template="therapy/enclosures/link.html", facts=Leads(host))


def register() -> None:
    """Say who resolves links, and offer them; called when the app is ready."""
    registry.register(KIND, resolve)
    offer(Offer(KIND, (URL, WORDS), _fields, _check, _make))
