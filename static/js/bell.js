// One socket a page to /ws/me/ for whoever wants to know that something of this person's changed.
import { listen } from "./live.js";

const hearers = new Set();
let socket = null;

/** Calls `heard(frame)` after every ring, and once after each reconnect; returns the state of the socket, { open }. */
export function onBell(heard, view = window) {
  hearers.add(heard);
  socket ??= listen(view, "/ws/me/", (frame) => hearers.forEach((hearer) => hearer(frame)));
  return socket;
}
