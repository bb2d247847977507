"""Jobs of the worker."""

from celery import shared_task

from therapy.messages import holding


@shared_task
def send_held() -> None:
    """Send the messages that can no longer be taken back (MSG-10)."""
    holding.send_due()
