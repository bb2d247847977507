"""Handing files in, and putting them and other things into messages and lines (MSG-4, ROOM-11)."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterable

from django.db import transaction
from django.utils import timezone

from audit.actions import record_change
from files import rules as files
from files import uploads
from patients.models import Case
from therapy.enclosures.models import CaseFile, Enclosure
from therapy.enclosures.registry import resolver_of
from ui.errors import Refused

FILE = "file"


def enclose(kind: str, ref: object, *, message=None, line=None, at: dt.datetime | None = None) -> Enclosure:
    """Put a thing into a message or into a line, in the transaction that writes it; twice is once.

    KeyError for a kind that nobody registered. Whether the sender may give that thing away is for the caller to ask.
    """
    resolver_of(kind)
    made, _ = Enclosure.objects.get_or_create(
        kind=kind, ref=str(ref), message=message, line=line, defaults={"at": at or timezone.now()}
    )
    return made


# --- files ------------------------------------------------------------------------------------------------


@transaction.atomic
def hand_in(case: Case, content: bytes, *, by, cid: str, at: dt.datetime | None = None) -> CaseFile:
    """Take a file in for a case; the same `cid` of the same person again is the same file (ROOM-11).

    Raises Refused with why it is not taken, and for a `cid` that this person used for another case. Whether the
    person may write there is for the caller to ask.
    """
    upload = uploads.take_in(content, by=by, case_ref=case.ref, cid=cid, at=at)
    if upload.case_ref != case.ref:
        raise uploads.refused("malformed")
    made, new = CaseFile.objects.get_or_create(upload=upload, defaults={"case": case})
    if new:
        record_change("file added", by=by, case_ref=case.ref, object_ref=str(upload.ref), at=at)
    return made


def own_files(case: Case, refs: Iterable[str], *, by) -> list[CaseFile]:
    """Return the files that this person handed in for this case and that are in no message or session yet.

    Raises Refused for any other reference, and for more than fit in one message.
    """
    wanted = [ref for ref in dict.fromkeys(refs) if ref]
    if len(wanted) > files.MOST_IN_A_MESSAGE:
        raise Refused(
            f"A message holds {files.MOST_IN_A_MESSAGE} files at most.",
            field="files",
            remedy="Send the others in another message.",
        )
    try:
        found = CaseFile.objects.filter(case=case, upload__by=by, upload__ref__in=[uuid.UUID(ref) for ref in wanted])
    except ValueError as error:
        raise uploads.refused("malformed") from error
    free = {str(file.ref): file for file in found.select_related("upload") if not is_given_away(file)}
    if set(wanted) != set(free):
        raise Refused("A file is no longer there to be sent.", field="files", remedy="Add it again.")
    return [free[ref] for ref in wanted]


def is_given_away(file: CaseFile) -> bool:
    """Whether a file stands in a message or a session, so that others see it."""
    return Enclosure.objects.filter(kind=FILE, ref=str(file.ref)).exists()


def is_hidden_from(file: CaseFile, viewer) -> bool:
    """Whether the file came by a line that its sender marked as sent by mistake, and not to this reader (ROOM-8)."""
    if viewer.is_staff_member or file.upload.by_id == viewer.pk:
        return False
    return Enclosure.objects.filter(kind=FILE, ref=str(file.ref), line__sent_in_error__isnull=False).exists()
