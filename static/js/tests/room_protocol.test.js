import assert from "node:assert/strict";
import { test } from "node:test";
import { Protocol, TIMES } from "../room/protocol.js";

function room(options = {}) {
  let made = 0;
  return new Protocol({ newCid: () => `cid-${(made += 1)}`, random: () => 0.5, ...options });
}

function welcomed(now = 0) {
  const protocol = room();
  protocol.connecting(now);
  protocol.opened(now);
  protocol.received({ type: "welcome", you: "patient", head: 0, here: true, seen: 0, draft: "", now: "" }, now);
  return protocol;
}

const frames = (effects) => effects.filter((effect) => effect.do === "send").map((effect) => effect.frame);
const kinds = (effects) => effects.map((effect) => effect.do);
const shown = (effects) => effects.filter((effect) => effect.do === "line").map((effect) => effect.line.seq);
const line = (seq, more = {}) => ({ type: "line", seq, cid: `other-${seq}`, kind: "line", from: "clinician", text: `line ${seq}`, at: "", ...more });

test("an opened socket asks for everything after the last line shown", () => {
  const protocol = room({ after: 7 });
  assert.deepEqual(frames(protocol.opened(0)), [{ type: "hello", after: 7 }]);
});

test("a line is sent at once and shown as kept only when it is acknowledged", () => {
  const protocol = welcomed();
  const effects = protocol.compose("Hello", 10);
  assert.deepEqual(frames(effects), [{ type: "send", cid: "cid-1", text: "Hello" }]);
  assert.deepEqual(shown(effects), []);
  assert.deepEqual(shown(protocol.received({ type: "ack", cid: "cid-1", seq: 1, at: "" }, 20)), [1]);
  assert.ok(protocol.outbox.isEmpty);
});

test("only the first of several lines is on its way, so the order holds", () => {
  const protocol = welcomed();
  protocol.compose("one", 0);
  assert.deepEqual(frames(protocol.compose("two", 1)), []);
  const next = protocol.received({ type: "ack", cid: "cid-1", seq: 1, at: "" }, 2);
  assert.deepEqual(frames(next), [{ type: "send", cid: "cid-2", text: "two" }]);
});

test("after a cut what was not acknowledged is sent again, in order, under the same id", () => {
  const protocol = welcomed();
  protocol.compose("one", 0);
  protocol.compose("two", 0);
  assert.deepEqual(kinds(protocol.lost(1006, 5)), ["pending", "status", "connect"]);
  assert.equal(protocol.outbox.first.state, "unsure");
  protocol.opened(10);
  const again = protocol.received({ type: "welcome", you: "patient", head: 0, seen: 0 }, 11);
  assert.deepEqual(frames(again), [{ type: "send", cid: "cid-1", text: "one" }]);
});

test("a line that arrived although its acknowledgement was lost is shown once", () => {
  const protocol = welcomed();
  protocol.compose("one", 0);
  protocol.lost(1006, 5);
  protocol.opened(10);
  protocol.received({ type: "welcome", you: "patient", head: 1, seen: 0 }, 11);
  assert.deepEqual(shown(protocol.received(line(1, { cid: "cid-1", from: "patient" }), 12)), [1]);
  assert.deepEqual(shown(protocol.received({ type: "ack", cid: "cid-1", seq: 1, at: "" }, 13)), []);
  assert.ok(protocol.outbox.isEmpty);
});

test("what comes after a gap waits until the gap is filled, and the missing is asked for", () => {
  const protocol = welcomed();
  assert.deepEqual(shown(protocol.received(line(2), 1)), []);
  assert.deepEqual(frames(protocol.tick(TIMES.ask + 2)), [{ type: "hello", after: 0 }]);
  assert.deepEqual(shown(protocol.received(line(1), 3)), [1, 2]);
  assert.deepEqual(shown(protocol.received(line(2), 4)), []);
});

test("a line unacknowledged for three seconds is unsure and the server is asked whether it is there", () => {
  const protocol = welcomed();
  protocol.compose("one", 0);
  const effects = protocol.tick(TIMES.unanswered + 1);
  assert.equal(protocol.outbox.first.state, "unsure");
  assert.deepEqual(frames(effects).map((frame) => frame.type), ["ping"]);
  const dropped = protocol.tick(TIMES.unanswered + TIMES.pong + 2);
  assert.deepEqual(kinds(dropped).slice(0, 1), ["close"]);
});

test("a pong without the acknowledgement means that the line never arrived: it is sent again", () => {
  const protocol = welcomed();
  protocol.compose("one", 0);
  protocol.tick(TIMES.unanswered + 1);
  const effects = protocol.received({ type: "pong", head: 0, seen: 0, now: "" }, TIMES.unanswered + 50);
  assert.deepEqual(frames(effects), [{ type: "send", cid: "cid-1", text: "one" }]);
});

test("a refusal for a moment is tried again later, one for good gives the text back", () => {
  const protocol = welcomed();
  protocol.compose("one", 0);
  protocol.received({ type: "nack", cid: "cid-1", code: "too_fast", retry: 1 }, 1);
  assert.deepEqual(frames(protocol.tick(500)), []);
  assert.deepEqual(frames(protocol.tick(1002)), [{ type: "send", cid: "cid-1", text: "one" }]);
  const effects = protocol.received({ type: "nack", cid: "cid-1", code: "too_long", retry: null }, 1003);
  assert.deepEqual(effects[0], { do: "failed", entry: effects[0].entry, code: "too_long" });
  assert.equal(effects[0].entry.text, "one");
});

test("the end of the session gives back what was not kept before it", () => {
  const protocol = welcomed();
  protocol.compose("kept", 0);
  protocol.compose("not kept", 0);
  protocol.received(line(1, { cid: "cid-1", from: "patient", text: "kept" }), 1);
  const effects = protocol.received(line(2, { kind: "event", text: "ended" }), 2);
  assert.deepEqual(effects.filter((effect) => effect.do === "failed").map((effect) => effect.entry.text), ["not kept"]);
  assert.equal(protocol.link, "ended");
  assert.deepEqual(protocol.tick(99999), []);
});

test("signed out or shown out it does not come back", () => {
  for (const [code, state] of [[4401, "signed-out"], [4403, "refused"], [4404, "refused"], [4410, "ended"]]) {
    const protocol = welcomed();
    assert.ok(!kinds(protocol.lost(code, 1)).includes("connect"));
    assert.equal(protocol.link, state);
  }
});

test("waits grow by chance up to half a minute and begin anew after a welcome", () => {
  const protocol = room({ random: () => 1 });
  const waits = [];
  for (let attempt = 0; attempt < 10; attempt += 1) {
    waits.push(protocol.lost(1006, 0).find((effect) => effect.do === "connect").in);
  }
  assert.deepEqual(waits, [300, 600, 1200, 2400, 4800, 9600, 19200, 30000, 30000, 30000]);
  protocol.opened(1);
  protocol.received({ type: "welcome", you: "patient", head: 0, seen: 0 }, 2);
  assert.equal(protocol.lost(1006, 3).find((effect) => effect.do === "connect").in, 300);
});

test("what was sent and is not known to be kept stays in the draft until it is", () => {
  const protocol = welcomed();
  protocol.compose("one", 0);
  protocol.compose("two", 0);
  assert.deepEqual(frames(protocol.draft("three")), [{ type: "draft", text: "one\ntwo\nthree" }]);
  assert.deepEqual(frames(protocol.received({ type: "ack", cid: "cid-1", seq: 1, at: "" }, 1)).map((frame) => frame.type), ["send"]);
  assert.ok(kinds(protocol.received({ type: "ack", cid: "cid-2", seq: 2, at: "" }, 2)).includes("keep-draft"));
  assert.deepEqual(frames(protocol.draft("three", { version: 4, page: "p" })), [{ type: "draft", text: "three", version: 4, page: "p" }]);
  assert.deepEqual(frames(protocol.received(line(3), 3)), []);
});

test("shown out, a line on its way comes back as one of which nobody knows, one never sent as refused", () => {
  const protocol = welcomed();
  protocol.compose("on its way", 0);
  protocol.compose("not yet sent", 0);
  const failed = protocol.lost(4401, 1).filter((effect) => effect.do === "failed");
  assert.deepEqual(failed.map((effect) => effect.code), ["unsure", "forbidden"]);
});

test("a restart says so: for half a minute the waits stay short, by chance within about a second", () => {
  const protocol = room({ random: () => 1 });
  const waits = [1012, 1006, 1006, 1006, 1006].map((code) => protocol.lost(code, 0).find((effect) => effect.do === "connect").in);
  assert.deepEqual(waits, [300, 600, 1200, 1200, 1200]);
  assert.equal(protocol.lost(1006, TIMES.restart + 1).find((effect) => effect.do === "connect").in, 9600);
  assert.equal(room({ random: () => 0.5 }).lost(1012, 0).find((effect) => effect.do === "connect").in, 150);
});

test("after three failed sockets the same goes over plain requests, and back", () => {
  const protocol = room();
  for (let attempt = 0; attempt < 3; attempt += 1) protocol.lost(1006, attempt);
  assert.deepEqual(kinds(protocol.tick(100)), ["fetch", "beat"]);
  assert.equal(protocol.link, "lost");
  assert.deepEqual(kinds(protocol.fetched({ lines: [] }, 100)), ["status"]);
  assert.equal(protocol.link, "http");
  protocol.beaten({ you: "patient", here: true, seen: 0, draft: "", now: "", head: 0 });
  const posted = protocol.compose("one", 101).find((effect) => effect.do === "post");
  assert.deepEqual(posted, { do: "post", cid: "cid-1", text: "one" });
  assert.deepEqual(shown(protocol.posted("cid-1", { type: "ack", cid: "cid-1", seq: 1, at: "" }, 102)), [1]);
  assert.deepEqual(shown(protocol.fetched({ lines: [line(1), line(2)] }, 103)), [2]);
  protocol.opened(104);
  protocol.received({ type: "welcome", you: "patient", head: 2, seen: 0 }, 105);
  assert.equal(protocol.link, "open");
  assert.deepEqual(kinds(protocol.tick(106)), []);
});

test("a posted line without an answer is posted again, under the same id", () => {
  const protocol = room();
  for (let attempt = 0; attempt < 3; attempt += 1) protocol.lost(1006, attempt);
  protocol.compose("one", 10);
  protocol.posted("cid-1", null, 20);
  protocol.tick(21);
  const again = protocol.tick(20 + TIMES.poll + 1);
  assert.deepEqual(again.filter((effect) => effect.do === "post"), [{ do: "post", cid: "cid-1", text: "one" }]);
});

test("a socket that opens and says nothing, or does not open at all, is given up", () => {
  const silent = room();
  silent.connecting(0);
  silent.opened(0);
  assert.equal(silent.tick(TIMES.welcome + 1)[0].do, "close");
  const stuck = room();
  stuck.connecting(0);
  assert.equal(stuck.tick(TIMES.connect + 1)[0].do, "close");
});

test("coming to the front or back online asks at once", () => {
  const protocol = welcomed();
  assert.deepEqual(frames(protocol.nudge(1)), [{ type: "ping", after: 0 }]);
  protocol.lost(1006, 2);
  assert.deepEqual(protocol.nudge(3), [{ do: "connect", in: 0 }]);
});

test("one's own line is one's own before the first heartbeat without a socket was answered", () => {
  const protocol = room({ you: "patient" });
  protocol.http = true;
  protocol.compose("Hello", 0);
  const effects = protocol.posted("cid-1", { type: "ack", cid: "cid-1", seq: 1, at: "" }, 5);
  assert.deepEqual(effects.map((effect) => effect.line?.from), ["patient"]);
  assert.ok(protocol.outbox.isEmpty);
});

test("what was seen is said again after a cut, since the word may have gone down with it", () => {
  const protocol = welcomed();
  protocol.received(line(1), 1);
  assert.deepEqual(frames(protocol.saw(2)), [{ type: "seen", seq: 1 }]);
  protocol.lost(1006, 3);
  protocol.opened(10);
  const again = protocol.received({ type: "welcome", you: "patient", head: 1, seen: 0 }, 11);
  assert.deepEqual(frames(again), [{ type: "seen", seq: 1 }]);
});

test("typing is said at most every three seconds, seen only when it is news", () => {
  const protocol = welcomed();
  assert.equal(protocol.typed(0).length, 1);
  assert.equal(protocol.typed(TIMES.typing - 1).length, 0);
  assert.equal(protocol.typed(TIMES.typing).length, 1);
  assert.deepEqual(protocol.saw(1), []);
  protocol.received(line(1), 2);
  assert.deepEqual(frames(protocol.saw(3)), [{ type: "seen", seq: 1 }]);
  assert.deepEqual(protocol.saw(4), []);
});

test("a page that goes away on a sound connection says that its person leaves", () => {
  assert.deepEqual(kinds(welcomed().leaving(5000)), ["leave"]);
});

test("a device without any network is told that the connection is lost, not that it is slow", () => {
  const protocol = welcomed();
  for (const now of [5000, 5300, 5900]) protocol.lost(1006, now);
  protocol.tick(6000);
  assert.deepEqual(kinds(protocol.fetched(null, 6001)), []);
  assert.equal(protocol.link, "lost");
  protocol.tick(9000);
  assert.deepEqual(kinds(protocol.fetched({ lines: [] }, 9001)), ["status"]);
  protocol.lost(1006, 9500);
  assert.equal(protocol.link, "http", "one more socket that does not come says nothing of the other road");
  protocol.tick(12000);
  protocol.fetched(null, 12001);
  assert.equal(protocol.link, "lost");
});

test("without a socket a page says that its person leaves as well, where each question was answered", () => {
  const protocol = room();
  for (const now of [0, 300, 900]) protocol.lost(1006, now);
  assert.deepEqual(protocol.leaving(1000), [], "nothing was answered yet");
  protocol.tick(2000);
  protocol.fetched({ lines: [] }, 2100);
  assert.deepEqual(kinds(protocol.leaving(2200)), ["leave"]);
  protocol.tick(4000);
  assert.deepEqual(kinds(protocol.leaving(4000 + TIMES.answer - 1)), ["leave"]);
  assert.deepEqual(protocol.leaving(4000 + TIMES.answer), [], "the newest question waits for its answer");
  protocol.fetched(null, 8000);
  protocol.tick(11000);
  protocol.fetched({ lines: [] }, 11001);
  assert.deepEqual(protocol.leaving(8000 + TIMES.sound - 1), []);
  assert.deepEqual(kinds(protocol.leaving(8000 + TIMES.sound)), ["leave"]);
});

test("who fell back to plain requests since a socket was cut has not left", () => {
  const protocol = welcomed();
  for (const now of [5000, 5300, 5900]) protocol.lost(1006, now);
  protocol.tick(8000);
  protocol.fetched({ lines: [] }, 8100);
  assert.deepEqual(protocol.leaving(8200), []);
  assert.deepEqual(kinds(protocol.leaving(5000 + TIMES.sound)), ["leave"]);
});

test("who goes because the connection fails has not left", () => {
  const lost = welcomed();
  lost.lost(1006, 5000);
  assert.deepEqual(lost.leaving(6000), []);
  lost.received({ type: "welcome", you: "patient", head: 0, here: true, seen: 0, draft: "", now: "" }, 7000);
  assert.deepEqual(lost.leaving(5000 + TIMES.sound - 1), []);
  assert.deepEqual(kinds(lost.leaving(5000 + TIMES.sound)), ["leave"]);
  const silent = welcomed();
  silent.tick(TIMES.ping);
  assert.deepEqual(kinds(silent.leaving(TIMES.ping + 1)), ["leave"]);
  assert.deepEqual(silent.leaving(TIMES.ping + TIMES.answer), []);
});
