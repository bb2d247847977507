import assert from "node:assert/strict";
import { test } from "node:test";
import { startAgain } from "../again.js";

/** A page with one element on it, what it asked for, and the waits that were begun. */
function page() {
  const handlers = {};
  const [asked, waits, said] = [[], [], []];
  const document = { createElement: () => ({ dataset: {}, setAttribute: () => {}, matches: () => true, remove() { said.splice(said.indexOf(this), 1); element.nextElementSibling = null; } }) };
  const target = { id: "place" };
  const element = { isConnected: true, ownerDocument: document, nextElementSibling: null, after(words) { said.push(words); this.nextElementSibling = words; } };
  const view = {
    setTimeout: (act) => waits.push(act),
    clearTimeout: (number) => number && (waits[number - 1] = () => {}),
    htmx: { ajax: (...request) => { asked.push(request); return Promise.reject(new Error("away")); } },
  };
  startAgain({ addEventListener: (kind, handler) => { handlers[kind] = handler; } }, view);
  const tell = (kind, verb, status, more = {}) =>
    handlers[kind]({ detail: { requestConfig: { verb, elt: element, path: "/now/" }, target, xhr: { status }, ...more } });
  return { tell, element, target, asked, waits, said };
}

test("what only reads is asked for again, each time it finds nobody", () => {
  const { tell, element, target, asked, waits, said } = page();
  tell("htmx:sendError", "get", 0);
  waits[0]();
  tell("htmx:responseError", "get", 503);
  waits[1]();
  assert.deepEqual(asked, [1, 2].map(() => ["GET", "/now/", { source: element, target }]));
  assert.equal(said.length, 0);
});

test("what is no longer on the page is not asked for", () => {
  const { tell, element, asked, waits } = page();
  tell("htmx:timeout", "get", 0);
  element.isConnected = false;
  waits[0]();
  assert.equal(asked.length, 0);
});

test("what writes is never repeated but told in words, until it came through", () => {
  const { tell, waits, said } = page();
  tell("htmx:sendError", "post", 0);
  tell("htmx:responseError", "post", 500);
  assert.equal(said.length, 1);
  assert.match(said[0].textContent, /try again/);
  tell("htmx:afterRequest", "post", 200, { successful: true });
  assert.equal(said.length, 0);
  assert.equal(waits.length, 0);
});

test("an answer that refuses is an answer", () => {
  const { tell, waits, said } = page();
  tell("htmx:responseError", "post", 422);
  tell("htmx:responseError", "get", 404);
  assert.deepEqual([waits.length, said.length], [0, 0]);
});

test("what came to a place since is not overwritten by what was asked for before", () => {
  const { tell, element, asked, waits } = page();
  tell("htmx:sendError", "get", 0);
  const other = { ...element, nextElementSibling: null };
  tell("htmx:afterRequest", "get", 200, { successful: true, requestConfig: { verb: "get", elt: other, path: "/other/" } });
  waits[0]();
  assert.equal(asked.length, 0);
});
