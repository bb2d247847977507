import assert from "node:assert/strict";
import test from "node:test";
import { newKey } from "../room/plan.js";
import { Protocol } from "../room/protocol.js";

test("each thing that is added has a key of its own", () => {
  assert.match(newKey(), /^[0-9a-f]{32}$/);
  assert.notEqual(newKey(), newKey());
});

test("a change of the plan is passed on and shows no line", () => {
  const protocol = new Protocol({ newCid: () => "c" });
  assert.deepEqual(protocol.received({ type: "tools", part: "agenda" }, 0), [{ do: "tools", part: "agenda" }]);
  assert.equal(protocol.log.shown, 0);
});
