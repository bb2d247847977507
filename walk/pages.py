"""Reads pages as a browser does: their forms with what stands in them, their links, their text."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import urljoin

SILENT = {"script", "style", "head"}
# Their words stand in the flow of the text: nothing parts them from what is before and after.
INLINE = {"a", "span"}
# Their style sets them in rows of their own.
BLOCKS = {"talk__item"}


@dataclass
class Form:
    """A form as it stands on the page; `fields` holds (name, value) of what would be sent."""

    action: str
    method: str
    fields: list[tuple[str, str]] = field(default_factory=list)
    buttons: list[tuple[str, str, str]] = field(default_factory=list)
    choices: dict[str, list[tuple[str, str]]] = field(default_factory=dict)
    label: str = ""

    @property
    def names(self) -> set[str]:
        """The names of everything that can be filled in."""
        return {name for name, _ in self.fields} | set(self.choices)

    def filled(self, changes: Mapping[str, str | list[str]]) -> list[tuple[str, str]]:
        """Return what is sent with these changes; a name that the form does not have is a KeyError."""
        unknown = set(changes) - self.names - {name for name, _, _ in self.buttons}
        if unknown:
            raise KeyError(f"the form {self.action} has no {sorted(unknown)}, only {sorted(self.names)}")
        kept = [(name, value) for name, value in self.fields if name not in changes]
        for name, value in changes.items():
            kept += [(name, one) for one in ([value] if isinstance(value, str) else value)]
        return kept


class _Reader(HTMLParser):
    def __init__(self, url: str) -> None:
        super().__init__()
        self.url = url
        self.forms: list[Form] = []
        self.links: list[tuple[str, str]] = []
        self.words: list[str] = []
        self.title = ""
        self._spans: list[str] = []
        self._form: Form | None = None
        self._select = self._textarea = self._option = ""
        self._in: list[str] = []
        self._link: list[str] | None = None
        self._href = self._chosen = self._written = ""
        self._button: tuple[str, str] | None = None
        self._label: list[str] = []

    def handle_starttag(self, tag: str, attrs) -> None:
        given = dict(attrs)
        if tag == "span":
            self._spans.append(given.get("class") or "")
        self._part(self._shown(tag))
        if tag in SILENT or tag == "title":
            self._in.append(tag)
        if tag == "form":
            action, method = urljoin(self.url, given.get("action") or self.url), given.get("method", "get").lower()
            self._form = Form(action, method, label=given.get("aria-labelledby") or "")
            self.forms.append(self._form)
        elif tag == "a" and "href" in given:
            self._href, self._link = urljoin(self.url, given["href"]), []
        elif self._form is not None:
            self._start_control(self._form, tag, given)

    def _start_control(self, form: Form, tag: str, given: dict[str, str | None]) -> None:
        name = given.get("name") or ""
        if tag == "input" and name:
            self._input(form, name, given)
        elif tag == "select":
            self._select, self._chosen = name, ""
            form.choices[name] = []
        elif tag == "option" and self._select:
            value = given.get("value") or ""
            form.choices[self._select].append((value, ""))
            if "selected" in given or (not self._chosen and len(form.choices[self._select]) == 1):
                self._chosen = value
        elif tag == "textarea":
            self._textarea, self._written = name, ""
        elif tag == "button":
            self._button, self._label = (name, given.get("value") or ""), []

    def _input(self, form: Form, name: str, given: dict[str, str | None]) -> None:
        kind, value = given.get("type", "text"), given.get("value")
        chosen = "on" if value is None else value
        if kind in {"radio", "checkbox"}:
            form.choices.setdefault(name, []).append((chosen, given.get("id") or ""))
            if "checked" in given:
                form.fields.append((name, chosen))
        elif kind in {"submit", "button"}:
            form.buttons.append((name, value or "", value or ""))
        elif kind == "file":
            form.choices.setdefault(name, [])
        else:
            form.fields.append((name, value or ""))

    def _part(self, tag: str) -> None:
        if tag not in INLINE:
            self.words.append(" ")

    def _shown(self, tag: str) -> str:
        """The tag, or nothing for a span that is shown as a row of its own."""
        return "" if tag == "span" and self._spans and self._spans[-1] in BLOCKS else tag

    def handle_endtag(self, tag: str) -> None:
        self._part(self._shown(tag))
        if tag == "span" and self._spans:
            self._spans.pop()
        if self._in and tag == self._in[-1]:
            self._in.pop()
        if tag == "form":
            self._form = None
        elif tag == "a" and self._link is not None:
            self.links.append((" ".join("".join(self._link).split()), self._href))
            self._link = None
        elif self._form is not None:
            self._end_control(self._form, tag)

    def _end_control(self, form: Form, tag: str) -> None:
        if tag == "select" and self._select:
            form.fields.append((self._select, self._chosen))
            self._select = ""
        elif tag == "textarea" and self._textarea:
            form.fields.append((self._textarea, self._written.removeprefix("\n")))
            self._textarea = ""
        elif tag == "button" and self._button is not None:
            form.buttons.append((*self._button, " ".join("".join(self._label).split())))
            self._button = None

    def handle_data(self, data: str) -> None:
        if "title" in self._in:
            self.title += data
        if any(tag in SILENT for tag in self._in):
            return
        if self._textarea:
            self._written += data
            return
        if self._link is not None:
            self._link.append(data)
        if self._button is not None:
            self._label.append(data)
        self.words.append(data)


@dataclass
class Page:
    """An answer of the service, read."""

    url: str
    status: int
    html: str

    def __post_init__(self) -> None:
        reader = _Reader(self.url)
        reader.feed(self.html)
        self.forms: list[Form] = reader.forms
        self.links: list[tuple[str, str]] = reader.links
        self.text = " ".join("".join(reader.words).split())

    def form(self, *, having: str = "", action: str = "") -> Form:
        """Return the first form with a control of this name, or whose address holds `action`."""
        for form in self.forms:
            names = form.names | {name for name, _, _ in form.buttons}
            if (not having or having in names) and action in form.action:
                return form
        raise LookupError(f"no form with {having or action!r} on {self.url}: {self.text[:300]}")

    def full_sign_in(self, name: str) -> tuple[str, str, str]:
        """Return (e-mail, password, authenticator key) that the demonstration's sign-in page shows for a name."""
        row = re.search(
            rf'data-name="{re.escape(name)}" data-login="([^"]+)" data-word="([^"]+)" data-key="([^"]+)"', self.html
        )
        if row is None:
            raise LookupError(f"the sign-in page has no full sign-in for {name}")
        return row[1], row[2], row[3]

    def link(self, words: str = "", *, to: str = "") -> str:
        """Return the address of the first link whose text holds `words` and whose address holds `to`."""
        for text, href in self.links:
            if words.casefold() in text.casefold() and to in href:
                return href
        raise LookupError(f"no link {words!r} {to!r} on {self.url}: {self.text[:300]}")
