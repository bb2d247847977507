"""`bin/manage`: a Django command against the embedded database, running or started for the time of the command."""

import os
import runpy
import sys

from ieso import embedded, paths

# They read no data: no reason to start a server for them.
WITHOUT_DATABASE = {"makemigrations", "help", "version", "collectstatic", "diffsettings", "startapp"}


def take_option(arguments: list[str], name: str) -> str | None:
    """Takes `--name VALUE` or `--name=VALUE` off the front of the arguments."""
    if arguments and arguments[0].startswith(f"{name}="):
        return arguments.pop(0).split("=", 1)[1]
    if len(arguments) > 1 and arguments[0] == name:
        arguments.pop(0)
        return arguments.pop(0)
    return None


def run(arguments: list[str]) -> None:
    sys.argv = [str(paths.BASE_DIR / "manage.py"), *arguments]
    runpy.run_path(sys.argv[0], run_name="__main__")


def main() -> None:
    arguments = sys.argv[1:]
    data = paths.data_folder(take_option(arguments, "--data"))
    if os.environ.get("DATABASE_URL") or not arguments or arguments[0] in WITHOUT_DATABASE:
        return run(arguments)
    os.environ["IESO_DATA"] = str(data)
    try:
        with embedded.attached(data):
            run(arguments)
    except embedded.EmbeddedError as error:
        sys.exit(f"bin/manage: {error}")


if __name__ == "__main__":
    main()
