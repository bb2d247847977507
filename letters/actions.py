"""Verbs on letters: start, save, submit, query, approve, send, withdraw (LET-1 to LET-5)."""

from __future__ import annotations

import datetime as dt

from django.db import transaction
from django.utils import timezone

from audit.actions import record_change
from files.actions import render_later
from files.fonts import unprintable
from letters import rules
from letters.models import Dispatch, Letter, LetterDraft, LetterEvent
from letters.rendering import letter_html
from notices.actions import tell, tell_team
from patients.models import Case
from patients.wording.findings import NOTHING_FOUND, PointedOut, record
from therapy.appointments import assessed
from ui.errors import Refused
from ui.saving import Saved, refuse_overtaken

Moment = dt.datetime | None
MOST_NAMED = 10


def _note(draft: LetterDraft, what: str, by, at: dt.datetime, reason: str = "") -> None:
    LetterEvent.objects.create(draft=draft, what=what, by=by, reason=reason, at=at)
    record_change(f"letter {what}", by=by, case_ref=draft.case.ref, object_ref=str(draft.ref), at=at)


def _locked(draft: LetterDraft) -> LetterDraft:
    rows = LetterDraft.objects.select_for_update(of=("self",)).select_related("case__patient", "case__site", "author")
    return rows.get(pk=draft.pk)


def _turn(draft: LetterDraft, state: str) -> None:
    if not rules.may_turn(draft.state, state):
        raise Refused(
            f"This letter is {draft.get_state_display().lower()} and cannot become {state}.",
            remedy="Reload the page: somebody else may have dealt with it meanwhile.",
        )
    draft.state = state
    draft.save(update_fields=["state"])


@transaction.atomic
def start(case: Case, kind: str, *, by, at: Moment = None) -> LetterDraft:
    """Start a letter of a kind, or return the one that is open already (LET-1)."""
    at = at or timezone.now()
    if kind not in rules.TEMPLATES:
        raise Refused("There is no such kind of letter.", remedy="Choose the assessment or the discharge letter.")
    Case.objects.select_for_update().get(pk=case.pk)
    opened = case.letter_drafts.filter(kind=kind, state__in=["draft", "submitted", "queried"]).first()
    if opened is not None:
        return opened
    draft = LetterDraft.objects.create(
        case=case,
        kind=kind,
        template_version=rules.TEMPLATES[kind].version,
        author=by,
        started_at=at,
        saved_at=at,
    )
    _note(draft, "started", by, at)
    return draft


@transaction.atomic
def save(draft: LetterDraft, parts: dict[str, str], version: int, *, by, at: Moment = None) -> LetterDraft:
    """Keep what was written; `version` is the one the writer saw, so that two tabs never overwrite unseen (MSG-9).

    Raises ui.saving.Overtaken where another window saved since, Refused once the letter is not open for writing.
    """
    at = at or timezone.now()
    locked = _locked(draft)
    if locked.state not in rules.WRITABLE:
        raise Refused(
            "This letter is no longer open for writing.", remedy="Ask patient services to query it back to you."
        )
    known = {part.name: parts.get(part.name, "")[: rules.LONGEST_PART] for part in rules.TEMPLATES[locked.kind].parts}
    if refuse_overtaken(saved_of(locked), known, version):
        locked.parts, locked.version, locked.saved_at = known, locked.version + 1, at
        locked.save(update_fields=["parts", "version", "saved_at"])
    return locked


def saved_of(draft: LetterDraft) -> Saved:
    """Return what is kept of a letter that is being written (MSG-9)."""
    return Saved(draft.parts, draft.version, draft.saved_at)


@transaction.atomic
def submit(draft: LetterDraft, *, by, despite: PointedOut = NOTHING_FOUND, at: Moment = None) -> LetterDraft:
    """Hand a letter to patient services; a discharge letter goes through the ending of therapy instead."""
    if draft.kind == "discharge":
        raise Refused("A discharge letter is submitted from the ending of therapy.", remedy="Open “End therapy” first.")
    return submit_checked(draft, by=by, despite=despite, at=at)


@transaction.atomic
def submit_checked(draft: LetterDraft, *, by, despite: PointedOut = NOTHING_FOUND, at: Moment = None) -> LetterDraft:
    """Hand a letter to patient services once all its parts are written (LET-2, LET-3).

    `despite` is what was pointed out before, and is kept in the record of changes (NOTE-8).
    """
    at = at or timezone.now()
    locked = _locked(draft)
    missing = rules.missing_parts(locked.kind, locked.parts)
    if missing:
        raise Refused(
            f"Still empty: {', '.join(part.label for part in missing)}.",
            field=missing[0].name,
            remedy="Write each part, then submit the letter.",
        )
    _refuse_unprintable(locked)
    _turn(locked, "submitted")
    _note(locked, "submitted", by, at)
    if locked.kind == LetterDraft.Kind.ASSESSMENT:
        assessed.letter_submitted(locked.case.ref, at=at)
    record(despite, what="letter submitted", by=by, case=locked.case, object_ref=str(locked.ref), at=at)
    tell_team(
        "patient_services", "letter_submitted", key=_key(locked), case_ref=locked.case.ref, link=_link(locked), at=at
    )
    return locked


def _refuse_unprintable(draft: LetterDraft) -> None:
    """Raise Refused where a part holds a character that the typeface of the PDF has not (LET-4)."""
    for part in rules.TEMPLATES[draft.kind].parts:
        if strange := unprintable(draft.parts[part.name]):
            raise Refused(
                f"“{part.label}” holds what cannot be printed: {' '.join(strange[:MOST_NAMED])}",
                field=part.name,
                remedy="Write it in words, then submit the letter.",
            )


@transaction.atomic
def query(draft: LetterDraft, reason: str, *, by, at: Moment = None) -> LetterDraft:
    """Give a letter back to its author with a reason (LET-3)."""
    at = at or timezone.now()
    if not reason.strip():
        raise Refused("Say what should be changed.", field="reason", remedy="Write a sentence for the author.")
    locked = _locked(draft)
    _turn(locked, "queried")
    _note(locked, "queried", by, at, reason)
    tell(locked.author, "letter_queried", key=_key(locked), case_ref=locked.case.ref, link=_link(locked), at=at)
    return locked


@transaction.atomic
def withdraw(draft: LetterDraft, reason: str, *, by, at: Moment = None) -> LetterDraft:
    """End a letter that is not approved yet (LET-3); an assessment letter is then owed again (TIME-7)."""
    at = at or timezone.now()
    locked = _locked(draft)
    _turn(locked, "withdrawn")
    _note(locked, "withdrawn", by, at, reason)
    others = locked.case.letter_drafts.filter(kind=locked.kind, state__in=["submitted", "queried", "approved"])
    if locked.kind == LetterDraft.Kind.ASSESSMENT and not others.exists():
        assessed.letter_withdrawn(locked.case, at=at)
    return locked


@transaction.atomic
def approve(draft: LetterDraft, *, by, at: Moment = None) -> Letter:
    """Fix the letter as it stands and ask for its one PDF; approving twice returns the same letter (LET-4)."""
    at = at or timezone.now()
    locked = _locked(draft)
    if locked.state == "approved":
        return locked.letter
    _turn(locked, "approved")
    letter = Letter.objects.create(
        ref=locked.ref,
        draft=locked,
        case=locked.case,
        kind=locked.kind,
        html=letter_html(locked, at),
        approved_by=by,
        approved_at=at,
    )
    render_later("letter", str(letter.ref), at=at)
    _note(locked, "approved", by, at)
    return letter


@transaction.atomic
def send(letter: Letter, *, by, at: Moment = None) -> list[Dispatch]:
    """Send a letter to the patient's page, and to the GP as consent says at this moment (LET-5).

    Sending again sends to nobody twice: it tries only what was stopped before, and notes the same stop once. Raises
    Refused while the PDF is made.
    """
    at = at or timezone.now()
    locked = _locked(letter.draft)
    if not hasattr(letter, "pdf"):
        raise Refused("The PDF is still being made.", remedy="Try again in a few seconds.")
    stands = dict(letter.dispatches.values_list("recipient", "stopped"))  # by time: the newest of each stands
    new = [
        _dispatch(letter, who, channel, stop, by, at)
        for who, channel, stop in _recipients(letter)
        if who not in stands or (stands[who] and stands[who] != stop)
    ]
    for dispatch in new:
        _note(locked, "stopped" if dispatch.stopped else "sent", by, at, dispatch.stopped or dispatch.recipient)
    return new


def to_send(letter: Letter) -> list[str]:
    """Return the recipients to whom the letter may go now and has not gone yet."""
    sent = set(letter.dispatches.filter(stopped="").values_list("recipient", flat=True))
    return [who for who, _, stop in _recipients(letter) if not stop and who not in sent]


def _recipients(letter: Letter) -> list[tuple[str, str, str]]:
    """Who may receive the letter now: (recipient, channel, reason to stop)."""
    gp_stop = rules.gp_stop(consent=letter.case.patient.consent("gp"))
    return [("patient", "page", ""), ("gp", "folder", gp_stop)]


def _dispatch(letter: Letter, recipient: str, channel: str, stop: str, by, at: dt.datetime) -> Dispatch:
    dispatch = Dispatch.objects.create(letter=letter, recipient=recipient, channel=channel, stopped=stop, by=by, at=at)
    user = letter.case.patient.user
    if recipient == "patient" and user is not None:
        link = f"/letters/{letter.ref}/"
        tell(user, "letter_waiting", key=f"letter:{letter.ref}:sent", case_ref=letter.case.ref, link=link, at=at)
    return dispatch


def _key(draft: LetterDraft) -> str:
    """One mail for each round of submitting and querying."""
    return f"letter:{draft.ref}:{draft.events.count()}"


def _link(draft: LetterDraft) -> str:
    return f"/letters/drafts/{draft.ref}/"
