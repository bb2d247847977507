"""The site's role owns nothing and the tests run as it, committing or not."""

import pytest
from django.conf import settings
from django.db import connection, transaction
from django.db.utils import DatabaseError

from accounts.models import User


def current_role() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_user")
        return cursor.fetchone()[0]


@pytest.mark.django_db
def test_tests_run_as_the_site_role():
    assert current_role() == "ieso_site"


@pytest.mark.django_db
def test_a_record_with_many_tables_is_planned_as_it_is_written():
    with connection.cursor() as cursor:
        cursor.execute("SHOW join_collapse_limit")
        assert cursor.fetchone() == (str(settings.JOINS_REORDERED),)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("name", ["Ada Example", "Bo Example"])
def test_what_a_committing_test_wrote_is_gone_for_the_next(name):
    assert not User.objects.exists()
    User.objects.create_user(f"{name[:2]}@example.org", name=name)


@pytest.mark.django_db
def test_the_site_role_can_neither_create_nor_truncate():
    for statement in ("CREATE TABLE public.mine (id int)", "TRUNCATE accounts_user CASCADE"):
        with (
            pytest.raises(DatabaseError, match="permission denied"),
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute(statement)
