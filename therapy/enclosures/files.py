"""Files as one kind of enclosure: what each of them looks like in a message, a session or a transcript (ROOM-11)."""

from __future__ import annotations

from dataclasses import dataclass

from django.urls import reverse

from files import rules, uploads
from files.kinds import text_of
from files.models import UploadStep
from therapy.enclosures.actions import FILE
from therapy.enclosures.registry import Shown
from therapy.enclosures.registry import register as register_kind

__all__ = ["FileFacts", "register", "resolve", "shown", "state_words", "text_of"]
State = UploadStep.State
WAITING = {State.TAKEN_IN, State.SCANNING}


@dataclass(frozen=True)
class FileFacts:
    """Where a file stands: `state` of `files.models.UploadStep`, and the words for it; empty words once it is clean."""

    ref: str
    state: str
    words: str
    picture: str

    @property
    def is_waiting(self) -> bool:
        return self.state in WAITING


def shown(step: UploadStep) -> Shown:
    """Return a file by its newest step, under its neutral name."""
    upload = step.upload
    picture = rules.KINDS[upload.kind].is_picture and step.state == State.CLEAN
    facts = FileFacts(
        ref=str(upload.ref),
        state=step.state,
        words=state_words(step),
        picture=reverse("therapy:file-picture", args=[upload.ref]) if picture else "",
    )
    return Shown(
        label=rules.label_of(upload.kind, upload.size),
        url=reverse("therapy:file", args=[upload.ref]) if step.state != State.REFUSED else "",
        hint=facts.words,
        template="therapy/enclosures/file.html",
        facts=facts,
    )


def as_json(item: Shown) -> dict[str, str]:
    """Return how a file is to be shown, for the scripts of the pages."""
    return {
        "ref": item.facts.ref,
        "label": item.label,
        "url": item.url,
        "state": item.facts.state,
        "words": item.facts.words,
        "picture": item.facts.picture,
    }


def state_words(step: UploadStep) -> str:
    """Return the words for where a file stands: nothing once it is clean, why and what to do where it is refused."""
    if step.state == State.CLEAN:
        return ""
    if step.state == State.REFUSED:
        return f"Not accepted. {' '.join(rules.WORDS[step.why])}"
    return State(step.state).label


def resolve(refs: list[str], viewer) -> dict[str, Shown]:
    """Return what stands behind references of files; whoever sees the message or the line sees its files."""
    return {ref: shown(step) for ref, step in uploads.newest_steps(refs).items()}


def register() -> None:
    register_kind(FILE, resolve)
