"""Jobs of the worker."""

from celery import shared_task

from files.actions import render_due as render


@shared_task
def render_due() -> None:
    """Make the PDFs that wait."""
    render()
