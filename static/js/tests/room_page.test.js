import assert from "node:assert/strict";
import { test } from "node:test";
import { announcements, Settled } from "../room/announce.js";
import { countWords, lengthOf, sendsOn } from "../room/composer.js";
import { moveOf } from "../room/keyboard.js";
import { mistakenIn, parts, phaseOf, phaseWords, rows } from "../room/words.js";

const NAMES = { patient: "You", clinician: "Amara", other: "Amara" };
const line = (from, text, kind = "line") => ({ from, text, kind });
const key = (name, more = {}) => ({ key: name, isComposing: false, shiftKey: false, altKey: false, ctrlKey: false, metaKey: false, ...more });

test("a line of the other is said once, with who wrote it; one's own is not said", () => {
  assert.deepEqual(announcements([line("clinician", "Hello"), line("patient", "Hi")], "patient", NAMES), ["Amara: Hello"]);
});

test("many lines at once are counted and not read out", () => {
  const many = Array.from({ length: 6 }, () => line("clinician", "word"));
  assert.deepEqual(announcements(many, "patient", NAMES), ["6 new messages from Amara"]);
  assert.equal(announcements(many.slice(1), "patient", NAMES).length, 5);
});

test("what the platform writes is said, but not what one did oneself", () => {
  const said = announcements([line("clinician", "joined", "event"), line("patient", "joined", "event"), line("clinician", "ended", "event")], "patient", NAMES);
  assert.deepEqual(said, ["Amara came in.", "The session has ended."]);
});

test("a state is spoken of only when it has lasted, and once", () => {
  const link = new Settled("open", { lost: 3000 });
  link.set("lost", 0);
  assert.equal(link.due(2999), null);
  link.set("open", 2999);
  assert.equal(link.due(9000), null);
  link.set("lost", 9000);
  assert.equal(link.due(12000), "lost");
  assert.equal(link.due(13000), null);
  link.set("open", 14000);
  assert.equal(link.due(14000), "open");
});

test("the rows of a list stand by themselves, whatever lies between stays together", () => {
  assert.deepEqual(rows("Plan:\n- one\n- two\nthen\nmore"), [
    { text: "Plan:", isItem: false }, { text: "- one", isItem: true }, { text: "- two", isItem: true },
    { text: "then\nmore", isItem: false },
  ]);
  assert.deepEqual(rows("10. ten\n2) two\n• dot").map((row) => row.isItem), [true, true, true]);
  assert.deepEqual(rows("-5 degrees\n1.5 pints\n- ").map((row) => row.isItem), [false]);
});

test("an empty row before a list is still seen", () => {
  assert.deepEqual(rows("a\n\n- b").map((row) => row.text), ["a\n\n", "- b"]);
  assert.deepEqual(rows("- a\n\n- b").map((row) => row.text), ["- a", "\n", "- b"]);
});

test("what only looks like an address is text", () => {
  assert.deepEqual(parts("see http://[ and go"), [{ text: "see http://[ and go" }]);
});

test("Enter sends or not, with Ctrl it always does, while a word is composed never", () => {
  assert.ok(sendsOn(key("Enter"), true));
  assert.ok(!sendsOn(key("Enter"), false));
  assert.ok(sendsOn(key("Enter", { ctrlKey: true }), false));
  assert.ok(!sendsOn(key("Enter", { shiftKey: true }), true));
  assert.ok(!sendsOn(key("Enter", { isComposing: true }), true));
  assert.ok(!sendsOn(key("a"), true));
});

test("the count is said near the limit only, and an emoji is one", () => {
  assert.deepEqual([501, 500, 0, -1].map(countWords), ["", "500 characters left", "0 characters left", "1 character too many"]);
  assert.equal(lengthOf("👍👍"), 2);
});

test("keys read the conversation from within the box, unless the box itself scrolls", () => {
  assert.equal(moveOf(key("PageUp"), false), "back");
  assert.equal(moveOf(key("PageDown"), false), "on");
  assert.equal(moveOf(key("PageUp"), true), "");
  assert.equal(moveOf(key("End", { altKey: true }), true), "newest");
  assert.equal(moveOf(key("End"), false), "");
});

test("ten minutes before the end are said, and the end", () => {
  const minute = 60000;
  const phases = [-1, 0, 49, 50, 60].map((at) => phaseOf(at * minute, 0, 60 * minute));
  assert.deepEqual(phases, ["early", "on", "on", "short", "over"]);
  assert.deepEqual(["early", "on", "short"].map(phaseWords), ["", "", "10 minutes left"]);
});

test("an event says which line was sent by mistake", () => {
  assert.equal(mistakenIn("error:12"), 12);
  assert.equal(mistakenIn("joined"), null);
});
