import assert from "node:assert/strict";
import { test } from "node:test";
import { hasRunOut, leftInWords, passed, phase, renew } from "../idle.js";

test("what is left is said in words that change seldom", () => {
  const said = [120, 91, 90, 60, 50, 41, 12, 10, 3, 0, -5].map(leftInWords);
  assert.deepEqual(said, [
    "in 2 minutes", "in 2 minutes", "in 1 minute", "in 1 minute", "in 50 seconds", "in 50 seconds", "in 20 seconds",
    "in 10 seconds", "in 10 seconds", "now", "now",
  ]);
});

test("of two clocks the one that has gone further counts: one stops in sleep, the other is set by hand", () => {
  const since = { steady: 1000, wall: 5000 };
  assert.equal(passed(since, { steady: 3000, wall: 7000 }), 2);
  assert.equal(passed(since, { steady: 1500, wall: 65000 }), 60);
  assert.equal(passed(since, { steady: 61000, wall: -90000 }), 60);
  assert.equal(passed(since, { steady: 1000, wall: 0 }), 0);
});

test("a page is open, then asks, then is locked at the second", () => {
  const told = { left: 900, ask: 120 };
  assert.deepEqual([0, 779, 780, 899, 900, 5000].map((gone) => phase(told, gone)), ["open", "open", "asking", "asking", "locked", "locked"]);
});

test("a sign-in has run out at its end, give or take a minute; before that somebody has signed out", () => {
  assert.deepEqual([0, 43139, 43140, 43200, 90000].map((gone) => hasRunOut({ ends: 43200 }, gone)), [false, false, true, true, true]);
  assert.equal(hasRunOut({ ends: Infinity }, 90000), false);
});

test("a page that is older than the sign-in gets what its forms and scripts must show", () => {
  const fields = [{ value: "old" }, { value: "old" }];
  const places = [{ dataset: { token: "old" } }];
  const set = {};
  const body = { hasAttribute: () => true, setAttribute: (name, value) => { set[name] = value; } };
  renew({ body, querySelectorAll: (wanted) => (wanted.startsWith("input") ? fields : places) }, "new");
  assert.deepEqual([...fields.map((field) => field.value), places[0].dataset.token], ["new", "new", "new"]);
  assert.equal(set["hx-headers"], '{"X-CSRFToken":"new"}');
});
