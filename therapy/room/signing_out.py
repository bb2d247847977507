"""Who signs out has left the room, also where no socket is closed by it (APPT-17)."""

from __future__ import annotations

from django.contrib.auth.signals import user_logged_out

from therapy.room.actions import leave


def signed_out(sender, user=None, **_kwargs) -> None:
    """The sign-in of a browser ends by its person's own hand."""
    if user is not None:
        leave(user)


def register() -> None:
    user_logged_out.connect(signed_out, dispatch_uid="therapy.room.signed_out")
