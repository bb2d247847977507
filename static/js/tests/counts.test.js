import assert from "node:assert/strict";
import { test } from "node:test";
import { concerns, showCount, startCount } from "../counts.js";

function fakeMark() {
  const number = { textContent: "" };
  return { hidden: true, number, dataset: { counted: "/home/tasks/number/", about: "tasks" }, querySelector: () => number };
}

test("a number is shown, and none where nothing waits", () => {
  const mark = fakeMark();
  showCount(mark, 3);
  assert.deepEqual([mark.number.textContent, mark.hidden], ["3", false]);
  showCount(mark, 0);
  assert.equal(mark.hidden, true);
});

test("only a ring that may have changed the number asks again", () => {
  assert.equal(concerns({ type: "changed", changed: "tasks" }, "tasks"), true);
  assert.equal(concerns({ type: "changed", changed: "messages" }, "tasks"), false);
  assert.equal(concerns({ type: "welcome" }, "tasks"), true);
  assert.equal(concerns({ type: "changed" }, "tasks"), true);
});

test("what the server answers is shown; a sign-in page or an outage changes nothing", async () => {
  const mark = fakeMark();
  let answer = { ok: true, json: async () => ({ number: 2 }) };
  let heard;
  const view = {
    fetch: async () => {
      if (!answer) throw new TypeError("network");
      return answer;
    },
    clearTimeout: () => {},
    setTimeout: (call) => call(),
    setInterval: () => {},
    document: { visibilityState: "visible", documentElement: { dataset: {} } },
  };
  startCount(mark, view, (hearer) => {
    heard = hearer;
    return { open: true };
  });
  const ring = async () => {
    heard({ type: "changed", changed: "tasks" });
    await new Promise((done) => setImmediate(done));
  };
  await ring();
  assert.equal(mark.number.textContent, "2");
  for (const other of [{ ok: true, redirected: true, json: async () => ({ number: 9 }) }, null]) {
    answer = other;
    await ring();
    assert.equal(mark.number.textContent, "2");
  }
});
