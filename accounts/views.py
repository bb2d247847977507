"""Pages about one's own account: the invitation, the security page, the demonstration's door."""

from __future__ import annotations

from typing import Any

from allauth.account.internal.flows.login import record_authentication
from allauth.account.utils import perform_login
from allauth.core.internal import ratelimit
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import login, logout
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.debug import sensitive_post_parameters

from accounts import actions, demo, mfa, passkeys, tokens
from accounts.access import public, signed_in
from accounts.forms import FirstPasswordForm, NewLinkForm
from accounts.models import SignIn, User
from accounts.requests import Request
from audit.actions import record_change
from ui.posting import attempt, posted, see, status_of

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"
NEW_LINK_RATES = {"new_link": "20/m/ip,3/10m/key"}
SENT = "If this address is waiting for an account, a new link is on its way to it. It can take a few minutes."


@public
@sensitive_post_parameters()
def invitation(request: Request, uidb64: str, token: str) -> HttpResponse:
    """Where somebody invited chooses a password and is signed in; a dead link explains itself (ACC-1)."""
    user = _invited(uidb64, token)
    if user is None:
        return render(request, "accounts/invitation_dead.html", {"form": NewLinkForm()}, status=410)
    form = FirstPasswordForm(posted(request), user=user)
    password = form.cleaned_data["password"] if form.is_valid() else ""
    accepted = attempt(form, lambda: actions.accept_invitation(user, password)) if password else None
    if accepted is None:
        context = {"form": form, "invited": user}
        return render(request, "accounts/invitation.html", context, status=status_of(form))
    if request.user.is_authenticated:
        logout(request)
    record_authentication(request, accepted, method="password", email=accepted.email)
    return perform_login(request, accepted, redirect_url=settings.LOGIN_REDIRECT_URL)


def _invited(uidb64: str, token: str) -> User | None:
    number = tokens.number_of(uidb64)
    user = User.objects.filter(pk=number, is_active=True).first() if number is not None else None
    return user if user is not None and tokens.is_good(user, token) else None


@public
def new_link(request: Request) -> HttpResponse:
    """Asks for a new invitation; the answer is the same whether the address is known or not (ACC-2)."""
    form = NewLinkForm(posted(request))
    if not form.is_valid():
        return render(request, "accounts/new_link.html", {"form": form}, status=status_of(form))
    email = form.cleaned_data["email"]
    if not ratelimit.consume(request, app="accounts", action="new_link", config=NEW_LINK_RATES, key=email.lower()):
        return ratelimit.respond_429(request)
    actions.send_new_link(email)
    messages.success(request, SENT)
    return see(reverse("account_login"))


@mfa.before_second_factor
@signed_in
def security(request: Request) -> HttpResponse:
    """How one signs in: the address, the password, the second factor, and the way out."""
    held = Authenticator.objects.filter(user=request.user)
    by_type: dict[str, Any] = {row.type: row.wrap() for row in held}
    codes = by_type.get(Authenticator.Type.RECOVERY_CODES)
    context = {
        "has_app": Authenticator.Type.TOTP in by_type,
        "codes_left": len(codes.get_unused_codes()) if codes else 0,
        "devices": SignIn.of(request.user, timezone.now()).count(),
        "passkeys": len(passkeys.of(request.user)),
        "needs_app": request.user.is_staff_member,
    }
    return render(request, "accounts/security.html", context)


@public(methods=("POST",))
def demo_sign_in(request: Request) -> HttpResponse:
    """The one-click door of a demonstration: a full sign-in, written down as such; elsewhere there is no such page."""
    if not demo.is_open(request):
        raise Http404
    number = request.POST.get("person", "")
    user = User.objects.filter(pk=number, is_active=True).first() if number.isdecimal() else None
    if user is None:
        raise Http404
    logout(request)
    record_authentication(request, user, method="demo door", reauthenticated=True)
    login(request, user, backend=BACKEND)
    mfa.mark(request.session, mfa.DEMO_DOOR)
    record_change("signed in by demo door", by=user, object_ref=f"user:{user.pk}")
    return see(settings.LOGIN_REDIRECT_URL)
