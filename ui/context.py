"""What every page knows: its layout, its navigation, the way out."""

from typing import Any

from django.conf import settings
from django.contrib.messages import get_messages
from django.http import HttpRequest

from ui.navigation import PATIENT, PUBLIC, STAFF, links, resolved

NEUTRAL_TITLE = "Weather"
USUAL = {"theme": "system", "text_size": 100, "typeface": "plain", "one_question": False, "enter_sends": None}


def layout_of(request: HttpRequest) -> str:
    """ "public", "patient" or "staff": decides header, way out and emergency panel."""
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return "public"
    return "staff" if user.is_staff_member else "patient"


def reader_of(request: HttpRequest) -> dict[str, Any]:
    """How the reader likes pages (ACC-17); who is not signed in gets what their device asks for."""
    user = getattr(request, "user", None)
    return {name: getattr(user, name, usual) for name, usual in USUAL.items()}


def page(request: HttpRequest) -> dict[str, Any]:
    """The context of the base template; asks the database for the viewer's roles and for what the links count."""
    layout = layout_of(request)
    entries = {"public": PUBLIC, "patient": PATIENT, "staff": STAFF}[layout]
    locked = getattr(request, "locked", False)  # then a page may say nothing of what waits (ACC-3)
    held: frozenset[str] = getattr(getattr(request, "user", None), "role_names", frozenset())
    return {
        "layout": layout,
        "reader": reader_of(request),
        "locked": locked,
        "flashes": ()
        if locked
        else get_messages(request),  # a name of its own: pages about messages have a variable `messages`
        "navigation": () if locked else links(entries, held, request.path, getattr(request, "user", None)),
        "for_patients": layout != "staff",
        "no_print": "clinician" in held,
        "neutral_url": settings.NEUTRAL_URL,
        "neutral_title": NEUTRAL_TITLE,
        "home_url": "/" if layout == "public" else resolved("desk:home") or "/",
        "sign_in_url": resolved("account_login"),
        "preferences_url": resolved("accounts:preferences"),
        "sign_out_url": resolved("account_logout"),
    }
