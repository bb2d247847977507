"""The idle lock (ACC-3): the server judges by its own clock, the page only asks and covers itself."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from allauth.account.adapter import get_adapter
from allauth.core.internal import ratelimit
from django import forms
from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.middleware.csrf import get_token
from django.shortcuts import render
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.debug import sensitive_post_parameters

from accounts import demo, kept_posts, mfa, passkeys, rules, sign_ins
from accounts.access import signed_in, while_locked
from accounts.library_forms import CODE, CODE_HELP, PASSWORD, ReauthenticateByCodeForm
from accounts.models import SignIn
from accounts.requests import Request, is_from_here
from ui.posting import INVALID, posted, see, status_of, wants_json

LOCKED = 423
LOCKED_WORDS = "This page is locked because it was not used for a while. Unlock it, then try again."
UNLOCKED, WAS_LOCKED = "You are back", "What you sent while the page was locked has not arrived yet. Send it now."
TOO_MANY = "There were too many tries. Wait a minute and try again."


class LockMiddleware:
    """Answers everything with the lock once a sign-in has had no input for its time; costs no query otherwise."""

    def __init__(self, get_response) -> None:
        self.get_response = get_response

    def __call__(self, request: Any) -> HttpResponseBase:
        request.locked, request.past_lock = False, False
        row: SignIn | None = getattr(request.session, "row", None) if request.user.is_authenticated else None
        if row is not None:
            now = timezone.now()
            request.locked = row.is_locked(now)
            if by_hand(request) and now - row.used_at >= rules.NOTED_EVERY:
                sign_ins.note_input(row.session_key, at=now)
        response = self.get_response(request)
        if request.past_lock or not request.locked:
            return response
        # Addresses that lead nowhere, and posts from elsewhere or from a page that is too old, never reach a view.
        return answer(request, keep=is_from_here(request) and response.status_code != HTTPStatus.NOT_FOUND)

    def process_view(self, request: Any, view, args, kwargs) -> HttpResponse | None:
        request.past_lock = True
        return answer(request) if request.locked and not getattr(view, "while_locked", False) else None


def by_hand(request: HttpRequest) -> bool:
    """Tell whether a person opened this, rather than a script that asks now and then."""
    mode = request.headers.get("Sec-Fetch-Mode")
    if mode is not None:
        return mode == "navigate"
    return "HX-Request" not in request.headers and not wants_json(request)


def answer(request: Any, *, keep: bool = True) -> HttpResponse:
    """Return the lock: a page for a person, facts for a script. A form that was sent stays in it, to be sent again."""
    if not by_hand(request):
        return JsonResponse({"locked": True, "code": "locked", "message": LOCKED_WORDS}, status=LOCKED)
    kept = kept_posts.sealed(request, request.user) if keep and request.method == "POST" else ""
    found = {"next": request.get_full_path() if request.method == "GET" else "", "kept": kept}
    was_sent = request.method == "POST" and keep
    return _lock_page(request, UnlockForm(request), LOCKED, **found, lost=was_sent and not kept)


def _lock_page(request: HttpRequest, form: forms.Form, status: int, **found: Any) -> HttpResponse:
    context = _form_context(request, form) | found
    return render(request, "accounts/locked.html", context, status=status)


def _form_context(request: Any, form: forms.Form) -> dict[str, Any]:
    options = passkeys.options_for(request.user) if mfa.has_passkey(request.user) else ""
    return {"form": form, "by_demo_door": _came_by_demo_door(request), "options": options}


class UnlockForm(forms.Form):
    """Who is there? One of the ways in which the person signs in will do."""

    mark_optional = False

    password = forms.CharField(
        label=PASSWORD,
        strip=False,
        required=False,
        max_length=200,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )
    code = forms.CharField(
        label=f"Or a {CODE.lower()}",
        help_text=CODE_HELP,
        required=False,
        max_length=40,
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "class": "nhsuk-input--width-10"}),
    )

    credential = forms.CharField(required=False, max_length=20_000, widget=forms.HiddenInput)

    def __init__(self, request: Any, data=None) -> None:
        super().__init__(data, auto_id="unlock_%s")  # the page beneath may have a password field of its own
        self.request = request
        if not mfa.has_app(request.user):
            del self.fields["code"]

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        name = next((name for name in ("credential", "password", "code") if given.get(name)), "password")
        value = given.get(name, "")
        if _came_by_demo_door(self.request) and not value:
            return given
        if not value:
            self.add_error(name, "Type your password.")
        elif (
            ratelimit.consume(self.request, app="allauth.account", action="reauthenticate", user=self.request.user)
            is None
        ):
            self.add_error(name, TOO_MANY)
        else:
            {"credential": self._check_passkey, "password": self._check_password, "code": self._check_code}[name](value)
        return given

    def _check_passkey(self, credential: str) -> None:
        checked = passkeys.AuthenticateForm({"credential": credential}, user=self.request.user)
        if not checked.is_valid():
            self.add_error("password", passkeys.NOT_KNOWN)

    def _check_password(self, password: str) -> None:
        adapter = get_adapter(self.request)
        if not adapter.reauthenticate(self.request.user, password):
            self.add_error("password", adapter.error_messages["incorrect_password"])

    def _check_code(self, code: str) -> None:
        checked = ReauthenticateByCodeForm({"code": code}, user=self.request.user)
        for message in checked.errors.get("code", []):
            self.add_error("code", message)


def _came_by_demo_door(request: Any) -> bool:
    return demo.is_open(request) and request.session.get(mfa.SESSION_KEY) == mfa.DEMO_DOOR


# --- doors ----------------------------------------------------------------------------------------


def _state(request: Request) -> HttpResponse:
    """How long until the lock and until the end, by the server's clock, and whose: a page shows itself to nobody else.

    The token is for a page that is older than the sign-in: what was typed in it can still be sent. Who has signed out
    in another tab meanwhile is led to the sign-in.
    """
    row, now = SignIn.objects.filter(session_key=request.session.session_key).first(), timezone.now()
    if row is None:
        return redirect_to_login(request.get_full_path())
    left = (row.locks_at - now).total_seconds() if row.locks_at else row.idle_seconds
    ask = rules.ask_before_seconds(row.idle_seconds)
    state = {"locked": left <= 0, "left": max(0.0, round(left, 1)), "ask": ask, "ends": round(row.ends_in(now), 1)}
    return JsonResponse(state | {"who": request.user.pk, "token": get_token(request)})


@while_locked
@mfa.before_second_factor
@signed_in
def lock(request: Request) -> HttpResponse:
    """GET: how long until the lock. POST: lock now; a script is told so, a person sees the lock."""
    if request.method == "GET":
        return _state(request)
    sign_ins.lock(request.session.session_key or "")
    return see(settings.LOGIN_REDIRECT_URL) if by_hand(request) else _state(request)


@while_locked
@mfa.before_second_factor
@signed_in(methods=("POST",))
def still_here(request: Request) -> HttpResponse:
    """Somebody touched the page, so count anew; never opens what is locked. Answers how long until the lock."""
    sign_ins.note_input(request.session.session_key or "")
    return _state(request)


@while_locked
@sensitive_post_parameters()
@mfa.before_second_factor
@signed_in
def unlocking(request: Any) -> HttpResponse:
    """GET: the form with which a locked sign-in is opened. POST: open it, then go on where one was."""
    if not request.locked:
        return _state(request) if request.htmx else _go_on(request)
    form = UnlockForm(request, posted(request))
    if form.is_bound and form.is_valid():
        sign_ins.unlock(request.session.session_key or "", request.user)
        request.locked = False
        return _state(request) if request.htmx else _go_on(request)
    if request.htmx:
        return render(request, "accounts/unlock_form.html", _form_context(request, form), status=status_of(form))
    found = {"next": request.POST.get("next", ""), "kept": request.POST.get("kept", "")}
    return _lock_page(request, form, INVALID if form.is_bound else LOCKED, **found)


def _go_on(request: Any) -> HttpResponse:
    """Where the person was; a form that was sent meanwhile is shown once more, to be sent again."""
    kept = kept_posts.opened(request.POST.get("kept", ""), request.user) if request.POST.get("kept") else None
    if kept is not None:
        return render(request, "accounts/send_again.html", {"kept": kept, "title": UNLOCKED, "lead": WAS_LOCKED})
    wanted = request.POST.get("next", "")
    safe = url_has_allowed_host_and_scheme(wanted, allowed_hosts={request.get_host()})
    return see(wanted if safe else settings.LOGIN_REDIRECT_URL)
