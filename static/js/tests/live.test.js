import assert from "node:assert/strict";
import { test } from "node:test";
import { listen, socketUrl, waitBefore } from "../live.js";

/** A window whose sockets and clock the test holds. */
function fakeView() {
  const view = { sockets: [], waits: [], location: { protocol: "http:", host: "127.0.0.1:8000" } };
  view.WebSocket = class {
    constructor(url) {
      Object.assign(this, { url, heard: {}, sent: [] });
      view.sockets.push(this);
    }

    addEventListener(name, call) {
      this.heard[name] = call;
    }

    send(text) {
      this.sent.push(text);
    }

    says(frame) {
      this.heard.message({ data: JSON.stringify(frame) });
    }
  };
  view.setTimeout = (call, wait) => view.waits.push({ call, wait });
  view.setInterval = () => 1;
  view.clearInterval = () => {};
  return view;
}

test("waits double up to half a minute and are spread", () => {
  assert.deepEqual([0, 1, 2, 20].map((attempt) => waitBefore(attempt, () => 1)), [300, 600, 1200, 30000]);
  assert.equal(waitBefore(5, () => 0), 0);
});

test("the socket is as secret as the page", () => {
  assert.equal(socketUrl({ protocol: "https:", host: "a.example.org" }, "/ws/me/"), "wss://a.example.org/ws/me/");
  assert.equal(socketUrl({ protocol: "http:", host: "a.example.org" }, "/ws/me/"), "ws://a.example.org/ws/me/");
});

test("a change is passed on, and so is a welcome: something may have happened before it", () => {
  const view = fakeView();
  const heard = [];
  const state = listen(view, "/ws/me/", (frame) => heard.push(frame.type));
  assert.equal(state.open, false);
  view.sockets[0].says({ type: "welcome" });
  view.sockets[0].says({ type: "pong" });
  view.sockets[0].says({ type: "changed", case: "BCDFGHJ2" });
  assert.deepEqual(heard, ["welcome", "changed"]);
  assert.equal(state.open, true);
});

test("a lost socket is opened again, later and later until a welcome", () => {
  const view = fakeView();
  const state = listen(view, "/ws/me/", () => {});
  view.sockets[0].says({ type: "welcome" });
  for (const number of [0, 1, 2]) {
    view.sockets[number].heard.close({ code: 1006 });
    view.waits[number].call();
  }
  assert.equal(state.open, false);
  assert.equal(view.sockets.length, 4);
  view.sockets[3].says({ type: "welcome" });
  assert.equal(state.open, true);
});

test("who is locked says so to the page, and listens again once unlocked", () => {
  const view = { ...fakeView(), told: [], addEventListener: (kind, act) => { view[kind] = act; }, dispatchEvent: (event) => view.told.push(event.type) };
  listen(view, "/ws/me/", () => {});
  view.sockets[0].heard.close({ code: 4423 });
  assert.deepEqual([view.told, view.waits.length], [["locked"], 0]);
  view.unlocked();
  assert.equal(view.sockets.length, 2);
});

test("who is signed out is heard of again only once signed in anew", () => {
  const view = { ...fakeView(), addEventListener: (kind, act) => { view[kind] = act; } };
  listen(view, "/ws/me/", () => {});
  view.sockets[0].heard.close({ code: 4401 });
  assert.deepEqual([view.waits.length, view.sockets.length], [0, 1]);
  view.unlocked();
  assert.equal(view.sockets.length, 2);
});
