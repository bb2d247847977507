// Tries what a session needs: the browser, the road with and without a socket, its speed, the clock. Keeps nothing.
import { socketUrl } from "../live.js";

const PATIENCE_MS = 6000;
const TRIES = 5;
const FAST_MS = 300;
const SLOW_MS = 1200;
const CLOCK_MS = 2 * 60000;
const NEEDED = { WebSocket: () => WebSocket, fetch: () => fetch, dialog: () => HTMLDialogElement, crypto: () => crypto.getRandomValues };

/** The middle of some numbers. */
export const median = (numbers) => [...numbers].sort((a, b) => a - b)[Math.floor(numbers.length / 2)];

export function speedWords(milliseconds) {
  if (milliseconds <= FAST_MS) return { state: "good", words: "Fast: an answer takes less than a third of a second" };
  const seconds = (milliseconds / 1000).toFixed(1);
  if (milliseconds <= SLOW_MS) return { state: "good", words: `Good enough: an answer takes ${seconds} seconds` };
  return { state: "fair", words: `Slow: an answer takes ${seconds} seconds. You can write, but it may lag` };
}

export function clockWords(aheadMs) {
  if (Math.abs(aheadMs) <= CLOCK_MS) return { state: "good", words: "Right" };
  const minutes = Math.round(Math.abs(aheadMs) / 60000);
  return { state: "fair", words: `It is ${minutes} minutes ${aheadMs > 0 ? "ahead" : "behind"}. Your session starts by our clock` };
}

export function sumWords(states) {
  if (states.http === "bad") return "We cannot be reached from here just now. Please try what is written below.";
  if (states.browser === "bad") return "This browser is too old for a session. Please use another one.";
  if (states.socket !== "good") return "You can have your session. It may be a little slower than usual.";
  return Object.values(states).includes("fair") ? "You can have your session. Look at what is marked above." : "All is well. You are ready for your session.";
}

function browser() {
  const missing = Object.keys(NEEDED).filter((name) => { try { return !NEEDED[name](); } catch { return true; } });
  return missing.length ? { state: "bad", words: `It lacks: ${missing.join(", ")}` } : { state: "good", words: "It can do all that a session needs" };
}

async function http(data) {
  const started = performance.now();
  try {
    const answer = await fetch(data.echo, { method: "POST", headers: { "X-CSRFToken": data.token }, cache: "no-store", signal: AbortSignal.timeout(PATIENCE_MS) });
    const { now } = await answer.json();
    const took = performance.now() - started;
    return { state: "good", words: "We can be reached", took, ahead: Date.now() - took / 2 - Date.parse(now) };
  } catch {
    return { state: "bad", words: "No answer came" };
  }
}

/** Opens a socket and times some pings; resolves with the median, or null where none opens. */
function socket() {
  return new Promise((done) => {
    const opened = new WebSocket(socketUrl(location, "/ws/me/"));
    const times = [];
    let sent = 0;
    const finish = (found) => { clearTimeout(timer); opened.close(); done(found); };
    const timer = setTimeout(() => finish(times.length ? median(times) : null), PATIENCE_MS);
    const ping = () => { sent = performance.now(); opened.send('{"type": "ping"}'); };
    opened.addEventListener("error", () => finish(null));
    opened.addEventListener("message", (event) => {
      const { type } = JSON.parse(event.data);
      if (type === "pong") times.push(performance.now() - sent);
      if (type === "bye") finish(null);
      else if (times.length >= TRIES) finish(median(times));
      else if (type === "welcome" || type === "pong") ping();
    });
  });
}

function show(root, name, { state, words }) {
  const row = root.querySelector(`[data-step="${name}"]`);
  row.dataset.state = state;
  row.querySelector("[data-words]").textContent = words;
  return state;
}

async function run(root) {
  const sum = document.querySelector("[data-sum]");
  const again = document.querySelector("[data-again]");
  again.hidden = true;
  sum.textContent = "Checking…";
  const states = { browser: show(root, "browser", browser()) };
  const reached = await http(root.dataset);
  states.http = show(root, "http", reached);
  const took = await socket();
  states.socket = show(root, "socket", took === null ? { state: "fair", words: "Blocked, perhaps by your network. We go another, slower way" } : { state: "good", words: "It opens" });
  const milliseconds = took ?? reached.took;
  states.speed = show(root, "speed", milliseconds === undefined ? { state: "bad", words: "Could not be measured" } : speedWords(milliseconds));
  states.clock = show(root, "clock", reached.ahead === undefined ? { state: "fair", words: "Could not be compared" } : clockWords(reached.ahead));
  sum.textContent = sumWords(states);
  again.hidden = false;
}

const root = globalThis.document?.querySelector("[data-check]");
if (root) {
  document.querySelector("[data-again]").addEventListener("click", () => run(root));
  run(root);
}
