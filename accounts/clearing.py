"""Sign-ins and devices that are of no more use are cleared away: nobody keeps what nobody needs (ACC-15)."""

from __future__ import annotations

import datetime as dt

from django.db import transaction
from django.db.models import Exists, OuterRef
from django.utils import timezone

from accounts import sign_ins
from accounts.models import Device, SignIn


@transaction.atomic
def clear_away(*, at: dt.datetime | None = None) -> tuple[int, int]:
    """Delete sign-ins that have run out, and devices signed out from afar; returns how many of each.

    The newest device of an account stays, so that its next one is not taken for the first, which is no news.
    """
    ended = sign_ins.end(SignIn.objects.filter(expire_date__lte=at or timezone.now()))
    newer = Device.objects.filter(user=OuterRef("user"), pk__gt=OuterRef("pk"))
    gone = Device.objects.filter(Exists(newer), key__startswith=sign_ins.FORGOTTEN, sign_ins=None)
    return ended, gone.delete()[0]
