"""Letters on their way to the GP: written to the outbound folder at least once, each under one name (OUT-4).

The consent is asked again at the moment of writing, since it may have changed since the letter was sent off (LET-6).
"""

from __future__ import annotations

import datetime as dt
import json
import os
from pathlib import Path

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from deadlines.actions import open_operator_task
from letters import rules
from letters.models import Dispatch, DispatchReceipt


def send_waiting(*, at: dt.datetime | None = None, limit: int = 50) -> int:
    """Write the letters that wait for the outbound folder and return how many were dealt with."""
    waiting = Dispatch.objects.filter(channel="folder", stopped="", receipt=None).order_by("at")
    return sum(_send_one(pk, at or timezone.now()) for pk in list(waiting.values_list("pk", flat=True)[:limit]))


@transaction.atomic
def _send_one(pk: int, at: dt.datetime) -> bool:
    # The dispatch is append-only and so cannot be locked; its draft's row is the lock for all that follows from it.
    dispatch = Dispatch.objects.select_related("letter__case__patient", "letter__pdf__file", "letter__draft").get(pk=pk)
    type(dispatch.letter.draft).objects.select_for_update().get(pk=dispatch.letter.draft_id)
    if DispatchReceipt.objects.filter(dispatch=dispatch).exists():
        return False
    stop = rules.gp_stop(consent=dispatch.letter.case.patient.consent("gp"))
    if stop:
        open_operator_task(
            f"letter-stopped:{dispatch.pk}", f"A letter of {dispatch.letter.case.ref} was stopped: {stop}"
        )
        DispatchReceipt.objects.create(dispatch=dispatch, stopped=stop, at=at)
    else:
        DispatchReceipt.objects.create(dispatch=dispatch, file_name=_write(dispatch), at=at)
    return True


def _write(dispatch: Dispatch) -> str:
    """Write the PDF and its header; the same dispatch written twice gives the same two files."""
    letter = dispatch.letter
    folder = Path(settings.OUTBOUND_DIR)
    folder.mkdir(parents=True, exist_ok=True)
    name = f"{letter.case.ref}-{letter.ref}"
    header = {
        "case": letter.case.ref,
        "kind": letter.kind,
        "practice": letter.case.patient.gp_practice,
        "approved_at": letter.approved_at.isoformat(),
        "sha256": letter.pdf.file.sha256,
    }
    _put(folder / f"{name}.pdf", bytes(letter.pdf.file.content))
    _put(folder / f"{name}.json", json.dumps(header, indent=2).encode())
    return f"{name}.pdf"


def _put(path: Path, content: bytes) -> None:
    """Write a file whole or not at all: a reader of the folder never sees half a letter."""
    part = path.with_suffix(path.suffix + ".part")
    with part.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    part.replace(path)
