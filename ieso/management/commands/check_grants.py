from django.core.management.base import BaseCommand, CommandError

from ieso import grants


class Command(BaseCommand):
    help = "Fails where the rights of the site's role differ from ieso/grants.py, or a table stands in no list."

    def handle(self, *args, **options) -> None:
        if problems := grants.problems() + grants.differences():
            raise CommandError("\n".join(problems))
        self.stdout.write(f"{len(grants.wanted())} tables: rights as listed.")
