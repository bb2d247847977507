"""The migrations make the same database as the models from which the tests' tables are made."""

import os
import subprocess
import sys

import psycopg
import pytest

from ieso import paths
from tests.harness import environment
from tests.harness.database import superuser_url

NAME = f"migrated_{environment.WORKER}"
PARTS = {
    "columns": """
        SELECT table_name, column_name, data_type, character_maximum_length, is_nullable, is_identity, column_default
        FROM information_schema.columns WHERE table_schema = 'public'""",
    "constraints": """
        SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid) FROM pg_constraint
        WHERE connamespace = 'public'::regnamespace AND contype <> 'n'""",
    "indexes": "SELECT tablename, indexname, indexdef FROM pg_indexes WHERE schemaname = 'public'",
    "triggers": """
        SELECT tgrelid::regclass::text, tgname, pg_get_triggerdef(t.oid), tgenabled::text, prosrc
        FROM pg_trigger t JOIN pg_proc p ON p.oid = t.tgfoid WHERE NOT tgisinternal""",
}


@pytest.fixture(scope="module")
def migrated() -> str:
    """A database made by the migrations, as the owner."""
    with psycopg.connect(superuser_url("postgres"), autocommit=True) as connection:
        connection.execute(f"DROP DATABASE IF EXISTS {NAME}")
        connection.execute(f"CREATE DATABASE {NAME} OWNER {paths.OWNER_ROLE}")
    url = paths.database_url(environment.DATA, paths.OWNER_ROLE, NAME)
    env = os.environ | {"DATABASE_OWNER_URL": url, "DATABASE_URL": url, "IESO_DATABASE_ROLE": "owner"}
    subprocess.run([sys.executable, "manage.py", "migrate", "--verbosity=0"], env=env, cwd=paths.BASE_DIR, check=True)
    return NAME


def rows(database: str, query: str) -> set[tuple]:
    with psycopg.connect(superuser_url(database)) as connection:
        return set(connection.execute(query).fetchall())


@pytest.mark.slow
@pytest.mark.xdist_group("migrations")
@pytest.mark.parametrize("part", PARTS)
def test_migrations_and_models_make_the_same_database(part, migrated):
    by_migrations, by_models = rows(migrated, PARTS[part]), rows(paths.DATABASE_NAME, PARTS[part])
    assert sorted(by_models - by_migrations) == []
    assert sorted(by_migrations - by_models) == []
