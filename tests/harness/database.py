"""One database a worker: made from the migrated template by the superuser, used as the site's role (it owns nothing).

A test in a transaction is rolled back as always. A test that commits is cleaned up by DELETE as superuser with
triggers off: the site's role may not, and TRUNCATE of all tables takes a hundred times as long.
"""

import time
from collections.abc import Callable
from functools import cache

import psycopg
from django.db import connection as django_connection
from psycopg import sql

from ieso import paths
from tests.harness import environment

# Rows that migrations planted, put back after each clean-up.
BASELINE = "planted"
# Whoever else is on this database and at work, or was a moment ago: a request between two of its transactions is idle.
AT_WORK = """
    SELECT pid FROM pg_stat_activity
    WHERE datname = current_database() AND backend_type = 'client backend' AND pid <> ALL(%s)
      AND (state <> 'idle' OR state_change > clock_timestamp() - make_interval(secs => %s))
"""
QUIET_SECONDS = 0.05
SETTLE_SECONDS = 5
# Processes beside the test that say themselves whether they are at work: between two statements Postgres knows nothing.
BESIDE: list[Callable[[], bool]] = []
CLEANINGS = 5
END = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid = ANY(%s)"
TABLES = "SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace ORDER BY relname"


def superuser_url(name: str) -> str:
    return paths.database_url(environment.DATA, paths.SUPERUSER_ROLE, name)


@cache
def create() -> None:
    """Makes this worker's database out of the template, once."""
    name = sql.Identifier(environment.DATABASE)
    with psycopg.connect(superuser_url("postgres"), autocommit=True) as connection:
        connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(name))
        connection.execute(
            sql.SQL("CREATE DATABASE {} TEMPLATE {} OWNER {} STRATEGY file_copy").format(
                name, sql.Identifier(paths.DATABASE_NAME), sql.Identifier(paths.OWNER_ROLE)
            )
        )
    plant_baseline()


@cache
def superuser() -> psycopg.Connection:
    """The one connection that cleans up, with triggers and foreign keys off."""
    connection = psycopg.connect(superuser_url(environment.DATABASE), autocommit=True)
    connection.execute("SET session_replication_role = replica")
    return connection


def tables() -> list[str]:
    return [row[0] for row in superuser().execute(TABLES)]


def plant_baseline() -> None:
    """Keeps a copy of every row that the template holds."""
    connection = superuser()
    connection.execute(f"CREATE SCHEMA {BASELINE}")
    for name in tables():
        table = sql.Identifier(name)
        if connection.execute(sql.SQL("SELECT 1 FROM {} LIMIT 1").format(table)).fetchone():
            copy = sql.Identifier(BASELINE, name)
            connection.execute(sql.SQL("CREATE TABLE {} AS TABLE {}").format(copy, table))


@cache
def cleaning() -> sql.Composed:
    """The one statement that empties all tables and puts the planted rows back."""
    planted = {
        row[0] for row in superuser().execute("SELECT tablename FROM pg_tables WHERE schemaname = %s", [BASELINE])
    }
    parts = [sql.SQL("DELETE FROM {}").format(sql.Identifier(name)) for name in tables()]
    parts += [
        sql.SQL("INSERT INTO {} TABLE {}").format(sql.Identifier(name), sql.Identifier(BASELINE, name))
        for name in sorted(planted)
    ]
    return sql.SQL("; ").join(parts)


def clean() -> None:
    """Leaves only what the migrations planted, once nobody writes any more.

    A browser that closes sends its drafts off and still asks for what it had begun to; the served site goes on with
    both after the test. Emptied in the middle of it, the database would deadlock, or hold rows that nobody expects.
    Who does not come to an end loses the connection, so that one test's leftovers never hold up all that follow.
    """
    for _ in range(CLEANINGS):
        if not settle():
            superuser().execute(END, [at_work()])
        try:
            superuser().execute(cleaning())
        except psycopg.errors.DeadlockDetected:
            continue
        if not others_at_work():
            return
    superuser().execute(cleaning())


def settle() -> bool:
    """Waits until nobody else is at work on this database, for a while; says whether it came to that."""
    limit = time.monotonic() + SETTLE_SECONDS
    while others_at_work():
        if time.monotonic() > limit:
            return False
        time.sleep(0.01)
    return True


def others_at_work() -> bool:
    return any(ask() for ask in BESIDE) or bool(at_work(QUIET_SECONDS))


def at_work(quiet_seconds: float = 0) -> list[int]:
    """The other connections in a statement or a transaction, or that were so many seconds ago: their numbers."""
    mine = [superuser().info.backend_pid]
    if django_connection.connection and not django_connection.connection.closed:
        mine.append(django_connection.connection.info.backend_pid)
    return [row[0] for row in superuser().execute(AT_WORK, [mine, quiet_seconds])]


def analyse() -> None:
    """Let Postgres know how many rows the test wrote, as autovacuum does in a service; a plan made without is another.

    The rows may be uncommitted, so it is the test's own connection that looks at them, for once with the right to.
    """
    everything = sql.SQL("ALL TABLES IN SCHEMA public")
    role = sql.Identifier(paths.SITE_ROLE)
    superuser().execute(sql.SQL("GRANT MAINTAIN ON {} TO {}").format(everything, role))
    try:
        with django_connection.cursor() as cursor:
            cursor.execute("ANALYZE")
    finally:
        superuser().execute(sql.SQL("REVOKE MAINTAIN ON {} FROM {}").format(everything, role))


def row_counts(*, without: frozenset[str] = frozenset()) -> dict[str, int]:
    """How many committed rows each table holds; for tests in a transaction use `counts_here`."""
    return {
        name: superuser().execute(sql.SQL("SELECT count(*) FROM {}").format(sql.Identifier(name))).fetchone()[0]
        for name in tables()
        if name not in without
    }
