"""Jobs of the worker."""

from celery import shared_task

from therapy.messages import holding
from therapy.transcripts import actions as transcripts


@shared_task
def send_held() -> None:
    """Send the messages that can no longer be taken back (MSG-10)."""
    holding.send_due()


@shared_task
def index_transcripts() -> None:
    """Make the sessions that have ended searchable (ROOM-9)."""
    transcripts.index_due()
