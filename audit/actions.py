"""Writing down who read and who changed what (ACC-5). Called in the transaction of the reading or the change."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.utils import timezone

from audit.models import AccessEntry, ChangeEntry


def record_access(
    *,
    who,
    case_ref: str,
    thing: str,
    verb: str,
    object_ref: str = "",
    address: str | None = None,
    reason: str = "",
    at: dt.datetime | None = None,
) -> AccessEntry:
    """Write that a member of staff opened something of a patient's record (ACC-5).

    `thing` and `verb` are those of the access policy, `address` is the network address asked from, `reason` is what
    was typed where reading needs one.
    """
    return AccessEntry.objects.create(
        at=at or timezone.now(),
        who=who,
        case_ref=case_ref,
        thing=thing,
        verb=verb,
        object_ref=str(object_ref),
        address=address,
        reason=reason,
    )


def record_change(
    what: str,
    *,
    by,
    case_ref: str = "",
    object_ref: str = "",
    before: dict[str, Any] | None = None,
    after: dict[str, Any] | None = None,
    at: dt.datetime | None = None,
) -> ChangeEntry:
    """Write one change, or one event worth keeping such as a sign-in; `by` is None where the platform acted."""
    return ChangeEntry.objects.create(
        at=at or timezone.now(),
        who=by,
        what=what,
        case_ref=case_ref,
        object_ref=str(object_ref),
        before=before or {},
        after=after or {},
    )
