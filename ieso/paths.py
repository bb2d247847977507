"""Where things of one data folder live. Pure: nothing is created and nothing is started here."""

import hashlib
import os
from pathlib import Path
from urllib.parse import quote

BASE_DIR = Path(__file__).resolve().parent.parent
DEFAULT_DATA = BASE_DIR / ".data"
DATABASE_NAME = "ieso"
SITE_ROLE = "ieso_site"
OWNER_ROLE = "ieso_owner"
SUPERUSER_ROLE = "ieso_superuser"
# A unix socket's path holds 107 characters; the longest name we put into the folder has 18.
LONGEST_SOCKET_FOLDER = 107 - len("/.s.PGSQL.5432.lock")


def data_folder(given: str | None) -> Path:
    """The data folder somebody named, seen from where they called a script of `bin/`; the default without a name."""
    given = given or os.environ.get("IESO_DATA")
    return (Path(os.environ.get("IESO_CALLED_FROM", ".")) / given).resolve() if given else DEFAULT_DATA


def socket_folder(data: Path) -> Path:
    """The folder of both sockets: inside `data`, or a short one under /tmp where that path is too long."""
    inside = data / "run"
    if len(os.fsencode(inside)) <= LONGEST_SOCKET_FOLDER:
        return inside
    digest = hashlib.sha256(os.fsencode(data)).hexdigest()[:16]
    return Path("/tmp") / f"ieso-{digest}"  # noqa: S108 - made 0700 and its owner checked before use


def database_url(data: Path, role: str = SITE_ROLE, name: str = DATABASE_NAME) -> str:
    """A libpq URL of the embedded server's socket for `role`."""
    return f"postgresql://{role}@/{name}?host={quote(str(socket_folder(data)), safe='')}"


def redis_url(data: Path) -> str:
    """The embedded Redis server's socket, as redis-py spells it."""
    return f"unix://{socket_folder(data) / 'redis.sock'}"
