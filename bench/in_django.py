"""Runs a module of the bench with the applications loaded: `python -m bench.in_django bench.people 0 10`."""

import os
import runpy
import sys

import django


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "ieso.settings")
    django.setup()
    del sys.argv[0]
    runpy.run_module(sys.argv[0], run_name="__main__")


if __name__ == "__main__":
    main()
