"""After how many minutes without input staff are locked: as the sites that they work with ask for (ACC-3)."""

from __future__ import annotations

from accounts.models import User
from clinicians.models import Clinician
from sites.models import PolicyVersion
from sites.rules import Policy


def minutes_of(user: User) -> list[int]:
    """Return what the newest policy of each site says: of a clinician's own sites, of all for anybody else."""
    newest = PolicyVersion.objects.order_by("site_id", "-version").distinct("site_id")
    clinician = Clinician.objects.filter(user=user).first()
    if clinician is not None:
        newest = newest.filter(site__in=clinician.sites.all())
    return [Policy.from_data(version.data).idle_minutes for version in newest]
