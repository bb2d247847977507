"""Which characters our documents can show: those of the bundled typeface, whatever the machine has besides."""

from __future__ import annotations

from functools import cache

from django.conf import settings
from fontTools.ttLib import TTFont

FONTS = ("ieso-latin-400-normal.woff2", "ieso-latin-ext-400-normal.woff2")


@cache
def _known() -> frozenset[int]:
    folder = settings.BASE_DIR / "static/build/fonts"
    return frozenset(code for name in FONTS for code in TTFont(folder / name, lazy=True).getBestCmap())


def unprintable(text: str) -> list[str]:
    """Return the characters of a text that a document cannot show, each once, in order."""
    return [char for char in dict.fromkeys(text) if not char.isspace() and ord(char) not in _known()]
