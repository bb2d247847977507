"""The second factor that staff need before any page with patient data (ACC-1)."""

from __future__ import annotations

from collections.abc import MutableMapping

from allauth.account.authentication import get_authentication_records
from allauth.mfa.models import Authenticator
from django.conf import settings

SESSION_KEY = "second_factor"
APP, PASSKEY, CODE, DEMO_DOOR = "app", "passkey", "recovery code", "demo door"
FACTORS = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)
# How a factor was shown -> what the person must still have for it to count. A recovery code stands for either.
HOLDS_WITH = {APP: FACTORS[:1], PASSKEY: FACTORS[1:], CODE: FACTORS}
SHOWN_BY = {Authenticator.Type.TOTP: APP, Authenticator.Type.WEBAUTHN: PASSKEY}


def has_app(user) -> bool:
    """Tell whether the user has set up an authenticator app."""
    return _holds(user, FACTORS[:1])


def has_passkey(user) -> bool:
    """Tell whether the user has added a passkey."""
    return _holds(user, FACTORS[1:])


def has_factor(user) -> bool:
    """Tell whether the user has any second factor."""
    return _holds(user, FACTORS)


def _holds(user, types) -> bool:
    return Authenticator.objects.filter(user=user, type__in=types).exists()


def may_remove(request, factor: Authenticator) -> bool:
    """Tell whether a person may take away a factor: staff keep one, unless they came in by recovery code."""
    if not request.user.is_staff_member or request.session.get(SESSION_KEY) == CODE:
        return True
    return Authenticator.objects.filter(user=request.user, type__in=FACTORS).exclude(pk=factor.pk).exists()


def mark(session: MutableMapping, how: str) -> None:
    """Note in the session that its person has shown a second factor, and how."""
    session[SESSION_KEY] = how


def is_satisfied(user, session: MutableMapping) -> bool:
    """Tell whether this signed-in session may see patient data: any patient's, and staff's once the factor was shown.

    For pages and sockets alike. Removing what was shown, wherever it is done, ends it for every session of the user.
    """
    if not user.is_staff_member:
        return True
    shown = session.get(SESSION_KEY)
    if shown == DEMO_DOOR:
        return settings.DEMO
    return shown in HOLDS_WITH and _holds(user, HOLDS_WITH[shown])


def shown_at_sign_in(request, user) -> str:
    """Return which second factor the sign-in just finished included, or an empty string."""
    types = [record.get("type") for record in get_authentication_records(request, user) if record["method"] == "mfa"]
    return SHOWN_BY.get(types[-1], CODE) if types else ""


def before_second_factor(view):
    """Declare that staff may open this view before they have shown a second factor: it shows no patient data."""
    view.before_second_factor = True
    return view
