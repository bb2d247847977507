import assert from "node:assert/strict";
import test from "node:test";
import { itemOf, Keeper, progressSentence, waitBefore } from "../questionnaire.js";

const noSleep = () => Promise.resolve();

test("waits double from one second to thirty", () => {
  assert.deepEqual([0, 1, 2, 5, 9].map(waitBefore), [1000, 2000, 4000, 30000, 30000]);
});

test("says how many are answered", () => {
  assert.equal(progressSentence(4, 9), "4 of 9 answered");
  assert.equal(itemOf("item_9"), 9);
});

test("an answer is sent again until it is kept", async () => {
  const outcomes = ["later", "later", "kept"];
  const told = [];
  const keeper = new Keeper(async () => outcomes.shift(), (state) => told.push(state), noSleep);
  await keeper.keep(9, "3");
  assert.deepEqual(told, ["saving", "waiting", "saving", "waiting", "saving", "saved"]);
  assert.equal(keeper.unsaved.size, 0);
});

test("an answer changed while it is being sent is sent once more", async () => {
  const sent = [];
  const keeper = new Keeper(async (item, value) => {
    sent.push(value);
    if (sent.length === 1) keeper.keep(1, "2");
    return "kept";
  }, () => {}, noSleep);
  await keeper.keep(1, "0");
  assert.deepEqual(sent, ["0", "2"]);
});

test("a refused answer is not tried again and is said", async () => {
  const told = [];
  const keeper = new Keeper(async () => "refused", (state) => told.push(state), noSleep);
  await keeper.keep(1, "0");
  assert.deepEqual(told, ["saving", "refused"]);
});

test("leaving the page sends what waits behind a slow answer", async () => {
  const sent = [];
  let answer;
  const keeper = new Keeper((item, value) => {
    sent.push([item, value]);
    return new Promise((done) => { answer = done; });
  }, () => {}, noSleep);
  keeper.keep(1, "0");
  keeper.keep(9, "3");
  assert.deepEqual(sent, [[1, "0"]]);
  keeper.leave();
  assert.deepEqual(sent.slice(1), [[1, "0"], [9, "3"]]);
  answer("kept");
});
