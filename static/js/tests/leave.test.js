import assert from "node:assert/strict";
import { test } from "node:test";
import { firstEntry, goOnLeaving, isThirdEscape, leave } from "../leave.js";

const target = { url: "https://weather.example.org/", title: "Weather", bridge: "/leave/" };

function fakePage() {
  const form = { action: "/accounts/logout/" };
  return {
    title: "Messages",
    emptied: false,
    body: { replaceChildren() { page.emptied = true; } },
    querySelector: (selector) => (selector === "form[data-sign-out]" ? form : null),
  };
}

let page;

function fakeView({ index = 0 } = {}) {
  const log = [];
  let listener;
  return {
    log,
    name: "",
    FormData: class { constructor(form) { this.form = form; } },
    navigator: { sendBeacon: (url) => log.push(`signed out at ${url}`) },
    navigation: {
      entries: () => [{ key: "first", index: 0 }, { key: "later", index: 1 }],
      currentEntry: { index },
      traverseTo: (key) => { log.push(`to ${key}`); return { finished: Promise.resolve() }; },
    },
    history: { pushState: (state, title, url) => log.push(`push ${url}`), back: () => { log.push("back"); listener(); } },
    location: { replace: (url) => log.push(`replace ${url}`) },
    addEventListener: (kind, handler) => { listener = handler; },
    setTimeout: () => 0,
  };
}

test("three presses of Escape within three seconds mean leaving", () => {
  assert.equal(isThirdEscape([0, 1000, 3000]), true);
  assert.equal(isThirdEscape([0, 1000, 3001]), false);
  assert.equal(isThirdEscape([0, 1000]), false);
  assert.equal(isThirdEscape([0, 9000, 9100, 9200]), true);
});

test("from the first page of a tab the neutral page takes its place", () => {
  page = fakePage();
  const view = fakeView();
  leave(page, view, target);
  assert.deepEqual(view.log, ["signed out at /accounts/logout/", "push /leave/", "back", `replace ${target.url}`]);
  assert.equal(page.title, "Weather");
  assert.equal(page.emptied, true);
});

test("from a later page it goes by way of the first one", () => {
  page = fakePage();
  const view = fakeView({ index: 1 });
  leave(page, view, target);
  assert.deepEqual(view.log, ["signed out at /accounts/logout/", "to first"]);
  assert.equal(view.name, "leaving");
  assert.equal(page.emptied, true);
});

test("the first page goes on where a later one began, once", () => {
  page = fakePage();
  const view = fakeView();
  view.name = "leaving";
  assert.equal(goOnLeaving(page, view, target), true);
  assert.deepEqual(view.log, ["push /leave/", "back", `replace ${target.url}`]);
  assert.equal(goOnLeaving(page, view, target), false);
});

test("a browser that does not know its entries leaves from where it is", () => {
  assert.equal(firstEntry({}), null);
});
