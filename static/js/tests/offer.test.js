import assert from "node:assert/strict";
import { test } from "node:test";
import { fits, narrow, waysOf } from "../offer.js";

test("a length says in its label which ways it goes with", () => {
  assert.deepEqual(waysOf("30 minutes (typed or video)"), ["typed", "video"]);
  assert.equal(waysOf("60 minutes"), null);
  assert.ok(fits("60 minutes", "Video"));
  assert.ok(fits("50 minutes (video)", "Video"));
  assert.ok(!fits("60 minutes (typed)", "Video"));
});

function radio(label, checked = false) {
  const item = { hidden: false };
  return { item, checked, labels: [{ textContent: label }], closest: () => item };
}

function form(ways, lengths) {
  return { querySelectorAll: (selector) => (selector.includes("modality") ? ways : lengths) };
}

test("what does not go with the way is hidden, and a length that went is replaced by the longest left", () => {
  const lengths = [radio("60 minutes (typed)", true), radio("50 minutes (video)"), radio("30 minutes (typed or video)")];
  narrow(form([radio("Typed"), radio("Video", true)], lengths));
  assert.deepEqual(lengths.map(({ item }) => item.hidden), [true, false, false]);
  assert.ok(lengths[1].checked);
  narrow(form([radio("Typed", true), radio("Video")], lengths));
  assert.deepEqual(lengths.map(({ item }) => item.hidden), [false, true, false]);
});

test("a length that still fits stays chosen", () => {
  const lengths = [radio("60 minutes (typed)"), radio("50 minutes (video)"), radio("30 minutes (typed or video)", true)];
  narrow(form([radio("Typed"), radio("Video", true)], lengths));
  assert.ok(lengths[2].checked && !lengths[1].checked);
});
