"""Colours that stand in the drawings themselves, so that they look the same on paper.

The same values bear names in `static/css/colours.json`; a test holds the two together.
"""

import json
from pathlib import Path

COLOURS_FILE = Path(__file__).resolve().parent.parent / "static" / "css" / "colours.json"

INKS = ("#0f5057", "#6b4a8c", "#5f4309", "#35608f", "#a92c26")
SHADES = ("#ffffff", "#eff6f4", "#e2eeec", "#cfe3e0", "#bcd9d5")


def names_and_values(theme: str = "light") -> dict[str, str]:
    """Every named colour of a theme, "light" or "dark"; both have the same names."""
    found: dict[str, dict[str, str]] = json.loads(COLOURS_FILE.read_text())
    return found[theme]
