// Brings protocol, page and network of the room together. Nothing here is kept in the browser's storage.
import { socketUrl } from "../live.js";
import { Announcer, Settled } from "./announce.js";
import { startBanner } from "./banner.js";
import { Composer } from "./composer.js";
import { startDisplay } from "./display.js";
import { startHelp } from "./help.js";
import { HttpRoad } from "./http.js";
import { fitKeyboard, showWhenWriting, startKeys } from "./keyboard.js";
import { startMistakes } from "./mistake.js";
import { Protocol } from "./protocol.js";
import { startSide } from "./side.js";
import { View } from "./view.js";
import { phaseOf, phaseWords, spokenLink, timeWords } from "./words.js";

const TICK_MS = 250;
// How long a state lasts before it is spoken of.
const LASTING = { lost: 3000, http: 3000 };
// How long somebody is away before it is said: a page that is loaded again is back by then. What else there is to say
// of it stands in the strip, which is spoken.
const AWAY = { quiet: 5000, left: 5000, lost: 5000 };
const SPOKEN_AWAY = { here: 3000, yet: Infinity, quiet: Infinity, left: Infinity, lost: Infinity };
// The code with which a page closes the socket when its person leaves.
const LEFT = 4000;

export function startRoom(root) {
  const data = root.dataset;
  const names = { other: data.other, [data.side]: "You", [data.otherSide]: data.other };
  const view = new View(root, { names, you: data.side, zone: data.zone });
  const announcer = new Announcer(document.getElementById("announcements"));
  const newId = () => crypto.randomUUID?.() ?? randomId();
  const protocol = new Protocol({ you: data.side, newCid: newId });
  const http = new HttpRoad(data, protocol, run);
  const composer = new Composer(root, {
    page: newId(),
    longest: Number(data.longest),
    enter: data.enter,
    clock: (when) => view.clockWords(when),
    onSend: (text) => { view.notice(""); run(protocol.compose(text, now())); },
    onTyping: () => run(protocol.typed(now())),
    onDraft: (text, facts) => run(protocol.draft(text, facts)),
    onLeaving: (text, facts) => http.lastDraft(protocol.unsentWith(text), facts),
    say: (words) => announcer.say(words),
  });
  const mistakes = startMistakes(root, view);
  const spoken = { link: new Settled("open", LASTING), here: new Settled("", SPOKEN_AWAY), phase: new Settled("", {}) };
  const shown = new Settled("", AWAY);
  let socket = null;
  let attempt = 0;
  let typingUntil = 0;
  let head = null;
  let coming = [];
  // Until the server has answered it is told that this page was loaded again: whoever did that had not left.
  let reloaded = performance.getEntriesByType("navigation")[0]?.type === "reload";
  let serverAhead = Date.parse(data.now) - Date.now();

  const now = () => performance.now();
  const isLooking = () => document.visibilityState === "visible" && view.stuck;

  const carryOut = {
    send: ({ frame }) => socket?.readyState === WebSocket.OPEN && socket.send(JSON.stringify(frame)),
    close: () => drop(),
    connect: ({ in: wait }) => { clearTimeout(attempt); attempt = setTimeout(connect, wait); },
    post: ({ cid, text }) => http.post(cid, text, now),
    fetch: ({ after }) => http.fetch(after, now),
    beat: ({ seen }) => http.beat(seen, reloaded),
    leave: () => (protocol.isOpen ? socket?.close(LEFT) : http.leave()),
    "post-draft": ({ text, facts }) => http.draft(text, facts, (answer) => composer.answered(answer)),
    "keep-draft": () => composer.keepAgain(),
    line: ({ line }) => { coming.push(line); root.dispatchEvent(new CustomEvent("room:line", { detail: line })); if (line.from !== data.side) typingUntil = 0; },
    pending: ({ entry }) => { show(); view.pending(entry); if (entry.state === "unsure") announcer.say("Your message is not confirmed yet. Trying again."); },
    failed: ({ entry, code }) => { show(); view.failed(entry, code); composer.giveBack(entry.text); },
    status: () => view.link(protocol.link),
    typing: ({ until }) => { typingUntil = until; },
    presence: (facts) => present(facts),
    seen: ({ seq }) => { view.seen(seq); mistakes.place(); },
    tools: ({ part }) => root.dispatchEvent(new CustomEvent("room:tools", { detail: part })),
    drafted: ({ draft }) => composer.heard(draft),
    kept: ({ answer }) => composer.answered(answer),
    time: ({ now: moment }) => { serverAhead = Date.parse(moment) - Date.now(); },
    welcome: (facts) => {
      root.dispatchEvent(new CustomEvent("room:welcome"));
      reloaded = false;
      present(facts);
      view.seen(facts.seen);
      composer.heard(facts.draft);
      head ??= facts.head;
      serverAhead = Date.parse(facts.now) - Date.now();
    },
    over: ({ state }) => { show(); clearInterval(ticking); drop(); composer.close(); mistakes.stop(); view.over(state, composer.text); root.dispatchEvent(new CustomEvent("room:over")); },
  };

  function run(effects) {
    for (const effect of effects) carryOut[effect.do]?.(effect);
    if (coming.length) requestAnimationFrame(show);
  }

  /** Shows what has come since the last picture, all of it at once: also six hundred lines are one step. */
  function show() {
    if (!coming.length) return;
    const lines = coming;
    coming = [];
    view.lines(lines);
    announcer.lines(lines, data.side, names);
    mistakes.place();
    if (head !== null && protocol.log.shown >= head) announcer.listen();
  }

  /** Whether the other person is here, or why not; what is known first is shown at once, and not spoken of. */
  function present({ here, away }) {
    const state = here ? "here" : away;
    if (!shown.value) {
      view.presence(state);
      shown.spoken = spoken.here.spoken = state;
    }
    shown.set(state, now());
    spoken.here.set(state, now());
  }

  function showPresence() {
    const state = shown.due(now());
    if (!state) return;
    view.presence(state);
    root.dispatchEvent(new CustomEvent("room:presence"));
  }

  function drop() {
    const old = socket;
    socket = null;
    old?.close();
  }

  function connect() {
    drop();
    run(protocol.connecting(now()));
    const opened = new WebSocket(socketUrl(location, data.socket) + (reloaded ? "?reloaded" : ""));
    socket = opened;
    const ours = (handle) => (event) => { if (socket === opened) run(handle(event)); };
    opened.addEventListener("open", ours(() => protocol.opened(now())));
    opened.addEventListener("message", ours((event) => protocol.received(JSON.parse(event.data), now())));
    opened.addEventListener("close", ours((event) => { socket = null; return protocol.lost(event.code, now()); }));
  }

  function tick() {
    run(protocol.tick(now()));
    show();
    if (isLooking()) run(protocol.saw(now()));
    view.typing(now() < typingUntil);
    showPresence();
    const [moment, starts, ends] = [Date.now() + serverAhead, Date.parse(data.starts), Date.parse(data.ends)];
    const phase = phaseOf(moment, starts, ends);
    view.time(timeWords(moment, starts, ends), phase);
    if (head === 0) announcer.listen();
    speak(phase);
  }

  /** States are spoken once they last: the connection, the other person, the time. */
  function speak(phase) {
    spoken.link.set(protocol.link === "connecting" ? "open" : protocol.link, now());
    spoken.phase.set(phase, now());
    const link = spoken.link.due(now());
    const here = spoken.here.due(now());
    const said = [link && spokenLink(link), here && view.at("presence").textContent, phaseWords(spoken.phase.due(now()))];
    announcer.say(...said.filter(Boolean));
  }

  const nudge = () => run(protocol.nudge(now()));
  // A device that loses its network asks at once whether anybody still answers: its person need not wait to be told.
  for (const name of ["online", "offline"]) addEventListener(name, nudge);
  document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && nudge());
  addEventListener("beforeunload", (event) => {
    // "Leave this site" empties the page first: nothing may hold it up.
    if (root.isConnected && !protocol.outbox.isEmpty) event.preventDefault();
  });
  // A page that is put away, or goes, keeps what is in the box before it does, however short the time since.
  document.addEventListener("visibilitychange", () => document.visibilityState === "hidden" && composer.keepNow());
  addEventListener("pagehide", () => {
    composer.keepLast();
    if (navigator.onLine) run(protocol.leaving(now()));
  });
  fitKeyboard(root, window);
  showWhenWriting(root, window);
  startBanner(window);
  startKeys(root, { newest: () => view.toEnd(), pageBy: (direction) => view.pageBy(direction) });
  startDisplay(root, (name, value) => name === "enter_sends" && composer.setEnter(value));
  startSide(root);
  startHelp(root);
  const ticking = setInterval(tick, TICK_MS);
  connect();
}

/** Where there is no secure context `randomUUID` is missing: sixteen random bytes do as well. */
function randomId() {
  return [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

const root = document.querySelector("[data-room]");
if (root) startRoom(root);
