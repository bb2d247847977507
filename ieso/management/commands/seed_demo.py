"""Fills an empty database with the demonstration's data."""

import time
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction
from django.utils import timezone

from accounts.models import User
from ieso.demo.seeding import seed


class Command(BaseCommand):
    help = "Fill an empty database with the demonstration's data, relative to today."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--scale", type=int, default=1, help="how many times as many people")
        parser.add_argument("--seed", type=int, default=1)

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.DEMO:
            raise CommandError("Demonstration data is for demo mode alone: set IESO_DEMO=1.")
        if User.objects.exists():
            raise CommandError("There are people in this database already; start afresh with bin/demo --fresh.")
        began = time.monotonic()
        # All or nothing: a seeding that was interrupted leaves an empty database to start from.
        with transaction.atomic():
            seed(now=timezone.now(), scale=options["scale"], seed=options["seed"], say=self.stdout.write)
        self.stdout.write(f"seeded in {time.monotonic() - began:.1f} s")
