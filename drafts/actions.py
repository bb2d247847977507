"""Keeping what is typed (MSG-9): saved by version, emptied once it was sent. Times are aware."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

from django.db import transaction
from django.utils import timezone

from drafts.models import Draft
from ui.errors import Refused
from ui.saving import Saved, refuse_overtaken

LONGEST = 60_000


def of(user, key: str) -> Saved:
    """Return what this person has typed at a place; an empty one, version 0, where there is nothing."""
    draft = Draft.objects.filter(owner=user, key=key).first()
    return _saved(draft) if draft else Saved({})


def _saved(draft: Draft) -> Saved:
    return Saved(draft.texts, draft.version, draft.saved_at)


@transaction.atomic
def save(user, key: str, texts: Mapping[str, str], version: int, *, at: dt.datetime | None = None) -> Saved:
    """Keep the texts of a place; the same again changes nothing (MSG-9).

    `version` is the one that the writer saw last. Raises ui.saving.Overtaken where another window saved since, and
    Refused for a text too long to be sent anyway.
    """
    at = at or timezone.now()
    if sum(len(text) for text in texts.values()) > LONGEST:
        raise Refused("This is too long to be kept.", remedy="Shorten it, or copy it to a safe place.")
    draft = _locked(user, key, at)
    if refuse_overtaken(_saved(draft), texts, version):
        draft.texts, draft.version, draft.saved_at = dict(texts), draft.version + 1, at
        draft.save(update_fields=["texts", "version", "saved_at"])
    return _saved(draft)


def _locked(user, key: str, at: dt.datetime) -> Draft:
    Draft.objects.get_or_create(owner=user, key=key, defaults={"saved_at": at})
    return Draft.objects.select_for_update().get(owner=user, key=key)


def plain(text: str) -> str:
    """Return a text as it is compared: a browser sends other line ends than scripts do, and spaces at the ends."""
    return text.replace("\r\n", "\n").strip()


@transaction.atomic
def sent(user, key: str, texts: Mapping[str, str], *, at: dt.datetime | None = None) -> bool:
    """Empty a draft whose texts were sent, and tell whether it was.

    What another window typed since stays as it is. An emptied draft keeps counting, so that a window that still
    shows the sent text is told.
    """
    draft = Draft.objects.select_for_update().filter(owner=user, key=key).first()
    if draft is None or not all(plain(draft.texts.get(name, "")) == plain(text) for name, text in texts.items()):
        return False
    draft.texts, draft.version, draft.saved_at = {}, draft.version + 1, at or timezone.now()
    draft.save(update_fields=["texts", "version", "saved_at"])
    return True


@transaction.atomic
def replace(user, key: str, texts: Mapping[str, str], *, at: dt.datetime | None = None) -> None:
    """Put texts in the place of whatever is kept: a save that is still on its way is based on an older version then."""
    at = at or timezone.now()
    draft = _locked(user, key, at)
    draft.texts, draft.version, draft.saved_at = dict(texts), draft.version + 1, at
    draft.save(update_fields=["texts", "version", "saved_at"])


@transaction.atomic
def give_back(user, key: str, name: str, text: str, *, at: dt.datetime | None = None) -> Saved:
    """Put a text back that was taken back or could not be sent; what is typed there by now stays, beneath it."""
    at = at or timezone.now()
    draft = _locked(user, key, at)
    typed = plain(draft.texts.get(name, ""))
    draft.texts = {**draft.texts, name: f"{text}\n\n{typed}" if typed and typed != text else text}
    draft.version, draft.saved_at = draft.version + 1, at
    draft.save(update_fields=["texts", "version", "saved_at"])
    return _saved(draft)
