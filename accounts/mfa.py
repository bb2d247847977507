"""The second factor that staff need before any page with patient data (ACC-1)."""

from __future__ import annotations

from collections.abc import MutableMapping

from allauth.account.authentication import get_authentication_records
from allauth.mfa.models import Authenticator
from django.conf import settings

SESSION_KEY = "second_factor"
APP, DEMO_DOOR = "app", "demo door"


def has_app(user) -> bool:
    """Tell whether the user has set up an authenticator app."""
    return Authenticator.objects.filter(user=user, type=Authenticator.Type.TOTP).exists()


def mark(session: MutableMapping, how: str) -> None:
    """Note in the session that its person has shown a second factor: by app (or recovery code), or by the demo door."""
    session[SESSION_KEY] = how


def is_satisfied(user, session: MutableMapping) -> bool:
    """Tell whether this signed-in session may see patient data: any patient's, and staff's once the factor was shown.

    For pages and sockets alike. Removing the app, wherever it is done, ends it for every session of the user.
    """
    if not user.is_staff_member:
        return True
    shown = session.get(SESSION_KEY)
    return (shown == DEMO_DOOR and settings.DEMO) or (shown == APP and has_app(user))


def shown_at_sign_in(request, user) -> bool:
    """Tell whether the sign-in just finished included a code of the app or a recovery code."""
    return any(record["method"] == "mfa" for record in get_authentication_records(request, user))


def before_second_factor(view):
    """Declare that staff may open this view before they have shown a second factor: it shows no patient data."""
    view.before_second_factor = True
    return view
