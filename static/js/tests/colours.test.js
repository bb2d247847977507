import assert from "node:assert/strict";
import { test } from "node:test";
import { colourModule, exchangeColours, properties, squeeze } from "../../css/colours.mjs";

const colours = { text: "#1f2e31", line: "#dcd5c6" };

test("every value becomes the property of its name", () => {
  assert.equal(exchangeColours("a { color: #1F2E31; }", colours), "a { color: var(--text); }");
  assert.equal(exchangeColours("a { color: rgba(31, 46, 49, 0.99); }", colours), "a { color: var(--text); }");
});

test("a colour without a name stops the build", () => {
  assert.throws(() => exchangeColours("a { color: #123456; }", colours), /without a name.*#123456/s);
  assert.throws(() => exchangeColours("a { color: rgba(0, 0, 0, 0.5); }", colours), /without a name/);
});

test("a property that nobody declares stops the build", () => {
  assert.throws(() => exchangeColours("a { color: var(--txet); }", colours), /--txet/);
});

test("two names for one value stop the build", () => {
  assert.throws(() => colourModule({ one: "#fff", two: "#fff" }), /two and one/);
});

test("the root declares each once a theme, and paper is light", () => {
  const sheet = properties({ light: { text: "#1f2e31" }, dark: { text: "#e9ebe6" } });
  assert.match(sheet, /^:root \{\n  color-scheme: light;\n  --text: #1f2e31;\n\}\n@media screen \{/);
  assert.match(sheet, /:root\[data-theme="dark"\] \{\n  color-scheme: dark;\n  --text: #e9ebe6;/);
  assert.match(sheet, /@media screen and \(prefers-color-scheme: dark\) \{\n:root\[data-theme="system"\]/);
});

test("a colour that one theme lacks stops the build", () => {
  assert.throws(() => properties({ light: { text: "#111111" }, dark: {} }), /one theme alone: text/);
});

test("comments and line breaks go", () => {
  assert.equal(squeeze("/* why */\na {\n  color: red;\n}\n"), "a {color: red;}");
});
