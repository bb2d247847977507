import assert from "node:assert/strict";
import { test } from "node:test";
import { firstToShow } from "../one_question.js";
import { keep, show } from "../preferences.js";

function page() {
  const scheme = { content: "light dark" };
  return { documentElement: { dataset: {} }, scheme, querySelector: () => scheme };
}

test("each choice shows at once where it shows at all", () => {
  const shown = page();
  show(shown, "text_size", "130");
  show(shown, "typeface", "clear");
  show(shown, "enter_sends", "yes");
  assert.deepEqual(shown.documentElement.dataset, { size: "130", typeface: "clear" });
});

test("the browser's own parts follow the theme", () => {
  const shown = page();
  show(shown, "theme", "dark");
  assert.equal(shown.scheme.content, "dark");
  show(shown, "theme", "system");
  assert.equal(shown.scheme.content, "light dark");
});

test("a choice counts as kept only when the server says so", async (t) => {
  const answers = [
    { ok: true, redirected: false, json: async () => ({ kept: true }) },
    { ok: true, redirected: true, json: async () => ({ kept: true }) },
    { ok: false, redirected: false, json: async () => ({ kept: false }) },
  ];
  const asked = t.mock.method(globalThis, "fetch", async () => answers.shift() ?? Promise.reject(new Error("offline")));
  const kept = [];
  for (let time = 0; time < 4; time += 1) kept.push(await keep("/account/preferences/", "token", "theme", "dark"));
  assert.deepEqual(kept, [true, false, false, false]);
  assert.equal(asked.mock.calls[0].arguments[1].body.toString(), "theme=dark");
  assert.equal(asked.mock.calls[0].arguments[1].headers["X-CSRFToken"], "token");
});

test("one question at a time begins where something is to be done", () => {
  assert.equal(firstToShow(["answered", "open", "error"]), 2);
  assert.equal(firstToShow(["answered", "open", "open"]), 1);
  assert.equal(firstToShow(["answered", "answered"]), 0);
});
