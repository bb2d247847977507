from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from ieso.health.views import heartbeat_states


class Command(BaseCommand):
    help = "Fails when a round of the sweeps has not finished for three minutes: the check of a worker's container."
    requires_system_checks = ()

    def handle(self, *args, **options) -> None:
        stale = [name for name, state in heartbeat_states(timezone.now()).items() if state != "ok"]
        if stale:
            raise CommandError(f"Standing still: {', '.join(stale)}")
