import assert from "node:assert/strict";
import test from "node:test";
import { both } from "../sheet.js";

test("two texts are kept, the other's first, and none of them twice", () => {
  assert.equal(both("Theirs", "Mine"), "Theirs\nMine");
  assert.equal(both("", "Mine"), "Mine");
  assert.equal(both("Mine", "Mine and more"), "Mine and more");
  assert.equal(both("Mine and more", "Mine"), "Mine and more");
});
