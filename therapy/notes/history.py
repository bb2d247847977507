"""What was set of a case's details, change by change, and where the supervisor's agreement stands (NOTE-5)."""

from __future__ import annotations

from dataclasses import dataclass

from patients.models import Case, CaseDetail
from patients.rules import PROBLEMS
from therapy.notes.models import ProtocolDecision

FIELDS = {"problem": "Provisional diagnosis", "step": "Step", "protocol": "Protocol"}
STEPS = dict(Case.Step.choices)
NOT_SET = "Not set"


@dataclass(frozen=True)
class Change:
    """One field of one setting, from what to what, in words."""

    what: str
    before: str
    after: str


@dataclass(frozen=True)
class Setting:
    """One setting by somebody at a time, with what changed; `decision` is the supervisor's, where one was needed."""

    detail: CaseDetail
    changes: tuple[Change, ...]

    @property
    def decision(self) -> ProtocolDecision | None:
        return getattr(self.detail, "decision", None)

    @property
    def waits(self) -> bool:
        return self.detail.needs_agreement and self.decision is None


def history_of(case: Case) -> list[Setting]:
    """Return every setting of a case, the newest first."""
    rows = list(case.details.select_related("by", "decision__by").order_by("at", "id"))
    return [Setting(row, changes(before, row)) for before, row in zip([None, *rows], rows, strict=False)][::-1]


def changes(before: CaseDetail | None, after: CaseDetail) -> tuple[Change, ...]:
    """Return what one setting changed against the one before it."""
    pairs = [(name, getattr(before, name, ""), getattr(after, name)) for name in FIELDS]
    return tuple(Change(FIELDS[name], worded(name, old), worded(name, new)) for name, old, new in pairs if old != new)


def worded(name: str, value: str) -> str:
    """Return the value of a field in words."""
    words = {"problem": PROBLEMS, "step": STEPS}.get(name, {})
    return words.get(value, value) or NOT_SET
