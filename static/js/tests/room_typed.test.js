import assert from "node:assert/strict";
import { test } from "node:test";
import { Typed } from "../room/typed.js";

const theirs = (text, version) => ({ text, version, page: "other" });

function kept(text, version) {
  const typed = new Typed("mine");
  typed.sent(text);
  typed.answered({ draft: true, version }, text);
  return typed;
}

test("a page that is clean shows what another window wrote", () => {
  const typed = new Typed("mine");
  assert.equal(typed.heard(theirs("Hello", 3), ""), "take");
  assert.deepEqual([typed.version, typed.safe], [3, "Hello"]);
  assert.equal(typed.heard(theirs("Hello there", 4), "Hello"), "take");
  assert.equal(typed.heard(theirs("old", 2), "Hello there"), "");
});

test("what is in the box and not kept is never replaced: the save asks, and somebody chooses", () => {
  const typed = kept("Hello", 1);
  assert.equal(typed.heard(theirs("Other", 2), "Hello you"), "keep");
  assert.deepEqual(typed.facts, { version: 1, page: "mine" });
  typed.sent("Hello you");
  assert.equal(typed.answered({ draft: false, theirs: theirs("Other", 2) }, "Hello you"), "choose");
  assert.ok(typed.isChoosing);
  typed.keepMine();
  assert.deepEqual([typed.facts.version, typed.isChoosing, typed.isDirty("Hello you")], [2, false, true]);
});

test("taking the other text makes it one's own", () => {
  const typed = kept("Hello", 1);
  typed.sent("Mine");
  typed.answered({ draft: false, theirs: theirs("Other", 5) }, "Mine");
  typed.take(typed.theirs);
  assert.deepEqual([typed.version, typed.isDirty("Other"), typed.isChoosing], [5, false, false]);
});

test("an empty box takes the other text without a question", () => {
  const typed = kept("Yes", 1);
  typed.sent("");
  assert.equal(typed.answered({ draft: false, theirs: theirs("A long text", 7) }, ""), "take");
  assert.deepEqual([typed.version, typed.safe], [7, "A long text"]);
});

test("where the other window has sent its text nothing stands in the way any more", () => {
  const typed = kept("Hello", 1);
  assert.equal(typed.heard(theirs("", 2), "Hello you"), "keep");
  assert.equal(typed.facts.version, 2);
});

test("one's own text that comes back is no news; what was typed since is kept", () => {
  const typed = kept("Hello", 1);
  assert.equal(typed.heard({ text: "Hello", version: 1, page: "mine" }, "Hello"), "");
  assert.equal(typed.heard({ text: "Hello", version: 2, page: "mine" }, "Hello you"), "keep");
  assert.equal(typed.facts.version, 2);
});

test("what was not kept is tried again, and what changed beside the box goes once more", () => {
  const typed = new Typed("mine");
  typed.sent("Hello");
  assert.equal(typed.answered({ draft: false }, "Hello"), "again");
  assert.ok(typed.isDirty("Hello"));
  typed.sent("Hello");
  typed.repeat();
  assert.equal(typed.answered({ draft: true, version: 1 }, "Hello"), "kept");
  assert.ok(typed.isDirty("Hello"));
});
