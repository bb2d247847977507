"""Signed-in devices: known again by a cookie, seen by their person, ended one by one or all others at once (ACC-15)."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone

from accounts import mfa, sessions, sign_ins
from accounts.access import signed_in
from accounts.models import SignIn, User
from accounts.requests import Request
from ui.posting import see

COOKIE, SALT = settings.DEVICE_COOKIE_NAME, "accounts.device"
COOKIE_LIFE = dt.timedelta(days=400)
MOST_NAMED = 300


def sign_in_on(request: Any, user: User) -> None:
    """Note on which device somebody signs in, and after which time without input that locks.

    A session that no browser asked for (a script's, a test's) has no device.
    """
    request.session[sessions.IDLE_SECONDS] = sign_ins.idle_seconds_for(user)
    if "REMOTE_ADDR" not in request.META:
        return
    device = sign_ins.recognise(user, _key(request), request.headers.get("User-Agent", "")[:MOST_NAMED])
    request.session[sessions.DEVICE] = device.pk
    sign_ins.replace_earlier(user, device, but=request.session.session_key)


def _key(request: Any) -> str:
    """Return what the device's cookie holds; a new one goes out with the answer."""
    known = request.get_signed_cookie(COOKIE, default="", salt=SALT)
    request.device_key = known or sign_ins.new_device_key()
    return request.device_key


class DeviceMiddleware:
    """Gives a browser on which somebody has signed in the cookie by which it is known again; it says nothing itself."""

    def __init__(self, get_response) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        key = getattr(request, "device_key", "")
        if key:
            response.set_signed_cookie(
                COOKIE, key, salt=SALT, max_age=COOKIE_LIFE, httponly=True, samesite="Lax",
                secure=settings.SESSION_COOKIE_SECURE,
            )  # fmt: skip
        return response


@mfa.before_second_factor
@signed_in
def devices(request: Request) -> HttpResponse:
    """Every device on which the person is signed in, this one first."""
    here = request.session.session_key
    rows = list(SignIn.of(request.user, timezone.now()))
    rows.sort(key=lambda row: row.session_key != here)
    return render(request, "accounts/devices.html", {"rows": rows, "here": here, "others": len(rows) - 1})


@mfa.before_second_factor
@signed_in(methods=("POST",))
def end_device(request: Request, device: uuid.UUID) -> HttpResponse:
    """Sign one device out; asked for again it is gone already and nothing is said against it."""
    if sign_ins.end_one(request.user, device):
        messages.success(request, "That device is signed out.")
    return see(reverse("accounts:devices"))


@mfa.before_second_factor
@signed_in(methods=("POST",))
def end_others(request: Request) -> HttpResponse:
    """Sign out everywhere but here (ACC-3)."""
    ended = sign_ins.end_others(request.user, request.session.session_key)
    messages.success(request, f"Signed out on {ended} other {'device' if ended == 1 else 'devices'}.")
    return see(reverse("accounts:devices"))
