from django.core.management.base import BaseCommand, CommandError

from ieso import grants


class Command(BaseCommand):
    help = "Gives the site's role exactly the rights of ieso/grants.py. Runs as the owner, after every migration."

    def handle(self, *args, **options) -> None:
        grants.apply()
        if problems := grants.problems() + grants.differences():
            raise CommandError("\n".join(problems))
