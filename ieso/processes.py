"""Child processes that never outlive their parent, and the system user for servers that refuse to be root."""

import contextlib
import ctypes
import os
import pwd
import shutil
import signal
import subprocess
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import IO

SYSTEM_USER = "ieso-data"
FALLBACK_USER = "nobody"
PR_SET_PDEATHSIG = 1
LIBC = ctypes.CDLL(None, use_errno=True)


def die_with_parent(sig: int = signal.SIGTERM) -> None:
    """Asks the kernel to send `sig` to this process when the thread that made it ends, however it ends."""
    LIBC.prctl(PR_SET_PDEATHSIG, int(sig), 0, 0, 0)


def system_user() -> pwd.struct_passwd | None:
    """The user for the servers when started as root, made if need be; None for anybody else."""
    if os.geteuid() != 0:
        return None
    with contextlib.suppress(KeyError):
        return pwd.getpwnam(SYSTEM_USER)
    for command in (
        ["useradd", "--system", "--no-create-home", "--shell", "/usr/sbin/nologin", SYSTEM_USER],
        ["adduser", "--system", "--no-create-home", "--quiet", SYSTEM_USER],
        ["adduser", "-S", "-D", "-H", SYSTEM_USER],
    ):
        path = shutil.which(command[0], path=os.environ.get("PATH", "") + ":/usr/sbin:/sbin")
        if path and subprocess.run([path, *command[1:]], capture_output=True).returncode == 0:
            break
    with contextlib.suppress(KeyError):
        return pwd.getpwnam(SYSTEM_USER)
    return pwd.getpwnam(FALLBACK_USER)


def become(user: pwd.struct_passwd | None, death_signal: int, parent: int) -> Callable[[], None]:
    """What a child does between fork and exec: changing user clears the death signal, so that comes last."""

    def prepare() -> None:
        if user:
            os.setgroups([])
            os.setgid(user.pw_gid)
            os.setuid(user.pw_uid)
        die_with_parent(death_signal)
        if os.getppid() != parent:
            os._exit(1)

    return prepare


def spawn(
    command: Sequence[str | Path],
    *,
    log: IO | int | None = None,
    user: pwd.struct_passwd | None = None,
    env: dict[str, str] | None = None,
    cwd: Path | None = None,
    death_signal: int = signal.SIGTERM,
) -> subprocess.Popen:
    """Starts a child in a process group of its own (so that Ctrl-C reaches only us) that dies with this thread."""
    return subprocess.Popen(
        [str(part) for part in command],
        stdin=subprocess.DEVNULL,
        stdout=log,
        stderr=subprocess.STDOUT if log is not None else None,
        env=env,
        cwd=cwd,
        start_new_session=True,
        preexec_fn=become(user, death_signal, os.getpid()),
    )


def stop(child: subprocess.Popen, sig: int = signal.SIGTERM, patience_seconds: float = 10) -> None:
    """Ends a child: `sig`, then SIGKILL for its whole group when it has not ended in time."""
    with contextlib.suppress(ProcessLookupError):
        child.send_signal(sig)
    try:
        child.wait(patience_seconds)
    except subprocess.TimeoutExpired:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(child.pid, signal.SIGKILL)
        child.wait()


def mentions(pid: int, text: str) -> bool:
    """Whether the process `pid` runs and its command line holds `text`: a number in a stale file may be anybody's."""
    try:
        return text.encode() in Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return False


def end_stale(pid: int, text: str, signals: Sequence[tuple[int, float]]) -> None:
    """Ends a server that an earlier, killed parent left behind, by each (signal, patience in seconds) in turn."""
    for sig, patience in signals:
        if not mentions(pid, text):
            return
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, sig)
        limit = time.monotonic() + patience
        while mentions(pid, text) and time.monotonic() < limit:
            time.sleep(0.05)
