"""What beat calls every minute; all of it is safe to run twice and anywhere."""

from celery import shared_task

from deadlines import actions


@shared_task
def canary() -> None:
    """Come the whole way through broker and worker and say so: a worker may live and take no jobs (TIME-24)."""
    actions.beat("canary")


@shared_task
def sweep() -> int:
    """Act on the deadlines that have come due (TIME-0)."""
    return actions.sweep()
