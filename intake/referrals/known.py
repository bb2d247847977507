"""Which rows of a file are here already, asked for all of them at once (REF-2)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from intake.referrals.models import Referral
from patients.models import Case
from patients.rules import ENDED_STATES
from sites.models import Site


class Known:
    """Cases that a partner's references, or NHS numbers with dates of birth, lead to."""

    def __init__(self, site: Site, rows: Iterable[Mapping[str, Any]]) -> None:
        rows = list(rows)
        refs = {row["partner_ref"] for row in rows if row.get("partner_ref")}
        numbers = {row["nhs_number"] for row in rows if row.get("nhs_number")}
        referrals = Referral.objects.filter(site_code=site.code, partner_ref__in=refs).select_related("case")
        self.by_ref = {referral.partner_ref: referral.case for referral in referrals}
        cases = Case.objects.filter(site=site, patient__nhs_number__in=numbers).exclude(state__in=ENDED_STATES)
        found = cases.select_related("patient").order_by("referred_at")
        self.by_person: dict[tuple[Any, Any], Case] = {
            (case.patient.nhs_number, case.patient.date_of_birth): case for case in found
        }

    def case_of(self, row: Mapping[str, Any]) -> Case | None:
        """Return the case that this row is about already."""
        by_ref = self.by_ref.get(row.get("partner_ref", ""))
        return by_ref or self.by_person.get((row.get("nhs_number", ""), row.get("date_of_birth")))

    def why(self, row: Mapping[str, Any]) -> str:
        """Return why a row is taken for known."""
        if row.get("partner_ref") in self.by_ref:
            return f"The reference {row['partner_ref']} was loaded before"
        return "A person with this NHS number and date of birth has an open case here"
