"""The site's role holds what the list says and nothing more; each statement beyond it is refused."""

import psycopg
import pytest
from django.core.exceptions import ImproperlyConfigured
from django.db import ProgrammingError, connection, transaction

from ieso import grants, roles

APPEND_ONLY_TABLES = sorted(table for table, rights in grants.wanted().items() if rights == grants.APPEND_ONLY)
READ_ONLY_TABLES = sorted(table for table, rights in grants.wanted().items() if rights == grants.READ_ONLY)
NO_RIGHTS = sorted(set(APPEND_ONLY_TABLES) | set(READ_ONLY_TABLES))


def refused(statement: str) -> bool:
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)
    except ProgrammingError as error:
        return isinstance(error.__cause__, psycopg.errors.InsufficientPrivilege)
    return False


def first_column(table: str) -> str:
    with connection.cursor() as cursor:
        return connection.introspection.get_table_description(cursor, table)[0].name


def test_every_model_is_listed_once_as_it_declares_itself():
    assert grants.problems() == []


@pytest.mark.django_db
def test_the_database_holds_exactly_the_listed_rights():
    assert grants.differences() == []


@pytest.mark.django_db
@pytest.mark.parametrize("table", NO_RIGHTS)
def test_the_site_cannot_change_delete_or_empty(table):
    column = connection.ops.quote_name(first_column(table))
    assert refused(f"UPDATE {table} SET {column} = {column}")
    assert refused(f"DELETE FROM {table}")
    assert refused(f"TRUNCATE {table} CASCADE")


@pytest.mark.django_db
@pytest.mark.parametrize("table", READ_ONLY_TABLES)
def test_the_site_cannot_add_to_what_migrations_write(table):
    assert refused(f"INSERT INTO {table} DEFAULT VALUES")


@pytest.mark.django_db
@pytest.mark.parametrize(
    "statement",
    [
        "ALTER TABLE audit_accessentry DISABLE TRIGGER ALL",
        "SET session_replication_role = replica",
        "DROP TABLE audit_accessentry",
        "CREATE TABLE mine (id int)",
        "SET ROLE ieso_owner",
        "CREATE ROLE mine",
    ],
)
def test_the_site_cannot_get_round_the_triggers(statement):
    assert refused(statement)


@pytest.mark.django_db
def test_the_site_cannot_give_itself_rights():
    with connection.cursor() as cursor:
        cursor.execute("GRANT ALL ON audit_accessentry TO ieso_site")  # a warning only: it has nothing to give
    assert refused("DELETE FROM audit_accessentry")


@pytest.mark.django_db
def test_no_table_may_be_emptied_by_the_site():
    for table in grants.wanted():
        assert refused(f"TRUNCATE {table} CASCADE")


@pytest.mark.django_db
def test_the_service_starts_as_the_site_and_refuses_the_owner(monkeypatch):
    monkeypatch.setattr(connection, "close", lambda: None)
    roles.refuse_owner_role()
    monkeypatch.setattr(roles, "QUESTION", roles.QUESTION.replace("current_user", "'ieso_owner'::name"))
    with pytest.raises(ImproperlyConfigured, match="ieso_owner"):
        roles.refuse_owner_role()


def test_a_label_list_reads_packages_and_models():
    assert grants.labels("a: B C\n   D\n e: F") == ("a.B", "a.C", "a.D", "e.F")
