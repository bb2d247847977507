"""What was posted to a locked sign-in: kept in the answer itself, sealed, to be sent again after unlocking (ACC-3)."""

from __future__ import annotations

import json
from dataclasses import dataclass

from cryptography.fernet import InvalidToken
from django.conf import settings
from django.http import HttpRequest
from django.utils.http import url_has_allowed_host_and_scheme

from accounts import secrets
from accounts.models import User

# What comes back sealed must pass the limit on posts again; no text of ours is near it.
MOST_CHARACTERS = 1_000_000
NOT_KEPT = {"csrfmiddlewaretoken"}


@dataclass(frozen=True)
class KeptPost:
    """Where a post went, its fields in order, whether files (which cannot be kept) went along, and its page."""

    path: str
    fields: list[tuple[str, str]]
    had_files: bool
    back: str


def posted_in(request: HttpRequest) -> KeptPost:
    """Return what was posted, as it can be sent again."""
    fields = [(name, value) for name in request.POST if name not in NOT_KEPT for value in request.POST.getlist(name)]
    return KeptPost(request.get_full_path(), fields, bool(request.FILES), _page_of(request))


def sealed(request: HttpRequest, user: User) -> str:
    """Return a post as a text that only this service can read and only this person can send again; "" if too long."""
    post = posted_in(request)
    kept = {"user": user.pk, "path": post.path, "fields": post.fields, "files": post.had_files, "back": post.back}
    text = json.dumps(kept)
    return secrets.encrypt(text) if len(text) <= MOST_CHARACTERS else ""


def _page_of(request: HttpRequest) -> str:
    """Return the page on which the form stood; where a post goes there is often nothing to look at."""
    page = request.headers.get("Referer", "")
    return page if url_has_allowed_host_and_scheme(page, {request.get_host()}) else settings.LOGIN_REDIRECT_URL


def opened(text: str, user: User) -> KeptPost | None:
    """Return what was sealed for this person, or None for anything else."""
    try:
        kept = json.loads(secrets.decrypt(text))
    except (InvalidToken, ValueError):
        return None
    if kept["user"] != user.pk:
        return None
    return KeptPost(kept["path"], [(name, value) for name, value in kept["fields"]], kept["files"], kept["back"])
