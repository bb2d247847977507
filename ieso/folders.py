"""The folders of the embedded services: who may enter them, and who holds them."""

import contextlib
import fcntl
import os
import stat
from pathlib import Path
from typing import IO

MARKER = ".ieso-data"


class EmbeddedError(Exception):
    """Says in plain words why the services cannot run here."""


def prepare_data(data: Path) -> Path:
    """Makes the data folder, marked as ours so that `--fresh` wipes nothing else; returns its real path."""
    data = data.resolve()
    if data.is_dir() and any(data.iterdir()) and not (data / MARKER).exists():
        foreign = [entry.name for entry in data.iterdir() if entry.name not in {"secrets", "lock", "users.lock"}]
        if foreign:
            raise EmbeddedError(f"{data} holds something else ({foreign[0]}): choose another --data folder.")
    for folder in ("", "secrets", "logs", "mailbox", "outbound", "beat"):
        (data / folder).mkdir(parents=True, exist_ok=True)
    (data / MARKER).touch()
    return data


def let_through(folder: Path) -> None:
    """Lets the servers' user walk through `folder` and its parents: adds o+x where it is missing, no other right."""
    for step in [folder, *folder.parents]:
        mode = step.stat().st_mode
        if mode & stat.S_IXOTH:
            continue
        try:
            step.chmod(stat.S_IMODE(mode) | stat.S_IXOTH)
        except OSError as error:
            raise EmbeddedError(f"The servers' user may not walk through {step} ({error.strerror}).") from error


def private_folder(folder: Path, uid: int, gid: int) -> None:
    """Makes `folder` with mode 0700 for `uid`; refuses one that somebody else made there before us."""
    with contextlib.suppress(FileExistsError):
        folder.mkdir(mode=0o700, parents=True)
    found = folder.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid not in (os.geteuid(), uid):
        raise EmbeddedError(f"{folder} belongs to somebody else.")
    os.chown(folder, uid, gid)
    folder.chmod(0o700)


def lock(file: Path, how: int) -> IO | None:
    """The open file with the lock `how` on it, or None where somebody else holds it."""
    handle = file.open("w")
    try:
        fcntl.flock(handle, how)
    except BlockingIOError:
        handle.close()
        return None
    return handle


def lock_services(data: Path) -> IO | None:
    """The lock that whoever runs the services of `data` holds, or None where somebody does."""
    return lock(data / "lock", fcntl.LOCK_EX | fcntl.LOCK_NB)
