"""What a block of code writes to the database, by table."""

import re
from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection, transaction

WRITE = re.compile(
    r'^\s*(?:WITH\b.*?\b)?(INSERT\s+INTO|UPDATE|DELETE\s+FROM|TRUNCATE(?:\s+TABLE)?)\s+"?(\w+)"?', re.I | re.S
)


@contextmanager
def written_tables() -> Iterator[list[str]]:
    """A list that fills with the table of each statement that writes."""
    tables: list[str] = []

    def watch(execute, sql, params, many, context):
        if found := WRITE.match(str(sql)):
            tables.append(found.group(2).strip('"'))
        return execute(sql, params, many, context)

    with connection.execute_wrapper(watch):
        yield tables


@contextmanager
def undone() -> Iterator[None]:
    """Takes back whatever the block wrote, also when it fails."""
    with transaction.atomic():
        try:
            yield
        finally:
            transaction.set_rollback(True)
