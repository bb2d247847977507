"""The migrations, run by the demonstration in an empty folder, make the same database as the models from which the
tests' tables are made."""

import psycopg
import pytest

from ieso import paths
from tests.harness.database import superuser_url

pytestmark = [pytest.mark.timeout(300), pytest.mark.xdist_group("demo"), pytest.mark.slow]
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


def rows(url: str, query: str) -> set[tuple]:
    with psycopg.connect(url) as connection:
        return set(connection.execute(query).fetchall())


@pytest.mark.parametrize("part", PARTS)
def test_migrations_and_models_make_the_same_database(part, demo):
    by_migrations = rows(paths.database_url(demo.data, paths.SUPERUSER_ROLE), PARTS[part])
    by_models = rows(superuser_url(paths.DATABASE_NAME), PARTS[part])
    assert sorted(by_models - by_migrations) == []
    assert sorted(by_migrations - by_models) == []
