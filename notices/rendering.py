"""A notice's words with its reference and link put in, and nothing else (ACC-7)."""

from dataclasses import dataclass

from django.conf import settings

from notices.catalogue import NOTICES, SERVICE


@dataclass(frozen=True)
class Rendered:
    """Plain text: the subject is empty for text messages."""

    subject: str
    body: str


def absolute(link: str) -> str:
    """Return a path of this site with the site's address in front; a whole address stays as it is."""
    return f"{settings.SITE_URL}{link}" if link.startswith("/") else link


def render(notice: str, *, case_ref: str = "", link: str = "", channel: str = "email") -> Rendered:
    """Return the words of a notice. Raises KeyError for a notice that is not in the catalogue. (ACC-7)"""
    words = NOTICES[notice]
    values = {"case_ref": case_ref or "none", "link": absolute(link), "service": SERVICE}
    if channel == "text":
        return Rendered("", words.text.format(**values))
    return Rendered(words.subject.format(**values), words.body.format(**values))
