"""Encryption of what proves a second factor, so that a copy of the database alone opens nothing."""

from __future__ import annotations

import base64
import hashlib
from functools import cache

from cryptography.fernet import Fernet
from django.conf import settings


@cache
def _cipher(key: str) -> Fernet:
    digest = hashlib.sha256(b"ieso second factor" + key.encode()).digest()
    return Fernet(base64.urlsafe_b64encode(digest))


def encrypt(text: str) -> str:
    """Return `text` encrypted and authenticated under the key of settings."""
    return _cipher(settings.MFA_ENCRYPTION_KEY).encrypt(text.encode()).decode()


def decrypt(token: str) -> str:
    """Return the text of `encrypt`; raises cryptography.fernet.InvalidToken under another key."""
    return _cipher(settings.MFA_ENCRYPTION_KEY).decrypt(token.encode()).decode()
