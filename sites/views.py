"""Pages of sites: the list, a site with policy and protocol, and changing them."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse

from accounts import access
from accounts.access import requires
from accounts.requests import Request
from sites import actions, rules
from sites.forms import PolicyForm, ProtocolForm
from sites.models import ProtocolVersion, Site
from ui.errors import Refused
from ui.posting import posted, see, status_of


@requires("sites", "read", methods=("GET",))
def sites(request: Request) -> HttpResponse:
    """Every site with its contract, and what the reader has still to acknowledge."""
    found = list(access.list_visible(request, Site))
    read = set(ProtocolVersion.objects.filter(readers__user=request.user).values_list("pk", flat=True))
    versions = ProtocolVersion.objects.order_by("version").values_list("site_id", "pk")
    newest = dict(versions)  # the last of a site wins
    for site in found:
        site.is_unread = site.pk in newest and newest[site.pk] not in read
    return render(request, "sites/list.html", {"sites": found})


@requires("sites", "read", methods=("GET",))
def site_page(request: Request, site: str) -> HttpResponse:
    """One site: contract, policy in words, protocol with what changed since the reader last acknowledged it."""
    found = access.visible(request, Site, code=site)
    current = found.current_protocol
    read = found.protocols.filter(readers__user=request.user).first()
    changed = rules.changed_lines(read.text, current.text) if read and current and read != current else []
    context = {
        "site": found,
        "policy": policy_in_words(found.policy),
        "version": found.current_policy_version,
        "protocol": current,
        "is_read": read is not None and read == current,
        "changed": changed,
        "may_write": access.may(request.user, "sites", "write"),
    }
    return render(request, "sites/site.html", context)


@requires("sites", "answer", methods=("POST",))
def acknowledge(request: Request, site: str) -> HttpResponse:
    """The reader's word that the protocol version on the page was read (SITE-3)."""
    found = access.visible(request, Site, code=site)
    version = request.POST.get("version", "")
    protocol = found.protocols.filter(version=version).first() if version.isdecimal() else None
    if protocol is None:
        raise Refused("There is no such version of the protocol.", remedy="Open the page again.")
    actions.acknowledge_protocol(protocol, by=request.user)
    messages.success(request, "Thank you. You have read the protocol of today.")
    return _to_site(found)


@requires("sites", "write")
def policy(request: Request, site: str) -> HttpResponse:
    """Changes the policy: first the form, then what would change, then, confirmed, a new version (SITE-2)."""
    found = access.visible(request, Site, code=site)
    form = PolicyForm(posted(request), policy=found.policy)
    if not form.is_valid():
        return render(request, "sites/policy.html", {"site": found, "form": form}, status=status_of(form))
    if "confirmed" not in request.POST:
        return render(request, "sites/policy_preview.html", _preview(found, form))
    open_too = form.cleaned_data["applies_to_open_cases"]
    version = actions.set_policy(found, form.policy.as_data(), by=request.user, applies_to_open_cases=open_too)
    messages.success(request, f"Version {version.version} of the policy is in force.")
    return _to_site(found)


@requires("sites", "write")
def protocol(request: Request, site: str) -> HttpResponse:
    """Publishes a new version of the protocol page (SITE-3)."""
    found = access.visible(request, Site, code=site)
    current = found.current_protocol
    form = ProtocolForm(posted(request), initial={"text": current.text if current else ""})
    if not form.is_valid():
        return render(request, "sites/protocol.html", {"site": found, "form": form}, status=status_of(form))
    actions.publish_protocol(found, form.cleaned_data["text"], by=request.user)
    messages.success(request, "The protocol is published. Its clinicians are asked to read it.")
    return _to_site(found)


def _to_site(site: Site) -> HttpResponseRedirect:
    return see(reverse("sites:site", args=[site.code]))


def _preview(site: Site, form: PolicyForm) -> dict[str, Any]:
    fields = rules.documented_fields()
    changes = [
        (fields[name].label, rules.in_words(name, before), rules.in_words(name, after))
        for name, before, after in rules.differences(site.policy, form.policy)
    ]
    return {"site": site, "form": form, "changes": changes, "open_too": form.cleaned_data["applies_to_open_cases"]}


def policy_in_words(policy: rules.Policy) -> list[tuple[str, str]]:
    """Return each field's words and its value in words."""
    data = policy.as_data()
    return [(kind.label, rules.in_words(name, data[name])) for name, kind in rules.documented_fields().items()]
