// Brings protocol, page and network of the room together. Nothing here is kept in the browser's storage.
import { socketUrl } from "../live.js";
import { Composer } from "./composer.js";
import { startHelp } from "./help.js";
import { HttpRoad } from "./http.js";
import { Protocol } from "./protocol.js";
import { View } from "./view.js";
import { timeWords } from "./words.js";

const TICK_MS = 250;
const SHORT_MS = 10 * 60000;

export function startRoom(root) {
  const data = root.dataset;
  const view = new View(root, { names: { other: data.other, [data.side]: "You", [data.otherSide]: data.other }, zone: data.zone });
  const protocol = new Protocol({ you: data.side, newCid: () => crypto.randomUUID?.() ?? randomId() });
  const http = new HttpRoad(data, protocol, run);
  const composer = new Composer(root, {
    longest: Number(data.longest),
    onSend: (text) => { view.notice(""); run(protocol.compose(text, now())); },
    onTyping: () => run(protocol.typed(now())),
    onDraft: (text) => run(protocol.draft(text)),
    onLeaving: (text) => http.lastDraft(text),
  });
  let socket = null;
  let attempt = 0;
  let typingUntil = 0;
  let head = null;
  let serverAhead = Date.parse(data.now) - Date.now();

  const now = () => performance.now();
  const isLooking = () => document.visibilityState === "visible" && view.isAtEnd;

  const carryOut = {
    send: ({ frame }) => socket?.readyState === WebSocket.OPEN && socket.send(JSON.stringify(frame)),
    close: () => drop(),
    connect: ({ in: wait }) => { clearTimeout(attempt); attempt = setTimeout(connect, wait); },
    post: ({ cid, text }) => http.post(cid, text, now),
    fetch: ({ after }) => http.fetch(after, now),
    beat: ({ seen }) => http.beat(seen),
    "post-draft": ({ text }) => http.draft(text, (kept) => composer.saved(kept)),
    line: ({ line }) => { view.line(line, data.side); if (line.from !== data.side) typingUntil = 0; },
    pending: ({ entry }) => view.pending(entry),
    failed: ({ entry, code }) => { view.failed(entry, code); composer.giveBack(entry.text); },
    status: () => view.link(protocol.link),
    typing: ({ until }) => { typingUntil = until; },
    presence: ({ here }) => view.presence(here),
    seen: ({ seq }) => view.seen(seq),
    drafted: ({ text }) => composer.elsewhere(text),
    kept: ({ kept }) => composer.saved(kept),
    time: ({ now: moment }) => { serverAhead = Date.parse(moment) - Date.now(); },
    welcome: (facts) => {
      view.presence(facts.here);
      view.seen(facts.seen);
      composer.restore(facts.draft);
      head ??= facts.head;
      serverAhead = Date.parse(facts.now) - Date.now();
    },
    over: ({ state }) => { clearInterval(ticking); drop(); composer.close(); view.over(state, composer.text); },
  };

  function run(effects) {
    for (const effect of effects) carryOut[effect.do]?.(effect);
  }

  function drop() {
    const old = socket;
    socket = null;
    old?.close();
  }

  function connect() {
    drop();
    run(protocol.connecting(now()));
    const opened = new WebSocket(socketUrl(location, data.socket));
    socket = opened;
    const ours = (handle) => (event) => { if (socket === opened) run(handle(event)); };
    opened.addEventListener("open", ours(() => protocol.opened(now())));
    opened.addEventListener("message", ours((event) => protocol.received(JSON.parse(event.data), now())));
    opened.addEventListener("close", ours((event) => { socket = null; return protocol.lost(event.code, now()); }));
  }

  function tick() {
    run(protocol.tick(now()));
    if (isLooking()) run(protocol.saw(now()));
    view.typing(now() < typingUntil);
    const moment = Date.now() + serverAhead;
    const [starts, ends] = [Date.parse(data.starts), Date.parse(data.ends)];
    view.time(timeWords(moment, starts, ends), moment > ends - SHORT_MS);
    if (head !== null && protocol.log.shown >= head) view.speak();
  }

  const nudge = () => run(protocol.nudge(now()));
  addEventListener("online", nudge);
  document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && nudge());
  addEventListener("beforeunload", (event) => {
    // "Leave this site" empties the page first: nothing may hold it up.
    if (root.isConnected && !protocol.outbox.isEmpty) event.preventDefault();
  });
  // A page that goes away says so before it does: what is in the box is kept, however short the time since.
  document.addEventListener("visibilitychange", () => document.visibilityState === "hidden" && composer.keepNow());
  addEventListener("pagehide", () => composer.keepNow());
  fitKeyboard(root);
  startHelp(root);
  const ticking = setInterval(tick, TICK_MS);
  connect();
}

/** Where there is no secure context `randomUUID` is missing: sixteen random bytes do as well. */
function randomId() {
  return [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** The keyboard of a phone covers the page: the room takes what is left. */
function fitKeyboard(root) {
  const port = window.visualViewport;
  if (!port) return;
  const fit = () => {
    document.body.style.height = port.height < window.innerHeight ? `${port.height}px` : "";
    root.classList.toggle("room--tight", port.height < 480);
  };
  port.addEventListener("resize", fit);
  fit();
}

const root = document.querySelector("[data-room]");
if (root) startRoom(root);
