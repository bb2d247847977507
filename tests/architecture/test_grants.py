"""What the site's role may do stands in one list, and the database has exactly that."""

import pytest
from django.apps import apps
from django.db import DatabaseError, connection, transaction

from ieso import grants

APPEND_ONLY = sorted(model._meta.db_table for model in apps.get_models() if getattr(model, "append_only", False))


@pytest.mark.django_db
def test_rights_are_exactly_those_listed():
    assert grants.problems() + grants.differences() == []


@pytest.mark.django_db
@pytest.mark.parametrize("table", APPEND_ONLY)
def test_the_site_role_cannot_change_what_is_append_only(table):
    for statement in (f"UPDATE {table} SET id = id", f"DELETE FROM {table}", f"TRUNCATE {table} CASCADE"):
        with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic(), connection.cursor() as c:
            c.execute(statement)
