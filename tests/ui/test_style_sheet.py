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
THEMES = {name: names_and_values(name) for name in ("light", "dark")}
COLOURS = THEMES["light"]
AA_TEXT, AA_GRAPHIC = 4.5, 3.0

ON_LIGHT = ["text", "text-quiet", "link", "link-visited", "link-hover", "danger", "brand"]
LIGHT = ["page", "card", "band", "brand-softer"]
PAIRS = [
    *product(ON_LIGHT, LIGHT),
    *product(["text-reverse"], ["brand", "brand-hover", "brand-active", "danger", "danger-hover"]),
    *((f"{name}-text", f"{name}-soft") for name in ("success", "danger", "warn", "info", "violet")),
    *(("text", f"{name}-soft") for name in ("success", "danger", "warn", "info", "brand")),
    *product(["focus-text"], ["focus", "leave"]),
    *product(["header-text"], ["header", "nav"]),
    ("brand-hover", "brand-soft"),
    ("warn-text", "page"),
    ("warn-text", "card"),
    ("text", "brand-mid"),
]
GRAPHICS = [*product(["input-line", "brand", "success"], ["page", "card", "input"]), ("focus", "focus-text")]
# What the keyboard is on: on light pages the dark line around the yellow counts, on dark ones the yellow itself.
FOCUS = {"light": [("focus", "brand"), ("focus-text", "page")], "dark": [("focus", "page"), ("focus", "card")]}
STRIPES = ["card", "brand-softer", "brand-soft", "brand-quiet", "brand-mid"]
CHART = [*product(["brand", "violet", "warn-text", "info", "danger"], STRIPES)]


def luminance(colour: str) -> float:
    channels = [int(colour[start : start + 2], 16) / 255 for start in (1, 3, 5)]
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(theme: str, one: str, other: str) -> float:
    colours = THEMES[theme]
    light, dark = sorted((luminance(colours[one]), luminance(colours[other])), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.rule("ACC-17c")
@pytest.mark.parametrize("theme", THEMES)
def test_words_stand_out_from_their_ground(theme):
    faint = {pair: round(contrast(theme, *pair), 2) for pair in PAIRS if contrast(theme, *pair) < AA_TEXT}
    assert faint == {}


@pytest.mark.rule("ACC-17c")
@pytest.mark.parametrize("theme", THEMES)
def test_borders_focus_and_charts_stand_out(theme):
    pairs = GRAPHICS + CHART + FOCUS[theme]
    faint = {pair: round(contrast(theme, *pair), 2) for pair in pairs if contrast(theme, *pair) < AA_GRAPHIC}
    assert faint == {}


@pytest.mark.rule("ACC-17b")
def test_every_colour_is_a_property_declared_once_a_theme():
    themes = r"(:root \{.*?\})(@media screen \{:root\[data-theme=\"dark\"\].*?\}\})(@media screen and .*?\}\})(.*)"
    light, dark, system, rest = re.match(themes, SHEET, re.S).groups()
    for part, colours in ((light, COLOURS), (dark, THEMES["dark"]), (system, THEMES["dark"])):
        assert dict(re.findall(r"--([a-z0-9-]+): (#[0-9a-f]+)", part)) == colours
        assert "color-scheme:" in part
    assert not re.findall(r"#[0-9a-f]{3,8}\b|rgba?\(|hsla?\(", re.sub(r"url\([^)]*\)", "", rest))


def test_the_colours_of_drawings_are_the_themes_own():
    assert set(INKS) | set(SHADES) <= set(COLOURS.values())
    drawing = "".join((ROOT / "templates/ui" / f"chart_{part}.html").read_text() for part in ("drawing", "key"))
    assert set(re.findall(r"#[0-9a-f]{6}", drawing)) <= set(COLOURS.values())


@pytest.mark.rule("ACC-17c")
def test_every_coloured_part_of_a_drawing_takes_its_colour_from_the_theme_on_screen():
    drawing = "".join((ROOT / "templates/ui" / f"chart_{part}.html").read_text() for part in ("drawing", "key"))
    for part in re.findall(r"<(?:rect|line|text|polyline|path)\b[^>]*>", drawing):
        assert 'class="app-chart__' in part, part


@pytest.mark.rule("ACC-18b")
def test_the_sheet_asks_for_our_own_files_only():
    asked = set(re.findall(r'url\("([^"]+)"\)', SHEET))
    assert asked
    assert all((BUILD / name).is_file() for name in asked)
    assert "@import" not in SHEET


def test_the_typefaces_come_with_their_licence():
    for name in ("LICENSE", "LICENSE-clear"):
        assert "SIL OPEN FONT LICENSE" in (BUILD / "fonts" / name).read_text().upper()


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
