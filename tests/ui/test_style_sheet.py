"""The built style sheet: our own colours by name, our own files, a class for everything the templates name."""

import json
import re
from itertools import product
from pathlib import Path

import pytest
from django.conf import settings

from ui.colours import INKS, SHADES, names_and_values

ROOT = Path(settings.BASE_DIR)
BUILD = ROOT / "static" / "build"
SHEET = (BUILD / "app.css").read_text()
COLOURS = names_and_values()
AA_TEXT, AA_GRAPHIC = 4.5, 3.0

ON_LIGHT = ["text", "text-quiet", "link", "link-visited", "link-hover", "danger", "brand"]
LIGHT = ["page", "card", "band", "brand-softer"]
PAIRS = [
    *product(ON_LIGHT, LIGHT),
    *product(["text-reverse"], ["brand", "brand-hover", "brand-active", "danger", "danger-hover"]),
    *((f"{name}-text", f"{name}-soft") for name in ("success", "danger", "warn", "info", "violet")),
    *(("text", f"{name}-soft") for name in ("success", "danger", "warn", "info", "brand")),
    *product(["focus-text"], ["focus", "warn-soft"]),
    ("brand-hover", "brand-soft"),
    ("text", "brand-mid"),
]
GRAPHICS = [*product(["input-line", "brand"], ["page", "card", "input"]), ("focus", "focus-text"), ("focus", "brand")]


def luminance(colour: str) -> float:
    channels = [int(colour[start : start + 2], 16) / 255 for start in (1, 3, 5)]
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    light, dark = sorted((luminance(COLOURS[one]), luminance(COLOURS[other])), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize(("ink", "paper"), PAIRS)
def test_words_stand_out_from_their_ground(ink, paper):
    assert contrast(ink, paper) >= AA_TEXT


@pytest.mark.parametrize(("line", "ground"), GRAPHICS)
def test_borders_and_focus_stand_out(line, ground):
    assert contrast(line, ground) >= AA_GRAPHIC


def test_every_colour_is_a_property_declared_once():
    root, rest = re.match(r":root \{(.*?)\}(.*)", SHEET, re.S).groups()
    assert root.count(":") == len(COLOURS)
    assert not re.findall(r"#[0-9a-f]{3,8}\b|rgba?\(|hsla?\(", re.sub(r"url\([^)]*\)", "", rest))


def test_the_colours_of_drawings_are_the_themes_own():
    assert set(INKS) | set(SHADES) <= set(COLOURS.values())
    drawing = "".join((ROOT / "templates/ui" / f"chart_{part}.html").read_text() for part in ("drawing", "key"))
    assert set(re.findall(r"#[0-9a-f]{6}", drawing)) <= set(COLOURS.values())


@pytest.mark.rule("ACC-18b")
def test_the_sheet_asks_for_our_own_files_only():
    asked = set(re.findall(r'url\("([^"]+)"\)', SHEET))
    assert asked
    assert all((BUILD / name).is_file() for name in asked)
    assert "@import" not in SHEET


def test_the_typeface_comes_with_its_licence():
    assert "SIL OPEN FONT LICENSE" in (BUILD / "fonts" / "LICENSE").read_text().upper()


def test_every_class_of_ours_that_a_template_names_has_a_style():
    known = set(re.findall(r"\.(app-[a-z0-9_-]+)", SHEET))
    named = {}
    for file in (ROOT / "templates").rglob("*.html"):
        for classes in re.findall(r'class="([^"]*)"', re.sub(r"{%.*?%}|{{.*?}}", "{}", file.read_text())):
            named |= {name: file.name for name in classes.split() if name.startswith("app-") and "{}" not in name}
    assert {name: file for name, file in named.items() if name not in known} == {}


def test_no_template_has_inline_script_style_or_handler():
    inline = re.compile(r"<script(?![^>]*\bsrc=)|<style|\sstyle=|\son[a-z]+=|javascript:|\bhx-on", re.I)
    for file in (ROOT / "templates").rglob("*.html"):
        assert not inline.search(file.read_text()), file


def test_the_lock_file_names_no_registry():
    lock = json.loads((ROOT / "package-lock.json").read_text())
    assert not [name for name, package in lock["packages"].items() if "resolved" in package]
