"""How each person likes pages: text size, colours, letters (ACC-17). On the server, so it goes along to any device."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse

from accounts import actions, mfa
from accounts.access import signed_in
from accounts.forms import PreferencesForm
from accounts.requests import Request
from ui.posting import posted, see, status_of, wants_json


@mfa.before_second_factor
@signed_in
def preferences(request: Request) -> HttpResponse:
    """The page of one's choices; a script of another page may post some of them and asks for JSON."""
    form = PreferencesForm(posted(request), user=request.user)
    kept = form.is_valid()
    if kept:
        actions.choose_preferences(request.user, form.chosen())
    if request.method == "POST" and wants_json(request):
        return JsonResponse({"kept": kept}, status=status_of(form))
    if kept:
        messages.success(request, "Your choices are kept.")
        return see(reverse("accounts:preferences"))
    return render(request, "accounts/preferences.html", {"form": form}, status=status_of(form))
