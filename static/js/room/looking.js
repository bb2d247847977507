// A supervisor reads along: lines come over a socket, or by asking where sockets are blocked. Nothing is ever sent.
import { socketUrl } from "../live.js";
import { refresh } from "./plan.js";
import { eventWords } from "./words.js";

const PING_MS = 15000;
const AGAIN_MS = 3000;
const FINAL = new Set([4401, 4403, 4404, 4410]);

function row(line, data, clock) {
  const item = document.createElement("li");
  const make = (tag, name, text) => Object.assign(document.createElement(tag), { className: name, textContent: text });
  const who = data[line.from] ?? "";
  if (line.kind === "event") {
    item.className = "talk__event";
    item.textContent = `${eventWords(line.text, who)} ${clock.format(new Date(line.at))}`;
    return item;
  }
  item.className = line.from === "clinician" ? "talk__line talk__line--own" : "talk__line";
  const head = make("p", "talk__head", "");
  head.append(make("span", "talk__who", who), ` ${clock.format(new Date(line.at))}`);
  item.append(head, make("p", "talk__text", line.text));
  return item;
}

function startLooking(list) {
  const data = list.dataset;
  const said = document.querySelector("[data-looking-link]");
  const clock = new Intl.DateTimeFormat("en-GB", { timeZone: data.zone, hour: "numeric", minute: "2-digit", hour12: true });
  let shown = 0;
  let socket = null;
  let over = false;

  function show(lines) {
    for (const line of lines) {
      if (line.seq !== shown + 1) continue;
      shown = line.seq;
      list.append(row(line, data, clock));
    }
  }

  function connect() {
    if (over) return;
    socket = new WebSocket(socketUrl(location, data.looking));
    socket.addEventListener("open", () => socket.send(JSON.stringify({ type: "hello", after: shown })));
    socket.addEventListener("message", (event) => {
      const frame = JSON.parse(event.data);
      if (frame.type === "welcome") said.textContent = "Connected";
      if (frame.type === "line") show([frame]);
    });
    socket.addEventListener("close", ({ code }) => {
      over = FINAL.has(code);
      said.textContent = over ? "You are no longer reading along." : "Connection lost. Trying again";
      if (over) return;
      ask();
      setTimeout(connect, AGAIN_MS);
    });
  }

  async function ask() {
    try {
      const answer = await fetch(data.lines, { method: "POST", headers: { "X-CSRFToken": data.token }, body: new URLSearchParams({ after: shown }), cache: "no-store" });
      if (answer.ok) show((await answer.json()).lines);
    } catch {
      // The next one will do.
    }
  }

  setInterval(() => {
    if (socket?.readyState === WebSocket.OPEN) socket.send('{"type": "ping"}');
    refresh(document);
  }, PING_MS);
  connect();
}

const list = globalThis.document?.querySelector("[data-looking]");
if (list) startLooking(list);
