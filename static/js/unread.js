// The number of unread messages in the header, right on every open tab without a reload.
import { onBell } from "./bell.js";

const TOGETHER_MS = 300;
const POLL_MS = 60000;

/** Shows a number; none, where nothing waits. */
export function showUnread(mark, number) {
  mark.querySelector("[data-unread-number]").textContent = String(number);
  mark.hidden = number === 0;
}

function startUnread(mark, address) {
  let timer = 0;

  async function ask() {
    const answer = await fetch(address, { cache: "no-store", headers: { Accept: "application/json" } }).catch(() => null);
    if (answer?.ok && !answer.redirected) showUnread(mark, (await answer.json()).unread);
  }

  function soon() {
    clearTimeout(timer);
    timer = setTimeout(ask, TOGETHER_MS);
  }

  const socket = onBell((frame) => {
    if (frame.type === "welcome" || !frame.changed || frame.changed === "messages") soon();
  });
  setInterval(() => socket.open || document.visibilityState !== "visible" || ask(), POLL_MS);
}

const mark = globalThis.document?.querySelector("[data-unread]");
if (mark) startUnread(mark, "/messages/unread/");
