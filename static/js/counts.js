// The numbers in the header (messages not read, things to do), right on every open tab without a reload.
import { onBell } from "./bell.js";

const TOGETHER_MS = 300;
const POLL_MS = 60000;

/** Shows a number; none, where nothing waits. */
export function showCount(mark, number) {
  mark.querySelector("[data-number]").textContent = String(number);
  mark.hidden = number === 0;
}

/** Whether a frame of the doorbell may have changed this number; after a reconnect anything may have. */
export function concerns(frame, about) {
  return frame.type === "welcome" || !frame.changed || about.split(" ").includes(frame.changed);
}

/** Keeps one number right; `bell` is what rings, `view` the window. */
export function startCount(mark, view, bell = onBell) {
  let timer = 0;

  /** A covered page shows no numbers; once it is open again the bell rings anew. */
  async function ask() {
    if ("locked" in view.document.documentElement.dataset) return;
    const wanted = { cache: "no-store", headers: { Accept: "application/json" } };
    const answer = await view.fetch(mark.dataset.counted, wanted).catch(() => null);
    if (answer?.ok && !answer.redirected) showCount(mark, (await answer.json()).number);
  }

  function soon() {
    view.clearTimeout(timer);
    timer = view.setTimeout(ask, TOGETHER_MS);
  }

  const socket = bell((frame) => concerns(frame, mark.dataset.about) && soon(), view);
  view.setInterval(() => socket.open || view.document.visibilityState !== "visible" || ask(), POLL_MS);
}

if (typeof document !== "undefined") {
  document.querySelectorAll("[data-counted]").forEach((mark) => startCount(mark, window));
}
