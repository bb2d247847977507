// The colours by name: given to Sass as plain values, then exchanged for custom properties in what Sass wrote.

const LITERAL = /#[0-9a-f]{3,8}\b|\b(?:rgb|hsl)a?\([^)]*\)/gi;

/** The named colours as a Sass module `@use "colours:all"` with one variable each. Throws if two are alike. */
export function colourModule(colours) {
  const seen = new Map();
  for (const [name, value] of Object.entries(colours)) {
    if (seen.has(value)) throw new Error(`${name} and ${seen.get(value)} are both ${value}: one could not be told from the other`);
    seen.set(value, name);
  }
  const contents = Object.entries(colours).map(([name, value]) => `$${name}: ${value};`).join("\n");
  return {
    canonicalize: (url) => (url === "colours:all" ? new URL(url) : null),
    load: () => ({ contents, syntax: "scss" }),
  };
}

const declared = (colours) => Object.entries(colours).map(([name, value]) => `  --${name}: ${value};`).join("\n");

/**
 * The rules that declare every colour: the light values for all, the dark ones for who chose them or whose device asks
 * for them. Paper is always light. Throws where a name has a value in one theme alone.
 */
export function properties({ light, dark }) {
  const lacking = [...new Set([...Object.keys(light), ...Object.keys(dark)])].filter((name) => !(name in light && name in dark));
  if (lacking.length) throw new Error(`colours of one theme alone: ${lacking.join(", ")}`);
  const darkly = `  color-scheme: dark;\n${declared(dark)}\n`;
  return `:root {\n  color-scheme: light;\n${declared(light)}\n}\n`
    + `@media screen {\n:root[data-theme="dark"] {\n${darkly}}\n}\n`
    + `@media screen and (prefers-color-scheme: dark) {\n:root[data-theme="system"] {\n${darkly}}\n}\n`;
}

/** nhsuk-frontend writes text colours at 99 % so that Internet Explorer treats them well; they are meant whole. */
function opaque(value) {
  const parts = /^rgba\((\d+), (\d+), (\d+), 0\.99\)$/.exec(value);
  if (!parts) return value;
  return "#" + parts.slice(1).map((part) => Number(part).toString(16).padStart(2, "0")).join("");
}

/** The sheet with each colour value exchanged for its property. Throws with the places of colours without a name. */
export function exchangeColours(css, colours) {
  const names = new Map(Object.entries(colours).map(([name, value]) => [value, name]));
  const strangers = new Set();
  const exchanged = css.split("\n").map((line) => (line.includes("url(") ? line : line.replace(LITERAL, (value) => {
    const name = names.get(opaque(value).toLowerCase());
    if (!name) strangers.add(`${value} in "${line.trim()}"`);
    return `var(--${name})`;
  }))).join("\n");
  for (const [, name] of exchanged.matchAll(/var\(--([a-z0-9-]+)/g)) {
    if (!(name in colours) && !exchanged.includes(`--${name}:`)) strangers.add(`var(--${name})`);
  }
  if (strangers.size) throw new Error(`colours without a name in colours.json:\n  ${[...strangers].join("\n  ")}`);
  return exchanged;
}

/** The sheet without comments and line breaks: about a third less for a phone to fetch. */
export function squeeze(css) {
  return css.replace(/\/\*[\s\S]*?\*\//g, "").replace(/\n\s*/g, "");
}
