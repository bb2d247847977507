"""Jobs of the worker."""

from celery import shared_task

from files.actions import render_due as render
from files.uploads import check_due as check


@shared_task
def render_due() -> None:
    """Make the PDFs that wait."""
    render()


@shared_task
def check_due() -> None:
    """Check the files that wait in quarantine."""
    check()
