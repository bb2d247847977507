"""Verbs on stored files: keep bytes, ask for a PDF, make the PDFs that wait."""

from __future__ import annotations

import datetime as dt
import hashlib

from django.db import transaction
from django.utils import timezone

from files.models import RenderJob, StoredFile
from files.registry import maker_of

RETRY_AFTER = dt.timedelta(seconds=20)
MOST_RETRY_AFTER = dt.timedelta(hours=1)


def store(content: bytes, content_type: str, *, at: dt.datetime | None = None) -> StoredFile:
    """Keep bytes for good, with their SHA-256 and size in bytes."""
    return StoredFile.objects.create(
        sha256=hashlib.sha256(content).hexdigest(),
        content_type=content_type,
        size=len(content),
        content=content,
        stored_at=at or timezone.now(),
    )


def render_later(kind: str, key: str, *, at: dt.datetime | None = None) -> RenderJob:
    """Ask for a PDF in the transaction that needs it; asking twice makes one job."""
    at = at or timezone.now()
    job, _ = RenderJob.objects.get_or_create(kind=kind, key=key, defaults={"created_at": at, "next_at": at})
    return job


def render_due(*, at: dt.datetime | None = None, limit: int = 20) -> int:
    """Make the PDFs that wait, each in its own transaction, and return how many were made.

    Any number of workers may share the work; a job that fails backs off and holds up nobody else's.
    """
    at = at or timezone.now()
    keys = list(RenderJob.objects.due(at).order_by("next_at", "id").values_list("pk", flat=True)[:limit])
    return sum(_render_one(pk, at) for pk in keys)


def _render_one(pk: int, at: dt.datetime) -> bool:
    with transaction.atomic():
        job = RenderJob.objects.select_for_update(skip_locked=True).filter(pk=pk, done_at=None).first()
        if job is None:
            return False
        job.attempts += 1
        try:
            with transaction.atomic():
                maker_of(job.kind)(job.key, at)
        except Exception as error:  # whatever failed, the job stays due and the rest goes on
            job.last_error = f"{type(error).__name__}: {error}"[:200]
            job.next_at = at + min(RETRY_AFTER * 2**job.attempts, MOST_RETRY_AFTER)
        else:
            job.done_at, job.last_error = at, ""
        job.save()
        return job.done_at is not None
