"""What beat calls every five seconds; safe to run twice and anywhere."""

from celery import shared_task

from notices import actions


@shared_task
def send_outbox() -> int:
    """Send what waits in the outbox (TIME-0)."""
    return actions.send_outbox()
