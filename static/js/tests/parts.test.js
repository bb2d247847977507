import assert from "node:assert/strict";
import { test } from "node:test";
import { countSentence, lengthOf } from "../character_count.js";
import { focusErrorSummary } from "../error_summary.js";
import { reloadKeptPages } from "../fresh.js";
import { preventSecondPress } from "../once.js";

test("the count says what is left and what is too much", () => {
  assert.equal(countSentence(490, 500), "You have 10 characters left.");
  assert.equal(countSentence(499, 500), "You have 1 character left.");
  assert.equal(countSentence(501, 500), "You have 1 character too many.");
  assert.equal(countSentence(500, 500), "You have 0 characters left.");
});

test("the count counts as the server does", () => {
  assert.equal(lengthOf("a\nb"), 4);
  assert.equal(lengthOf("\u{1F642}"), 1);
});

test("a summary of errors takes the focus, and none is no trouble", () => {
  let focused = 0;
  focusErrorSummary({ querySelector: () => ({ focus: () => { focused += 1; } }) });
  focusErrorSummary({ querySelector: () => null });
  assert.equal(focused, 1);
});

test("a page that the browser kept is asked for again, a fresh one is not", () => {
  let handler;
  let reloads = 0;
  reloadKeptPages({ addEventListener: (kind, given) => { handler = given; }, location: { reload: () => { reloads += 1; } } });
  handler({ persisted: false });
  handler({ persisted: true });
  assert.equal(reloads, 1);
});

test("the second press within two seconds is dropped, a later one is not, another form's neither", () => {
  let handler;
  let time = 0;
  preventSecondPress({ addEventListener: (kind, given) => { handler = given; } }, () => time);
  const dropped = (form) => {
    let prevented = false;
    handler({ target: form, preventDefault: () => { prevented = true; } });
    return prevented;
  };
  const [one, other] = [{}, {}];
  assert.equal(dropped(one), false);
  time = 500;
  assert.equal(dropped(one), true);
  assert.equal(dropped(other), false);
  time = 2500;
  assert.equal(dropped(one), false);
});
