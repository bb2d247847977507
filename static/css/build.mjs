// Builds static/build/: one style sheet, the fonts, three icons and htmx, all served by ourselves.
//
// Every colour of the finished sheet is a custom property. nhsuk-frontend works its colours out while Sass
// runs, where a property cannot be mixed or compared, so Sass is given the plain light values of colours.json, each
// different from every other, and afterwards each value is exchanged for the property that bears its name.
// A colour that has no name stops the build.
import { copyFileSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import * as sass from "sass";
import { colourModule, exchangeColours, properties, squeeze } from "./colours.mjs";

const source = dirname(fileURLToPath(import.meta.url));
const root = join(source, "..", "..");
const modules = join(root, "node_modules");
const target = join(root, "static", "build");

const FONT = "@fontsource/source-sans-3";
const FONT_FILES = ["latin-400-normal", "latin-400-italic", "latin-600-normal", "latin-ext-400-normal",
  "latin-ext-400-italic", "latin-ext-600-normal"];
// The letter of the Braille Institute, for those who find it easier to read; fetched only where somebody chose it.
const CLEAR_FONT = "@fontsource/atkinson-hyperlegible";
const CLEAR_FILES = ["latin-400-normal", "latin-400-italic", "latin-700-normal", "latin-ext-400-normal",
  "latin-ext-400-italic", "latin-ext-700-normal"];
const ICONS = ["nhsuk-icon-arrow-up-down.svg", "nhsuk-icon-arrow-up.svg", "nhsuk-icon-arrow-down.svg",
  "nhsuk-icon-cross.svg"];

function copy(from, to) {
  mkdirSync(dirname(join(target, to)), { recursive: true });
  copyFileSync(join(modules, from), join(target, to));
}

function styleSheet(name, themes) {
  const colours = themes.light;
  const compiled = sass.compile(join(source, name), {
    loadPaths: [join(modules, "nhsuk-frontend", "dist", "nhsuk")],
    importers: [colourModule(colours)],
    quietDeps: true,
    style: "expanded",
  });
  return squeeze(properties(themes) + exchangeColours(compiled.css, colours));
}

const themes = JSON.parse(readFileSync(join(source, "colours.json"), "utf8"));
mkdirSync(target, { recursive: true });
// Whole or not at all: a site may be serving the folder meanwhile.
const unfinished = join(target, `app.css.${process.pid}`);
writeFileSync(unfinished, styleSheet("app.scss", themes));
renameSync(unfinished, join(target, "app.css"));
for (const file of FONT_FILES) copy(`${FONT}/files/source-sans-3-${file}.woff2`, `fonts/ieso-${file}.woff2`);
for (const file of CLEAR_FILES) copy(`${CLEAR_FONT}/files/atkinson-hyperlegible-${file}.woff2`, `fonts/ieso-clear-${file}.woff2`);
copy(`${FONT}/LICENSE`, "fonts/LICENSE");
copy(`${CLEAR_FONT}/LICENSE`, "fonts/LICENSE-clear");
for (const icon of ICONS) copy(`nhsuk-frontend/dist/nhsuk/assets/images/${icon}`, `images/${icon}`);
copy("htmx.org/dist/htmx.min.js", "htmx.min.js");
