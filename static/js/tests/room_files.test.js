import assert from "node:assert/strict";
import { test } from "node:test";

globalThis.MutationObserver = class {
  observe() {}
};
const { States } = await import("../room/files.js");

/** A line of a file in the log; what `fill` puts into it is only counted. */
function line(seq) {
  const place = { dataset: {}, replaceChildren() {}, append() {} };
  return { dataset: { seq }, place, querySelector: (selector) => (selector === ".talk__text" ? place : null) };
}

function answerOf(state) {
  return { ok: true, redirected: false, json: async () => ({ files: [{ seq: 1, state, label: "File", words: state }] }) };
}

function element() {
  return { append() {}, set textContent(words) {} };
}

test("an answer that comes late does not take a clean file back to waiting", async () => {
  globalThis.document = { createElement: element };
  const item = line("1");
  const waiting = [];
  const states = new States({ querySelectorAll: () => [item] }, "/files/", () => new Promise((done) => waiting.push(done)));
  const older = states.refresh();
  const newer = states.refresh();
  waiting[1](answerOf("clean"));
  await newer;
  waiting[0](answerOf("scanning"));
  await older;
  assert.equal(item.place.dataset.state, "clean");
  clearTimeout(states.timer);
});
