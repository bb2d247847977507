"""Jobs of the worker."""

from celery import shared_task

from letters import outbound


@shared_task
def send_waiting() -> None:
    """Write the letters that wait for the outbound folder."""
    outbound.send_waiting()
