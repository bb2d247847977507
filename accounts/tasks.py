"""Jobs of the worker."""

from celery import shared_task

from accounts import clearing


@shared_task
def clear_away() -> None:
    """Clear away sign-ins that have run out and devices that nobody can come back on (ACC-15)."""
    clearing.clear_away()
