"""What is pointed out to the writer of a text on a case, before it goes (NOTE-3, NOTE-8).

Whoever signs or sends is shown it once, and changes the text or goes on all the same: nothing is blocked. The answer
carries the key of what was shown, so that anything else that turns up later is shown as well.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from dataclasses import dataclass

from accounts.models import Role, User
from audit.actions import record_change
from patients.models import Case, Patient
from patients.wording import rules

ANSWER = "despite"  # the name of the button that goes on


@dataclass(frozen=True)
class Finding:
    """One thing to look at: its kind, what is the matter in a sentence, what to do, and the passages."""

    kind: str
    title: str
    advice: str
    passages: tuple[str, ...] = ()


@dataclass(frozen=True)
class PointedOut:
    """All that was found in one text; empty where there is nothing."""

    findings: tuple[Finding, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.findings)

    @property
    def key(self) -> str:
        """What the answer carries: the same for the same findings, another for any other."""
        told = repr([(finding.kind, finding.passages) for finding in self.findings])
        return hashlib.sha256(told.encode()).hexdigest()[:16]

    def waits(self, answer: str) -> bool:
        """Tell whether the writer must be shown this first: there is something, and it was not answered yet."""
        return bool(self.findings) and answer != self.key


NOTHING_FOUND = PointedOut()


def together(*found: Finding | None) -> PointedOut:
    """Return what was found of all that was looked for."""
    return PointedOut(tuple(finding for finding in found if finding))


def promise_in(*texts: str) -> Finding | None:
    """Return the number of sessions or hours that a text promises, if it does (NOTE-8)."""
    passages = rules.promises("\n\n".join(texts))
    if not passages:
        return None
    return Finding(
        "promise",
        "This seems to promise a number of sessions or hours.",
        "How many there will be is decided step by step. Say that you will look at it together, and leave the "
        "number out.",
        tuple(passages),
    )


def patient_named_in(case: Case, *texts: str) -> Finding | None:
    """Return the patient's own name where a ticket holds it: tickets go by the case reference (NOTE-8)."""
    passages = rules.names_in("\n\n".join(texts), [names_of(case.patient)])
    if not passages:
        return None
    return Finding(
        "patient_name",
        "This holds the patient's name.",
        "A ticket knows its case. Write “the patient”, or use the case reference.",
        tuple(passages),
    )


def others_named_in(case: Case, by: User, *texts: str) -> Finding | None:
    """Return names of other people in a text on a case (NOTE-3): the clinician's other patients, and staff.

    The clinician's patients count by any of their names, staff by their full name alone. Patients of other
    clinicians are not looked for: the answer would tell who is one.
    """
    text, patient = "\n\n".join(texts), case.patient
    cases = Case.objects.filter(clinician__user=by).exclude(patient=patient)
    others = Patient.objects.filter(pk__in=cases.values("patient")).order_by("pk")
    staff = User.objects.filter(is_active=True, roles__isnull=False).exclude(roles__role=Role.PATIENT)
    own = [*names_of(patient), patient.full_name, by.name]
    passages = [
        *rules.names_in(text, [names_of(other) for other in others], own),
        *rules.whole_names_in(text, staff.exclude(pk=by.pk).order_by("pk").values_list("name", flat=True).distinct()),
    ]
    if not passages:
        return None
    return Finding(
        "other_name",
        "This holds the name of somebody else.",
        "Other services and the patient may read it. Write what the person is, such as “a friend”, and make sure that "
        "this is the right patient.",
        tuple(passages),
    )


def names_of(patient: Patient) -> rules.Person:
    """Return the names by which a person is called."""
    return tuple(filter(None, [patient.first_name, patient.preferred_name, patient.last_name]))


def record(found: PointedOut, *, what: str, by, case: Case, object_ref: str, at: dt.datetime | None = None) -> None:
    """Write down that somebody went on all the same after this was pointed out; nothing where nothing was (NOTE-3).

    What was pointed out and how often, never the words: they may be the name of another patient.
    """
    if found:
        told = {finding.kind: len(finding.passages) for finding in found.findings}
        record_change(f"{what} all the same", by=by, case_ref=case.ref, object_ref=object_ref, after=told, at=at)
