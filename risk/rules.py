"""How soon an alert is reviewed, and what a review must say. Pure: no Django, no clock."""

from __future__ import annotations

import datetime as dt

REVIEW_WITHIN = dt.timedelta(hours=48)  # TIME-12, elapsed
REMIND_AFTER = dt.timedelta(hours=24)
DEADLINE = "risk_review"
STAY_KIND = "unreviewed_alert"
STAY_WORDS = "an alert has not been reviewed"
LONGEST_WORDS = 4000

LEVELS = {"none": "None", "low": "Low", "medium": "Medium", "high": "High", "immediate": "Immediate"}
# RISK-8: these levels keep a case until the risk is reassessed as lower.
KEEPING_LEVELS = frozenset({"high", "immediate"})
LEVEL_STAY_KIND = "risk_level"
LEVEL_STAY_WORDS = "the latest level of risk is high or immediate"


def review_due(raised_at: dt.datetime) -> dt.datetime:
    """Return when an alert must have been reviewed."""
    return raised_at + REVIEW_WITHIN


def remind_at(raised_at: dt.datetime) -> dt.datetime:
    """Return when a reminder of an alert goes out."""
    return raised_at + REMIND_AFTER


def level_keeps(level: str) -> bool:
    """Tell whether a case of this level of risk must stay (RISK-8)."""
    return level in KEEPING_LEVELS
