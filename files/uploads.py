"""Verbs on what people hand in: take it in, check what waits, say where it stands (ROOM-11)."""

from __future__ import annotations

import datetime as dt
import hashlib
import uuid
from collections.abc import Iterable

from django.db import IntegrityError, transaction
from django.db.models import F, Sum
from django.utils import timezone

from files import rules, sandbox, scanning
from files.actions import store
from files.kinds import Unfit, kind_of
from files.models import Quarantine, StoredFile, Upload, UploadStep
from ui.errors import Refused

State = UploadStep.State


def refused(code: str) -> Refused:
    """Return the refusal of a file in plain words; its `code` is that of `files.rules.WORDS`."""
    message, remedy = rules.WORDS[code]
    refusal = Refused(message, field="files", remedy=remedy)
    refusal.code = code  # type: ignore[attr-defined]  # for the scripts that show it beside the file
    return refusal


def take_in(content: bytes, *, by, case_ref: str, cid: str, at: dt.datetime | None = None) -> Upload:
    """Take a file in: it waits in quarantine for its check and is served to nobody before.

    The same `cid` of the same person again is the same upload. Raises Refused (field `files`) with why it is not taken.
    """
    at = at or timezone.now()
    if not rules.CID.fullmatch(cid):
        raise refused("malformed")
    known = Upload.objects.filter(by=by, cid=cid).first()
    if known is not None:
        return known
    try:
        kind = kind_of(content)
    except Unfit as unfit:
        raise refused(unfit.code) from unfit
    _refuse_too_much(by, len(content), at)
    try:
        return _taken_in(content, kind, by, case_ref, cid, at)
    except IntegrityError:
        return Upload.objects.get(by=by, cid=cid)


@transaction.atomic
def _taken_in(content: bytes, kind: str, by, case_ref: str, cid: str, at: dt.datetime) -> Upload:
    upload = Upload.objects.create(
        by=by,
        case_ref=case_ref,
        cid=cid,
        kind=kind,
        size=len(content),
        sha256=hashlib.sha256(content).hexdigest(),
        at=at,
    )
    UploadStep.objects.create(upload=upload, state=State.TAKEN_IN, at=at)
    Quarantine.objects.create(upload=upload, content=content, next_at=at)
    return upload


def _refuse_too_much(by, size: int, at: dt.datetime) -> None:
    mine = Upload.objects.filter(by=by)
    recent = mine.filter(at__gt=at - rules.AT_ONCE).count()
    of_day = mine.filter(at__gt=at - rules.A_DAY).aggregate(total=Sum("size"))["total"] or 0
    if why := rules.why_not_more(recent, of_day, size):
        raise refused(why)


def check_due(*, at: dt.datetime | None = None, limit: int = 3) -> int:
    """Check what waits in quarantine and return how many got their verdict; without a virus check nothing does.

    Any number of workers may share the work. An attempt is written down before it is made, so a file that kills its
    worker is given up after a few.
    """
    at, scanner = at or timezone.now(), scanning.scanner()
    if scanner is None:
        return 0
    keys = list(Quarantine.objects.due(at).order_by("next_at", "id").values_list("pk", flat=True)[:limit])
    return sum(_check_one(pk, scanner, at) for pk in keys)


def _check_one(pk: int, scanner: scanning.Scanner, at: dt.datetime) -> bool:
    claimed = _claim(pk, at)
    if claimed is None:
        return False
    content = bytes(claimed.content)
    try:
        why, served = _looked_at(claimed, content, scanner)
    except scanning.ScannerAway as away:
        # The file was not the reason: such an attempt does not count against it.
        Quarantine.objects.filter(pk=pk).update(last_error=str(away)[:200], attempts=F("attempts") - 1)
        return False
    return _conclude(pk, why, served, scanner.name, at)


def _looked_at(claimed: Quarantine, content: bytes, scanner: scanning.Scanner) -> tuple[str, bytes]:
    """(why not, what to serve) of a file; raises ScannerAway."""
    if scanner.harm_in(content):
        return "virus", b""
    if claimed.attempts > rules.MOST_ATTEMPTS:
        return "broken", b""
    try:
        return "", sandbox.checked(claimed.upload.kind, content)
    except Unfit as unfit:
        return unfit.code if unfit.code in rules.WORDS else "broken", b""


@transaction.atomic
def _claim(pk: int, at: dt.datetime) -> Quarantine | None:
    waiting = Quarantine.objects.select_for_update(skip_locked=True, of=("self",)).select_related("upload")
    found = waiting.filter(pk=pk, next_at__lte=at).first()
    if found is None:
        return None
    found.attempts += 1
    found.next_at = rules.next_try(found.attempts, at)
    found.save(update_fields=["attempts", "next_at"])
    UploadStep.objects.get_or_create(upload=found.upload, state=State.SCANNING, defaults={"at": at})
    return found


@transaction.atomic
def _conclude(pk: int, why: str, served: bytes, scanner: str, at: dt.datetime) -> bool:
    """Write the verdict and empty the quarantine; False where another worker was faster."""
    waiting = Quarantine.objects.select_for_update(of=("self",)).select_related("upload").filter(pk=pk).first()
    if waiting is None:
        return False
    upload = waiting.upload
    file = None if why else store(served, rules.KINDS[upload.kind].content_type, at=at)
    UploadStep.objects.create(
        upload=upload,
        state=State.REFUSED if why else State.CLEAN,
        why=why,
        by_scanner=scanner,
        file=file,
        at=at,
    )
    waiting.delete()
    return True


def newest_steps(refs: Iterable[uuid.UUID | str]) -> dict[str, UploadStep]:
    """Return the newest step of each upload, by its reference, in one query and without any bytes."""
    steps = UploadStep.objects.filter(upload__ref__in=list(refs)).select_related("upload").order_by("id")
    return {str(step.upload.ref): step for step in steps}


def served_file(upload: Upload) -> StoredFile | None:
    """Return the bytes that may be served, or None where the file is not (yet) clean."""
    step = upload.steps.filter(state=State.CLEAN).select_related("file").first()
    return step.file if step else None
