"""Verbs on batches of service referrals: uploaded and judged row by row, then loaded (REF-2)."""

from __future__ import annotations

import datetime as dt
import hashlib
import time
from collections.abc import Iterable

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from audit.actions import record_change
from intake.referrals import rules
from intake.referrals.actions import refer
from intake.referrals.cleaning import REASONS_COLUMN, Cleaner, Layout, layout_of
from intake.referrals.known import Known
from intake.referrals.models import Batch, BatchRow
from intake.referrals.tables import Table, UnreadableFile, read_table, write_table
from sites.models import Site
from ui.errors import Refused

SOURCE = "service"
# One request loads for so long and then lets the page ask for more.
LOADING_SECONDS = 8.0
ROWS_AT_A_TIME = 500
Verdict = BatchRow.Verdict


@transaction.atomic
def upload_batch(site: Site, file_name: str, content: bytes, *, by: User, at: dt.datetime | None = None) -> Batch:
    """Read a partner's CSV file for a site, judge each row and keep it as a batch to look at (REF-2).

    Nothing is referred yet. The same file again, while it has not been loaded, is the same batch. Raises Refused for
    a file that cannot be read, is too large, or lacks a column.
    """
    at = at or timezone.now()
    table, layout = _read(content)
    digest = hashlib.sha256(content).hexdigest()
    Site.objects.select_for_update().get(pk=site.pk)
    waiting = Batch.objects.filter(site=site, sha256=digest, loaded_at=None).first()
    if waiting:
        return waiting
    batch = Batch.objects.create(site=site, file_name=file_name[:120], sha256=digest, by=by, uploaded_at=at)
    cleaner = Cleaner(layout, site, site.name, timezone.localdate(at))
    BatchRow.objects.bulk_create(_judged(batch, table, cleaner), batch_size=ROWS_AT_A_TIME)
    if not to_load(batch).exists():
        batch.loaded_at = at
        batch.save(update_fields=["loaded_at"])
    record_change("batch uploaded", by=by, object_ref=str(batch.ref), after={"rows": len(table.rows)}, at=at)
    return batch


def _read(content: bytes) -> tuple[Table, Layout]:
    try:
        table = read_table(content)
    except UnreadableFile as error:
        raise Refused(str(error), field="file") from error
    layout = layout_of(table.header)
    if layout.missing:
        names = ", ".join(f"“{name}”" for name in layout.missing)
        raise Refused(f"The file has no column {names}.", field="file", remedy="Add it, also where it stays empty.")
    if layout.twice:
        raise Refused(f"Two columns mean the same: “{layout.twice[0]}”.", field="file", remedy="Take one of them out.")
    return table, layout


def _judged(batch: Batch, table: Table, cleaner: Cleaner) -> Iterable[BatchRow]:
    """A row for each row of the file, with its verdict."""
    cleaned = [cleaner.clean(raw) for raw in table.rows]
    known = Known(batch.site, [row.data for row in cleaned])
    seen: dict[object, int] = {}
    for number, raw, row in zip(table.numbers, table.rows, cleaned, strict=True):
        already = known.case_of(row.data)
        if not already:
            row.reasons += _doubles(row.data, cleaner.layout, seen, number)
        kept = {heading: raw.get(heading, "") for heading in [*table.header, ""] if raw.get(heading)}
        verdict = Verdict.KNOWN if already else Verdict.BAD if row.reasons else Verdict.GOOD
        reasons = [known.why(row.data)] if already else row.reasons
        yield BatchRow(
            batch=batch,
            number=number,
            raw={"header": table.header, "cells": kept},
            clean=_as_json(row.data) if verdict == Verdict.GOOD else {},
            verdict=verdict,
            reasons=reasons,
            case=already,
        )


def _doubles(data: dict[str, object], layout: Layout, seen: dict[object, int], number: int) -> list[str]:
    """Say which earlier line of the file has the same reference or the same person, and remember this one."""
    keys: dict[str, object] = {}
    if data.get("partner_ref"):
        keys[f"{layout.of('partner_ref')} {data['partner_ref']}"] = ("ref", data["partner_ref"])
    if data.get("nhs_number"):
        keys[f"{layout.of('nhs_number')} {data['nhs_number']}"] = ("nhs", data["nhs_number"])
    if {"last_name", "date_of_birth", "postcode"} <= data.keys():
        keys["Surname, date of birth and postcode"] = ("person", rules.person_key(data))
    reasons = [f"{words}: the same as on line {seen[key]}" for words, key in keys.items() if key in seen]
    for key in keys.values():
        seen.setdefault(key, number)
    return reasons[:1]


def _as_json(data: dict[str, object]) -> dict[str, object]:
    return {name: value.isoformat() if isinstance(value, dt.date) else value for name, value in data.items()}


def from_json(clean: dict[str, object]) -> dict[str, object]:
    """Return a cleaned row as `refer` wants it."""
    return clean | {"date_of_birth": dt.date.fromisoformat(str(clean["date_of_birth"]))}


def load_batch(batch: Batch, *, by: User, seconds: float = LOADING_SECONDS, at: dt.datetime | None = None) -> int:
    """Refer the good rows, as many as fit into `seconds`; returns how many are still to come (REF-2).

    Each row is a transaction of its own and is taken by one loader alone, so two at once share the work. A row whose
    referral came in meanwhile becomes a known one.
    """
    until = time.monotonic() + seconds
    while time.monotonic() < until and _load_next(batch, by=by, at=at or timezone.now()):
        pass
    left = to_load(batch).count()
    if not left:
        Batch.objects.filter(pk=batch.pk, loaded_at=None).update(loaded_at=at or timezone.now())
    return left


def to_load(batch: Batch):
    """Return the rows that are good and have no case yet."""
    return batch.rows.filter(verdict=Verdict.GOOD, case=None)


@transaction.atomic
def _load_next(batch: Batch, *, by: User, at: dt.datetime) -> bool:
    row = to_load(batch).select_for_update(of=("self",), skip_locked=True).select_related("batch__site").first()
    if row is None:
        return False
    data = from_json(row.clean)
    if not _recognise(row, data):
        _refer(row, data, by, at)
    row.save(update_fields=["case", "verdict", "reasons"])
    return True


def _recognise(row: BatchRow, data: dict[str, object]) -> bool:
    """Mark a row whose referral came in meanwhile as known; tell whether it did."""
    known = Known(row.batch.site, [data])
    row.case = known.case_of(data)
    if row.case:
        row.verdict, row.reasons = Verdict.KNOWN, [known.why(data)]
    return row.case is not None


def _refer(row: BatchRow, data: dict[str, object], by: User, at: dt.datetime) -> None:
    """Refer a row; a refusal by somebody else's being faster makes it known, any other makes it bad."""
    try:
        row.case = refer(data, source=SOURCE, site=row.batch.site, by=by, at=at)
    except Refused as refusal:
        if not _recognise(row, data):
            row.verdict, row.reasons = Verdict.BAD, [str(refusal)]


def bad_rows_file(batch: Batch) -> bytes:
    """Return the bad rows as they came, as CSV with a column that says what to put right; no cell is a formula."""
    rows = list(batch.rows.filter(verdict=Verdict.BAD))
    header = rows[0].raw["header"] if rows else []
    header = [name for name in header if name != REASONS_COLUMN]
    lines = [row.raw["cells"] | {REASONS_COLUMN: "; ".join(row.reasons)} for row in rows]
    return write_table([*header, REASONS_COLUMN], lines)
