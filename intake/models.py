"""Referral, self-assessment, flags, triage, allocation: one app, a folder a noun."""

from intake.allocation.models import Allocation, AllocationRun, Match, MatchOutcome
from intake.referrals.models import Batch, BatchRow, Referral, ReferralDraft
from intake.selfassessment.models import SelfAssessment
from intake.triage.models import ScreeningFlag, TriageAnswer, TriageDecision

__all__ = [
    "Allocation",
    "AllocationRun",
    "Batch",
    "BatchRow",
    "Match",
    "MatchOutcome",
    "Referral",
    "ReferralDraft",
    "ScreeningFlag",
    "SelfAssessment",
    "TriageAnswer",
    "TriageDecision",
]
