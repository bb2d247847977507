"""Triggers refuse as well, whoever asks: even the tables' owner, short of switching them off."""

import psycopg
import pytest
from django.apps import apps

from ieso import paths
from tests.harness import environment
from tests.harness.database import superuser

APPEND_ONLY = sorted(model._meta.db_table for model in apps.get_models() if getattr(model, "append_only", False))


@pytest.fixture(scope="module")
def owner(django_db_setup):
    url = paths.database_url(environment.DATA, paths.OWNER_ROLE, environment.DATABASE)
    with psycopg.connect(url, autocommit=True) as connection:
        yield connection


@pytest.mark.parametrize("table", APPEND_ONLY)
def test_the_owner_is_refused_by_triggers(owner, table):
    with pytest.raises(psycopg.errors.RaiseException):
        owner.execute(f"TRUNCATE {table} CASCADE")
    kinds = "SELECT string_agg(DISTINCT event_manipulation, ' ' ORDER BY event_manipulation)"
    query = f"{kinds} FROM information_schema.triggers WHERE event_object_table = %s"
    assert set(superuser().execute(query, [table]).fetchone()[0].split()) >= {"DELETE", "UPDATE"}
