"""Opening, renewing and closing one's calendar feed (APPT-8)."""

from __future__ import annotations

import datetime as dt

from django.db import transaction
from django.utils import timezone

from audit.actions import record_change
from therapy.feeds import rules
from therapy.feeds.models import CalendarFeed


@transaction.atomic
def open_feed(user, *, at: dt.datetime | None = None) -> str:
    """Give a person a feed and return its token, which is never told again; the address before it is dead at once."""
    at, token = at or timezone.now(), rules.new_token()
    feed = {"token_hash": rules.hash_of(token), "opened_at": at}
    _, new = CalendarFeed.objects.update_or_create(user=user, defaults=feed)
    what = "calendar feed opened" if new else "calendar feed renewed"
    record_change(what, by=user, object_ref=f"user:{user.pk}", at=at)
    return token


@transaction.atomic
def close_feed(user, *, at: dt.datetime | None = None) -> None:
    """Close a person's feed: its address is dead at once. Closing again changes nothing."""
    if CalendarFeed.objects.filter(user=user).delete()[0]:
        record_change("calendar feed closed", by=user, object_ref=f"user:{user.pk}", at=at or timezone.now())


def owner_of(token: str):
    """Return the person whose feed a token opens, or None for a dead one and for an account that is closed."""
    feed = CalendarFeed.objects.select_related("user").filter(token_hash=rules.hash_of(token)).first()
    return feed.user if feed is not None and feed.user.is_active else None
