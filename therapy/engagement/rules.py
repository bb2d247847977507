"""Engagement: when a silent patient is written to, and when a case may be let go (TIME-2, 3, 8, 9, ENG). Pure."""

from __future__ import annotations

import datetime as dt

REMINDER_AFTER_WELCOME = dt.timedelta(hours=72)  # TIME-2
NEVER_ENGAGED_AFTER_WELCOME = dt.timedelta(days=7)  # TIME-3
NEVER_ENGAGED_AFTER_REMINDER = dt.timedelta(hours=48)  # TIME-3
BREACH_REMINDER_WITHIN = dt.timedelta(hours=48)  # TIME-9
ENGAGEMENT_AFTER_PROMPT = dt.timedelta(days=7)  # ENG-3b
DISCHARGE_AFTER_ENGAGEMENT = dt.timedelta(days=7)  # ENG-3c
LAST_ANSWER = dt.timedelta(hours=48)  # ENG-3d
WHOLE_SEVEN_SEVEN = ENGAGEMENT_AFTER_PROMPT + DISCHARGE_AFTER_ENGAGEMENT + LAST_ANSWER


def never_engaged_at(welcomed_at: dt.datetime, reminded_at: dt.datetime) -> dt.datetime:
    """Return when silence means *never engaged*: 7 days after the welcome, 48 hours after the reminder (TIME-3)."""
    return max(welcomed_at + NEVER_ENGAGED_AFTER_WELCOME, reminded_at + NEVER_ENGAGED_AFTER_REMINDER)


def answer_by(slug: str, at: dt.datetime, welcomed_at: dt.datetime | None = None) -> dt.datetime | None:
    """Return by when a template sent at `at` hopes for an answer; None for one that names no day (ENG-3, ENG-5)."""
    if slug == "booking_reminder":
        return never_engaged_at(welcomed_at or at - NEVER_ENGAGED_AFTER_WELCOME, at)
    if slug in ("discharge", "new_patient_risk"):
        return at + LAST_ANSWER
    if slug == "engagement":
        return at + DISCHARGE_AFTER_ENGAGEMENT
    return at + ENGAGEMENT_AFTER_PROMPT


def discharge_on(slug: str, at: dt.datetime) -> dt.datetime | None:
    """Return the earliest day of a discharge that a template sent at `at` names; None for one that names none."""
    if slug == "discharge":
        return at + LAST_ANSWER
    if slug == "engagement":
        return at + DISCHARGE_AFTER_ENGAGEMENT + LAST_ANSWER
    if slug.startswith("second_dna"):
        return at + WHOLE_SEVEN_SEVEN
    return None
