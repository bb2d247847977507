"""What the site's role may do with each table: one list, applied by the owner after every migration.

A table that stands in no list gets no right and fails `check_grants`. TRUNCATE is never given. FOR UPDATE needs
UPDATE: rows that are locked cannot be append-only. `append_only = True` on a model says the same (a test compares).
"""

from collections.abc import Iterator

from django.apps import apps
from django.db import connection, transaction
from django.db.models import Model

from ieso.paths import SITE_ROLE

ORDINARY = "SELECT, INSERT, UPDATE, DELETE"
APPEND_ONLY = "SELECT, INSERT"
READ_ONLY = "SELECT"


def labels(text: str) -> tuple[str, ...]:
    """Reads "package: Model Model" lines (deeper lines go on) into model labels."""
    found, package = [], ""
    for word in text.split():
        if word.endswith(":"):
            package = word
        else:
            found.append(f"{package[:-1]}.{word}")
    return tuple(found)


# Inserted, never changed.
APPEND_ONLY_MODELS = labels("""
    billing: Rate Statement StatementLine Adjustment StatementFile StatementConfirmation
    discharge: DischargeRequest Discharge
    letters: LetterEvent Letter LetterFile Dispatch DispatchReceipt
    supervision: TicketPost TicketClosing
    intake: Match MatchOutcome Allocation Referral ScreeningFlag TriageDecision TriageAnswer
    therapy: Homework HomeworkReport HomeworkTurn
    therapy: BreachDecision BreachExcuse NeverEngaged ProtocolDecision
    therapy: AppointmentEvent Cancellation Correction Move Outcome Message Note Addendum Line SentInError
    therapy: SessionSummary Sheet SheetEntry SheetReturn
    therapy: Stretch Trouble TroubleLook ConfidentialityStatement ConfidentialityAnswer LookIn LookInWord
    measures: Score
    risk: Alert AlertReview RiskLevel RiskHandover
    patients: Consent SafeContact CaseEvent CaseDetail AdminNote AdminNoteClosing
    hub: MessageTemplate
    sites: PolicyVersion ProtocolVersion ProtocolAcknowledgement
    audit: AccessEntry ChangeEntry
    files: StoredFile Upload UploadStep
    therapy: CaseFile Enclosure SharedLink
    deadlines: DeadlineMove
""")
# Written by migrations alone.
READ_ONLY_MODELS = labels("""
    auth: Permission Group_permissions Group
    contenttypes: ContentType
""")
ORDINARY_MODELS = labels("""
    files: RenderJob Quarantine
    drafts: Draft
    ieso: CacheEntry
    billing: StatementDraft
    letters: LetterDraft
    supervision: Ticket
    intake: AllocationRun ReferralDraft Batch BatchRow SelfAssessment
    therapy: Appointment CalendarFeed HeldMessage MessageRead NoteDraft Session Presence SeenMark LineDraft
    therapy: Outage LookInSeat AgendaPoint
    therapy: TranscriptIndex LineKey LineMark LineNote
    measures: Questionnaire Answer
    patients: Patient Case StayReason
    clinicians: Clinician_sites Clinician AvailabilitySlot HoursException Leave ComplianceDocument
    sites: Site
    accounts: User RoleGrant Device SignIn
    deadlines: Deadline OperatorTask Heartbeat
    notices: OutboxMessage Preferences
    account: EmailAddress EmailConfirmation
    mfa: Authenticator
    sessions: Session
""")
# Tables without a model.
OTHER_TABLES = {"django_migrations": READ_ONLY}

RIGHTS = (
    dict.fromkeys(ORDINARY_MODELS, ORDINARY)
    | dict.fromkeys(APPEND_ONLY_MODELS, APPEND_ONLY)
    | dict.fromkeys(READ_ONLY_MODELS, READ_ONLY)
)


def models() -> Iterator[type[Model]]:
    """Every model with a table, also those that Django makes for many-to-many fields."""
    for model in apps.get_models(include_auto_created=True):
        if model._meta.managed and not model._meta.proxy:
            yield model


def wanted() -> dict[str, str]:
    """Rights by table, for every model that is listed."""
    tables = {model._meta.db_table: RIGHTS[model._meta.label] for model in models() if model._meta.label in RIGHTS}
    return tables | OTHER_TABLES


def problems() -> list[str]:
    """What is wrong with the list itself: each model must be listed, once, as it declares itself, and exist."""
    labels = {model._meta.label: model for model in models()}
    lists = (*ORDINARY_MODELS, *APPEND_ONLY_MODELS, *READ_ONLY_MODELS)
    found = [f"{label} is in no list of ieso/grants.py" for label in labels if label not in RIGHTS]
    found += [f"{label} is listed and no model" for label in RIGHTS if label not in labels]
    found += [f"{label} is listed twice" for label in set(lists) if lists.count(label) > 1]
    for label, model in labels.items():
        if getattr(model, "append_only", False) != (label in APPEND_ONLY_MODELS):
            found.append(f"{label}: append_only on the model and APPEND_ONLY_MODELS disagree")
    return sorted(found)


def apply() -> None:
    """Gives the site's role exactly the listed rights. Run as the owner."""
    quote = connection.ops.quote_name
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"REVOKE ALL ON ALL TABLES IN SCHEMA public FROM {SITE_ROLE}, PUBLIC")
        cursor.execute(f"GRANT USAGE ON SCHEMA public TO {SITE_ROLE}")
        cursor.execute(f"GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO {SITE_ROLE}")
        present = set(connection.introspection.table_names(cursor))
        for table, rights in sorted(wanted().items()):
            if table in present:  # a missing one is reported by `differences`
                cursor.execute(f"GRANT {rights} ON {quote(table)} TO {SITE_ROLE}")


GRANTED = """
    SELECT c.relname, string_agg(a.privilege_type, ', ')
    FROM pg_class c CROSS JOIN LATERAL aclexplode(c.relacl) a
    WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p', 'v', 'm')
      AND a.grantee IN (0, to_regrole(%s))
    GROUP BY c.relname
"""


def differences() -> list[str]:
    """Where the database's rights are not the listed ones, and tables that nobody listed."""
    with connection.cursor() as cursor:
        cursor.execute(GRANTED, [SITE_ROLE])
        granted = {table: set(rights.split(", ")) for table, rights in cursor.fetchall()}
    rights = {table: set(listed.split(", ")) for table, listed in wanted().items()}
    tables = sorted(set(connection.introspection.table_names()) | set(rights) | set(granted))
    return [
        f"{table}: has {spelt(granted.get(table))}, should have {spelt(rights.get(table))}"
        for table in tables
        if table not in rights or granted.get(table) != rights[table]
    ]


def spelt(rights: set[str] | None) -> str:
    return ", ".join(sorted(rights)) if rights else "nothing"
