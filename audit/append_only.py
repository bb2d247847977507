"""Triggers for tables whose rows, once inserted, never change (the site's role lacks the rights as well)."""

import pgtrigger


def append_only_triggers() -> list[pgtrigger.Trigger]:
    """Return the two triggers that refuse UPDATE, DELETE and TRUNCATE on a table, whoever asks."""
    return [
        pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete),
        pgtrigger.Trigger(
            name="append_only_truncate",
            level=pgtrigger.Statement,
            when=pgtrigger.Before,
            operation=pgtrigger.Truncate,
            func="RAISE EXCEPTION 'rows of this table are only ever inserted';",
        ),
    ]
