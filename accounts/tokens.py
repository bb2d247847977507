"""Links that let somebody choose a first password: they die when it is chosen, and of age."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from django.core import signing
from django.utils.crypto import salted_hmac
from django.utils.http import urlsafe_base64_decode, urlsafe_base64_encode

if TYPE_CHECKING:
    from accounts.models import User

INVITATION_LIFE = dt.timedelta(days=14)
SALT = "accounts.invitation"


def uid_of(user: User) -> str:
    """Return the user's number as it stands in a link."""
    return urlsafe_base64_encode(str(user.pk).encode())


def number_of(uid: str) -> int | None:
    """Return the user's number of a link, or None for something else."""
    try:
        return int(urlsafe_base64_decode(uid).decode("ascii"))
    except ValueError:
        return None


def invitation_token(user: User) -> str:
    """Return a token that is good until a password is set, for INVITATION_LIFE at most."""
    return signing.TimestampSigner(salt=SALT).sign(_state(user))


def is_good(user: User, token: str) -> bool:
    """Tell whether the token was made for this user as the account stands now."""
    try:
        return signing.TimestampSigner(salt=SALT).unsign(token, max_age=INVITATION_LIFE) == _state(user)
    except signing.BadSignature:
        return False


def _state(user: User) -> str:
    state = f"{user.pk}|{user.password}|{user.email}|{user.is_active}"
    return salted_hmac(SALT, state, algorithm="sha256").hexdigest()[:32]
