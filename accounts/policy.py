"""Who may do what to which thing, as data (ACC-4). The default is no."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

# What a thing is called where a page must name it; the others are called by their name in the table.
LABELS = {
    "case": "the case page",
    "details": "step, problem and protocol",
    "contact": "contact details",
    "referral": "the referral and self-assessment",
    "risk": "risk alerts",
    "scores": "questionnaires and scores",
    "notes": "clinical notes",
    "admin_notes": "general admin notes",
    "files": "files from messages and sessions",
    "session_tools": "agenda and worksheets of sessions",
    "access_log": "who opened the record",
}


class Grant(NamedTuple):
    """A role may do these verbs to the thing where the relation holds; `reason`: only with a typed reason."""

    thing: str
    role: str
    relation: str
    verbs: frozenset[str]
    reason: bool = False


@dataclass(frozen=True)
class Thing:
    """Something to be seen or done, and the root object on which its relations are judged."""

    name: str
    root: str

    @property
    def label(self) -> str:
        return LABELS.get(self.name, self.name.replace("_", " "))


def _grants(thing: str, rows: dict[str, str]) -> list[Grant]:
    """Read rows such as {"clinician": "caseload: read, write"}; a trailing `!` asks for a reason."""
    grants = []
    for role, cell in rows.items():
        for part in cell.split(";"):
            relation, _, verbs = part.partition(":")
            names = frozenset(verb.strip() for verb in verbs.strip().rstrip("!").split(","))
            grants.append(Grant(thing, role, relation.strip(), names, verbs.strip().endswith("!")))
    return grants


# thing -> (root, {role: "relation: verbs; relation: verbs"}); the table of ACC-4, one entry a row.
TABLE: dict[str, tuple[str, dict[str, str]]] = {
    "case": (
        "case",
        {
            "patient": "own: read",
            "clinician": "caseload: read; caseload_lately: read",
            "supervisor": "supervisee: read; any: read!",
            "patient_services": "any: read, write",
            "triage": "unallocated: read",
            "clinical_lead": "any: read!",
        },
    ),
    "details": (
        "case",
        {
            "clinician": "caseload: read, write",
            "supervisor": "supervisee: read, answer; any: read!",
            "patient_services": "any: read",
            "clinical_lead": "any: read!",
        },
    ),
    "contact": (
        "case",
        {
            "patient": "own: read, write",
            "clinician": "caseload: read",
            "supervisor": "supervisee: read; any: read!",
            "patient_services": "any: read, write",
            "clinical_lead": "any: read!",
        },
    ),
    "appointments": (
        "case",
        {
            "patient": "own: read, answer",
            "clinician": "caseload: read, write",
            "supervisor": "supervisee: read; any: read!",
            "patient_services": "any: read, write",
            "clinical_lead": "any: read!",
        },
    ),
    "session": (
        "case",
        {"patient": "own: read, write", "clinician": "caseload: read, write, answer"},
    ),
    "messages": (
        "case",
        {
            "patient": "own: read, write",
            "clinician": "caseload: read, write",
            "supervisor": "supervisee: read; any: read!",
            "clinical_lead": "any: read!",
        },
    ),
    "safe_contact": (
        "case",
        {
            "clinician": "caseload: read, write",
            "supervisor": "supervisee: read, write; any: read!",
            "triage": "unallocated: read, write",
            "patient_services": "any: read, write",
            "clinical_lead": "any: read!",
        },
    ),
    "homework": (
        "case",
        {
            "patient": "own: read, answer",
            "clinician": "caseload: read, write",
            "supervisor": "supervisee: read; any: read!",
            "clinical_lead": "any: read!",
        },
    ),
    # What both work on in a session: agenda, homework agreed in it, sheets; "answer" is the therapist's part.
    "session_tools": (
        "case",
        {
            "patient": "own: read, write",
            "clinician": "caseload: read, write, answer; caseload_lately: read",
            "supervisor": "supervisee: read; looking_in: read; any: read!",
            "clinical_lead": "any: read!",
        },
    ),
    "engagement": (
        "case",
        {
            "clinician": "caseload: read, write",
            "supervisor": "supervisee: read; any: read!",
            "patient_services": "any: read",
            "clinical_lead": "any: read!",
        },
    ),
    "referral": (
        "case",
        {
            "patient": "own: read, write",
            "clinician": "caseload: read",
            "supervisor": "supervisee: read; any: read!",
            "patient_services": "any: read, write",
            "triage": "unallocated: read",
            "clinical_lead": "any: read!",
        },
    ),
    "triage": (
        "case",
        {"triage": "unallocated: read, write", "patient_services": "unallocated: read"},
    ),
    "risk": (
        "case",
        {
            "clinician": "caseload: read, write",
            "supervisor": "supervisee: read, write; any: read!",
            "triage": "unallocated: read, write",
            "clinical_lead": "any: read!",
        },
    ),
    "transcript": (
        "case",
        {
            "patient": "own: read",
            "clinician": "caseload: read; caseload_lately: read",
            "supervisor": "supervisee: read; any: read!",
            "patient_services": "any: read!",
            "clinical_lead": "any: read!",
        },
    ),
    # Marks and notes on one's own transcripts are nobody else's, whatever the reason.
    "own_transcripts": ("case", {"patient": "own: read, write"}),
    "files": (
        "case",
        {
            "patient": "own: read, write, download",
            "clinician": "caseload: read, write, download; caseload_lately: read, download",
            "supervisor": "supervisee: read, download; any: read!",
            "patient_services": "any: read!",
            "clinical_lead": "any: read!",
        },
    ),
    "scores": (
        "case",
        {
            "patient": "own: read, answer",
            "clinician": "caseload: read; caseload_lately: read",
            "supervisor": "supervisee: read; any: read!",
            "patient_services": "any: read",
            "triage": "unallocated: read",
            "clinical_lead": "any: read!",
        },
    ),
    "notes": (
        "case",
        {
            "clinician": "caseload: read, write",
            "supervisor": "supervisee: read, comment; any: read!",
            "patient_services": "any: read",
            "clinical_lead": "any: read!",
        },
    ),
    "admin_notes": (
        "case",
        {
            "clinician": "caseload: read, write",
            "supervisor": "supervisee: read, write; any: read!",
            "patient_services": "any: read, write",
            "triage": "unallocated: read, write",
            "clinical_lead": "any: read!",
        },
    ),
    # What an entry of the general admin notes asks of patient services (NOTE-4).
    "admin_tasks": ("case", {"patient_services": "any: read, write"}),
    "tickets": (
        "case",
        {
            "clinician": "caseload: read, write",
            "supervisor": "supervisee: read, answer; any: read!",
            "triage": "unallocated: read, write",
            "clinical_lead": "any: read!",
        },
    ),
    "letters": (
        "case",
        {
            "patient": "own: read",
            "clinician": "caseload: read, write; caseload_lately: read",
            "supervisor": "supervisee: read; any: read!",
            "patient_services": "any: read, approve",
            "clinical_lead": "any: read!",
        },
    ),
    "own_letters": ("case", {"patient": "own: read"}),
    "letter_files": ("case", {"patient": "own: read", "patient_services": "any: read"}),
    "discharge": (
        "case",
        {
            "clinician": "caseload: read, write",
            "supervisor": "supervisee: read; any: read!",
            "patient_services": "any: read, approve",
            "clinical_lead": "any: read!",
        },
    ),
    "deadlines": (
        "case",
        {"patient_services": "any: read, write", "clinical_lead": "any: read!"},
    ),
    "plan": (
        "case",
        {
            "patient": "own: read, write",
            "clinician": "caseload: read, write",
            "supervisor": "supervisee: read; any: read!",
            "clinical_lead": "any: read!",
        },
    ),
    "complaints": (
        "case",
        {
            "patient": "own: read, write",
            "supervisor": "supervisee: read; any: read!",
            "patient_services": "any: read, write",
            "clinical_lead": "any: read, write",
        },
    ),
    "access_log": (
        "case",
        {
            "patient": "own: read",
            "patient_services": "any: read",
            "clinical_lead": "any: read!",
        },
    ),
    "outcomes": ("case", {"finance": "any: read"}),
    "statements": (
        "statement",
        {"clinician": "own: read, answer", "finance": "any: read, write"},
    ),
    "clinicians": (
        "clinician",
        {
            "clinician": "own: read, write",
            "supervisor": "supervisee: read",
            "patient_services": "any: read",
            "clinical_lead": "any: read, write, answer",
        },
    ),
    "allocation_hold": ("clinician", {"supervisor": "supervisee: write", "clinical_lead": "any: write"}),
    "supervisors": ("clinician", {"clinical_lead": "any: read, write"}),
    "sites": (
        "site",
        {
            "clinician": "any: read, answer",
            "supervisor": "any: read, answer",
            "triage": "any: read, answer",
            "patient_services": "any: read, answer",
            "clinical_lead": "any: read, write, answer",
        },
    ),
    "message_templates": (
        "service",
        {"clinical_lead": "any: read, write", "clinician": "any: read", "supervisor": "any: read"},
    ),
    "connection": (
        "case",
        {
            "patient": "own: write",
            "clinician": "caseload: read, write",
            "supervisor": "supervisee: read; any: read!",
            "patient_services": "any: read, answer",
            "clinical_lead": "any: read!",
        },
    ),
    "confidentiality": (
        "case",
        {
            "patient": "own: answer",
            "clinician": "caseload: read, write",
            "supervisor": "supervisee: read, comment; any: read!",
            "clinical_lead": "any: read!",
        },
    ),
    "look_in": (
        "case",
        {
            "patient": "own: read, answer",
            "clinician": "caseload: read, write",
            "supervisor": "looking_in: read, watch",
        },
    ),
    "outcome_corrections": ("case", {"patient_services": "any: write"}),
    "outages": ("service", {"patient_services": "any: read, write", "clinical_lead": "any: read, write"}),
    # Desks: pages over many cases; each row on them is still reached through the case.
    "caseload": ("service", {"clinician": "any: read", "supervisor": "any: read"}),
    "machinery": ("service", {"patient_services": "any: read, write", "clinical_lead": "any: read"}),
    "case_search": ("service", {"patient_services": "any: read"}),
    "queue": ("service", {"triage": "any: read", "patient_services": "any: read"}),
    "batches": ("service", {"patient_services": "any: read, write"}),
    "allocation": ("service", {"patient_services": "any: read, write"}),
    "ticket_desk": ("service", {"supervisor": "any: read"}),
    "letters_desk": ("service", {"patient_services": "any: read"}),
    "discharge_desk": ("service", {"patient_services": "any: read"}),
    "finance_desk": ("service", {"finance": "any: read, write"}),
    "reasons": ("service", {"clinical_lead": "any: read"}),
    "break_glass": (
        "service",
        {
            "patient_services": "any: write",
            "clinical_lead": "any: write",
            "supervisor": "any: write",
        },
    ),
    "own_cases": ("service", {"patient": "any: read, answer"}),
}

THINGS = {name: Thing(name, root) for name, (root, _) in TABLE.items()}
POLICY: tuple[Grant, ...] = tuple(grant for name, (_, rows) in TABLE.items() for grant in _grants(name, rows))


def label_of(thing: str) -> str:
    """Return what a thing is called on a page; one that has left the table keeps its name in old entries."""
    return THINGS[thing].label if thing in THINGS else thing.replace("_", " ")


def grants_of(roles: frozenset[str], thing: str, verb: str) -> list[Grant]:
    """Return the grants that the roles hold on (thing, verb); a thing not in the table is a programming error."""
    if thing not in THINGS:
        raise KeyError(f"{thing!r} is not in the access table")
    return [g for g in POLICY if g.thing == thing and verb in g.verbs and g.role in roles]
