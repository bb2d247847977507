"""The rules of booking, confirming, cancelling and ending (APPT). Pure: the time is an argument."""

from __future__ import annotations

# Every status and the statuses it may turn into.
APPOINTMENT_TRANSITIONS: dict[str, frozenset[str]] = {
    "offered": frozenset(
        {"confirmed", "declined", "lapsed", "cancelled", "clinician_cancelled"}
    ),
    "confirmed": frozenset(
        {
            "cancelled",
            "late_cancelled",
            "clinician_cancelled",
            "completed",
            "completed_late",
            "dna",
            "aborted",
        }
    ),
}
# Statuses that hold the time of both; declined, lapsed and cancelled ones free it (APPT-4).
HOLDING_STATUSES = frozenset(
    {"offered", "confirmed", "completed", "completed_late", "dna", "aborted"}
)
OUTCOMES = frozenset({"completed", "completed_late", "dna", "late_cancelled", "aborted"})
