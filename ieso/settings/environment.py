"""Readers of the environment, which fail loudly, and the secrets that an embedded service makes for itself."""

import base64
import secrets
from pathlib import Path

from environs import Env

env = Env()


def secret(name: str, default: str | None = None) -> str:
    """The value of NAME, or the content of the file that NAME_FILE names."""
    file = env.str(f"{name}_FILE", None)
    if file:
        return Path(file).read_text().strip()
    return env.str(name, default) if default is not None else env.str(name)


def generated(name: str, folder: Path) -> str:
    """A secret made once for an embedded service, 32 random bytes kept in its data folder."""
    file = folder / name
    if not file.exists():
        folder.mkdir(parents=True, exist_ok=True)
        file.touch(mode=0o600)
        file.write_text(base64.urlsafe_b64encode(secrets.token_bytes(32)).decode())
    return file.read_text().strip()
