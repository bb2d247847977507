"""A folder for real servers: pytest's own lies below one that every other run of pytest closes to their user."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def servers_folder() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="ieso-", ignore_cleanup_errors=True) as folder:
        yield Path(folder)
