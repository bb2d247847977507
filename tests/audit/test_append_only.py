"""What is written down stays as it was written: tried with SQL, as the site's role and as the owner (ACC-5)."""

import psycopg
import pytest
from django.apps import apps
from django.db import connection, transaction
from django.db.utils import DatabaseError
from psycopg import sql

from audit.actions import record_access
from audit.models import AccessEntry
from ieso import paths
from tests.harness import environment

APPEND_ONLY = sorted(
    (model for model in apps.get_models() if getattr(model, "append_only", False)), key=lambda model: model._meta.label
)
IDS = [model._meta.label for model in APPEND_ONLY]
# One of each kind for every table; the owner alone could do the last three, and is kept from none of them by a right.
STATEMENTS = {
    "update": 'UPDATE "{table}" SET "{column}" = "{column}"',
    "delete": 'DELETE FROM "{table}"',
    "truncate": 'TRUNCATE "{table}" CASCADE',
    "upsert": 'MERGE INTO "{table}" t USING (SELECT 1) s ON true WHEN MATCHED THEN DELETE',
    "switch triggers off": 'ALTER TABLE "{table}" DISABLE TRIGGER ALL',
    "drop a trigger": 'DROP TRIGGER "{trigger}" ON "{table}"',
    "drop the table": 'DROP TABLE "{table}" CASCADE',
}
TRIGGERS = "SELECT tgname FROM pg_trigger WHERE tgrelid = %s::regclass AND NOT tgisinternal ORDER BY tgname"


def triggers_of(table: str) -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute(TRIGGERS, [f'"{table}"'])
        return [row[0] for row in cursor.fetchall()]


def attempt(statement: str) -> str:
    """The database's words for why not; fails where it went through."""
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)
    except DatabaseError as refusal:
        return str(refusal)
    return pytest.fail(f"the site's role could: {statement}")


@pytest.mark.django_db
@pytest.mark.rule("ACC-5d")
@pytest.mark.parametrize("model", APPEND_ONLY, ids=IDS)
def test_the_site_role_can_insert_and_nothing_else(model):
    table = model._meta.db_table
    column, trigger = model._meta.pk.column, triggers_of(table)[0]
    for what, statement in STATEMENTS.items():
        words = attempt(statement.format(table=table, column=column, trigger=trigger))
        assert "permission denied" in words or "must be owner" in words, f"{what}: {words}"


@pytest.mark.django_db
@pytest.mark.rule("ACC-5d")
@pytest.mark.parametrize("model", APPEND_ONLY, ids=IDS)
def test_a_trigger_refuses_each_change_whoever_asks(model):
    names = " ".join(triggers_of(model._meta.db_table))
    assert "append_only" in names
    assert "append_only_truncate" in names


@pytest.mark.django_db
@pytest.mark.rule("ACC-5c")
@pytest.mark.parametrize("setting", ["session_replication_role = replica", "ROLE ieso_owner", "ROLE ieso_superuser"])
def test_the_site_role_cannot_make_itself_mightier(setting):
    assert "permission denied" in attempt(f"SET {setting}")


@pytest.mark.django_db(transaction=True)
@pytest.mark.rule("ACC-5c")
@pytest.mark.parametrize("what", ["update", "delete", "truncate"])
def test_the_owner_is_refused_by_the_trigger(world, what):
    record_access(who=world.olu, case_ref=world.alice_case.ref, thing="case", verb="read")
    table = AccessEntry._meta.db_table
    statement = STATEMENTS[what].format(table=table, column="id", trigger="")
    owner = paths.database_url(environment.DATA, paths.OWNER_ROLE, environment.DATABASE)
    with (
        psycopg.connect(owner) as session,
        pytest.raises(psycopg.Error, match=r"(only ever inserted|Cannot update or delete)"),
    ):
        session.execute(sql.SQL(statement))
    assert AccessEntry.objects.count() == 1
