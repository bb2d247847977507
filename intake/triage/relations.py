"""How triage stands to cases beyond those that wait (ACC-4)."""

from __future__ import annotations

from django.db.models import Q


def decided(_user) -> Q:
    """Referrals that ended in triage: whoever comes second must still see what was decided."""
    return Q(state__in=("declined", "signposted"), clinician=None)
