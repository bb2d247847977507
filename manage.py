#!/usr/bin/env python
"""Django's command line. Use `bin/manage`, which also finds or starts the database."""

import os
import sys

# These change what the owner owns; every other command runs under the site's role.
OWNER_COMMANDS = {"makemigrations", "migrate", "apply_grants", "pgtrigger", "createcachetable"}


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "ieso.settings")
    if len(sys.argv) > 1 and sys.argv[1] in OWNER_COMMANDS:
        os.environ.setdefault("IESO_DATABASE_ROLE", "owner")
    from django.core.management import execute_from_command_line

    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
