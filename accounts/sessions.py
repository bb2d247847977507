"""Browser sessions in a table of ours: the row that every request reads anyway says when it locks (ACC-3, ACC-15)."""

from __future__ import annotations

from typing import Any, cast

from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends import db

from accounts.models import SignIn

# Kept beside the rest of a session, and copied into columns when it is saved.
IDLE_SECONDS, DEVICE = "idle_seconds", "device"


class SessionStore(db.SessionStore):
    """Django's own, with `row`: the sign-in as it was read for this request, None where it was not read."""

    row: SignIn | None = None

    @classmethod
    def get_model_class(cls) -> type[SignIn]:
        return SignIn

    def _get_session_from_db(self) -> SignIn | None:
        self.row = cast(Any, super())._get_session_from_db()
        return self.row

    def create_model_instance(self, data: dict[str, Any]) -> SignIn:
        """Return the row as it is to be saved. What is noted of input stays as it is, unless somebody else came in."""
        user = int(data[SESSION_KEY]) if SESSION_KEY in data else None
        made = cast(SignIn, super().create_model_instance(data))
        made.user_id, made.device_id = user, data.get(DEVICE)
        made.idle_seconds = data.get(IDLE_SECONDS, made.idle_seconds)
        made.is_another = self.row is None or self.row.user_id != user or self.row.session_key != self.session_key
        made.begin()
        return made

    def create(self) -> None:
        self.row = None
        super().create()
