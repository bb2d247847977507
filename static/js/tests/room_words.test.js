import assert from "node:assert/strict";
import { test } from "node:test";
import { parts, presenceWords, timeWords } from "../room/words.js";

test("web addresses are links, without the full stop after them", () => {
  assert.deepEqual(parts("See https://example.org/a?b=1&c=2. Good?"), [
    { text: "See " },
    { text: "https://example.org/a?b=1&c=2", href: "https://example.org/a?b=1&c=2" },
    { text: ". Good?" },
  ]);
  assert.deepEqual(parts("javascript:alert(1) and www.example.org"), [{ text: "javascript:alert(1) and www.example.org" }]);
  assert.deepEqual(parts(""), []);
});

test("the time is said before, within and after the session", () => {
  const [starts, ends] = [600000, 4200000];
  assert.equal(timeWords(0, starts, ends), "Starts in 10 minutes");
  assert.equal(timeWords(starts, starts, ends), "60 minutes left");
  assert.equal(timeWords(ends - 1, starts, ends), "1 minute left");
  assert.equal(timeWords(ends, starts, ends), "Past the planned end");
});

test("of somebody who is not there it is said how they went", () => {
  assert.deepEqual(["here", "yet", "left", "lost", "quiet", undefined].map(presenceWords), [
    "is here", "is not here yet", "has left the room", "has lost the connection", "may be away for a moment", "is not here",
  ]);
});
