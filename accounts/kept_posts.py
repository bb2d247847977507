"""What was posted to a locked sign-in: kept in the answer itself, sealed, to be sent again after unlocking (ACC-3)."""

from __future__ import annotations

import json
from dataclasses import dataclass

from cryptography.fernet import InvalidToken
from django.http import HttpRequest

from accounts import secrets
from accounts.models import User

# What comes back sealed must pass the limit on posts again; no text of ours is near it.
MOST_CHARACTERS = 1_000_000
NOT_KEPT = {"csrfmiddlewaretoken"}


@dataclass(frozen=True)
class KeptPost:
    """Where a post went, its fields in their order, and whether files went along, which cannot be kept."""

    path: str
    fields: list[tuple[str, str]]
    had_files: bool


def sealed(request: HttpRequest, user: User) -> str:
    """Return a post as a text that only this service can read and only this person can send again; "" if too long."""
    fields = [(name, value) for name in request.POST if name not in NOT_KEPT for value in request.POST.getlist(name)]
    kept = {"user": user.pk, "path": request.get_full_path(), "fields": fields, "files": bool(request.FILES)}
    text = json.dumps(kept)
    return secrets.encrypt(text) if len(text) <= MOST_CHARACTERS else ""


def opened(text: str, user: User) -> KeptPost | None:
    """Return what was sealed for this person, or None for anything else."""
    try:
        kept = json.loads(secrets.decrypt(text))
    except (InvalidToken, ValueError):
        return None
    if kept["user"] != user.pk:
        return None
    return KeptPost(kept["path"], [(name, value) for name, value in kept["fields"]], kept["files"])
