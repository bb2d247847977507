"""Verbs on sites: open one, set its policy, publish and acknowledge its protocol."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.utils import timezone

from audit.actions import record_change
from sites.models import PolicyVersion, ProtocolAcknowledgement, ProtocolVersion, Site
from sites.rules import Policy, PolicyError
from ui.errors import Refused


@transaction.atomic
def open_site(*, by, policy: Mapping[str, Any] | None = None, at: dt.datetime | None = None, **fields) -> Site:
    """Open a site with its first policy; `fields` are those of `Site` (SITE-1). Raises Refused as `set_policy` does."""
    at = at or timezone.now()
    site = Site.objects.create(**fields)
    record_change("site opened", by=by, object_ref=f"site:{site.code}", after={"name": site.name}, at=at)
    set_policy(site, policy or {}, by=by, at=at)
    return site


@transaction.atomic
def set_policy(
    site: Site,
    data: Mapping[str, Any],
    *,
    by,
    applies_to_open_cases: bool = False,
    at: dt.datetime | None = None,
) -> PolicyVersion:
    """Make a new version of the site's policy; fields not given take their default (SITE-2).

    Open cases keep the version they started under unless `applies_to_open_cases`. Raises Refused naming the field
    of an invalid policy. The same policy again, for nobody new, makes no version.
    """
    at = at or timezone.now()
    policy = _read(data)
    locked = Site.objects.select_for_update().get(pk=site.pk)
    newest = locked.policies.first()
    before = newest.data if newest else {}
    if newest and Policy.from_data(before) == policy and not applies_to_open_cases:
        return newest
    version = PolicyVersion.objects.create(
        site=locked,
        version=newest.version + 1 if newest else 1,
        data=policy.as_data(),
        applies_to_open_cases=applies_to_open_cases,
        author=by,
        at=at,
    )
    record_change("site policy", by=by, object_ref=f"site:{site.code}", before=before, after=version.data, at=at)
    return version


def _read(data: Mapping[str, Any]) -> Policy:
    try:
        return Policy.from_data(data)
    except PolicyError as error:
        raise Refused(
            f"The policy cannot be saved: {error.field} {error.message}.",
            field=error.field,
            remedy="Correct that field and save again.",
        ) from error


@transaction.atomic
def publish_protocol(site: Site, text: str, *, by, at: dt.datetime | None = None) -> ProtocolVersion:
    """Publish a new version of the site's protocol page, which its clinicians must acknowledge anew (SITE-3)."""
    if not text.strip():
        raise Refused("The protocol is empty.", field="text", remedy="Write the protocol, then publish it.")
    locked = Site.objects.select_for_update().get(pk=site.pk)
    newest = locked.protocols.first()
    if newest and newest.text == text:
        return newest
    number = newest.version + 1 if newest else 1
    at = at or timezone.now()
    record_change("site protocol", by=by, object_ref=f"site:{site.code}", after={"version": number}, at=at)
    return ProtocolVersion.objects.create(site=locked, version=number, text=text, author=by, at=at)


@transaction.atomic
def acknowledge_protocol(protocol: ProtocolVersion, *, by, at: dt.datetime | None = None) -> ProtocolAcknowledgement:
    """Record that `by` has read this version; a second time changes nothing. Refused when there is a newer one."""
    newest = protocol.site.protocols.first()
    if newest != protocol:
        raise Refused(
            "The protocol has changed since you opened the page.",
            remedy="Read the new version, then acknowledge that one.",
        )
    at = at or timezone.now()
    word, made = ProtocolAcknowledgement.objects.get_or_create(protocol=protocol, user=by, defaults={"at": at})
    if made:
        record_change(
            "protocol acknowledged",
            by=by,
            object_ref=f"site:{protocol.site.code}",
            after={"version": protocol.version},
            at=at,
        )
    return word


@transaction.atomic
def pause_allocation(site: Site, paused: bool, *, by, at: dt.datetime | None = None) -> None:
    """Pause or resume new allocations of the site's cases (ALLOC-3)."""
    Site.objects.filter(pk=site.pk).update(allocation_paused=paused)
    record_change(
        "site allocation",
        by=by,
        object_ref=f"site:{site.code}",
        before={"paused": site.allocation_paused},
        after={"paused": paused},
        at=at,
    )
    site.allocation_paused = paused
