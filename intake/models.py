"""Referral, self-assessment, flags, triage, allocation: one app, a folder a noun."""

from intake.allocation.models import Allocation, AllocationRun, Match
from intake.referrals.models import Batch, BatchRow, Referral, ReferralDraft
from intake.selfassessment.models import SelfAssessment
from intake.triage.models import ScreeningFlag, TriageDecision

__all__ = [
    "Allocation",
    "AllocationRun",
    "Batch",
    "BatchRow",
    "Match",
    "Referral",
    "ReferralDraft",
    "ScreeningFlag",
    "SelfAssessment",
    "TriageDecision",
]
