from django.core.management.base import BaseCommand

from hub.actions import bring_in


class Command(BaseCommand):
    help = "Publishes the message templates that we ship, where there is none of that name yet. Runs after migrations."

    def handle(self, *args, **options) -> None:
        brought = bring_in()
        if options["verbosity"] and brought:
            self.stdout.write(f"{brought} message templates brought in.")
